"""A worker in a process of its own, which reads everything once and tells what that cost it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.app import Outside, open_core, open_worker, settle
from bot.bench.own_process import in_its_own_process, measure, peak_megabytes
from bot.bench.place import Running, settings_for
from bot.bench.rounds import heartbeat
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
    return in_its_own_process("bot.bench.worker", Work, database_url, source)


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


if __name__ == "__main__":
    measure(work)
