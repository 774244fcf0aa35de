"""Errors that leave the store for good: their rows, their words in the index, and their part in counters.

Inside a transaction that holds the connection's row of ``pull_state``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, bindparam, delete, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import as_key
from bot.store.departing import Leaving
from bot.store.pages import slices
from bot.store.rule_tables import PROBLEM_SUCCESSION
from bot.store.search_index import forget_errors
from bot.store.settling import forget_ties
from bot.store.tables import FORMER_ERROR, PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.taking import take
from bot.store.values import Scope

COLUMNS: Final = (
    "number",
    "id",
    "logged_at",
    "problem_id",
    "source_record_id",
    "source_table",
    "destination_record_id",
    "destination_table",
    "mapping",
    "gone_at",
)
"""Of an error's row: what ``leave`` has to know."""


def columns_of(table: Table) -> Sequence[Column[Any]]:
    """``COLUMNS`` of ``sync_error`` or ``former_error``."""
    return [table.c[name] for name in COLUMNS]


async def leave(connection: AsyncConnection, scope: Scope, table: Table, rows: Sequence[Any]) -> None:
    """Remove these rows (``columns_of``) and all that is known through them.

    Problems that have no error left go; those whose latest error went are marked for ``settling``.
    Words that nothing has any more stay in the vocabulary: ``search_index.drop_words``.
    """
    if not rows:
        return
    if table is SYNC_ERROR:
        await forget_errors(connection, scope, [row.number for row in rows])
    for part in slices(rows):
        await connection.execute(
            delete(table).where(
                belongs(table, scope),
                tuple_(table.c.number, table.c.id).in_([(row.number, row.id) for row in part]),
            )
        )
    await take(connection, scope, [_leaving(row) for row in rows])
    problems = sorted({row.problem_id for row in rows})
    await _drop_empty(connection, scope, problems)
    await _unsettle(connection, scope, rows)


async def _drop_empty(connection: AsyncConnection, scope: Scope, problems: Sequence[str]) -> None:
    for part in slices(problems):
        empty = (
            await connection.execute(
                select(PROBLEM.c.id).where(
                    belongs(PROBLEM, scope), PROBLEM.c.id.in_(part), PROBLEM.c.errors <= 0
                )
            )
        ).scalars()
        for problem in empty.all():
            await forget_ties(connection, scope, problem)
            for table in (PROBLEM_COUNTER, PROBLEM_RECORD):
                await connection.execute(
                    delete(table).where(belongs(table, scope), table.c.problem_id == problem)
                )
            succession = PROBLEM_SUCCESSION.c
            await connection.execute(
                delete(PROBLEM_SUCCESSION).where(
                    belongs(PROBLEM_SUCCESSION, scope),
                    or_(succession.problem_id == problem, succession.successor_id == problem),
                )
            )
            # With it go those that it took over, which have no errors of their own.
            await connection.execute(
                delete(PROBLEM).where(
                    belongs(PROBLEM, scope), or_(PROBLEM.c.id == problem, PROBLEM.c.successor == problem)
                )
            )


async def _unsettle(connection: AsyncConnection, scope: Scope, rows: Sequence[Any]) -> None:
    """Of problems that are left: where the latest error went, of all or of a record."""
    latest = update(PROBLEM).where(
        belongs(PROBLEM, scope),
        PROBLEM.c.id == bindparam("p"),
        or_(
            PROBLEM.c.example_number == bindparam("n"),
            select(PROBLEM_RECORD.c.record_id)
            .where(
                belongs(PROBLEM_RECORD, scope),
                PROBLEM_RECORD.c.problem_id == bindparam("p"),
                PROBLEM_RECORD.c.record_id == bindparam("r", type_=PROBLEM_RECORD.c.record_id.type),
                PROBLEM_RECORD.c.last_number == bindparam("n"),
            )
            .exists(),
        ),
    )
    values = [
        {
            "p": row.problem_id,
            "n": row.number,
            "r": as_key(row.source_record_id or row.destination_record_id),
        }
        for row in rows
    ]
    for part in slices(values):
        await connection.execute(latest.values(unsettled=1), part)


def _leaving(row: Any) -> Leaving:
    return Leaving(
        number=row.number,
        logged_at=row.logged_at,
        former=row.problem_id,
        record=row.source_record_id or row.destination_record_id,
        other_record=row.destination_record_id if row.source_record_id else "",
        table=row.source_table if row.source_record_id else row.destination_table,
        mapping=row.mapping,
        gone=row.gone_at is not None,
    )


BOTH: Final = (SYNC_ERROR, FORMER_ERROR)
"""Where errors are."""
