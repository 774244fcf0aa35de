"""Purge: deleting confirmed errors in Business Central window by window, as a durable workflow.

A window is one step: mark the rows in the store, delete them in the world, archive them in the store. Killed
anywhere between, the step is done again: what was marked and is away was deleted by this run, and deleting
twice is deleting once. The end is one transaction: the run's end, its activity line, its last message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, NotFound, SourceFailure, StoreUnavailable
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.outage import LOOK, despite_the_store, wait_out
from bot.operations.purging.deleting import Deleting
from bot.operations.purging.values import ACT_OF, Bounds
from bot.operations.reading import FailureNote, note_of
from bot.operations.refused import came_to_nothing, why_facts
from bot.store import Database
from bot.store.activity import Outcome, Subject
from bot.store.outbox import Outbox, Told
from bot.store.purging import Purged, Purging
from bot.store.runs import Run, RunBook, RunKind, Runs, RunState
from bot.store.values import Scope

PURGE: Final = "purge"
TICK: Final = "purge.tick"

WAITS: Final = (60.0, 120.0, 300.0, 300.0, 600.0, 600.0)
"""Seconds between attempts while Business Central is down or too busy, beside the client's own; then the run
ends with what it did."""
LEFT_BEHIND: Final = timedelta(seconds=30)
"""A run that nobody enqueued by then: the process that took it in died. It is enqueued by the tick."""

_log = logging.getLogger("bot.purge")


@dataclass(frozen=True, slots=True)
class Window:
    """What one step did. Counts, and where the next one begins."""

    up_to: int = 0
    last: bool = False
    by_id: bool = False
    """Numbers up to here hold entries that must stay, so that no more may be deleted by number."""
    deleted: int = 0
    missed: int = 0
    kept: int = 0
    """Business Central did not delete them."""
    foreign: int = 0
    """Their numbers belong to other entries now."""
    stopped: bool = False
    failure: FailureNote | None = None
    retry_helps: bool = False


@dataclass(frozen=True)
class Purge:
    """The workflow. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    activity: Activity
    rows_a_window: int = 5_000
    """Deleted by number: one action, well below Business Central's 8 minutes."""
    rows_by_id: int = 100_000
    """Deleted by id, in batches each of which is written down when it is answered. Between two windows
    nothing is under way, so that few are better."""

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(PURGE, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Enqueue what was taken in by a process that died before it could; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection, run in await steps.run("left behind", self.left_behind):
                await enqueue_purge(durable, connection, run)

        durable.every_minute(TICK, tick)

    async def left_behind(self) -> tuple[tuple[str, str], ...]:
        """Connection and id of the runs that should have begun by now."""
        waiting = await Runs(self.database).left_behind(
            self.workspace, RunKind.PURGE, self.clock.now() - LEFT_BEHIND
        )
        return tuple((connection, run) for connection, run in waiting if connection in self.clients)

    async def workflow(self, steps: Steps, connection: str, run_id: str) -> str:
        """Do a run to its end; gives the state it ended in. A failure is stored and told, never raised."""
        begun = await steps.run(
            "begin", despite_the_store, self.clock, partial(self._begin, connection, run_id)
        )
        if begun is None:
            return "over"
        place = begun
        kept = foreign = tries = 0
        while not (place.last or place.stopped):
            window = await steps.run("window", self._window, connection, run_id, place.up_to, place.by_id)
            if window.failure is None:
                place, tries = window, 0
                kept, foreign = kept + window.kept, foreign + window.foreign
                continue
            if not window.retry_helps or tries >= len(WAITS):
                place = replace(place, failure=window.failure)
                break
            again = partial(self._wait, connection, run_id, tries, window.failure)
            if await steps.run("wait", despite_the_store, self.clock, again):
                place = replace(place, stopped=True)
            tries += 1
        end = partial(self._end, connection, run_id, place, kept, foreign)
        return await steps.run("end", despite_the_store, self.clock, end)

    # Steps. Each is safe to repeat.

    async def _begin(self, connection: str, run_id: str) -> Window | None:
        """None where there is nothing to do: the run was enqueued twice."""
        scope = self._scope(connection)
        async with self.database.writing() as transaction:
            book = RunBook(transaction, scope)
            try:
                run = await book.get(run_id)
            except NotFound:
                return None
            if run.state.is_over:
                return None
            began_at = run.began_at or self.clock.now()
            await book.change(run_id, state=RunState.RUNNING, began_at=began_at)
            await Outbox(transaction, scope, self.clock.now()).tell(Told.PROGRESS, run_id)
        if connection not in self.clients:
            return Window(last=True, failure=note_of(ConnectionGone()))
        return Window()

    async def _window(self, connection: str, run_id: str, above: int, by_id: bool) -> Window:
        scope = self._scope(connection)
        client = self.clients.get(connection)
        if client is None:
            return Window(last=True, failure=note_of(ConnectionGone()))
        run = await despite_the_store(self.clock, partial(Runs(self.database).get, scope, run_id))
        if run.stop_asked_by:
            return Window(up_to=above, stopped=True)
        bounds = Bounds.of(run.bounds)
        # With those of an attempt that was cut off, whoever has marked them as gone since.
        before = await despite_the_store(self.clock, partial(self._deleted, scope, run_id))
        room = bounds.entries - before
        told = _Told(self, scope, run_id, before, self.clock.monotonic())
        deleting = Deleting(self.database, client, self.clock, scope, run_id, bounds, told.so_far)
        by_number = bounds.what in (Purged.OLD, Purged.ALL) and not by_id
        try:
            done = await deleting.window(
                above, self.rows_a_window if by_number else self.rows_by_id, room, by_id
            )
        except (SourceFailure, StoreUnavailable) as failure:
            return Window(up_to=above, failure=note_of(failure), retry_helps=failure.retry_helps)
        await despite_the_store(
            self.clock, partial(self._progress, scope, run_id, before + done.deleted, done.up_to)
        )
        return Window(
            up_to=done.up_to,
            last=done.is_last or done.deleted >= room,
            by_id=done.by_id,
            deleted=done.deleted,
            missed=done.missed,
            kept=done.kept,
            foreign=done.foreign,
        )

    async def _wait(self, connection: str, run_id: str, tries: int, failure: FailureNote) -> bool:
        """Wait for Business Central; whether somebody asked to stop."""
        scope = self._scope(connection)
        return await wait_out(self.database, self.clock, self.change, scope, run_id, WAITS[tries], failure)

    async def _end(self, connection: str, run_id: str, place: Window, kept: int, foreign: int) -> str:
        """The run's end, its activity line and its last words, in one transaction; once, however often."""
        scope = self._scope(connection)
        left, done = await asyncio.gather(self._left(connection), self._deleted(scope, run_id))
        now = self.clock.now()
        async with self.database.writing() as transaction:
            book = RunBook(transaction, scope)
            run = await book.get(run_id)
            if run.state.is_over:
                return run.state
            state = _state(place)
            await book.change(
                run_id,
                state=state,
                ended_at=now,
                done=done,
                failed=kept,
                failure_key=place.failure.key if place.failure else None,
                failure_facts=dict(place.failure.facts) if place.failure else None,
                result={"left": left, "foreign": foreign},
            )
            outbox = Outbox(transaction, scope, now)
            await outbox.tell(Told.PROGRESS, run_id)
            await outbox.answer(Told.RESULT, run_id, Told.PROGRESS)
            if run.problem_id and done:
                actor = Actor.parse(run.asked_by).id
                await outbox.note(Told.PURGED, run.problem_id, about=run_id, actor=actor, count=done)
            await self.activity.write(transaction, scope, _deed(run, state, done, kept, place.failure))
        _log.info("purge %s of %s: %s, %s deleted", run.what, connection, state, done)
        return state

    async def _deleted(self, scope: Scope, run_id: str) -> int:
        """How many the run deleted, those of an attempt that was cut off among them."""
        purging = Purging(self.database)
        await purging.recall(scope, run_id)
        return await purging.deleted_by(scope, run_id)

    async def _left(self, connection: str) -> int | None:
        """How many entries Business Central has now; None where it does not tell."""
        client = self.clients.get(connection)
        if client is None:
            return None
        try:
            return (await client.maintenance()).error_count
        except SourceFailure:
            return None

    async def _progress(self, scope: Scope, run_id: str, deleted: int, up_to: int) -> None:
        """Counts from the rows themselves: a step that is repeated counts nothing twice."""
        await self.change(scope, run_id, done=deleted, reached=up_to)

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write into the run, and have its message rewritten."""
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await Outbox(transaction, scope, self.clock.now()).tell(Told.PROGRESS, run_id)

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


@dataclass
class _Told:
    """How far a window is, told every ``LOOK`` seconds."""

    purge: Purge
    scope: Scope
    run_id: str
    before: int
    told_at: float

    async def so_far(self, deleted: int) -> bool:
        """Whether somebody asked to stop."""
        now = self.purge.clock.monotonic()
        if now - self.told_at >= LOOK:
            self.told_at = now
            await self.purge.change(self.scope, self.run_id, done=self.before + deleted)
        return bool((await Runs(self.purge.database).get(self.scope, self.run_id)).stop_asked_by)


async def enqueue_purge(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run done; one at a time in each connection. Enqueued twice it is done once."""
    return await durable.enqueue(PURGE, connection, run_id, queue=Queue.ACT, partition=connection)


def _state(place: Window) -> RunState:
    if place.failure is not None:
        return RunState.FAILED
    return RunState.STOPPED if place.stopped else RunState.DONE


def _deed(run: Run, state: RunState, done: int, kept: int, failure: FailureNote | None) -> Deed:
    outcome = {
        RunState.DONE: Outcome.PARTLY if kept else Outcome.DONE,
        RunState.STOPPED: Outcome.STOPPED,
    }.get(state, Outcome.PARTLY if done else came_to_nothing(failure))
    facts: dict[str, str | int] = {"run": run.id, "confirmed": run.total}
    facts |= {"kept": kept} if kept else {}
    if failure is not None:
        facts |= why_facts(failure)
    return Deed(
        key=f"purge:{run.id}",
        actor=Actor.parse(run.asked_by),
        act=ACT_OF[Purged(run.what)],
        outcome=outcome,
        subject_kind=Subject.PROBLEM if run.problem_id else Subject.RUN,
        subject=run.problem_id or run.id,
        count=done,
        facts=facts,
    )
