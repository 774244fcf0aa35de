"""People: they type, press and read. A conversation with the bot, as a test or a demo drives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from bot.simulator.slack import payloads
from bot.simulator.slack.asked import Asked
from bot.simulator.slack.backend import Backend
from bot.simulator.slack.choosing import Choice, press_of, remember
from bot.simulator.slack.delivery import Delivery, Kind
from bot.simulator.slack.events import EventDelivery, Events
from bot.simulator.slack.eyes import Eyes
from bot.simulator.slack.modals import ModalHand
from bot.simulator.slack.outcomes import ApiError, DispatchFailed, NothingHappened, Refusal, Refused
from bot.simulator.slack.payloads import Press
from bot.simulator.slack.responding import post_reply
from bot.simulator.slack.screen import Element, Message, Modal
from bot.simulator.slack.webapi.arguments import Arguments
from bot.simulator.slack.workspace import SLACKBOT, Channel, StoredMessage, User

T = TypeVar("T")
PATIENCE: Final = 30.0
"""Seconds of real time that a person waits for something to change on the screen."""


class Person:
    """Somebody in a channel. ``messages`` and ``modal`` show the screen as it is now."""

    def __init__(self, user: User, backend: Backend, delivery: Delivery, events: Events) -> None:
        self.id = user.id
        self.name = user.name
        self.team_id = user.team_id
        self.channel: Channel = backend.workspace.general
        self._user = user
        self._backend = backend
        self._delivery = delivery
        self._events = events
        self._eyes = Eyes(user, backend)
        self._hand = ModalHand(user, backend, delivery, self._eyes.reader)

    # What the person sees

    @property
    def messages(self) -> list[Message]:
        """The current channel, oldest first: public messages and own ephemeral ones, threads left out."""
        return self._eyes.channel(self.channel)

    @property
    def screen(self) -> list[Message]:
        """The current channel with its threads, and the direct messages of the bot, oldest first."""
        return self._eyes.everything(self.channel)

    def thread(self, parent: Message) -> list[Message]:
        """The replies under a message, oldest first."""
        return self._eyes.thread(self.channel, parent)

    @property
    def modal(self) -> Modal | None:
        """The modal on top, if one is open."""
        return self._hand.modal

    @property
    def home(self) -> Modal | None:
        """What the bot published on this person's home tab."""
        return self._hand.home

    def visit(self, channel: Channel) -> None:
        """Go to a channel, joining it."""
        channel.members.add(self.id)
        self.channel = channel

    def visit_bot(self) -> None:
        """Go to the direct conversation with the bot."""
        self.channel = self._backend.workspace.direct_channel(self.id)

    # Commands

    async def command(self, text: str, *, beside: bool = False, patience: float = PATIENCE) -> Message:
        """Type a slash command and wait for the answer: what comes through its response_url or with its
        acknowledgement. With ``beside`` whatever appears or changes first: where the response_url fails.

        Raises Refused for a command that the manifest does not declare, OperationTimeout and DispatchFailed
        when the bot does not take it, NothingHappened when no message comes within ``patience`` seconds of
        real time. A command that only opens a modal: use ``send_command`` and ``modal_opened``.
        """
        asked = await self._type(text)
        if beside:
            return await self._whatever_changes(asked, patience)
        return await self._answer(asked, patience, "an answer to the command")

    async def send_command(self, text: str) -> None:
        """Type a slash command and wait for the acknowledgement only."""
        await self._type(text)

    async def _type(self, text: str) -> Asked:
        name = text.strip().partition(" ")[0]
        if name not in self._backend.manifest.commands or self.team_id != self._backend.workspace.team_id:
            raise Refused(f"{name} is not a valid command")
        await self._close_modals()
        payload = self.command_payload(text)
        before = self._backend.workspace.changes.number
        try:
            answer = await self._delivery.deliver(Kind.COMMAND, payload, name)
            shown = self._show_acknowledgement(answer, name)
            return Asked(before, payload["response_url"], payload["trigger_id"], shown)
        except DispatchFailed as failure:
            self._notice(failure.notice)
            raise

    def command_payload(self, text: str) -> dict[str, str]:
        """The fields that Slack would send for it; for tests that tamper with them."""
        name, _, rest = text.strip().partition(" ")
        return payloads.command(self._backend, self._user, self.channel, name, rest.strip())

    # Messages

    async def click(
        self,
        label: str,
        *,
        nth: int = 0,
        message: Message | None = None,
        beside: bool = False,
        patience: float = PATIENCE,
    ) -> Message:
        """Press the button with that label, in ``message`` or the newest that has one; wait for the answer.

        ``nth`` counts equal labels from 0. Gives what was written through the press's response_url, or the
        pressed message: where that was rewritten, where a modal opened, or for a link. With ``beside``
        whatever appears or changes first: for what is answered elsewhere.

        Raises Refused when there is no such button, otherwise as ``command``.
        """

        def fits(element: Element) -> bool:
            return element.kind == "button" and element.label == label

        button = self._element(message, fits, nth, label)
        if beside:
            return await self.press(button, patience=patience)
        return await self._press(button, None, patience)

    async def choose(
        self,
        choice: str,
        *,
        label: str | None = None,
        nth: int = 0,
        message: Message | None = None,
        patience: float = PATIENCE,
    ) -> Message:
        """Choose from a menu in a message: an option by its label, a date, or the id of a person. Gives what
        ``click`` gives."""

        def fits(element: Element) -> bool:
            offered = any(choice in (option.label, option.value) for option in element.options)
            free = (
                element.kind in {"datepicker", "users_select", "conversations_select"} and label is not None
            )
            return (offered or free) and label in (None, element.label)

        return await self._press(self._element(message, fits, nth, choice), choice, patience)

    async def press(self, element: Element, choice: Choice = None, *, patience: float = PATIENCE) -> Message:
        """Press or choose one element of a message; gives whatever appears or changes first.

        For whoever looks at all of the screen, and for presses that another one may answer.
        """
        asked, pressed = await self._pressed(element, choice)
        return pressed if element.url else await self._whatever_changes(asked, patience)

    async def forge_click(
        self,
        action_id: str,
        value: str | None,
        *,
        message: Message | None = None,
        block_id: str = "forged",
        patience: float = PATIENCE,
    ) -> Message:
        """A click that no button on the screen makes: another id, another value, an old message.

        Comes from ``message``, by default the newest one, or from one that never was.
        Gives what ``click`` gives.
        """
        stored = self._forged_origin(message)
        fields = {"text": {"type": "plain_text", "text": "Forged"}} | (
            {} if value is None else {"value": value}
        )
        press = Press("button", action_id, block_id, fields)
        asked = await self._tell(stored, press, action_id)
        return await self._answer(asked, patience, "an answer to the forged click")

    async def until(self, condition: Callable[[Person], bool] | str, seconds: float = PATIENCE) -> Message:
        """Wait until a message contains the text or the condition holds; gives that message or the newest."""

        def look() -> Message | None:
            if isinstance(condition, str):
                return next((m for m in reversed(self.messages) if condition in m.plain()), None)
            return self.messages[-1] if condition(self) and self.messages else None

        return await self._await(look, seconds, repr(condition))

    # Modals

    async def modal_opened(self, patience: float = PATIENCE) -> Modal:
        """Wait until a modal is open."""
        return await self._await(lambda: self.modal, patience, "a modal")

    async def modal_click(self, label: str, *, nth: int = 0, patience: float = PATIENCE) -> Modal | None:
        """Press a button in the modal; gives the modal that is then on top, once one appeared or changed."""
        return await self._in_modal(lambda: self._hand.click(label, nth), patience)

    async def home_click(self, label: str, *, nth: int = 0, patience: float = PATIENCE) -> Modal | None:
        """Press a button on the home tab; gives the home tab afterwards."""
        await self._in_modal(lambda: self._hand.home_click(label, nth), patience)
        return self.home

    def fill(self, label: str, choice: Choice) -> None:
        """Fill in an input of the modal, by the label above it; the bot hears of it with ``submit``."""
        self._hand.fill(label, choice)

    async def submit(self, *, patience: float = PATIENCE) -> Modal | None:
        """Press the modal's submit button; gives the modal that is then on top (with ``errors``), or None."""
        return await self._in_modal(self._hand.submit, patience)

    async def close_modal(self) -> None:
        """Close the modal on top; the bot hears of it when the modal asked for that."""
        await self._hand.close()

    async def _close_modals(self) -> None:
        """They cover the messages: nothing is pressed or typed below them."""
        while self.modal is not None:
            await self.close_modal()

    # Events

    async def mention(self, text: str) -> EventDelivery:
        """Write to the bot by name in the current channel, where it must be a member.

        Raises Refused when it is not, or when the manifest does not subscribe to ``app_mention``.
        """
        workspace = self._backend.workspace
        if workspace.bot.id not in self.channel.members:
            raise Refused(f"{workspace.bot.name} is not in #{self.channel.name}")
        said = f"<@{workspace.bot.id}> {text}"
        message = workspace.post(self.channel.id, said, [], author=self.id)
        event = {"type": "app_mention", "text": said, "ts": message.ts, "channel": self.channel.id}
        return await self._events.tell(event, self._user, self.channel)

    async def open_home(self) -> EventDelivery:
        """Open the app's home; raises Refused when the manifest does not subscribe to ``app_home_opened``."""
        channel = self._backend.workspace.direct_channel(self.id)
        event = {"type": "app_home_opened", "channel": channel.id, "tab": "home"}
        return await self._events.tell(event, self._user, channel)

    # Inside

    async def _in_modal(self, act: Callable[[], Awaitable[None]], patience: float) -> Modal | None:
        before = self._backend.workspace.changes.number
        await act()
        changed = self._backend.views.changed
        await self._await(lambda: changed(self.id) > before or None, patience, "a modal to appear or change")
        return self.modal

    async def _answer(self, asked: Asked, patience: float, what: str) -> Message:
        def look() -> Message | None:
            answer = asked.answer(self._backend)
            return None if answer is None else self._eyes.snapshot(answer)

        return await self._await(look, patience, what)

    async def _whatever_changes(self, asked: Asked, patience: float) -> Message:
        """The pressed message where that is a modal."""

        def look() -> Message | None:
            changed = self._eyes.newest_change(asked.before)
            if changed is None and self._backend.views.changed(self.id) > asked.before:
                changed = asked.here
            return None if changed is None else self._eyes.snapshot(changed)

        return await self._await(look, patience, "a message to appear or change")

    async def _await(self, look: Callable[[], T | None], seconds: float, what: str) -> T:
        try:
            return await self._backend.workspace.changes.wait_for(look, seconds)
        except TimeoutError as error:
            screen = "\n\n".join(message.plain() for message in self.messages[-3:])
            refusals = "\n".join(map(str, self._backend.refusals[-5:]))
            raise NothingHappened(
                f"{self.name} waited {seconds:g} s for {what}.\n"
                f"On the screen:\n{screen}\nRefused:\n{refusals}"
            ) from error

    async def _press(self, element: Element, choice: Choice, patience: float) -> Message:
        asked, pressed = await self._pressed(element, choice)
        return (
            pressed if element.url else await self._answer(asked, patience, f"an answer to [{element.label}]")
        )

    async def _pressed(self, element: Element, choice: Choice) -> tuple[Asked, Message]:
        """What was asked by it, and the message as it was before."""
        workspace = self._backend.workspace
        stored = workspace.find(self.channel.id, element.where) or workspace.find(
            workspace.direct_channel(self.id).id, element.where
        )
        if stored is None or not stored.visible_to(self.id):
            raise Refused(f"the message with {element.label!r} is no longer on the screen")
        await self._close_modals()
        press = press_of(element, choice)
        remember(stored.values, element, choice)
        before = self._eyes.snapshot(stored)
        return await self._tell(stored, press, element.label), before

    async def _tell(self, stored: StoredMessage, press: Press, label: str) -> Asked:
        backend = self._backend
        if not backend.manifest.interactive:
            raise Refused("the manifest does not enable interactivity")
        before = backend.workspace.changes.number
        channel = backend.workspace.channels[stored.channel]
        payload = payloads.press_in_message(backend, self._user, channel, stored, press)
        if await self._delivery.deliver(Kind.INTERACTION, payload, f"[{label}]"):
            backend.refusals.append(Refusal("ack", "body_ignored", ("block_actions are acknowledged bare",)))
        return Asked(before, payload["response_url"], payload["trigger_id"], stored)

    def _show_acknowledgement(self, answer: Any, name: str) -> StoredMessage | None:
        if not answer:
            return None
        values = answer if isinstance(answer, dict) else {"text": str(answer)}
        try:
            return post_reply(self._backend, Arguments(values), user=self.id, channel=self.channel.id)
        except ApiError as error:
            self._backend.refusals.append(Refusal("ack", error.code, error.details))
            notice = f'{name} failed with the error "invalid_command_response"'
            raise DispatchFailed("invalid_command_response", notice) from error

    def _notice(self, text: str) -> None:
        self._backend.workspace.post(self.channel.id, text, [], author=SLACKBOT, only_for=self.id)

    def _element(
        self, message: Message | None, fits: Callable[[Element], bool], nth: int, label: str
    ) -> Element:
        return self._eyes.element([message] if message else self.messages, fits, nth, label)

    def _forged_origin(self, message: Message | None) -> StoredMessage:
        workspace = self._backend.workspace
        origin = message or (self.messages[-1] if self.messages else None)
        stored = workspace.find(origin.channel, origin.ts) if origin else None
        return stored or StoredMessage(workspace.new_ts(), self.channel.id, workspace.bot.id, "", [], self.id)
