"""Errors that their problem counts no more.

Inside a transaction that holds the connection's row of ``pull_state``. What is subtracted is exact at once;
which errors are the oldest and the latest of those that are left, ``bot.store.settling`` finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import as_key
from bot.store.departing import Leaving, days_of, sums
from bot.store.pages import slices
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, belongs
from bot.store.values import Scope


async def take(connection: AsyncConnection, scope: Scope, rows: Sequence[Leaving]) -> None:
    """Count no more with the former problems; what their oldest and latest errors are, ``settle`` finds."""
    days = [
        {"p": problem, "m": mapping, "d": day, "n": n, "g": gone}
        for (problem, mapping, day), (n, gone) in sorted(days_of(rows, lambda row: row.former).items())
    ]
    counter = PROBLEM_COUNTER.c
    await _subtract(
        connection,
        PROBLEM_COUNTER,
        and_(
            belongs(PROBLEM_COUNTER, scope),
            counter.problem_id == bindparam("p"),
            counter.mapping == bindparam("m", type_=counter.mapping.type),
            counter.day == bindparam("d"),
        ),
        days,
    )
    by_record = sums([row for row in rows if row.record], lambda row: (row.former, as_key(row.record)))
    records = [
        {"p": problem, "r": record, "n": one.errors, "g": one.gone}
        for (problem, record), one in sorted(by_record.items())
    ]
    record = PROBLEM_RECORD.c
    here = and_(
        belongs(PROBLEM_RECORD, scope),
        record.problem_id == bindparam("p"),
        record.record_id == bindparam("r", type_=record.record_id.type),
    )
    await _subtract(connection, PROBLEM_RECORD, here, records)
    formers = sorted({row.former for row in rows})
    dropped: Counter[str] = Counter()
    for part in slices(formers):
        gone = await connection.execute(
            delete(PROBLEM_RECORD)
            .where(belongs(PROBLEM_RECORD, scope), record.problem_id.in_(part), record.errors <= 0)
            .returning(record.problem_id)
        )
        dropped.update(gone.scalars())
        await connection.execute(
            delete(PROBLEM_COUNTER).where(
                belongs(PROBLEM_COUNTER, scope), counter.problem_id.in_(part), counter.errors <= 0
            )
        )
    totals = sums(rows, lambda row: row.former)
    values = [
        {"p": problem, "n": one.errors, "g": one.gone, "k": dropped[problem]}
        for problem, one in sorted(totals.items())
    ]
    for some in slices(values):
        await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == bindparam("p"))
            .values(
                errors=PROBLEM.c.errors - bindparam("n"),
                gone=PROBLEM.c.gone - bindparam("g"),
                records=PROBLEM.c.records - bindparam("k"),
            ),
            some,
        )


async def _subtract(
    connection: AsyncConnection, table: Table, here: ColumnElement[bool], values: Sequence[dict[str, object]]
) -> None:
    statement = (
        update(table)
        .where(here)
        .values(errors=table.c.errors - bindparam("n"), gone=table.c.gone - bindparam("g"))
    )
    for part in slices(values):
        await connection.execute(statement, part)
