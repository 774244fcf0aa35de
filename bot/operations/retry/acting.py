"""Retry: releasing the chosen records and waking their mappings' jobs, as a durable workflow.

It holds the connection's partition of the queue only while it acts. Watching is a workflow of its own in a
partition of its own: nothing waits half an hour for evidence. What is to be done next is in the store, not in
the workflow: a step that is done again after a crash finds it there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.failures import ConnectionGone, NotFound, SourceFailure, StoreUnavailable
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.outage import LOOK, wait_out
from bot.operations.reading import FailureNote, note_of
from bot.operations.retry.ending import Ending, tell_progress
from bot.operations.retry.releasing import LOOK_BACK, Releasing, jobs_after, since_of
from bot.operations.retry.survey import Survey
from bot.operations.retry.values import Target
from bot.operations.retry.watching import enqueue_watch
from bot.store import Database
from bot.store.retries import RetryBook
from bot.store.runs import RunBook, RunKind, Runs, RunState
from bot.store.values import Scope

RETRY: Final = "retry"
TICK: Final = "retry.tick"

WAITS: Final = (15.0, 60.0, 120.0, 300.0, 300.0)
"""Seconds between attempts while Business Central is down or too busy, beside the client's own; then the run
ends with what it did."""
LEFT_BEHIND: Final = timedelta(seconds=30)
STORE_TRIES: Final = 120
MOST_STEPS: Final = 10_000

T = TypeVar("T")
_log = logging.getLogger("bot.retry")


@dataclass(frozen=True, slots=True)
class Did:
    """What one step came to."""

    more: bool = True
    over: bool = False
    """The run has ended already."""
    stopped: bool = False
    failure: FailureNote | None = None
    retry_helps: bool = False


@dataclass(frozen=True)
class Retry:
    """The workflow that acts. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    survey: Survey
    ending: Ending

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(RETRY, partial(self.workflow, durable))

    def schedule(self, durable: Durable) -> None:
        """Enqueue what was taken in by a process that died before it could; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection, run in await steps.run("left behind", self.left_behind):
                await enqueue_retry(durable, connection, run)

        durable.every_minute(TICK, tick)

    async def left_behind(self) -> tuple[tuple[str, str], ...]:
        """Connection and id of the runs that should have begun by now."""
        waiting = await Runs(self.database).left_behind(
            self.workspace, RunKind.RETRY, self.clock.now() - LEFT_BEHIND
        )
        return tuple((connection, run) for connection, run in waiting if connection in self.clients)

    async def workflow(self, durable: Durable, steps: Steps, connection: str, run_id: str) -> str:
        """Do a run up to where it is watched. A failure is stored and told, never raised."""
        did = await self._persistently(steps, "begin", self._begin, connection, run_id)
        for _ in range(MOST_STEPS):
            if not did.more or did.over or did.stopped or did.failure is not None:
                break
            did = await self._persistently(steps, "act", self._act, connection, run_id)
        if did.over:
            return "over"
        if did.stopped or did.failure is not None:
            end = partial(self.ending.end, connection, run_id, did.failure)
            return await steps.run("end", self._whatever_the_store, end)
        watch = partial(self._hand_over, connection, run_id)
        await steps.run("hand over", self._whatever_the_store, watch)
        await enqueue_watch(durable, connection, run_id)
        return RunState.WATCHING

    async def _persistently(
        self, steps: Steps, name: str, step: Callable[[str, str], Awaitable[Did]], connection: str, run: str
    ) -> Did:
        """Do a step until Business Central answers; gives up after the last of ``WAITS``."""
        for tries in range(len(WAITS) + 1):
            did = await steps.run(name, self._guarded, step, connection, run)
            if did.failure is None or not did.retry_helps or tries == len(WAITS):
                return did
            wait = partial(self._wait, connection, run, tries, did.failure)
            if await steps.run("wait", self._whatever_the_store, wait):
                return Did(stopped=True)
        return did

    # Steps. Each is safe to repeat.

    async def _whatever_the_store(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step again while the store does not answer: a run that has begun must come to an end."""
        for _ in range(STORE_TRIES):
            try:
                return await step()
            except StoreUnavailable:
                _log.warning("the store does not answer; the retry waits")
                await self.clock.sleep(LOOK)
        return await step()

    async def _guarded(self, step: Callable[[str, str], Awaitable[Did]], connection: str, run_id: str) -> Did:
        if connection not in self.clients:
            return Did(failure=note_of(ConnectionGone()))
        try:
            return await step(connection, run_id)
        except NotFound:
            return Did(over=True)
        except (SourceFailure, StoreUnavailable) as failure:
            return Did(failure=note_of(failure), retry_helps=failure.retry_helps)

    async def _begin(self, connection: str, run_id: str) -> Did:
        """Choose the records, unless somebody confirmed them, and note which job was the latest so far."""
        scope = self._scope(connection)
        run = await Runs(self.database).get(scope, run_id)
        if run.state.is_over or run.state is RunState.WATCHING:
            return Did(over=True)
        bounds, total = dict(run.bounds), run.total
        chosen = None
        if not bounds.get("chosen"):
            chosen = await self.survey.take(scope, Target.of(run.what))
            if chosen.now.hopeless is not None:
                return Did(failure=chosen.now.hopeless)
            bounds, total = dict(chosen.bounds()), len(chosen.records)
        if "since" not in bounds:
            floor = self.clock.now() - LOOK_BACK
            jobs = await jobs_after(self.clients[connection], floor)
            bounds["since"] = max((job.started_at for job in jobs), default=floor).isoformat()
        async with self.database.writing() as transaction:
            if chosen is not None:
                book = RetryBook(transaction, scope, run_id)
                await book.choose(chosen.records, chosen.mappings)
            await RunBook(transaction, scope).change(
                run_id,
                state=RunState.RUNNING,
                began_at=run.began_at or self.clock.now(),
                bounds=bounds,
                total=total,
                failure_key=None,
                failure_facts=None,
            )
            await self._tell(transaction, scope, run_id)
        return Did(more=total > 0)

    async def _act(self, connection: str, run_id: str) -> Did:
        scope = self._scope(connection)
        run = await Runs(self.database).get(scope, run_id)
        if run.state.is_over:
            return Did(over=True)
        if run.stop_asked_by:
            return Did(stopped=True)
        releasing = Releasing(
            self.database, self.clients[connection], self.clock, scope, run_id, since_of(run)
        )
        return Did(more=await releasing.next())

    async def _wait(self, connection: str, run_id: str, tries: int, failure: FailureNote) -> bool:
        """Wait for Business Central; whether somebody asked to stop."""
        scope = self._scope(connection)
        return await wait_out(self.database, self.clock, self._change, scope, run_id, WAITS[tries], failure)

    async def _hand_over(self, connection: str, run_id: str) -> None:
        run = await Runs(self.database).get(self._scope(connection), run_id)
        result = run.result or {"watching_since": self.clock.now().isoformat()}
        await self._change(self._scope(connection), run_id, state=RunState.WATCHING, result=result)

    async def _change(self, scope: Scope, run_id: str, **values: object) -> None:
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await self._tell(transaction, scope, run_id)

    async def _tell(self, transaction: AsyncConnection, scope: Scope, run_id: str) -> None:
        await tell_progress(transaction, scope, run_id, self.clock.now())

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


async def enqueue_retry(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run done; what acts goes one at a time in each connection. Enqueued twice it is done once."""
    return await durable.enqueue(RETRY, connection, run_id, queue=Queue.ACT, partition=connection)
