"""Where the errors of a day are: between which numbers, which rise with time, give or take.

The errors logged around some moment are found so without an index by time, which every insert would pay for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import insert_into
from bot.store.tables import ERROR_DAY, PROBLEM_COUNTER, belongs
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) on which errors were logged that Business Central still has."""

    day: date
    present: int
    first_number: int
    """No error of the day has a lower number."""
    last_number: int
    """And none a higher one."""


async def widen_days(connection: AsyncConnection, scope: Scope, days: Mapping[date, tuple[int, int]]) -> None:
    """Errors with these lowest and highest numbers were stored, by day."""
    if not days:
        return
    statement = insert_into(connection, ERROR_DAY)
    first, last = statement.excluded.first_number, statement.excluded.last_number
    widened = statement.on_conflict_do_update(
        index_elements=list(ERROR_DAY.primary_key),
        set_={
            "first_number": case((first < ERROR_DAY.c.first_number, first), else_=ERROR_DAY.c.first_number),
            "last_number": case((last > ERROR_DAY.c.last_number, last), else_=ERROR_DAY.c.last_number),
        },
    )
    await connection.execute(
        widened,
        [
            {
                "workspace": scope.workspace,
                "connection": scope.connection,
                "day": day,
                "first_number": lowest,
                "last_number": highest,
            }
            for day, (lowest, highest) in days.items()
        ],
    )


async def days_present(connection: AsyncConnection, scope: Scope, problem_id: str = "") -> tuple[Day, ...]:
    """The days that have errors left, of one problem or of all, by rising date."""
    counted = (
        select(PROBLEM_COUNTER.c.day, func.sum(PROBLEM_COUNTER.c.errors - PROBLEM_COUNTER.c.gone).label("n"))
        .where(belongs(PROBLEM_COUNTER, scope))
        .group_by(PROBLEM_COUNTER.c.day)
    )
    if problem_id:
        counted = counted.where(PROBLEM_COUNTER.c.problem_id == problem_id)
    sums = counted.subquery("sums")
    query = (
        select(sums.c.day, sums.c.n, ERROR_DAY.c.first_number, ERROR_DAY.c.last_number)
        .join(ERROR_DAY, ERROR_DAY.c.day == sums.c.day)
        .where(belongs(ERROR_DAY, scope), sums.c.n > 0)
        .order_by(sums.c.day)
    )
    return tuple(
        [
            Day(row.day, int(row.n), row.first_number, row.last_number)
            for row in await connection.execute(query)
        ]
    )
