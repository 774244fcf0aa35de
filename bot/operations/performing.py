"""Performing a run of actions: step by step until it is through, whatever is down meanwhile.

What is to be done next is in the store, not in the workflow: a step that is done again after a crash finds it
there. A run holds the connection's partition of the queue only while it acts; watching what comes of it is a
workflow of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from functools import partial
from typing import Final, Protocol

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, NotFound, SourceFailure, StoreUnavailable
from bot.operations.durable.port import Steps
from bot.operations.outage import despite_the_store, wait_out
from bot.operations.reading import FailureNote, note_of
from bot.store import Database
from bot.store.runs import RunState
from bot.store.values import Scope

WAITS: Final = (15.0, 60.0, 120.0, 300.0, 300.0)
"""Seconds between attempts while Business Central is down or too busy, beside the client's own; then the run
ends with what it did."""
MOST_STEPS: Final = 10_000
OVER: Final = "over"
"""What comes of performing a run that had ended already."""


@dataclass(frozen=True, slots=True)
class Did:
    """What one step came to."""

    more: bool = True
    over: bool = False
    """The run has ended already."""
    stopped: bool = False
    failure: FailureNote | None = None
    retry_helps: bool = False


class Performer(Protocol):
    """What a kind of run does. Every step is safe to repeat; SourceFailure and StoreUnavailable are waited
    out, NotFound means that the run is gone."""

    async def begin(self, connection: str, run_id: str) -> Did:
        """What comes before the first step."""

    async def act(self, connection: str, run_id: str) -> Did:
        """The next thing; ``more`` while there is another one."""

    async def hand_over(self, connection: str, run_id: str) -> None:
        """Everything was done: from here on it is watched."""

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """The run's last words; answers its state."""

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""


@dataclass(frozen=True)
class Performance:
    """Leads a performer through a run. ``connections`` are those that there are."""

    workspace: str
    database: Database
    clock: Clock
    connections: Container[str]
    performer: Performer

    async def through(self, steps: Steps, connection: str, run_id: str) -> str:
        """Do a run up to where it is watched. A failure is stored and told, never raised.

        Answers ``RunState.WATCHING`` where somebody has to watch now, else how it ended.
        """
        performer = self.performer
        did = await self._persistently(steps, "begin", performer.begin, connection, run_id)
        for _ in range(MOST_STEPS):
            if not did.more or did.over or did.stopped or did.failure is not None:
                break
            did = await self._persistently(steps, "act", performer.act, connection, run_id)
        if did.over:
            return OVER
        if did.stopped or did.failure is not None:
            end = partial(performer.end, connection, run_id, did.failure)
            return await steps.run("end", despite_the_store, self.clock, end)
        watch = partial(performer.hand_over, connection, run_id)
        await steps.run("hand over", despite_the_store, self.clock, watch)
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
            if await steps.run("wait", despite_the_store, self.clock, wait):
                return Did(stopped=True)
        return did

    async def _guarded(self, step: Callable[[str, str], Awaitable[Did]], connection: str, run_id: str) -> Did:
        if connection not in self.connections:
            return Did(failure=note_of(ConnectionGone()))
        try:
            return await step(connection, run_id)
        except NotFound:
            return Did(over=True)
        except (SourceFailure, StoreUnavailable) as failure:
            return Did(failure=note_of(failure), retry_helps=failure.retry_helps)

    async def _wait(self, connection: str, run_id: str, tries: int, failure: FailureNote) -> bool:
        """Wait for Business Central; whether somebody asked to stop."""
        scope = Scope(self.workspace, connection)
        change = self.performer.change
        return await wait_out(self.database, self.clock, change, scope, run_id, WAITS[tries], failure)
