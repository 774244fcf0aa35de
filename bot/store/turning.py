"""Marking errors as gone from Business Central, or as back, and counting both.

Inside a transaction that holds the connection's row of ``pull_state``. A purge does this to a hundred
thousand rows while Business Central goes on deleting, so many rows are one statement here: their keys come as
JSON, which both databases take apart faster than a driver binds values one by one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Table,
    Text,
    TextualSelect,
    and_,
    bindparam,
    func,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from bot.store.columns import as_key, original, storable
from bot.store.entries import FAILING_RECORD
from bot.store.pages import slices
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.values import Scope

Columns = Mapping[str, type[TypeEngine[Any]]]


class Numbered(Protocol):
    """A stored error by its keys."""

    @property
    def number(self) -> int:
        """Its No."""

    @property
    def id(self) -> str:
        """As stored: ``bot.store.columns.as_key`` of the SystemId."""


class Turned(NamedTuple):
    """A row whose mark changed, as the counters know it. Texts as they are stored."""

    number: int
    problem_id: str
    record_id: str
    """The failing record; empty where the row names none."""
    mapping: str
    day: str
    """Of ``logged_at``, in UTC, as ``YYYY-MM-DD``."""


async def turn_gone(
    connection: AsyncConnection, scope: Scope, rows: Sequence[Numbered], at: datetime
) -> list[Turned]:
    """Mark rows as gone and count them; answers those that were not marked yet.

    A row whose number another one has taken meanwhile is none of these.
    """
    gone = await _turn(connection, scope, rows, {"gone_at": at})
    await _count(connection, scope, gone, 1)
    return gone


async def turn_purged(
    connection: AsyncConnection, scope: Scope, rows: Sequence[Numbered], at: datetime, run: str
) -> None:
    """The same for what a run deleted, which they say from now on; also those of which somebody has noticed
    meanwhile that they are gone, and counted it."""
    gone = await _turn(connection, scope, rows, {"gone_at": at, "purge_run": run})
    await _count(connection, scope, gone, 1)
    turned = {row.number for row in gone}
    for part in slices([row for row in rows if row.number not in turned]):
        await connection.execute(
            update(SYNC_ERROR)
            .where(
                belongs(SYNC_ERROR, scope),
                _is_among(connection, part),
                SYNC_ERROR.c.gone_at.is_not(None),
                SYNC_ERROR.c.purge_run.is_(None),
            )
            .values(purge_run=run)
        )


async def turn_back(connection: AsyncConnection, scope: Scope, rows: Sequence[Numbered]) -> list[Turned]:
    """Rows that were marked as gone are there; answers those that were marked. No run has deleted them,
    whatever it believed."""
    back = await _turn(connection, scope, rows, {"gone_at": None, "purge_run": None})
    await _count(connection, scope, back, -1)
    return back


async def _turn(
    connection: AsyncConnection, scope: Scope, rows: Sequence[Numbered], values: Mapping[str, object]
) -> list[Turned]:
    is_gone = SYNC_ERROR.c.gone_at.is_not(None)
    columns = (
        SYNC_ERROR.c.number,
        SYNC_ERROR.c.problem_id,
        type_coerce(FAILING_RECORD, Text()),
        type_coerce(SYNC_ERROR.c.mapping, Text()),
        _DAY[connection.dialect.name],
    )
    turned: list[Turned] = []
    for part in slices(rows):
        found = await connection.execute(
            update(SYNC_ERROR)
            .where(
                belongs(SYNC_ERROR, scope),
                _is_among(connection, part),
                is_gone if values["gone_at"] is None else ~is_gone,
            )
            .values(values)
            .returning(*columns)
        )
        turned.extend(map(Turned._make, found.all()))
    return turned


_DAY: Final[Mapping[str, ColumnElement[str]]] = {
    "sqlite": func.substr(type_coerce(SYNC_ERROR.c.logged_at, Text()), 1, 10),
    "postgresql": func.to_char(func.timezone("UTC", SYNC_ERROR.c.logged_at), "YYYY-MM-DD"),
}


async def _count(connection: AsyncConnection, scope: Scope, rows: Sequence[Turned], sign: int) -> None:
    """Add to ``gone``."""
    problems = Counter(row.problem_id for row in rows)
    records = Counter((row.problem_id, row.record_id) for row in rows if row.record_id)
    days = Counter((row.problem_id, row.mapping, row.day) for row in rows)
    # In the order of their keys: others write problems, too.
    for problem, count in sorted(problems.items()):
        await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == problem)
            .values(gone=PROBLEM.c.gone + sign * count)
        )
    by_record = [(problem, _as_key(record), sign * count) for (problem, record), count in records.items()]
    await _add(connection, scope, PROBLEM_RECORD, {"problem_id": Text, "record_id": Text}, by_record)
    by_day = [
        (problem, _as_key(mapping), day, sign * count) for (problem, mapping, day), count in days.items()
    ]
    await _add(connection, scope, PROBLEM_COUNTER, {"problem_id": Text, "mapping": Text, "day": Date}, by_day)


async def _add(
    connection: AsyncConnection,
    scope: Scope,
    table: Table,
    key: Columns,
    sums: Sequence[tuple[str | int, ...]],
) -> None:
    """Add to ``gone`` of many rows, each given by the values of its key and how many."""
    for part in slices(sorted(sums)):
        if connection.dialect.name == "postgresql":
            given = _given(connection, {**key, "more": BigInteger}, part).subquery("given")
            same = [type_coerce(table.c[name], kind()) == given.c[name] for name, kind in key.items()]
            # The second column of the key tells rows apart best: the record, the mapping.
            name, kind = list(key.items())[1]
            same.append(_is_any(connection, table.c[name], kind, sorted({one[1] for one in part})))
            await connection.execute(
                update(table).where(belongs(table, scope), *same).values(gone=table.c.gone + given.c.more)
            )
        else:
            # One by one, in C: a join SQLite may begin with the table, and read that for each value.
            same_key = " AND ".join(f"{name} = ?" for name in key)
            await connection.exec_driver_sql(
                f"UPDATE {table.name} SET gone = gone + ?"  # noqa: S608 # names are our own
                f" WHERE workspace = ? AND connection = ? AND {same_key}",
                [(one[-1], scope.workspace, scope.connection, *one[:-1]) for one in part],
            )


def _is_among(connection: AsyncConnection, rows: Sequence[Numbered]) -> ColumnElement[bool]:
    """Condition: the error has number and id of one of these. The primary key answers it."""
    keys = [(row.number, storable(row.id)) for row in rows]
    given = _given(connection, {"number": BigInteger, "id": Text}, keys)
    condition = tuple_(SYNC_ERROR.c.number, type_coerce(SYNC_ERROR.c.id, Text())).in_(given)
    if connection.dialect.name != "postgresql":
        return condition
    return and_(condition, _is_any(connection, SYNC_ERROR.c.number, BigInteger, [key[0] for key in keys]))


def _is_any(
    connection: AsyncConnection,
    column: ColumnElement[Any],
    kind: type[TypeEngine[Any]],
    values: Sequence[str | int],
) -> ColumnElement[bool]:
    """Condition for PostgreSQL, which else joins by reading the whole connection: without statistics it
    expects one row there."""
    given = _given(connection, {"value": kind}, [(value,) for value in values])
    array = func.array(given.scalar_subquery(), type_=postgresql.ARRAY(kind))
    return type_coerce(column, kind()) == func.any(array)


def _given(
    connection: AsyncConnection, columns: Columns, rows: Sequence[tuple[str | int, ...]]
) -> TextualSelect:
    """These rows, as a query. Texts must be ``storable``: PostgreSQL's JSON knows no NUL either."""
    parts = [
        f"CAST(value ->> {place} AS {kind().compile(connection.dialect)}) AS {name}"
        if connection.dialect.name == "postgresql"
        else f"json_extract(value, '$[{place}]') AS {name}"
        for place, (name, kind) in enumerate(columns.items())
    ]
    source = (
        "json_array_elements(CAST(:given AS JSON)) AS elements (value)"
        if connection.dialect.name == "postgresql"
        else "json_each(:given)"
    )
    given = text(f"SELECT {', '.join(parts)} FROM {source}")  # noqa: S608 # names are our own
    return given.bindparams(bindparam("given", json.dumps(rows), type_=Text, unique=True)).columns(**columns)


def _as_key(stored: str) -> str:
    """A stored text as a column of a key holds it."""
    return storable(as_key(original(stored)))
