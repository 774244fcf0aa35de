"""What a problem that lost some of its errors is left with: its oldest and latest ones, and its ties.

There is no index for it: all errors of the connection are looked through, once for some problems together.
That is done before anything is locked; what it found is written at once, unless errors came or went in
between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.changes import Changes
from bot.store.columns import as_key
from bot.store.pages import slices
from bot.store.tables import FORMER_ERROR, PROBLEM, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.ties import keep_ties
from bot.store.values import Params, Scope, Tie

TiesOf = Callable[[str, str | None, Params], tuple[Tie, ...]]
"""The ties of an error by class, topic and params; see ``bot.operations.causes.awaiting``."""

SLICE = 1_000
"""Errors read at once: between two reads the event loop is free."""
MOST_PROBLEMS = 100
MOST_RECORDS = 50_000
"""Of the problems that are looked at together, unless one alone has more: they are kept in memory."""


@dataclass(slots=True)
class Remains:
    """What is left of one problem."""

    stored: Row[Any]
    """Its row when its errors were looked through."""
    first_seen: datetime | None = None
    latest: Row[Any] | None = None
    records: dict[str, Row[Any]] = field(default_factory=dict)
    """The latest error by record; in the end of those alone where another one is noted."""
    ties: set[Tie] = field(default_factory=set)

    def add(self, error: Row[Any], ties_of: TiesOf) -> None:
        """Take one of its errors in."""
        if self.first_seen is None or error.logged_at < self.first_seen:
            self.first_seen = error.logged_at
        if self.latest is None or _age(error) > _age(self.latest):
            self.latest = error
        key = as_key(error.source_record_id or error.destination_record_id)
        if key:
            known = self.records.get(key)
            if known is None or _age(error) > _age(known):
                self.records[key] = error
        self.ties.update(ties_of(self.stored.class_code, error.topic, error.params))


async def unsettled(connection: AsyncConnection, scope: Scope) -> tuple[str, ...]:
    """Problems that are to be looked at together now; none where all are settled."""
    rows = await connection.execute(
        select(PROBLEM.c.id, PROBLEM.c.records)
        .where(belongs(PROBLEM, scope), PROBLEM.c.unsettled == 1)
        .order_by(PROBLEM.c.id)
        .limit(MOST_PROBLEMS)
    )
    chosen: list[str] = []
    records = 0
    for row in rows.all():
        records += row.records
        if chosen and records > MOST_RECORDS:
            break
        chosen.append(row.id)
    return tuple(chosen)


async def look_through(
    connection: AsyncConnection, scope: Scope, problems: Sequence[str], ties_of: TiesOf
) -> Mapping[str, Remains]:
    """What each of these problems is left with, by problem. Changes nothing."""
    rows = await connection.execute(
        select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(problems))
    )
    remains = {row.id: Remains(row) for row in rows}
    for table in (SYNC_ERROR, FORMER_ERROR):
        above: tuple[int, str] | None = None
        while errors := await _errors_of(connection, scope, table, problems, above):
            above = (errors[-1].number, errors[-1].id)
            for error in errors:
                if error.problem_id in remains:
                    remains[error.problem_id].add(error, ties_of)
            if len(errors) < SLICE:
                break
    for problem, one in remains.items():
        one.records = await _noted_otherwise(connection, scope, problem, one.records)
    return remains


async def write_remains(connection: AsyncConnection, scope: Scope, remains: Mapping[str, Remains]) -> bool:
    """Write what was found; False, and nothing is written, where one of the problems has other errors now.

    Inside a transaction that holds the connection's row of ``pull_state``.
    """
    rows = await connection.execute(
        select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(list(remains)))
    )
    now = {row.id: _evidence(row) for row in rows}
    if now != {problem: _evidence(one.stored) for problem, one in remains.items()}:
        return False
    for problem, one in remains.items():
        await _write_records(connection, scope, problem, one.records)
        await _write_problem(connection, scope, problem, one)
        await forget_ties(connection, scope, problem)
    ties = {(problem, 0): tuple(one.ties) for problem, one in remains.items() if one.ties}
    if ties:
        await keep_ties(connection, scope, Changes(ties=ties))
    return True


async def settle(connection: AsyncConnection, scope: Scope, problem_id: str, ties_of: TiesOf) -> None:
    """Look one problem through and write what is left, in one transaction that holds ``pull_state``."""
    await write_remains(connection, scope, await look_through(connection, scope, [problem_id], ties_of))


async def forget_ties(connection: AsyncConnection, scope: Scope, problem_id: str) -> None:
    """A problem waits for nothing, and nothing for it, until it is settled."""
    for table in (PROBLEM_TIE, PROBLEM_WAIT):
        await connection.execute(delete(table).where(belongs(table, scope), table.c.problem_id == problem_id))


def beyond(table: Table, above: tuple[int, str]) -> ColumnElement[bool]:
    """Condition: the row comes behind that number and id. Numbers are unique but among former errors."""
    number, row_id = above
    if table is SYNC_ERROR:
        return table.c.number > number
    return and_(table.c.number >= number, tuple_(table.c.number, table.c.id) > (number, row_id))


_COLUMNS = (
    *("number", "id", "problem_id", "logged_at", "source_record_id", "source_table"),
    *("destination_record_id", "destination_table", "topic", "params"),
)


async def _errors_of(
    connection: AsyncConnection,
    scope: Scope,
    table: Table,
    problems: Sequence[str],
    above: tuple[int, str] | None,
) -> Sequence[Row[Any]]:
    query = (
        select(*(table.c[name] for name in _COLUMNS))
        .where(belongs(table, scope), table.c.problem_id.in_(problems))
        .order_by(table.c.number, table.c.id)
        .limit(SLICE)
    )
    if above is not None:
        query = query.where(beyond(table, above))
    return (await connection.execute(query)).all()


async def _write_problem(connection: AsyncConnection, scope: Scope, problem: str, one: Remains) -> None:
    values: dict[str, object] = {"unsettled": 0}
    if one.latest is not None:
        values |= {
            "first_seen": one.first_seen,
            "last_seen": one.latest.logged_at,
            "example_number": one.latest.number,
            "example_record": one.latest.source_record_id or one.latest.destination_record_id,
        }
    here = (belongs(PROBLEM, scope), PROBLEM.c.id == problem)
    await connection.execute(update(PROBLEM).where(*here).values(**values))


async def _noted_otherwise(
    connection: AsyncConnection, scope: Scope, problem: str, latest: Mapping[str, Row[Any]]
) -> dict[str, Row[Any]]:
    """Those of a problem's records whose latest error is not the one that is noted."""
    record = PROBLEM_RECORD.c
    columns = (record.last_seen, record.last_number, record.other_record_id, record.table_number)
    query = select(record.record_id, *columns).where(
        belongs(PROBLEM_RECORD, scope), record.problem_id == problem
    )
    found: dict[str, Row[Any]] = {}
    for part in slices(sorted(latest)):
        for row in (await connection.execute(query.where(record.record_id.in_(part)))).all():
            if _as_noted(latest[row.record_id]) != tuple(row)[1:]:
                found[row.record_id] = latest[row.record_id]
    return found


async def _write_records(
    connection: AsyncConnection, scope: Scope, problem: str, latest: Mapping[str, Row[Any]]
) -> None:
    record = PROBLEM_RECORD.c
    statement = (
        update(PROBLEM_RECORD)
        .where(
            belongs(PROBLEM_RECORD, scope),
            record.problem_id == problem,
            record.record_id == bindparam("r", type_=record.record_id.type),
        )
        .values(
            last_seen=bindparam("seen", type_=record.last_seen.type),
            last_number=bindparam("at", type_=record.last_number.type),
            other_record_id=bindparam("other", type_=record.other_record_id.type),
            table_number=bindparam("tab", type_=record.table_number.type),
        )
    )
    for part in slices(sorted(latest)):
        values = [
            {"r": key, **dict(zip(("seen", "at", "other", "tab"), _as_noted(latest[key]), strict=True))}
            for key in part
        ]
        await connection.execute(statement, values)


def _as_noted(error: Row[Any]) -> tuple[object, ...]:
    """What a record's row says of its latest error."""
    if error.source_record_id:
        return *_age(error), error.destination_record_id, error.source_table
    return *_age(error), "", error.destination_table


def _age(error: Row[Any]) -> tuple[datetime, int]:
    """Orders errors: the greatest is the latest."""
    return error.logged_at, error.number


def _evidence(problem: Row[Any]) -> tuple[object, ...]:
    """Tells that a problem has the errors that it had."""
    return problem.errors, problem.gone, problem.last_seen, problem.example_number, problem.unsettled
