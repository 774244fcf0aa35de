"""A worker in a process of its own, which reads everything once and tells what that cost it."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.app import Outside, open_core, open_worker, settle, share_memory
from bot.bench.place import Running, settings_for
from bot.bench.rounds import heartbeat
from bot.log import configure_logs
from bot.operations.durable.port import OutcomeState
from bot.operations.pull import enqueue_pull

_PATIENCE = 3_600.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a whole pull took."""

    rows: int
    seconds: float
    peak_megabytes: float
    """The most that was ever resident, the interpreter and all libraries included."""
    longest_block: float
    """Seconds for which the event loop did not come round."""


def work_in_its_own_process(database_url: str, source: Running) -> Work:
    """Have a worker read the source. Raises RuntimeError where it fails."""
    command = [
        *(sys.executable, "-m", "bot.bench.worker"),
        *("--database", database_url, "--source", source.address, "--company", source.company),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 # our own
    if done.returncode != 0:
        raise RuntimeError("the worker failed")
    return Work(**json.loads(done.stdout))


async def work(database_url: str, source: Running) -> Work:
    """Read everything with a worker in this process."""
    settings = settings_for(database_url, source.address, source.company)
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        settle()
        connection = next(iter(core.connections))
        begun = time.perf_counter()
        async with heartbeat() as heart:
            outcome = await durable.wait(await enqueue_pull(durable, connection), timeout=_PATIENCE)
        seconds = time.perf_counter() - begun
    if outcome is None or outcome.state is not OutcomeState.SUCCEEDED:
        raise RuntimeError("the pull did not end")
    if outcome.value.failure_key is not None:
        raise RuntimeError(f"the pull was ended by {outcome.value.failure_key}")
    return Work(
        rows=outcome.value.rows_read,
        seconds=seconds,
        peak_megabytes=peak_megabytes(),
        longest_block=heart.longest,
    )


def peak_megabytes() -> float:
    """Of this process alone: on Linux ``ru_maxrss`` begins with what the parent had (fork)."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> None:
    """Entry point of that process: prints the ``Work`` as JSON."""
    parser = argparse.ArgumentParser()
    for name in ("database", "source", "company"):
        parser.add_argument(f"--{name}", required=True)
    wanted = parser.parse_args()
    configure_logs(logging.ERROR)
    share_memory()  # as "syncerrors worker" does
    done = asyncio.run(work(wanted.database, Running(wanted.source, wanted.company)))
    sys.stdout.write(json.dumps(asdict(done)) + "\n")


if __name__ == "__main__":
    main()
