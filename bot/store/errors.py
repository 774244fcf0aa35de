"""Single errors, each found by an index."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, select, update

from bot.dataclass import dataclass
from bot.failures import NotFound
from bot.store.database import Database
from bot.store.tables import FORMER_ERROR, PROBLEM, RAW_ROW, SYNC_ERROR, belongs
from bot.store.values import Scope, StoredError, StoredUnreadable

_BIGGEST = 2**63 - 1
SAME_MINUTE = timedelta(seconds=60)
NUMBERS_BACK, NUMBERS_AHEAD = 500, 100
"""What a job of its own logged comes before what made it; numbers between them belong to jobs beside it."""


@dataclass(frozen=True, slots=True)
class Errors:
    """The sync errors of a connection. Every method raises NotFound for what is not stored."""

    database: Database

    async def by_number(self, scope: Scope, number: int) -> StoredError:
        """The error with that No."""
        _check(number)
        return await self._one(scope, SYNC_ERROR.c.number == number)

    async def by_id(self, scope: Scope, error_id: str) -> StoredError:
        """The error with that SystemId."""
        return await self._one(scope, SYNC_ERROR.c.id == error_id)

    async def latest_of(self, scope: Scope, problem_id: str) -> StoredError:
        """The latest error of a problem, even where another error has its number now."""
        latest = select(PROBLEM.c.example_number).where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
        for table in (SYNC_ERROR, FORMER_ERROR):
            mine = and_(table.c.number == latest.scalar_subquery(), table.c.problem_id == problem_id)
            with suppress(NotFound):
                return await self._one(scope, mine, table)
        raise NotFound(what="error")

    async def beside(self, scope: Scope, error: StoredError, records: Sequence[str]) -> StoredError | None:
        """The error about one of these records that was logged nearest to this one within ``SAME_MINUTE``.

        Of the same job first. Looks only at numbers near its own, so that no index by record is needed.
        """
        query = select(SYNC_ERROR.c.number, SYNC_ERROR.c.logged_at, SYNC_ERROR.c.job_id).where(
            belongs(SYNC_ERROR, scope),
            SYNC_ERROR.c.number.between(error.number - NUMBERS_BACK, error.number + NUMBERS_AHEAD),
            SYNC_ERROR.c.number != error.number,
            SYNC_ERROR.c.source_record_id.in_(records),
        )
        async with self.database.reading() as connection:
            near = [
                (row.job_id != error.job_id, abs(row.logged_at - error.logged_at), row.number)
                for row in await connection.execute(query)
                if abs(row.logged_at - error.logged_at) <= SAME_MINUTE
            ]
        return await self.by_number(scope, min(near)[2]) if near else None

    async def unreadable_by_number(self, scope: Scope, number: int) -> StoredUnreadable:
        """The row with that No. as it came, where it could not be understood."""
        _check(number)
        query = (
            select(RAW_ROW)
            .where(belongs(RAW_ROW, scope), RAW_ROW.c.number == number)
            .order_by(RAW_ROW.c.seen_at.desc(), RAW_ROW.c.digest)
            .limit(1)
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound(what="error", number=number)
        return StoredUnreadable(number=row.number, reason=row.reason, raw=row.raw, seen_at=row.seen_at)

    async def keep_call_stack(self, scope: Scope, number: int, text: str) -> None:
        """Remember an error's call stack; an empty one says that Business Central has none."""
        _check(number)
        async with self.database.writing() as connection:
            changed = await connection.execute(
                update(SYNC_ERROR)
                .where(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number == number)
                .values(call_stack=text)
            )
        if changed.rowcount == 0:
            raise NotFound(what="error", number=number)

    async def _one(
        self, scope: Scope, condition: ColumnElement[bool], table: Table = SYNC_ERROR
    ) -> StoredError:
        same_problem = and_(belongs(PROBLEM, scope), PROBLEM.c.id == table.c.problem_id)
        query = (
            select(table, PROBLEM.c.class_code)
            .join(PROBLEM, same_problem)
            .where(belongs(table, scope), condition)
            .limit(1)
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound(what="error")
        return _error(row)


def _check(number: int) -> None:
    """A number that no column can hold is nobody's number."""
    if abs(number) > _BIGGEST:
        raise NotFound(what="error")


def _error(row: Row[Any]) -> StoredError:
    return StoredError(
        id=row.id,
        number=row.number,
        logged_at=row.logged_at,
        message=row.message,
        problem_id=row.problem_id,
        class_code=row.class_code,
        language=row.language,
        params=row.params,
        rule=row.rule,
        topic=row.topic,
        source_record_id=row.source_record_id,
        source_table=row.source_table,
        destination_record_id=row.destination_record_id,
        destination_table=row.destination_table,
        mapping=row.mapping,
        direction=row.direction,
        job_id=row.job_id,
        call_stack=row.call_stack,
        gone_at=row.gone_at,
    )
