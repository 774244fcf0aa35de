"""What is there to purge: counts, causes and verdicts, from sums alone.

Of a million stored errors none is counted one by one: errors by problem and by problem and record are kept
anyway. Only where a purge ends at some moment, the errors on one side of it are looked at, through an index
of those that are still in Business Central, on whichever side there are fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.resolution import Resolution, cases
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, SYNC_ERROR, belongs
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class Share:
    """One cause's part in what is there to purge."""

    problem_id: str
    entries: int
    resolved: int
    matters: int

    @property
    def unknown(self) -> int:
        """Entries of which nobody can tell."""
        return self.entries - self.resolved - self.matters


@dataclass(frozen=True, slots=True)
class Census:
    """Entries that Business Central has, as far as is stored, logged until then and up to that number."""

    logged_until: datetime
    highest_number: int
    shares: tuple[Share, ...]
    """By cause, the largest first."""
    oldest: datetime | None
    newest: datetime | None
    newest_resolved: datetime | None

    @property
    def entries(self) -> int:
        """All of them."""
        return sum(share.entries for share in self.shares)

    @property
    def resolved(self) -> int:
        """Those whose record has synchronized since."""
        return sum(share.resolved for share in self.shares)

    @property
    def matters(self) -> int:
        """Those that still matter."""
        return sum(share.matters for share in self.shares)

    @property
    def unknown(self) -> int:
        """Those of which nobody can tell."""
        return sum(share.unknown for share in self.shares)


Sums = Mapping[tuple[str, Resolution], int]
"""Entries by problem and verdict."""


@dataclass(frozen=True, slots=True)
class Censuses:
    """Takes a census of a connection."""

    database: Database

    async def take(
        self, scope: Scope, untils: Sequence[datetime], evidence_until: datetime, problem_id: str = ""
    ) -> tuple[Census, ...]:
        """For each of ``untils``, the entries logged until then; of one problem or of all.

        Evidence of jobs that started later than ``evidence_until`` does not count.
        """
        async with self.database.reading() as connection:
            question = _Question(connection, scope, evidence_until, problem_id)
            everything, newest_resolved = await question.everything()
            highest = await connection.execute(
                select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
            )
            number = highest.scalar_one() or 0
            return tuple(
                [
                    Census(
                        logged_until=until,
                        highest_number=number,
                        shares=_shares(await question.within(until, everything)),
                        oldest=(span := await question.span(until))[0],
                        newest=span[1],
                        newest_resolved=newest_resolved,
                    )
                    for until in untils
                ]
            )


def _shares(sums: Sums) -> tuple[Share, ...]:
    problems = {problem for problem, _ in sums}
    shares = [
        Share(
            problem,
            entries=sum(sums.get((problem, verdict), 0) for verdict in Resolution),
            resolved=sums.get((problem, Resolution.RESOLVED), 0),
            matters=sums.get((problem, Resolution.MATTERS), 0),
        )
        for problem in problems
    ]
    return tuple(
        sorted(
            (share for share in shares if share.entries > 0),
            key=lambda share: (-share.entries, share.problem_id),
        )
    )


FAILING_RECORD = case(
    (SYNC_ERROR.c.source_record_id != "", SYNC_ERROR.c.source_record_id),
    else_=SYNC_ERROR.c.destination_record_id,
)
"""As ``bot.store.changes.failing_record``."""

_FEW: Final = 1_000
"""Entries whose cases are looked up one by one rather than all."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One census, in one transaction."""

    connection: AsyncConnection
    scope: Scope
    evidence_until: datetime
    problem_id: str

    async def everything(self) -> tuple[Sums, datetime | None]:
        """All that Business Central has, and when the last of what is resolved was logged."""
        sums: Counter[tuple[str, Resolution]] = Counter()
        problems = select(PROBLEM.c.id, PROBLEM.c.errors - PROBLEM.c.gone).where(
            belongs(PROBLEM, self.scope), PROBLEM.c.errors > PROBLEM.c.gone
        )
        if self.problem_id:
            problems = problems.where(PROBLEM.c.id == self.problem_id)
        for problem, present in await self.connection.execute(problems):
            sums[problem, Resolution.UNKNOWN] = int(present)
        known = cases(self.scope, self.evidence_until, self.problem_id)
        newest: datetime | None = None
        for problem, verdict, present, last_seen in await self.connection.execute(
            select(
                known.c.problem_id,
                known.c.verdict,
                func.sum(known.c.present),
                func.max(case((known.c.present > 0, known.c.last_seen))),
            )
            .where(known.c.verdict != Resolution.UNKNOWN)
            .group_by(known.c.problem_id, known.c.verdict)
        ):
            sums[problem, Resolution(verdict)] += int(present)
            sums[problem, Resolution.UNKNOWN] -= int(present)
            if verdict == Resolution.RESOLVED and last_seen is not None:
                newest = last_seen if newest is None else max(newest, last_seen)
        return sums, newest

    async def within(self, until: datetime, everything: Sums) -> Sums:
        """Those logged until then."""
        if await self._fewer_are_older(until):
            return await self._beside(SYNC_ERROR.c.logged_at <= until)
        beside = await self._beside(SYNC_ERROR.c.logged_at > until)
        return {key: count - beside.get(key, 0) for key, count in everything.items()}

    async def _fewer_are_older(self, moment: datetime) -> bool:
        """By day, which is near enough for choosing what to look at."""
        day = moment.astimezone(UTC).date()
        present = PROBLEM_COUNTER.c.errors - PROBLEM_COUNTER.c.gone
        query = select(
            func.coalesce(func.sum(case((PROBLEM_COUNTER.c.day <= day, present), else_=0)), 0),
            func.coalesce(func.sum(case((PROBLEM_COUNTER.c.day >= day, present), else_=0)), 0),
        ).where(belongs(PROBLEM_COUNTER, self.scope))
        older, newer = (await self.connection.execute(query)).one()
        return bool(older < newer)

    async def _beside(self, side: ColumnElement[bool]) -> Sums:
        """Those on one side of the moment, looked at one by one."""
        there = [belongs(SYNC_ERROR, self.scope), SYNC_ERROR.c.gone_at.is_(None), side]
        if self.problem_id:
            there.append(SYNC_ERROR.c.problem_id == self.problem_id)
        grouped = (
            select(SYNC_ERROR.c.problem_id, FAILING_RECORD.label("record_id"), func.count().label("entries"))
            .where(*there)
            .group_by(SYNC_ERROR.c.problem_id, FAILING_RECORD)
        )
        pairs: list[tuple[str, str]] = []
        some = select(SYNC_ERROR.c.number).where(*there).limit(_FEW + 1).subquery()
        if (await self.connection.execute(select(func.count()).select_from(some))).scalar_one() <= _FEW:
            rows = (await self.connection.execute(grouped)).all()
            if not rows:
                return {}
            pairs = [(row.problem_id, as_key(row.record_id)) for row in rows]
        known = cases(self.scope, self.evidence_until, self.problem_id, pairs)
        beside = grouped.cte("beside")
        same = and_(beside.c.problem_id == known.c.problem_id, beside.c.record_id == known.c.record_id)
        verdict = func.coalesce(known.c.verdict, Resolution.UNKNOWN.value)
        query = (
            select(beside.c.problem_id, verdict, func.sum(beside.c.entries))
            .select_from(beside)
            .outerjoin(known, same)
            .group_by(beside.c.problem_id, verdict)
        )
        summed = await self.connection.execute(query)
        return {(problem, Resolution(told)): int(count) for problem, told, count in summed}

    async def span(self, until: datetime) -> tuple[datetime | None, datetime | None]:
        """When the first and the last of them were logged; of one problem as far as its sums tell."""
        if self.problem_id:
            query = select(PROBLEM.c.first_seen, PROBLEM.c.last_seen).where(
                belongs(PROBLEM, self.scope), PROBLEM.c.id == self.problem_id
            )
            row = (await self.connection.execute(query)).one_or_none()
            return (None, None) if row is None else (row.first_seen, min(row.last_seen, until))
        there = (
            belongs(SYNC_ERROR, self.scope),
            SYNC_ERROR.c.gone_at.is_(None),
            SYNC_ERROR.c.logged_at <= until,
        )
        oldest, newest = [
            (await self.connection.execute(select(end).where(*there))).scalar_one()
            for end in (func.min(SYNC_ERROR.c.logged_at), func.max(SYNC_ERROR.c.logged_at))
        ]
        return oldest, newest
