"""How features listen: acknowledge, do the work, and turn what fails into an answer.

Listeners never raise into Bolt: it forgets the acknowledgement of a listener that fails within 10 ms after it
and answers 404 (slack_bolt 1.30, ``listener/asyncio_runner.py``: ``ack.response = None`` after an error). The
person would see "dispatch failed" besides the answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from bot.cards import form as modals
from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.failure import defect_card, failure_card
from bot.cards.form import APP_NAME, Form
from bot.cards.texts import Texts
from bot.failures import Failure, Restarting, StoreUnavailable
from bot.log import place_of
from bot.operations.rights import Act
from bot.payloads import word
from handlers.acts import ACTS, FORMS
from handlers.modals import Submitted, submitted_of
from handlers.presses import press_of
from handlers.visits import Visit, Visits, user_of

Body = Mapping[str, Any]
Modal = dict[str, Any]

FORM_SECONDS = 2.2
"""Real time that a form waits for its work before it is acknowledged; Slack waits 3 seconds."""
ACKNOWLEDGED_SECONDS = 0.5
"""After so long an acknowledgement has arrived: what is shown before it would be written over by it."""
LAST_WORDS_SECONDS = 2.0
"""Real time for telling people that their request was cut off."""

log = structlog.get_logger()


class InFlight:
    """The work that was acknowledged and is not done yet."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._works: set[asyncio.Task[None]] = set()
        self.draining = False
        """New work is refused: the process is about to end."""

    def start(self, task: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin something that nobody waits for but ``drain``; it must not raise."""
        running = asyncio.create_task(task)
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)
        return running

    async def ended(self, work: Coroutine[Any, Any, None]) -> BaseException | None:
        """Do the work to its end, and give what it raised: Restarting where it was cut off by ``drain``."""
        running = asyncio.create_task(work)
        self._works.add(running)
        running.add_done_callback(self._works.discard)
        await asyncio.wait({running})
        return Restarting() if running.cancelled() else running.exception()

    async def drain(self, seconds: float) -> int:
        """Refuse new work, and let the work in flight end, at most that long.

        Gives how many pieces were cut off; the people who wait for them are told, which takes another
        ``LAST_WORDS_SECONDS`` at most.
        """
        self.draining = True
        await self._wait(seconds)
        cut_off = list(self._works)
        for work in cut_off:
            work.cancel()
        await self._wait(LAST_WORDS_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        return len(cut_off)

    async def _wait(self, seconds: float) -> None:
        """Until nothing is in flight any more, what arrives meanwhile included."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)


class Listening:
    """Registers listeners that are given a ``Visit``."""

    def __init__(self, app: AsyncApp, visits: Visits, in_flight: InFlight) -> None:
        self._app = app
        self._visits = visits
        self._in_flight = in_flight

    def command(
        self, name: str | re.Pattern[str]
    ) -> Callable[[Callable[[Visit, str], Coroutine[Any, Any, None]]], None]:
        """Listen to a slash command; the work gets the visit and what stands behind the command."""

        def register(work: Callable[[Visit, str], Coroutine[Any, Any, None]]) -> None:
            async def visit_and_work(body: Body) -> None:
                visit = await self._visits.of_command(body)
                await work(visit, str(body.get("text") or ""))

            self._app.command(name)(self._listener(visit_and_work))

        return register

    def action(
        self, *ids: Action | re.Pattern[str]
    ) -> Callable[[Callable[[Visit], Coroutine[Any, Any, None]]], None]:
        """Listen to buttons; a value that this version did not write is StaleButton.

        Before the work the table of rights is asked: NotAllowed, RightsUnknown.
        """

        def register(work: Callable[[Visit], Coroutine[Any, Any, None]]) -> None:
            async def visit_and_work(body: Body, action_id: Action | re.Pattern[str]) -> None:
                press = press_of(body)
                with self._visits.presses.once(press) as first:
                    if not first:
                        log.info("interaction.repeated")
                        return
                    visit = await self._visits.of_action(body)
                    visit = replace(visit, is_current=partial(self._visits.presses.is_last, press))
                    if isinstance(action_id, Action) and (act := ACTS[action_id]) is not None:
                        await visit.require(act)
                    await work(visit)

            for action_id in ids:
                act = ACTS[action_id] if isinstance(action_id, Action) else None
                listener = self._listener(partial(visit_and_work, action_id=action_id), act)
                self._app.action(action_id)(listener)

        return register

    def shortcut(
        self, *ids: re.Pattern[str]
    ) -> Callable[[Callable[[Visit], Coroutine[Any, Any, None]]], None]:
        """Listen to shortcuts, global ones and those of messages."""

        def register(work: Callable[[Visit], Coroutine[Any, Any, None]]) -> None:
            async def visit_and_work(body: Body) -> None:
                await work(await self._visits.of_broken(body))

            for callback_id in ids:
                self._app.shortcut(callback_id)(self._listener(visit_and_work))

        return register

    def submission(self, callback_id: re.Pattern[str]) -> Callable[[Callable[[Texts], Modal]], None]:
        """Listen to submitted modals and put another one in their place; closed ones need no word."""

        def register(modal: Callable[[Texts], Modal]) -> None:
            async def listen(ack: AsyncAck, body: Body) -> None:
                if body.get("type") == "view_closed":
                    await ack()
                    return
                texts = await self._visits.languages.of(user_of(body))
                await ack(response_action="update", view=modal(texts))

            self._app.view(callback_id)(listen)
            self._app.view_closed(callback_id)(listen)

        return register

    def form(
        self, form: Form
    ) -> Callable[[Callable[[Visit, Submitted], Coroutine[Any, Any, modals.Modal]]], None]:
        """Listen to a form; the work gives the modal that takes its place.

        Before the work the table of rights is asked. What fails is said in the form's place. Work that takes
        longer than an acknowledgement may is waited for behind *One moment*.
        """

        def register(work: Callable[[Visit, Submitted], Coroutine[Any, Any, modals.Modal]]) -> None:
            async def fill(body: Body) -> modals.Modal:
                visit = await self._visits.of_form(body)
                await visit.require(FORMS[form])
                return await work(visit, submitted_of(body))

            async def listen(ack: AsyncAck, body: Body) -> None:
                begun = asyncio.get_running_loop().time()
                filling = asyncio.create_task(self._filled(fill, body, FORMS[form]))
                self._in_flight.start(_end_of(filling))
                texts = await self._visits.languages.of(user_of(body))
                left = begun + FORM_SECONDS - asyncio.get_running_loop().time()
                await asyncio.wait({filling}, timeout=max(0.0, left))
                if filling.done():
                    await ack(response_action="update", view=filling.result().view(texts))
                    return
                await ack(response_action="update", view=modals.waiting_modal(APP_NAME, texts).view(texts))
                await asyncio.wait({self._in_flight.start(self._show_late(filling, body))})

            self._app.view(str(form))(listen)

        return register

    def options(self, action_id: re.Pattern[str]) -> None:
        """Answer menus that load their choices with no choice."""

        async def listen(ack: AsyncAck) -> None:
            await ack(options=[])

        self._app.options(action_id)(listen)

    def event(self, kind: re.Pattern[str]) -> None:
        """Take note of events, which Bolt acknowledges by itself; Slack repeats those it thinks were lost."""

        async def listen(body: Body, request: AsyncBoltRequest) -> None:
            event = body.get("event")
            kind = word(event.get("type")) if isinstance(event, Mapping) else "?"
            log.info("event.ignored", kind=kind, retry="x-slack-retry-num" in request.headers)

        self._app.event(kind)(listen)

    def _listener(
        self, work: Callable[[Body], Coroutine[Any, Any, None]], act: Act | None = None
    ) -> Callable[[AsyncAck, Body], Awaitable[None]]:
        async def listen(ack: AsyncAck, body: Body) -> None:
            await ack()
            await asyncio.wait({self._in_flight.start(self._serve(work, body, act))})

        return listen

    async def _serve(
        self, work: Callable[[Body], Coroutine[Any, Any, None]], body: Body, act: Act | None
    ) -> None:
        if self._in_flight.draining:
            await self._explain(Restarting(), body)
            return
        error = await self._in_flight.ended(work(body))
        if error is not None:
            await self._whatever_happens(self._explain(error, body))
            await self._whatever_happens(self._note(error, body, act))

    async def _whatever_happens(self, telling: Coroutine[Any, Any, None]) -> None:
        error = await self._in_flight.ended(telling)
        if error is not None:
            log.error("defect", exception=type(error).__name__, place=place_of(error))

    async def _filled(
        self, fill: Callable[[Body], Coroutine[Any, Any, modals.Modal]], body: Body, act: Act
    ) -> modals.Modal:
        """What comes in the place of a form, whatever happens."""
        made: list[modals.Modal] = []

        async def make() -> None:
            made.append(await fill(body))

        error = Restarting() if self._in_flight.draining else await self._in_flight.ended(make())
        if error is None:
            return made[0]
        visit = await self._visits.of_broken(body)
        self._in_flight.start(self._whatever_happens(self._note(error, body, act)))
        return modals.Modal(APP_NAME, _said(error, visit.texts).blocks)

    async def _show_late(self, filling: asyncio.Task[modals.Modal], body: Body) -> None:
        """Write over *One moment*; where that was closed meanwhile, as a message."""
        modal = await filling
        await asyncio.sleep(ACKNOWLEDGED_SECONDS)
        visit = await self._visits.of_broken(body)
        if not await visit.show_in(submitted_of(body).view_id, modal):
            await visit.answer(Card(str(modal.title), list(modal.blocks)))

    async def _explain(self, error: BaseException, body: Body) -> None:
        """Where exceptions become answers: in the modal that waits for one, else in a message."""
        visit = await self._visits.of_broken(body)
        said = _said(error, visit.texts)
        waiting = visit.opened.take(visit.trigger)
        if not waiting or not await visit.show_in(waiting, modals.Modal(APP_NAME, said.blocks)):
            await visit.answer(said)

    async def _note(self, error: BaseException, body: Body, act: Act | None) -> None:
        """Who is refused has a line in the activity, behind the answer: nobody waits for it."""
        if isinstance(error, Failure):
            try:
                visit = await self._visits.of_refused(body, error)
                await visit.note(act, error)
            except StoreUnavailable:
                log.warning("refusal.not_noted")


def _said(error: BaseException, texts: Texts) -> Card:
    """What a person is told of it, and the log."""
    if isinstance(error, Failure):
        log.info("failure", key=error.key)
        return failure_card(error, texts)
    log.error("defect", exception=type(error).__name__, place=place_of(error))
    reference = str(structlog.contextvars.get_contextvars().get("reference", "?"))
    return defect_card(reference, texts)


async def _end_of(task: asyncio.Task[Any]) -> None:
    await asyncio.wait({task})
