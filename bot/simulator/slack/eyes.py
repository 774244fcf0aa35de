"""What a person sees of the messages: which ones, in which order, and what can be pressed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.mrkdwn import Reader
from bot.simulator.slack.outcomes import Refused
from bot.simulator.slack.screen import Element, Message
from bot.simulator.slack.workspace import Channel, ChannelKind, StoredMessage, User


class Eyes:
    """The screen of one person, as it is now."""

    def __init__(self, user: User, backend: Backend) -> None:
        self._user = user
        self._backend = backend

    def channel(self, channel: Channel) -> list[Message]:
        """A channel, oldest first: public messages and own ephemeral ones, threads left out."""
        return [self.snapshot(message) for message in self._stored(channel) if message.thread_ts is None]

    def thread(self, channel: Channel, parent: Message) -> list[Message]:
        """The replies under a message, oldest first."""
        return [self.snapshot(message) for message in self._stored(channel) if message.thread_ts == parent.ts]

    def everything(self, channel: Channel) -> list[Message]:
        """A channel with its threads, and the direct messages of the bot, oldest first."""
        here = {channel.id, self._backend.workspace.direct_channel(self._user.id).id}
        return [
            self.snapshot(message)
            for message in self._backend.workspace.messages
            if message.channel in here and message.visible_to(self._user.id)
        ]

    def newest_change(self, before: int) -> StoredMessage | None:
        """The last message, in any of the person's channels, that changed on this screen since then."""
        channels = self._backend.workspace.channels
        for message in self._backend.workspace.changed_since(before):
            mine = self._user.id in channels[message.channel].members
            if mine and message.only_for in (None, self._user.id):
                return message
        return None

    def element(
        self, messages: list[Message], fits: Callable[[Element], bool], nth: int, label: str
    ) -> Element:
        """The element that fits, counted from 0, in the newest message that has one; raises Refused."""
        for candidate in reversed(messages):
            found = [element for element in candidate.elements() if fits(element)]
            if nth < len(found):
                return found[nth]
            if found:
                break
        raise Refused(f"there is no {label!r} to press" + (f" ({nth + 1} wanted)" if nth else ""))

    def snapshot(self, stored: StoredMessage) -> Message:
        """A message as it is drawn now."""
        channel = self._backend.workspace.channels[stored.channel]
        return Message(
            ts=stored.ts,
            channel=stored.channel,
            author=stored.author,
            ephemeral=stored.only_for is not None,
            text=stored.text,
            blocks=stored.blocks,
            reader=self.reader(),
            thread_ts=stored.thread_ts,
            edited=stored.edited,
            updates=stored.updates,
            deleted=stored.deleted,
            files=stored.files,
            metadata=stored.metadata,
            channel_name="" if channel.kind is ChannelKind.DIRECT else channel.name,
        )

    def reader(self) -> Reader:
        """How texts read: with this person's clock and language, and with names."""

        def name_of(item: str) -> str:
            known = self._backend.workspace.users.get(item) or self._backend.workspace.channels.get(item)
            return known.name if known else item

        return Reader(self._user.tz, self._user.locale, self._backend.clock.now(), name_of)

    def _stored(self, channel: Channel) -> Iterator[StoredMessage]:
        for message in self._backend.workspace.messages:
            if message.channel == channel.id and message.visible_to(self._user.id):
                yield message
