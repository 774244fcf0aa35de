"""A worker in a process of its own, which reads everything, then purges it, and tells what that cost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import field, fields, replace

from bot.app import Core, Outside, open_core, open_worker, settle
from bot.bench.house import scope_of
from bot.bench.own_process import in_its_own_process, measure, resident_megabytes
from bot.bench.place import Running, settings_for
from bot.dataclass import dataclass
from bot.operations.actors import slack_user
from bot.operations.durable.port import Steps
from bot.operations.pull import enqueue_pull
from bot.operations.purging import Bounds, Purge
from bot.store.outbox import Place
from bot.store.problems import Problems
from bot.store.runs import Runs, RunState

_PATIENCE = 3_600.0
_SAMPLE_SECONDS = 0.05
_RUN = "bench"
_WHO = slack_user("U0KIM0001")


@dataclass(frozen=True, slots=True)
class Purged:
    """What a whole purge took."""

    rows: int
    seconds: float
    megabytes_more: float
    """The most that was resident meanwhile, less what was before."""


@dataclass(frozen=True)
class _Watched(Purge):
    """Tells when a run is over. Asking the store time and again took a twentieth of the worker's time."""

    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def workflow(self, steps: Steps, connection: str, run_id: str) -> str:
        try:
            return await super().workflow(steps, connection, run_id)
        finally:
            self.is_over.set()


def purge_in_its_own_process(database_url: str, source: Running) -> Purged:
    """Have a worker read the source, and purge its one problem. Raises RuntimeError where it fails."""
    return in_its_own_process("bot.bench.purger", Purged, database_url, source)


async def purge(database_url: str, source: Running) -> Purged:
    """Read and purge with a worker in this process."""
    settings = settings_for(database_url, source.address, source.company)
    async with contextlib.AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings, Outside()))
        watched = _Watched(**{one.name: getattr(core.purge, one.name) for one in fields(core.purge)})
        durable = await stack.enter_async_context(open_worker(settings, replace(core, purge=watched)))
        await durable.wait(await enqueue_pull(durable, next(iter(core.connections))), timeout=_PATIENCE)
        settle()
        before = resident_megabytes()
        bounds = await _offered(core)
        begun = time.perf_counter()
        await core.purging.start(durable, scope_of(core), bounds, _WHO, Place(_WHO.id), _RUN)
        most = await _ended(watched.is_over, before)
        seconds = time.perf_counter() - begun
        run = await Runs(core.database).get(scope_of(core), _RUN)
        if run.state is not RunState.DONE or run.done != bounds.entries:
            raise RuntimeError(f"the purge ended as {run.state} after {run.done} of {bounds.entries}")
        return Purged(run.done, seconds, most - before)


async def _offered(core: Core) -> Bounds:
    """Open the dialog of the problem: what it says, to be confirmed."""
    scope = scope_of(core)
    (problem,) = await Problems(core.database).page(scope, limit=1, offset=0)
    (choice,) = (await core.purging.offer(scope, problem.id)).choices
    return choice.bounds


async def _ended(is_over: asyncio.Event, before: float) -> float:
    """The most that is resident until the run is over."""
    most = before
    async with asyncio.timeout(_PATIENCE):
        while not is_over.is_set():
            most = max(most, resident_megabytes())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), _SAMPLE_SECONDS)
    return most


if __name__ == "__main__":
    measure(purge)
