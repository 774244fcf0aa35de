"""Retry: releasing the chosen records and waking their mappings' jobs, as a durable workflow.

How it goes on through outages and crashes is ``bot.operations.performing``'s; watching afterwards is a
workflow of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.lookout import latest_job, since_of
from bot.operations.performing import Did, Performance
from bot.operations.reading import FailureNote
from bot.operations.retry.ending import Ending, tell_progress
from bot.operations.retry.releasing import Releasing
from bot.operations.retry.survey import Survey
from bot.operations.retry.values import Target
from bot.operations.retry.watching import enqueue_watch
from bot.store import Database
from bot.store.retries import RetryBook
from bot.store.runs import RunBook, RunKind, Runs, RunState
from bot.store.values import Scope

RETRY: Final = "retry"
TICK: Final = "retry.tick"

LEFT_BEHIND: Final = timedelta(seconds=30)


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
        performance = Performance(self.workspace, self.database, self.clock, self.clients, self)
        state = await performance.through(steps, connection, run_id)
        if state == RunState.WATCHING:
            await enqueue_watch(durable, connection, run_id)
        return state

    # What a performer does. Each is safe to repeat.

    async def begin(self, connection: str, run_id: str) -> Did:
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
            bounds["since"] = (await latest_job(self.clients[connection], self.clock.now())).isoformat()
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

    async def act(self, connection: str, run_id: str) -> Did:
        """Release some records of a mapping, or start its job."""
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

    async def hand_over(self, connection: str, run_id: str) -> None:
        """Everything is released and started: from here on it is watched."""
        run = await Runs(self.database).get(self._scope(connection), run_id)
        result = run.result or {"watching_since": self.clock.now().isoformat()}
        await self.change(self._scope(connection), run_id, state=RunState.WATCHING, result=result)

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """Its last words."""
        return await self.ending.end(connection, run_id, failure)

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""
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
