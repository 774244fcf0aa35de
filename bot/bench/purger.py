"""A worker in a process of its own, which reads everything, then purges it, and tells what that cost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.app import Core, Outside, open_core, open_worker, settle
from bot.bench.house import scope_of
from bot.bench.own_process import in_its_own_process, measure, resident_megabytes
from bot.bench.place import Running, settings_for
from bot.operations.actors import slack_user
from bot.operations.pull import enqueue_pull
from bot.operations.purging import Bounds
from bot.store.outbox import Place
from bot.store.problems import Problems
from bot.store.runs import Run, Runs, RunState

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


def purge_in_its_own_process(database_url: str, source: Running) -> Purged:
    """Have a worker read the source, and purge its one problem. Raises RuntimeError where it fails."""
    return in_its_own_process("bot.bench.purger", Purged, database_url, source)


async def purge(database_url: str, source: Running) -> Purged:
    """Read and purge with a worker in this process."""
    settings = settings_for(database_url, source.address, source.company)
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        await durable.wait(await enqueue_pull(durable, next(iter(core.connections))), timeout=_PATIENCE)
        settle()
        before = resident_megabytes()
        bounds = await _offered(core)
        begun = time.perf_counter()
        await core.purging.start(durable, scope_of(core), bounds, _WHO, Place(_WHO.id), _RUN)
        run, most = await _ended(core, before)
        assert run.began_at is not None and run.ended_at is not None  # noqa: S101, PT018 # it is over
        if run.state is not RunState.DONE or run.done != bounds.entries:
            raise RuntimeError(f"the purge ended as {run.state} after {run.done} of {bounds.entries}")
        return Purged(run.done, time.perf_counter() - begun, most - before)


async def _offered(core: Core) -> Bounds:
    """Open the dialog of the problem: what it says, to be confirmed."""
    scope = scope_of(core)
    (problem,) = await Problems(core.database).page(scope, limit=1, offset=0)
    (choice,) = (await core.purging.offer(scope, problem.id)).choices
    return choice.bounds


async def _ended(core: Core, before: float) -> tuple[Run, float]:
    """The run once it is over, and the most that was resident meanwhile."""
    most = before
    async with asyncio.timeout(_PATIENCE):
        while True:
            most = max(most, resident_megabytes())
            run = await Runs(core.database).get(scope_of(core), _RUN)
            if run.state.is_over:
                return run, most
            await asyncio.sleep(_SAMPLE_SECONDS)


if __name__ == "__main__":
    measure(purge)
