"""What is there to purge: counts, causes and verdicts, from sums alone.

Of a million stored errors none is counted one by one: errors by problem and by problem and record are kept
anyway. Only where a purge ends at some moment, the errors on one side of it are looked at, through an index
of those that are still in Business Central, on whichever side there are fewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

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


@dataclass(frozen=True, slots=True)
class Censuses:
    """Takes a census of a connection."""

    database: Database

    async def take(
        self, scope: Scope, logged_until: datetime, evidence_until: datetime, problem_id: str = ""
    ) -> Census:
        """Of entries logged until then, of one problem or of all. Evidence of jobs that started later than
        ``evidence_until`` does not count."""
        async with self.database.reading() as connection:
            side = await _smaller_side(connection, scope, logged_until)
            entries = await _entries(connection, scope, side, problem_id)
            verdicts, newest_resolved = await _verdicts(connection, scope, side, evidence_until, problem_id)
            oldest, newest = await _span(connection, scope, logged_until, problem_id)
            highest = await connection.execute(
                select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
            )
            shares = [
                Share(
                    problem,
                    count,
                    verdicts[problem, Resolution.RESOLVED],
                    verdicts[problem, Resolution.MATTERS],
                )
                for problem, count in entries.items()
                if count > 0
            ]
            shares.sort(key=lambda share: (-share.entries, share.problem_id))
            return Census(
                logged_until=logged_until,
                highest_number=highest.scalar_one() or 0,
                shares=tuple(shares),
                oldest=oldest,
                newest=newest,
                newest_resolved=newest_resolved,
            )


@dataclass(frozen=True, slots=True)
class _Side:
    """The entries on one side of the moment, and whether they are what is wanted or what is left out."""

    condition: ColumnElement[bool]
    is_wanted: bool

    def rest(self, whole: ColumnElement[int], part: ColumnElement[int]) -> ColumnElement[int]:
        """How many are wanted of ``whole`` entries, ``part`` of which are on this side."""
        counted = func.coalesce(part, 0)
        return counted if self.is_wanted else whole - counted


async def _smaller_side(connection: AsyncConnection, scope: Scope, moment: datetime) -> _Side:
    day = moment.date()
    present = PROBLEM_COUNTER.c.errors - PROBLEM_COUNTER.c.gone
    older, newer = (
        await connection.execute(
            select(
                func.coalesce(func.sum(case((PROBLEM_COUNTER.c.day <= day, present), else_=0)), 0),
                func.coalesce(func.sum(case((PROBLEM_COUNTER.c.day >= day, present), else_=0)), 0),
            ).where(belongs(PROBLEM_COUNTER, scope))
        )
    ).one()
    if older < newer:
        return _Side(SYNC_ERROR.c.logged_at <= moment, is_wanted=True)
    return _Side(SYNC_ERROR.c.logged_at > moment, is_wanted=False)


FAILING_RECORD = case(
    (SYNC_ERROR.c.source_record_id != "", SYNC_ERROR.c.source_record_id),
    else_=SYNC_ERROR.c.destination_record_id,
)
"""As ``bot.store.changes.failing_record``."""


def _beside(scope: Scope, side: _Side, problem_id: str, *columns: ColumnElement[Any]) -> CTE:
    query = select(*columns, func.count().label("entries")).where(
        belongs(SYNC_ERROR, scope), SYNC_ERROR.c.gone_at.is_(None), side.condition
    )
    if problem_id:
        query = query.where(SYNC_ERROR.c.problem_id == problem_id)
    return query.group_by(*columns).cte("beside")


async def _entries(
    connection: AsyncConnection, scope: Scope, side: _Side, problem_id: str
) -> Mapping[str, int]:
    beside = _beside(scope, side, problem_id, SYNC_ERROR.c.problem_id)
    wanted = side.rest(PROBLEM.c.errors - PROBLEM.c.gone, beside.c.entries)
    query = (
        select(PROBLEM.c.id, wanted)
        .outerjoin(beside, beside.c.problem_id == PROBLEM.c.id)
        .where(belongs(PROBLEM, scope), PROBLEM.c.errors > PROBLEM.c.gone)
    )
    if problem_id:
        query = query.where(PROBLEM.c.id == problem_id)
    return {problem: int(count) for problem, count in await connection.execute(query)}


async def _verdicts(
    connection: AsyncConnection, scope: Scope, side: _Side, evidence_until: datetime, problem_id: str
) -> tuple[Mapping[tuple[str, Resolution], int], datetime | None]:
    beside = _beside(scope, side, problem_id, SYNC_ERROR.c.problem_id, FAILING_RECORD.label("record_id"))
    case_ = cases(scope, evidence_until, problem_id)
    wanted = func.sum(side.rest(case_.c.present, beside.c.entries))
    query = (
        select(case_.c.problem_id, case_.c.verdict, wanted, func.max(case_.c.last_seen))
        .outerjoin(
            beside,
            (beside.c.problem_id == case_.c.problem_id) & (beside.c.record_id == case_.c.record_id),
        )
        .group_by(case_.c.problem_id, case_.c.verdict)
    )
    found: dict[tuple[str, Resolution], int] = defaultdict(int)
    newest: datetime | None = None
    for problem, verdict, count, last_seen in await connection.execute(query):
        found[problem, Resolution(verdict)] = int(count)
        if verdict == Resolution.RESOLVED and count > 0:
            newest = last_seen if newest is None else max(newest, last_seen)
    return found, newest


async def _span(
    connection: AsyncConnection, scope: Scope, until: datetime, problem_id: str
) -> Sequence[datetime | None]:
    """When the first and the last of them were logged; of one problem as far as its sums tell."""
    if problem_id:
        row = (
            await connection.execute(
                select(PROBLEM.c.first_seen, PROBLEM.c.last_seen).where(
                    belongs(PROBLEM, scope), PROBLEM.c.id == problem_id
                )
            )
        ).one_or_none()
        return (None, None) if row is None else (row.first_seen, min(row.last_seen, until))
    there = (belongs(SYNC_ERROR, scope), SYNC_ERROR.c.gone_at.is_(None), SYNC_ERROR.c.logged_at <= until)
    ends = (func.min(SYNC_ERROR.c.logged_at), func.max(SYNC_ERROR.c.logged_at))
    return [(await connection.execute(select(end).where(*there))).scalar_one() for end in ends]
