"""Suite ``actions``: how fast entries are purged, what that costs, and how soon the dialog is there."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from bot.app import Outside, migrate, open_core
from bot.bench.coupled import couple
from bot.bench.databases import Databases
from bot.bench.figures import Figure, at_most, ratio_at_most
from bot.bench.house import scope_of
from bot.bench.place import Running, settings_for
from bot.bench.purge_source import ANSWER_SECONDS, company_with, purged_in_its_own_process
from bot.bench.purger import Purged, purge_in_its_own_process
from bot.bench.rounds import Plan, side_by_side
from bot.bench.stored import FILLED_UNTIL, PROBLEMS, fill
from bot.clock import ManualClock, SystemClock
from bot.diagnosis import load_classifier

ROWS = 100_000
ENTRIES = 1_000_000
_PARTS = 100
_AT_A_TIME = 5
_PLAN = Plan(rounds=3, turns=1)
_LIMITS = (
    "simulator in a process of its own, with Business Central's limits (5 requests at a time, 6,000 in 5"
    f" minutes) by the machine's clock and {ANSWER_SECONDS * 1000:.0f} ms for each request; a batch counts as"
    " one request, so that 5 at a time is what binds"
)


async def measure_actions(databases: Databases, scale: float) -> list[Figure]:
    """``purge.rate``, ``purge.memory`` and ``purge.dialog``."""
    return [*await _purging(databases, scale), await _dialog(databases, scale)]


@dataclass(slots=True)
class _Contest:
    """The bot and the bare loop, deleting the same entries from new companies."""

    databases: Databases
    rows: int
    purges: list[Purged] = field(default_factory=list)

    async def bot(self) -> float:
        """Rows a second, from the confirmation to the last message."""
        address = self.databases.create()
        try:
            with purged_in_its_own_process(self.rows) as source:
                await migrate(settings_for(address, source.address, source.company))
                purged = await asyncio.to_thread(purge_in_its_own_process, address, source)
        finally:
            self.databases.drop(address)
        self.purges.append(purged)
        return purged.rows / purged.seconds

    async def bare(self) -> float:
        """Rows a second of a loop that sends the same batches."""
        now = SystemClock().now()
        ids = [row.id for row in company_with(self.rows).rows(now)]
        with purged_in_its_own_process(self.rows) as source:
            begun = time.perf_counter()
            await _send_batches(source, ids)
            return self.rows / (time.perf_counter() - begun)


async def _send_batches(source: Running, ids: Sequence[str]) -> None:
    """Delete these, 100 in a request, as many requests at a time as are processed."""
    batches = iter([ids[start : start + _PARTS] for start in range(0, len(ids), _PARTS)])
    url = f"{source.address}/api/syncerrors/integration/v1.0/$batch"
    headers = {"Content-Type": "application/json", "Prefer": "odata.continue-on-error"}

    async with httpx.AsyncClient(timeout=60) as client:

        async def send_some() -> None:
            for part in batches:
                requests = [
                    {
                        "method": "DELETE",
                        "id": str(number),
                        "url": f"companies({source.company})/syncErrors({row})",
                        "headers": {"If-Match": "*"},
                    }
                    for number, row in enumerate(part)
                ]
                answer = await client.post(url, content=json.dumps({"requests": requests}), headers=headers)
                if {one["status"] for one in answer.json()["responses"]} != {204}:
                    raise RuntimeError("a row was not deleted")

        await asyncio.gather(*(send_some() for _ in range(_AT_A_TIME)))


async def _purging(databases: Databases, scale: float) -> list[Figure]:
    contest = _Contest(databases, max(1, round(ROWS * scale)))
    plan = _PLAN if scale >= 0.05 else Plan(rounds=1, turns=1)
    rates = await side_by_side({"bot": contest.bot, "bare": contest.bare}, plan)
    # A rate turned over: how many times as long it takes.
    seconds = {name: contest.rows / rate for name, rate in rates.items()}
    size = f"{contest.rows:,} rows of one problem"
    return [
        Figure(
            "purge.rate",
            seconds["bot"],
            "s",
            ratio_at_most(1.1),
            databases.kind,
            scale,
            seconds["bare"],
            against="a loop that sends the same batches, as many at a time, and stores nothing",
            note=f"{size}, from the confirmation to the end of the run; {_LIMITS}",
        ),
        Figure(
            "purge.memory",
            max(purged.megabytes_more for purged in contest.purges),
            "MB",
            at_most(100),
            databases.kind,
            scale,
            note=f"most beyond what the worker had before; {size}",
        ),
    ]


async def _dialog(databases: Databases, scale: float) -> Figure:
    """How long everything that the dialog says takes, with a coupling for each record that failed."""
    entries = max(1, round(ENTRIES * scale))
    address = databases.create()
    try:
        settings = settings_for(address)
        await migrate(settings)
        clock = ManualClock(FILLED_UNTIL + timedelta(minutes=5))
        async with open_core(settings, Outside(clock=clock)) as core:
            scope = scope_of(core)
            await fill(core.database, scope, load_classifier(), entries)
            await couple(core.database, scope)
            databases.settle(address)
            taken = []
            for _ in range(5):
                begun = time.perf_counter()
                offer = await core.purging.offer(scope)
                taken.append(time.perf_counter() - begun)
    finally:
        databases.drop(address)
    resolved, old, everything = offer.choices
    return Figure(
        "purge.dialog",
        statistics.median(taken),
        "s",
        at_most(3.0),
        databases.kind,
        scale,
        note=(
            f"everything that the dialog says: {everything.entries:,} entries, {old.entries:,} older than 7"
            f" days, {resolved.entries:,} resolved, in {min(entries, PROBLEMS)} problems"
        ),
    )
