"""A worker in a process of its own, which reads everything, then purges it, and tells what that cost."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.app import Core, Outside, open_core, open_worker, settle, share_memory
from bot.bench.house import scope_of
from bot.bench.place import Running, settings_for
from bot.bench.worker import peak_megabytes
from bot.log import configure_logs
from bot.operations.actors import slack_user
from bot.operations.durable.port import Durable
from bot.operations.pull import enqueue_pull
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
    command = [
        *(sys.executable, "-m", "bot.bench.purger"),
        *("--database", database_url, "--source", source.address, "--company", source.company),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 # our own
    if done.returncode != 0:
        raise RuntimeError("the worker failed")
    return Purged(**json.loads(done.stdout))


async def purge(database_url: str, source: Running) -> Purged:
    """Read and purge with a worker in this process."""
    settings = settings_for(database_url, source.address, source.company)
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        await durable.wait(await enqueue_pull(durable, next(iter(core.connections))), timeout=_PATIENCE)
        settle()
        before = _resident_megabytes()
        begun = time.perf_counter()
        confirmed = await _confirm(core, durable)
        run, most = await _ended(core, before)
        assert run.began_at is not None and run.ended_at is not None  # noqa: S101, PT018 # it is over
        if run.state is not RunState.DONE or run.done != confirmed:
            raise RuntimeError(f"the purge ended as {run.state} after {run.done} of {confirmed}")
        return Purged(run.done, time.perf_counter() - begun, most - before)


async def _confirm(core: Core, durable: Durable) -> int:
    """Open the dialog of the problem and confirm what it says; how many entries that are."""
    scope = scope_of(core)
    (problem,) = await Problems(core.database).page(scope, limit=1, offset=0)
    (choice,) = (await core.purging.offer(scope, problem.id)).choices
    await core.purging.start(durable, scope, choice.bounds, _WHO, Place(_WHO.id), _RUN)
    return choice.entries


async def _ended(core: Core, before: float) -> tuple[Run, float]:
    """The run once it is over, and the most that was resident meanwhile."""
    most = before
    async with asyncio.timeout(_PATIENCE):
        while True:
            most = max(most, _resident_megabytes())
            run = await Runs(core.database).get(scope_of(core), _RUN)
            if run.state.is_over:
                return run, most
            await asyncio.sleep(_SAMPLE_SECONDS)


def _resident_megabytes() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return peak_megabytes()  # never less than what is resident: what comes on top is what is measured


def main() -> None:
    """Entry point of that process: prints the ``Purged`` as JSON."""
    parser = argparse.ArgumentParser()
    for name in ("database", "source", "company"):
        parser.add_argument(f"--{name}", required=True)
    wanted = parser.parse_args()
    configure_logs(logging.ERROR)
    share_memory()  # as "syncerrors worker" does
    done = asyncio.run(purge(wanted.database, Running(wanted.source, wanted.company)))
    sys.stdout.write(json.dumps(asdict(done)) + "\n")


if __name__ == "__main__":
    main()
