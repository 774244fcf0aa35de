"""The errors of one problem, those that Business Central has no more included.

There is no index by problem: a pull would pay for it with every row. The newest error of each record comes
from the sums; the rows themselves from looking back through the newest, a slice at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, func, select

from bot.dataclass import dataclass
from bot.store.database import Database
from bot.store.pages import slices
from bot.store.tables import FORMER_ERROR, PROBLEM_COUNTER, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.values import Scope

SLICE: Final = 10_000
"""Rows looked at by one query."""
LOOKED_THROUGH: Final = 1_000_000
"""Rows looked at by one call: about a second."""


@dataclass(frozen=True, slots=True)
class ProblemError:
    """One error of a problem, as lists of them need it."""

    number: int
    id: str
    logged_at: datetime
    message: str
    language: str
    params: Mapping[str, Any]
    rule: str
    source_record_id: str
    source_table: int
    destination_record_id: str
    destination_table: int
    mapping: str
    direction: str
    job_type: str
    job_id: str | None
    gone_at: datetime | None
    purge_run: str | None
    """The run that deleted it where it is gone; None where it went without the bot."""


@dataclass(frozen=True, slots=True)
class ProblemErrors:
    """Reads the errors of problems."""

    database: Database

    async def newest_of_records(self, scope: Scope, problem_id: str, most: int) -> tuple[int, ...]:
        """Numbers of the newest error of each record that fails, the latest first."""
        query = (
            select(PROBLEM_RECORD.c.last_number)
            .where(belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.problem_id == problem_id)
            .order_by(PROBLEM_RECORD.c.last_seen.desc(), PROBLEM_RECORD.c.last_number.desc())
            .limit(most)
        )
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def newest(
        self, scope: Scope, problem_id: str, most: int, expected: int
    ) -> tuple[ProblemError, ...]:
        """The errors with the highest numbers, at most ``most``, of about ``expected`` that there are.

        Behind them those whose numbers other errors have now.
        """
        wanted = min(most, expected)
        found: list[ProblemError] = []
        below: int | None = None
        async with self.database.reading() as connection:
            for _ in range(-(-LOOKED_THROUGH // SLICE)):
                part = select(SYNC_ERROR).where(belongs(SYNC_ERROR, scope))
                if below is not None:
                    part = part.where(SYNC_ERROR.c.number < below)
                slice_ = part.order_by(SYNC_ERROR.c.number.desc()).limit(SLICE).subquery()
                lowest = (await connection.execute(select(func.min(slice_.c.number)))).scalar_one()
                if lowest is None:
                    break
                query = (
                    select(*_columns(slice_))
                    .where(slice_.c.problem_id == problem_id)
                    .order_by(slice_.c.number.desc())
                )
                found += map(_error, await connection.execute(query.limit(wanted - len(found))))
                below = lowest
                if len(found) >= wanted:
                    break
            if len(found) < wanted:
                former = (
                    select(*_columns(FORMER_ERROR))
                    .where(belongs(FORMER_ERROR, scope), FORMER_ERROR.c.problem_id == problem_id)
                    .order_by(FORMER_ERROR.c.number.desc(), FORMER_ERROR.c.id)
                    .limit(wanted - len(found))
                )
                found += map(_error, await connection.execute(former))
        return tuple(found)

    async def numbered(self, scope: Scope, numbers: Sequence[int]) -> tuple[ProblemError, ...]:
        """The errors with these numbers, whatever problem they are of, the highest first."""
        found: list[ProblemError] = []
        async with self.database.reading() as connection:
            for part in slices(list(numbers)):
                query = select(*_columns(SYNC_ERROR)).where(
                    belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(part)
                )
                found += map(_error, await connection.execute(query))
        return tuple(sorted(found, key=lambda error: -error.number))

    async def days(self, scope: Scope, problem_id: str, most: int) -> tuple[tuple[date, int], ...]:
        """How many errors were logged on each day (UTC), the latest ``most`` days that had some."""
        query = (
            select(PROBLEM_COUNTER.c.day, func.sum(PROBLEM_COUNTER.c.errors))
            .where(belongs(PROBLEM_COUNTER, scope), PROBLEM_COUNTER.c.problem_id == problem_id)
            .group_by(PROBLEM_COUNTER.c.day)
            .having(func.sum(PROBLEM_COUNTER.c.errors) > 0)
            .order_by(PROBLEM_COUNTER.c.day.desc())
            .limit(most)
        )
        async with self.database.reading() as connection:
            return tuple((day, int(errors)) for day, errors in await connection.execute(query))


_NAMES: Final = tuple(ProblemError.__dataclass_fields__)


def _columns(table: Any) -> list[Any]:
    return [table.c[name] for name in _NAMES]


def _error(row: Row[Any]) -> ProblemError:
    return ProblemError(**{name: row._mapping[name] for name in _NAMES})
