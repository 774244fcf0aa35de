"""Suite ``pull``: how fast rows are read, and what that costs the process."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.app import Outside, migrate, open_core, settle
from bot.bench.bare import bare_loop
from bot.bench.databases import Databases
from bot.bench.figures import Figure, at_most, ratio_at_least
from bot.bench.place import settings_for
from bot.bench.rediagnosing import measure_rediagnosing
from bot.bench.rounds import Plan, side_by_side
from bot.bench.source import ADDRESS, Recorded, in_its_own_process, simulated
from bot.bench.worker import work_in_its_own_process
from bot.operations.durable.inline import InlineSteps

ROWS = 1_000_000
ROWS_A_TURN = 100_000
_LEAST_RATE = {"sqlite": 0.20, "postgresql": 0.30}
_PLAN = Plan(rounds=3, turns=1)


async def measure_pulling(databases: Databases, scale: float) -> list[Figure]:
    """``pull.rate``, ``pull.idle``, ``pull.memory``, ``pull.loop``, and diagnosing anew."""
    return [
        *await _rate_and_idle(databases, scale),
        *await _one_long_pull(databases, scale),
        *await measure_rediagnosing(databases, scale),
    ]


@dataclass(slots=True)
class _Contest:
    """The bot and the bare loop, reading the same pages into new databases."""

    databases: Databases
    source: Recorded
    company: str
    pages: tuple[bytes, ...] = ()
    """Those of the bot's first pull."""
    idle_requests: int = 0

    async def bot(self) -> float:
        """Rows a second of a pull into an empty store. Afterwards one that finds nothing new."""
        address = self.databases.create()
        try:
            settings = settings_for(address, ADDRESS, self.company)
            await migrate(settings)
            async with open_core(settings, Outside(business_central=self.source)) as core:
                settle()  # as a worker does; the bare loop has the good of it too
                connection = next(iter(core.connections))
                begun = time.perf_counter()
                report = await core.pull.workflow(InlineSteps(), connection)
                seconds = time.perf_counter() - begun
                self.pages = self.pages or tuple(self.source.pages)
                before = self.source.requests
                again = await core.pull.workflow(InlineSteps(), connection)
                self.idle_requests = self.source.requests - before
        finally:
            self.databases.drop(address)
        if report.failure_key or again.failure_key or again.stored:
            raise RuntimeError("the pull did not end well")
        return report.stored / seconds

    async def bare(self) -> float:
        """Rows a second of the bare loop."""
        address = self.databases.create()
        try:
            begun = time.perf_counter()
            rows = bare_loop(address, self.pages)
            return rows / (time.perf_counter() - begun)
        finally:
            self.databases.drop(address)


async def _rate_and_idle(databases: Databases, scale: float) -> list[Figure]:
    rows = max(1, round(ROWS_A_TURN * scale))
    simulator, company = simulated(rows)
    contest = _Contest(databases, Recorded(simulator.transport()), company)
    rates = await side_by_side({"bot": contest.bot, "bare": contest.bare}, _PLAN)
    return [
        Figure(
            "pull.rate",
            rates["bot"],
            "rows/s",
            ratio_at_least(_LEAST_RATE[databases.kind]),
            databases.kind,
            scale,
            rates["bare"],
            against="a loop that parses the same pages and inserts the rows with executemany",
            note=f"{rows:,} rows",
        ),
        Figure("pull.idle", contest.idle_requests, "requests", at_most(1), databases.kind, scale),
    ]


async def _one_long_pull(databases: Databases, scale: float) -> list[Figure]:
    rows = max(1, round(ROWS * scale))
    address = databases.create()
    try:
        with in_its_own_process(rows) as source:
            await migrate(settings_for(address, source.address, source.company))
            work = work_in_its_own_process(address, source)
    finally:
        databases.drop(address)
    note = f"{work.rows:,} rows in {work.seconds:.0f} s, simulator in a process of its own"
    return [
        Figure(
            "pull.memory",
            work.peak_megabytes,
            "MB",
            at_most(200),
            databases.kind,
            scale,
            note=f"peak; {note}",
        ),
        Figure(
            "pull.loop",
            work.longest_block * 1000,
            "ms",
            at_most(100),
            databases.kind,
            scale,
            note=f"longest; {note}",
        ),
    ]
