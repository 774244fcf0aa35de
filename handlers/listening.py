"""How features listen: acknowledge, do the work, and turn what fails into an answer.

Listeners never raise into Bolt: it forgets the acknowledgement of a listener that fails within 10 ms after it
and answers 404 (slack_bolt 1.30, ``listener/asyncio_runner.py``: ``ack.response = None`` after an error). The
person would see "dispatch failed" besides the answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.cards.actions import Action
from bot.cards.failure import defect_card, failure_card
from bot.failures import Failure
from bot.log import place_of
from handlers.visits import Visit, Visits

Body = Mapping[str, Any]

log = structlog.get_logger()


class InFlight:
    """The work that was acknowledged and is not done yet."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start the work; it is held until it ends."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def ended(self, work: Coroutine[Any, Any, None]) -> BaseException | None:
        """Do the work to its end, and give what it raised."""
        task = self.begin(work)
        await asyncio.wait({task})
        return None if task.cancelled() else task.exception()

    async def drain(self, seconds: float) -> int:
        """Let the work in flight end, at most that long; gives how many pieces were left undone."""
        if not self._tasks:
            return 0
        _, undone = await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in undone:
            task.cancel()
        return len(undone)


class Listening:
    """Registers listeners that are given a ``Visit``."""

    def __init__(self, app: AsyncApp, visits: Visits, in_flight: InFlight) -> None:
        self._app = app
        self._visits = visits
        self._in_flight = in_flight

    def command(self, name: str) -> Callable[[Callable[[Visit, str], Coroutine[Any, Any, None]]], None]:
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
        """Listen to buttons; a value that this version did not write is StaleButton."""

        def register(work: Callable[[Visit], Coroutine[Any, Any, None]]) -> None:
            async def visit_and_work(body: Body) -> None:
                await work(await self._visits.of_action(body))

            for action_id in ids:
                self._app.action(action_id)(self._listener(visit_and_work))

        return register

    def _listener(
        self, work: Callable[[Body], Coroutine[Any, Any, None]]
    ) -> Callable[[AsyncAck, Body], Awaitable[None]]:
        async def listen(ack: AsyncAck, body: Body) -> None:
            await ack()
            error = await self._in_flight.ended(work(body))
            if error is None:
                return
            lost = await self._in_flight.ended(self._explain(error, body))
            if lost is not None:
                log.error("defect", exception=type(lost).__name__, place=place_of(lost))

        return listen

    async def _explain(self, error: BaseException, body: Body) -> None:
        """The one place where exceptions become answers."""
        if isinstance(error, Failure):
            log.info("failure", key=error.key)
        else:
            log.error("defect", exception=type(error).__name__, place=place_of(error))
        visit = await self._visits.of_broken(body)
        if isinstance(error, Failure):
            await visit.answer(failure_card(error, visit.texts))
        else:
            reference = str(structlog.contextvars.get_contextvars().get("reference", "?"))
            await visit.answer(defect_card(reference, visit.texts))
