"""Deciding: coupling, uncoupling, creating and forcing what somebody confirmed, as a durable workflow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.deciding.ending import Ending, tell_progress
from bot.operations.deciding.trying import Trying
from bot.operations.deciding.watching import enqueue_watch
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.lookout import latest_job, since_of
from bot.operations.performing import Did, Performance
from bot.operations.reading import FailureNote
from bot.operations.retry import enqueue_retry
from bot.store import Database
from bot.store.runs import RunBook, RunKind, Runs, RunState
from bot.store.values import Scope

DECISION: Final = "decision"
TICK: Final = "decision.tick"
LEFT_BEHIND: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class Decide:
    """The workflow that acts. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    ending: Ending

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(DECISION, partial(self.workflow, durable))

    def schedule(self, durable: Durable) -> None:
        """Enqueue what was taken in by a process that died before it could; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection, run in await steps.run("left behind", self.left_behind):
                await enqueue_decision(durable, connection, run)

        durable.every_minute(TICK, tick)

    async def left_behind(self) -> tuple[tuple[str, str], ...]:
        """Connection and id of the runs that should have begun by now."""
        waiting = await Runs(self.database).left_behind(
            self.workspace, RunKind.DECISION, self.clock.now() - LEFT_BEHIND
        )
        return tuple((connection, run) for connection, run in waiting if connection in self.clients)

    async def workflow(self, durable: Durable, steps: Steps, connection: str, run_id: str) -> str:
        """Do a run up to where it is watched. A failure is stored and told, never raised."""
        performance = Performance(self.workspace, self.database, self.clock, self.clients, self)
        state = await performance.through(steps, connection, run_id)
        if state == RunState.WATCHING:
            await enqueue_watch(durable, connection, run_id)
        else:
            await enqueue_what_follows(durable, steps, self.ending, connection, run_id)
        return state

    # What a performer does. Each is safe to repeat.

    async def begin(self, connection: str, run_id: str) -> Did:
        """Note which job was the latest so far: what counts as evidence comes after it."""
        scope = Scope(self.workspace, connection)
        run = await Runs(self.database).get(scope, run_id)
        if run.state.is_over or run.state is RunState.WATCHING:
            return Did(over=True)
        bounds = dict(run.bounds)
        if "since" not in bounds:
            bounds["since"] = (await latest_job(self.clients[connection], self.clock.now())).isoformat()
        await self.change(
            scope,
            run_id,
            state=RunState.RUNNING,
            began_at=run.began_at or self.clock.now(),
            bounds=bounds,
            failure_key=None,
            failure_facts=None,
        )
        return Did()

    async def act(self, connection: str, run_id: str) -> Did:
        """The next call in Business Central, with what is written before and after it."""
        scope = Scope(self.workspace, connection)
        run = await Runs(self.database).get(scope, run_id)
        if run.state.is_over:
            return Did(over=True)
        if run.stop_asked_by:
            return Did(stopped=True)
        client = self.clients[connection]
        return Did(more=await Trying(self.database, client, self.clock, scope, run_id, since_of(run)).next())

    async def hand_over(self, connection: str, run_id: str) -> None:
        """Everything was asked for: from here on it is watched."""
        scope = Scope(self.workspace, connection)
        run = await Runs(self.database).get(scope, run_id)
        result = run.result or {"watching_since": self.clock.now().isoformat()}
        await self.change(scope, run_id, state=RunState.WATCHING, result=result)

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """Its last words."""
        return await self.ending.end(connection, run_id, failure)

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await tell_progress(transaction, scope, run_id, self.clock.now())


async def enqueue_decision(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run done; what acts goes one at a time in each connection. Enqueued twice it is done once."""
    return await durable.enqueue(DECISION, connection, run_id, queue=Queue.ACT, partition=connection)


async def enqueue_what_follows(
    durable: Durable, steps: Steps, ending: Ending, connection: str, run_id: str
) -> None:
    """Have retried what waited for the records of a run that is over."""
    for retry in await steps.run("what follows", ending.what_follows, connection, run_id):
        await enqueue_retry(durable, connection, retry)
