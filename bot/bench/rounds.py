"""Measuring two or more things side by side, so that whatever else the machine does hits all of them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

Attempt = Callable[[], Awaitable[float]]
"""Does the thing once and gives what it measured."""

HEARTBEAT_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Plan:
    """How often: ``rounds`` rounds in each of which every contestant has ``turns`` turns, one by one."""

    rounds: int
    turns: int


async def side_by_side(contestants: Mapping[str, Attempt], plan: Plan) -> dict[str, float]:
    """The median over the rounds of each contestant's median in a round.

    Each turn has an order of its own, by chance: who comes behind a relative finds the caches warm, so that a
    fixed order would favour somebody. One turn before the first round warms up and does not count.
    """
    for attempt in contestants.values():
        await attempt()
    rng = random.Random(1)  # noqa: S311 # no secret
    names = list(contestants)
    medians: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(plan.rounds):
        measured: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(plan.turns):
            for name in rng.sample(names, len(names)):
                measured[name].append(await contestants[name]())
        for name in names:
            medians[name].append(statistics.median(measured[name]))
    return {name: statistics.median(values) for name, values in medians.items()}


@dataclass(slots=True)
class Heartbeat:
    """The longest time for which the event loop did not come round, in seconds."""

    longest: float = 0.0


@contextlib.asynccontextmanager
async def heartbeat() -> AsyncIterator[Heartbeat]:
    """Watch the running loop with a task that wants to wake up every ``HEARTBEAT_SECONDS``."""
    heart = Heartbeat()

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(HEARTBEAT_SECONDS)
            heart.longest = max(heart.longest, time.perf_counter() - before - HEARTBEAT_SECONDS)

    task = asyncio.create_task(beat(), name="heartbeat")
    try:
        yield heart
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
