"""Records that fail, as a retry needs them: each with its latest error, and by which mapping that came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select, tuple_

from bot.dataclass import dataclass
from bot.store.action_tables import SYNC_JOB
from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.pages import slices
from bot.store.tables import PROBLEM, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.values import Params, ProblemState, Scope

_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that fails because of a problem."""

    problem_id: str
    class_code: str
    topic: str | None
    params: Params
    """Of its latest error."""
    record_id: str
    table_number: int
    last_seen: datetime
    number: int
    """No. of its latest error."""
    mapping: str
    """As the job of that error names it; empty where that is not known."""
    direction: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Looks them up."""

    database: Database

    async def of_problems(
        self, scope: Scope, problem_ids: Sequence[str], limit: int
    ) -> tuple[Candidate, ...]:
        """Records of problems, latest failure first; at most so many."""
        found: list[Candidate] = []
        async with self.database.reading() as connection:
            for part in slices(list(problem_ids)):
                rows = await connection.execute(
                    _query(scope)
                    .where(PROBLEM_RECORD.c.problem_id.in_(part))
                    .order_by(PROBLEM_RECORD.c.last_seen.desc(), PROBLEM_RECORD.c.record_id)
                    .limit(limit - len(found))
                )
                found += [_candidate(row) for row in rows]
                if len(found) >= limit:
                    break
        return tuple(found)

    async def of_records(self, scope: Scope, pairs: Sequence[tuple[str, str]]) -> tuple[Candidate, ...]:
        """Records by problem and record."""
        found: list[Candidate] = []
        async with self.database.reading() as connection:
            for part in slices([(problem, as_key(record)) for problem, record in pairs], _PAIRS):
                rows = await connection.execute(
                    _query(scope).where(
                        tuple_(PROBLEM_RECORD.c.problem_id, PROBLEM_RECORD.c.record_id).in_(part)
                    )
                )
                found += [_candidate(row) for row in rows]
        return tuple(found)

    async def records_of(self, scope: Scope, problem_ids: Sequence[str]) -> int:
        """How many records fail because of these problems."""
        total = 0
        async with self.database.reading() as connection:
            for part in slices(list(problem_ids)):
                query = (
                    select(func.count())
                    .select_from(PROBLEM_RECORD)
                    .where(belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.problem_id.in_(part))
                )
                total += int((await connection.execute(query)).scalar_one())
        return total

    async def job_starts(self, scope: Scope, job_ids: Sequence[str]) -> Mapping[str, datetime]:
        """When these jobs started, where they were read."""
        found: dict[str, datetime] = {}
        async with self.database.reading() as connection:
            for part in slices(list(job_ids)):
                rows = await connection.execute(
                    select(SYNC_JOB.c.id, SYNC_JOB.c.started_at).where(
                        belongs(SYNC_JOB, scope), SYNC_JOB.c.id.in_(part)
                    )
                )
                found.update((row.id, row.started_at) for row in rows)
        return found

    async def marked_fixed(self, scope: Scope, limit: int) -> tuple[str, ...]:
        """Ids of the problems that somebody marked as fixed, the latest first."""
        query = (
            select(PROBLEM.c.id)
            .where(belongs(PROBLEM, scope), PROBLEM.c.state == ProblemState.FIXED)
            .order_by(PROBLEM.c.decided_at.desc(), PROBLEM.c.id)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())


def _query(scope: Scope) -> Select[Any]:
    latest = and_(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number == PROBLEM_RECORD.c.last_number)
    return (
        select(
            PROBLEM_RECORD.c.problem_id,
            PROBLEM.c.class_code,
            SYNC_ERROR.c.topic,
            SYNC_ERROR.c.params,
            PROBLEM_RECORD.c.record_id,
            PROBLEM_RECORD.c.table_number,
            PROBLEM_RECORD.c.last_seen,
            PROBLEM_RECORD.c.last_number.label("number"),
            SYNC_ERROR.c.mapping,
            SYNC_ERROR.c.direction,
        )
        .join(PROBLEM, and_(belongs(PROBLEM, scope), PROBLEM.c.id == PROBLEM_RECORD.c.problem_id))
        .outerjoin(SYNC_ERROR, latest)
        .where(belongs(PROBLEM_RECORD, scope))
    )


def _candidate(row: Row[Any]) -> Candidate:
    values = {name: row._mapping[name] for name in Candidate.__dataclass_fields__}
    return Candidate(
        **{
            **values,
            "params": row.params or {},
            "mapping": row.mapping or "",
            "direction": row.direction or "",
        }
    )
