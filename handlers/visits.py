"""One visit: a person pressed or typed something, in a language, and can be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.actions import ButtonValue
from bot.cards.card import Card
from bot.cards.form import Modal
from bot.cards.surface import SLACK, Surface
from bot.cards.texts import Texts
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, Failure, NotAllowed, StaleButton, StaleForm
from bot.operations.actors import Actor, slack_user
from bot.operations.refused import Refused
from bot.operations.rights import Act, Rights
from bot.operations.selection import Selection
from bot.store.outbox import Place
from bot.store.values import Scope
from handlers.languages import Languages
from handlers.modals import NOT_FILLED_IN, Submitted, open_view, submitted_of, update_view
from handlers.opened import Opened
from handlers.presses import Presses, value_of
from handlers.way_back import Address, WayBack


@dataclass(frozen=True, slots=True)
class Visit:
    """One interaction, ready to be answered."""

    scope: Scope
    texts: Texts
    button: ButtonValue
    way_back: WayBack
    rights: Rights
    refused: Refused
    surface: Surface = SLACK
    form: Submitted = NOT_FILLED_IN
    """The form in which a button was pressed, as it was filled in then."""
    is_current: Callable[[], bool] = lambda: True
    """False once the person has pressed something else in the same message."""
    trigger: str = ""
    """Slack's permission to open a modal, for three seconds."""
    opened: Opened = field(default_factory=Opened)
    gone: str | None = None
    """Set where the connection that this person chose is gone; see ``bot.operations.selection.Selected``."""

    @property
    def user(self) -> str:
        """Slack's id of the person."""
        return self.way_back.address.user

    @property
    def actor(self) -> Actor:
        """The person, as operations and the activity list know them."""
        return slack_user(self.user)

    @property
    def direct(self) -> Place:
        """Where this person alone is told how far something is, and what came of it."""
        return Place(self.user, self.texts.language, asked_by=self.user)

    async def require(self, act: Act) -> None:
        """Raises NotAllowed where this person may not do that to this connection, RightsUnknown."""
        await self.rights.require(self.actor, self.scope.connection, act)

    async def note(self, act: Act | None, why: Failure) -> None:
        """Have the activity say that this person wanted this and was refused, if that is one."""
        await self.refused.note(
            self.scope, self.actor, act, why, problem=self.button.problem, number=self.button.number
        )

    async def may(self, act: Act, connection: str) -> bool:
        """Whether this person may do that to that connection; raises RightsUnknown."""
        return await self.rights.allows(self.actor, connection, act)

    async def answer(self, card: Card) -> None:
        """Show a new message that only this person sees."""
        await self.way_back.send(self._drawn(card), replace_original=False)

    async def replace(self, card: Card) -> None:
        """Put the card in place of the message that was pressed."""
        await self.way_back.send(self._drawn(card), replace_original=True)

    async def report(self, card: Card) -> None:
        """Show how far the work is, in place of the message that was pressed.

        Reports may be left out: Slack takes five messages for an interaction, and the answer needs one.
        """
        await self.way_back.send_if_spare(self._drawn(card))

    async def open(self, modal: Modal) -> str:
        """Open a modal; returns its id, or nothing where Slack did not: the person pressed too long ago.

        Should the work fail after that, the reason is shown in that modal.
        """
        view_id = await open_view(self.way_back.slack, self.trigger, modal.view(self.texts))
        self.opened.note(self.trigger, view_id)
        return view_id

    async def show_in(self, view_id: str, modal: Modal) -> bool:
        """Put another modal in the place of an open one; False where that was closed meanwhile."""
        return await update_view(self.way_back.slack, view_id, modal.view(self.texts))

    async def refuse(self, card: Card) -> None:
        """Answer a stranger, where that is possible without writing to them."""
        await self.way_back.refuse(self._drawn(card))

    def _drawn(self, card: Card) -> Card:
        return self.surface.draw(card, self.texts)


class Visits:
    """Makes visits out of Slack payloads."""

    def __init__(
        self,
        *,
        workspace: str,
        selection: Selection,
        slack: AsyncWebClient,
        clock: Clock,
        rights: Rights,
        refused: Refused,
        surface: Surface = SLACK,
    ) -> None:
        self._workspace = workspace
        self._selection = selection
        self._slack = slack
        self._clock = clock
        self._rights = rights
        self._refused = refused
        self._surface = surface
        self.languages = Languages(slack, clock, surface.locales)
        self.presses = Presses(clock)
        self._opened = Opened()

    async def of_command(self, body: Mapping[str, Any]) -> Visit:
        """A visit by slash command, to the connection that the person chose."""
        selected = await self._selection.of(user_of(body))
        visit = await self._visit(body, ButtonValue(connection=selected.connection))
        return replace(visit, gone=selected.gone)

    async def of_action(self, body: Mapping[str, Any]) -> Visit:
        """A visit by button or menu.

        Raises StaleButton where its value is not of this version, ConnectionGone where its connection is no
        longer there.
        """
        button = ButtonValue.decoded(value_of((body.get("actions") or [{}])[0]))
        await self._selection.check(button.connection)
        return await self._visit(body, await self._living(button))

    async def of_form(self, body: Mapping[str, Any]) -> Visit:
        """A visit by form; raises StaleForm where it is not of this version, ConnectionGone."""
        view = body.get("view")
        try:
            button = ButtonValue.decoded(view.get("private_metadata") if isinstance(view, Mapping) else None)
        except StaleButton as stale:
            raise StaleForm from stale
        await self._selection.check(button.connection)
        return await self._visit(body, await self._living(button))

    async def _living(self, button: ButtonValue) -> ButtonValue:
        """Old buttons lead to the problem that took over the errors of theirs."""
        if button.problem is None:
            return button
        living = await self._selection.living(button.connection, button.problem)
        return button.model_copy(update={"problem": living})

    async def of_broken(self, body: Mapping[str, Any]) -> Visit:
        """A visit of which only the person and the way back are sure, for telling that something failed."""
        return await self._visit(body, ButtonValue(connection=self._selection.default))

    async def of_refused(self, body: Mapping[str, Any], why: Failure) -> Visit:
        """A visit that came to nothing, to what it was for; where nothing tells, to the first connection."""
        button = ButtonValue(connection=self._selection.default)
        try:
            pointed = ButtonValue.decoded(pointed_at(body))
            await self._selection.check(pointed.connection)
            button = await self._living(pointed)
        except ConnectionGone:
            pass  # whose activity nobody could read
        except StaleButton:
            if isinstance(why, NotAllowed):
                button = ButtonValue(connection=str(why.facts["connection"]))
        return await self._visit(body, button)

    async def _visit(self, body: Mapping[str, Any], button: ButtonValue) -> Visit:
        way_back = WayBack(address_of(body), self._slack, self._clock)
        return Visit(
            scope=Scope(self._workspace, button.connection),
            texts=await self.languages.of(way_back.address.user),
            button=button,
            way_back=way_back,
            rights=self._rights,
            refused=self._refused,
            surface=self._surface,
            form=submitted_of(body),
            trigger=str(body.get("trigger_id") or ""),
            opened=self._opened,
        )


def address_of(body: Mapping[str, Any]) -> Address:
    """Where an interaction came from, from any shape of payload."""
    urls = body.get("response_urls")
    first = urls[0] if isinstance(urls, list) and urls and isinstance(urls[0], Mapping) else {}
    response_url = body.get("response_url") or first.get("response_url")
    channel = body.get("channel") or body.get("channel_id") or first.get("channel_id")
    channel = channel.get("id") if isinstance(channel, Mapping) else channel
    return Address(
        user=user_of(body),
        channel=channel if isinstance(channel, str) else "",
        response_url=response_url if isinstance(response_url, str) else "",
    )


def user_of(body: Mapping[str, Any]) -> str:
    """Id of the person, from either shape of payload."""
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user.get("id") or "")
    return str(body.get("user_id") or "")


def pointed_at(body: Mapping[str, Any]) -> object:
    """What a button, a menu or a form carries."""
    actions, view = body.get("actions"), body.get("view")
    if isinstance(actions, list) and actions and isinstance(actions[0], Mapping):
        return value_of(actions[0])
    return view.get("private_metadata") if isinstance(view, Mapping) else None


def problem_of(button: ButtonValue) -> str:
    """The problem that a button points at; raises StaleButton where it points at none."""
    if button.problem is None:
        raise StaleButton
    return button.problem


def number_of(button: ButtonValue) -> int:
    """The No. that a button points at; raises StaleButton where it points at none."""
    if button.number is None:
        raise StaleButton
    return button.number
