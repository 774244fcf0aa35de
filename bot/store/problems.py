"""Problems and their records, read from sums: nothing here looks at ``sync_error``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.failures import NotFound
from bot.store.cause_tables import PROBLEM_WAIT
from bot.store.database import Database
from bot.store.succession import living
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, PULL_STATE, SYNC_ERROR, belongs
from bot.store.values import AffectedRecord, NewestProblem, ProblemRow, ProblemState, Scope, Totals

FRESH = timedelta(hours=24)
"""Of equal severity, a problem seen within this time of the connection's newest error comes first."""
LIVELY = timedelta(days=7)
"""A problem not seen for this long before the newest error is hardly pressing, however severe. A week, since
Business Central skips a record after its second failure: few days of silence prove nothing."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """What is known of the order in which problems are to be fixed."""

    first: tuple[str, ...] = ()
    """Come before all others, in this order."""
    last: tuple[str, ...] = ()
    """Come behind those that are as present and as lively."""


AS_THEY_ARE = Precedence()


@dataclass(frozen=True, slots=True)
class Problems:
    """The causes of a connection."""

    database: Database

    async def totals(self, scope: Scope) -> Totals:
        """Sums over the open problems."""
        of = {"workspace": scope.workspace, "connection": scope.connection}
        async with self.database.reading() as connection:
            row = (await connection.execute(_TOTALS, of)).one()
        errors, problems, raw_rows, gone, has_waits, of_newest = row
        return Totals(
            errors=int(errors),
            problems=problems,
            unreadable=raw_rows,
            gone=int(gone),
            has_waits=bool(has_waits),
            newest=_newest_problem(of_newest),
        )

    async def page(
        self, scope: Scope, limit: int, offset: int, precedence: Precedence = AS_THEY_ARE
    ) -> tuple[ProblemRow, ...]:
        """Open problems, most pressing first.

        Those that ``precedence`` puts first come before all others. Then those of which Business Central
        still has an error, of these the ones seen within ``LIVELY`` of the newest error, and of these the
        ones that wait for no other problem. Then by severity, ``FRESH`` ones first, by count, the latest
        first.
        """
        async with self.database.reading() as connection:
            newest = await newest_error(connection, scope)
            if newest is None:
                return ()
            rows = await connection.execute(
                select(PROBLEM)
                .where(belongs(PROBLEM, scope), PROBLEM.c.state == ProblemState.OPEN)
                .order_by(*most_pressing_first(newest, PROBLEM.c.errors, precedence))
                .limit(limit)
                .offset(offset)
            )
            return tuple(problem_row(row) for row in rows)

    async def get(self, scope: Scope, problem_id: str) -> ProblemRow:
        """One problem, open or fixed. Raises NotFound."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(
                    select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
                )
            ).one_or_none()
        if row is None:
            raise NotFound(what="problem")
        return problem_row(row)

    async def living(self, scope: Scope, problem_id: str) -> ProblemRow:
        """The problem, or the one that took over its errors. Raises NotFound."""
        async with self.database.reading() as connection:
            problem_id = await living(connection, scope, problem_id)
        return await self.get(scope, problem_id)

    async def only_mapping(self, scope: Scope, problem_id: str) -> str:
        """The table mapping of all errors of a problem; empty where they have several, or none is named."""
        query = (
            select(PROBLEM_COUNTER.c.mapping)
            .where(
                belongs(PROBLEM_COUNTER, scope),
                PROBLEM_COUNTER.c.problem_id == problem_id,
                PROBLEM_COUNTER.c.errors > 0,
            )
            .distinct()
            .limit(2)
        )
        async with self.database.reading() as connection:
            names = (await connection.execute(query)).scalars().all()
        return names[0] if len(names) == 1 else ""

    async def newest_messages(self, scope: Scope, limit: int) -> tuple[tuple[ProblemRow, str], ...]:
        """The largest problems, open and fixed, each with the message of its latest error."""
        latest = and_(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number == PROBLEM.c.example_number)
        query = (
            select(PROBLEM, SYNC_ERROR.c.message)
            .join(SYNC_ERROR, latest)
            .where(belongs(PROBLEM, scope), PROBLEM.c.state != ProblemState.SUPERSEDED)
            .order_by(PROBLEM.c.errors.desc(), PROBLEM.c.id)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return tuple((problem_row(row), row.message) for row in await connection.execute(query))

    async def affected(
        self, scope: Scope, problem_id: str, limit: int, offset: int
    ) -> tuple[AffectedRecord, ...]:
        """Records that fail because of a problem, latest first; none for a problem that names no record."""
        query = (
            select(PROBLEM_RECORD)
            .where(belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.problem_id == problem_id)
            .order_by(PROBLEM_RECORD.c.last_seen.desc(), PROBLEM_RECORD.c.last_number.desc())
            .limit(limit)
            .offset(offset)
        )
        async with self.database.reading() as connection:
            rows = await connection.execute(query)
            return tuple(
                AffectedRecord(
                    record_id=row.record_id,
                    other_record_id=row.other_record_id,
                    table=row.table_number,
                    count=row.errors,
                    last_seen=row.last_seen,
                    last_number=row.last_number,
                )
                for row in rows
            )


def _totals() -> Select[*tuple[Any, ...]]:
    def its(table: Table) -> ColumnElement[bool]:
        return and_(
            table.c.workspace == bindparam("workspace"), table.c.connection == bindparam("connection")
        )

    newest = (
        select(PROBLEM.c.state + " " + PROBLEM.c.id + " " + PROBLEM.c.class_code)
        .where(its(PROBLEM))
        .order_by(PROBLEM.c.last_seen.desc())
        .limit(1)
    )
    return select(
        func.coalesce(func.sum(PROBLEM.c.errors), 0),
        func.count(),
        func.coalesce(select(PULL_STATE.c.unreadable).where(its(PULL_STATE)).scalar_subquery(), 0),
        func.coalesce(func.sum(PROBLEM.c.gone), 0),
        exists().where(its(PROBLEM_WAIT)),
        newest.scalar_subquery(),
    ).where(its(PROBLEM), PROBLEM.c.state == ProblemState.OPEN)


_TOTALS: Final = _totals()
"""Made once: making such a statement takes longer than asking it."""


def _newest_problem(joined: str | None) -> NewestProblem | None:
    """State, id and class, joined by blanks, which none of them has."""
    state, problem_id, class_code = joined.split(" ", 2) if joined else ("", "", "")
    return NewestProblem(problem_id, class_code) if state == ProblemState.OPEN else None


async def newest_error(connection: AsyncConnection, scope: Scope) -> datetime | None:
    """When the newest error of the connection was logged; None where there is none."""
    newest = await connection.execute(
        select(PROBLEM.c.last_seen)
        .where(belongs(PROBLEM, scope))
        .order_by(PROBLEM.c.last_seen.desc())
        .limit(1)
    )
    return newest.scalar_one_or_none()


def most_pressing_first(
    newest: datetime, count: ColumnElement[int], precedence: Precedence = AS_THEY_ARE
) -> tuple[ColumnElement[Any], ...]:
    """The order of an overview; ``count`` is that of the errors that it shows."""
    first = [(PROBLEM.c.id == problem, place) for place, problem in enumerate(precedence.first)]
    return (
        *((case(*first, else_=len(first)),) if first else ()),
        (PROBLEM.c.gone < PROBLEM.c.errors).desc(),
        (PROBLEM.c.last_seen >= _before(newest, LIVELY)).desc(),
        *((PROBLEM.c.id.in_(precedence.last),) if precedence.last else ()),
        PROBLEM.c.severity.desc(),
        (PROBLEM.c.last_seen >= _before(newest, FRESH)).desc(),
        count.desc(),
        PROBLEM.c.last_seen.desc(),
        PROBLEM.c.id,
    )


def _before(newest: datetime, time: timedelta) -> datetime:
    """``time`` before that; Business Central's blank date (year 1) has nothing before it."""
    return max(newest, datetime.min.replace(tzinfo=UTC) + time) - time


def problem_row(row: Row[Any]) -> ProblemRow:
    """A row of ``problem`` as a value."""
    return ProblemRow(
        id=row.id,
        class_code=row.class_code,
        topic=row.topic,
        params=row.params,
        state=ProblemState(row.state),
        severity=row.severity,
        count=row.errors,
        records=row.records,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        example_record=row.example_record,
        example_number=row.example_number,
        masked=row.masked,
        gone=row.gone,
    )
