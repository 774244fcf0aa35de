"""The workspace: people, channels, messages. What happens here is what people see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import Any

from bot.clock import Clock
from bot.simulator.slack.blockkit.state import Blocks, Values, identified, initial_values, kept_values
from bot.simulator.slack.changes import Changes

SLACKBOT = "USLACKBOT"


class ChannelKind(StrEnum):
    """Kinds of conversations, by the prefix of their scopes (``channels:read``, ``groups:read`` ...)."""

    PUBLIC = "channels"
    PRIVATE = "groups"
    DIRECT = "im"
    GROUP = "mpim"
    """Direct messages of several people."""


class Rank(StrEnum):
    """What a person is in the workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    """Of several channels."""
    ONE_CHANNEL_GUEST = "one-channel guest"


@dataclass(frozen=True)
class User:
    """A person or a bot. ``tz`` is an IANA name, ``locale`` like ``en-US``."""

    id: str
    name: str
    locale: str
    tz: str
    team_id: str
    is_bot: bool = False
    rank: Rank = Rank.MEMBER


@dataclass
class UserGroup:
    """A user group (``@fixers``)."""

    id: str
    handle: str
    users: tuple[str, ...]
    enabled: bool = True


@dataclass
class Channel:
    """A conversation and who is in it."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    members: set[str] = field(default_factory=set)
    archived: bool = False
    locale: str = ""
    """The language that was set for it; Slack tells the workspace's where none was: here none."""
    shared_outside: bool = False
    """With another organization (Slack Connect), whoever is in it."""


@dataclass
class StoredMessage:
    """A message as Slack keeps it.

    ``only_for`` is set for ephemeral ones, ``changed`` numbers the last visible change, ``updates`` counts
    rewrites, ``edited`` is the mark that people see.
    """

    ts: str
    channel: str
    author: str
    text: str
    blocks: Blocks
    only_for: str | None = None
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    files: tuple[str, ...] = ()
    values: Values = field(default_factory=dict)
    edited: bool = False
    updates: int = 0
    deleted: bool = False
    changed: int = 0

    def visible_to(self, user_id: str) -> bool:
        """Whether that member of the channel has it on the screen."""
        return not self.deleted and self.only_for in (None, user_id)


class Workspace:
    """State of one Slack team with one installed app."""

    def __init__(
        self, *, team_id: str, app_name: str, clock: Clock, enterprise_id: str | None = None
    ) -> None:
        self.team_id = team_id
        self.enterprise_id = enterprise_id
        """The Enterprise organization that the workspace is part of, or None."""
        self.team_name = "Simulator"
        self.domain = "simulator"
        self.app_id = "A0SIM0001"
        self.bot_id = "B0SIM0001"
        self.clock = clock
        self.changes = Changes()
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[StoredMessage] = []
        self.whereabouts: dict[str, str] = {}
        """The channel in which each person last typed or pressed something."""
        self._by_place: dict[tuple[str, str], StoredMessage] = {}
        self._changed: list[StoredMessage] = []
        self._serial = count(1)
        self._last_ts = 0
        name = app_name.lower().replace(" ", "_")
        self.bot = User("U0SIMBOT1", name, "en-US", "Etc/UTC", team_id, is_bot=True)
        self.users[self.bot.id] = self.bot
        self.general = self.add_channel("general")

    def new_id(self, prefix: str) -> str:
        """An id such as ``U0SIM0042``, never given twice."""
        return f"{prefix}0SIM{next(self._serial):04d}"

    def new_ts(self) -> str:
        """A message timestamp by the clock, in seconds with six decimals; strictly rising."""
        micros = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def identified(self, blocks: Blocks) -> Blocks:
        """A copy in which everything has an id."""
        return identified(blocks, lambda: self.new_id("auto-"))

    def add_user(self, name: str, *, locale: str, tz: str, team_id: str, rank: Rank = Rank.MEMBER) -> User:
        """Someone new, who joins #general."""
        user = User(self.new_id("U"), name, locale, tz, team_id, rank=rank)
        self.users[user.id] = user
        self.general.members.add(user.id)
        return user

    def add_group(self, handle: str, users: Iterable[str], group_id: str | None = None) -> UserGroup:
        """A new user group."""
        group = UserGroup(group_id or self.new_id("S"), handle, tuple(users))
        self.groups[group.id] = group
        return group

    def add_channel(self, name: str, kind: ChannelKind = ChannelKind.PUBLIC) -> Channel:
        """A new conversation without members."""
        channel_id = self.new_id("D" if kind is ChannelKind.DIRECT else "C")
        channel = Channel(channel_id, name, kind, int(self.clock.now().timestamp()))
        self.channels[channel_id] = channel
        return channel

    def direct_channel(self, user_id: str) -> Channel:
        """The direct conversation of that person with the bot; opened when there is none."""
        for channel in self.channels.values():
            if channel.kind is ChannelKind.DIRECT and user_id in channel.members:
                return channel
        channel = self.add_channel(user_id, ChannelKind.DIRECT)
        channel.members |= {user_id, self.bot.id}
        return channel

    def post(
        self,
        channel: str,
        text: str,
        blocks: Blocks,
        *,
        author: str | None = None,
        only_for: str | None = None,
        thread_ts: str | None = None,
        metadata: dict[str, Any] | None = None,
        files: tuple[str, ...] = (),
    ) -> StoredMessage:
        """Show a new message; by the bot unless ``author`` says otherwise."""
        message = StoredMessage(
            ts=self.new_ts(),
            channel=channel,
            author=author or self.bot.id,
            text=text,
            blocks=self.identified(blocks),
            only_for=only_for,
            thread_ts=thread_ts,
            metadata=metadata,
            files=files,
        )
        message.values = initial_values(message.blocks)
        self.messages.append(message)
        self._by_place[channel, message.ts] = message
        self._mark(message)
        return message

    def rewrite(self, message: StoredMessage, text: str, blocks: Blocks) -> None:
        """Change a message in place."""
        message.text = text
        message.blocks = self.identified(blocks)
        message.values = kept_values(message.values, message.blocks)
        message.updates += 1
        self._mark(message)

    def remove(self, message: StoredMessage) -> None:
        """Take a message off the screen."""
        message.deleted = True
        self._mark(message)

    def find(self, channel: str, ts: str) -> StoredMessage | None:
        """The message that stands there now, ephemeral ones included."""
        message = self._by_place.get((channel, ts))
        return None if message is None or message.deleted else message

    def changed_since(self, number: int) -> Iterator[StoredMessage]:
        """Messages that changed after that change, the latest change first."""
        for message in reversed(self._changed):
            if message.changed <= number:
                return
            yield message

    def _mark(self, message: StoredMessage) -> None:
        message.changed = self.changes.mark()
        self._changed.append(message)
