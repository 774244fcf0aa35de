"""What is known of the records that fail, summed up against moments in time.

All entries of a case (one problem on one record) share a verdict, but not the time at which they were logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.entries import SLICE
from bot.store.resolution import USABLE, Resolution, cases
from bot.store.tables import PROBLEM, PROBLEM_RECORD, belongs
from bot.store.values import Scope

Sums = Counter[tuple[str, Resolution]]
"""Entries by problem and verdict."""


@dataclass(slots=True)
class Until:
    """Cases against one moment. Those that still matter are nowhere: they are what is left."""

    moment: datetime
    whole: Sums = field(default_factory=Counter)
    """Entries of cases that were over by then: all of them were logged until then."""
    mixed: dict[tuple[str, str], Resolution] = field(default_factory=dict)
    """Cases with several errors, the last of them later: nobody knows without looking how many were."""
    mixed_sums: Sums = field(default_factory=Counter)
    """All entries of those, on both sides of the moment."""


@dataclass(slots=True)
class Verdicts:
    """Cases against some moments."""

    untils: Sequence[Until]
    without_case: Sums = field(default_factory=Counter)
    """Entries that name no record, or one whose name is too long; of them nothing is known."""
    newest_resolved: datetime | None = None
    """When the last entry of a resolved case was logged."""

    async def read(
        self, connection: AsyncConnection, scope: Scope, evidence_until: datetime, problem_id: str
    ) -> None:
        """Sum up those of one problem or of all."""
        await self._read_cases(connection, scope, evidence_until, problem_id)
        await self._read_without_case(connection, scope, problem_id)

    async def _read_cases(
        self, connection: AsyncConnection, scope: Scope, evidence_until: datetime, problem_id: str
    ) -> None:
        known = cases(scope, evidence_until, problem_id)
        told = [known.c[name] for name in ("problem_id", "record_id", "verdict", "errors", "present")]
        query = select(*told, known.c.last_seen).where(
            known.c.verdict != Resolution.MATTERS.value, known.c.present > 0
        )
        async with connection.stream(query) as found:
            async for part in found.partitions(SLICE):
                for row in part:
                    case = (row.problem_id, row.record_id)
                    self._add(case, Resolution(row.verdict), row.errors, row.present, row.last_seen)

    def _add(
        self, key: tuple[str, str], verdict: Resolution, errors: int, present: int, last_seen: datetime
    ) -> None:
        if verdict is Resolution.RESOLVED:
            newest = self.newest_resolved
            self.newest_resolved = last_seen if newest is None else max(newest, last_seen)
        for until in self.untils:
            if last_seen <= until.moment:
                until.whole[key[0], verdict] += present
            elif errors > 1:
                until.mixed[key] = verdict
                until.mixed_sums[key[0], verdict] += present

    async def _read_without_case(self, connection: AsyncConnection, scope: Scope, problem_id: str) -> None:
        present = select(PROBLEM.c.id, PROBLEM.c.errors - PROBLEM.c.gone).where(belongs(PROBLEM, scope))
        in_cases = (
            select(PROBLEM_RECORD.c.problem_id, func.sum(PROBLEM_RECORD.c.errors - PROBLEM_RECORD.c.gone))
            .where(belongs(PROBLEM_RECORD, scope), USABLE)
            .group_by(PROBLEM_RECORD.c.problem_id)
        )
        if problem_id:
            present = present.where(PROBLEM.c.id == problem_id)
            in_cases = in_cases.where(PROBLEM_RECORD.c.problem_id == problem_id)
        counted = {problem: int(count) for problem, count in await connection.execute(in_cases)}
        for problem, entries in await connection.execute(present):
            if left := entries - counted.get(problem, 0):
                self.without_case[problem, Resolution.UNKNOWN] += left
