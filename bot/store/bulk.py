"""Writing many rows by one statement, without SQLAlchemy's work for each of them.

SQLAlchemy builds a dict of parameters for each row and asks each column's type about each value: on a page
of a pull that takes longer than all the rest. Here values are converted column by column, each distinct
object once, and handed to the driver: ``executemany`` on SQLite, one array a column (``unnest``) on
PostgreSQL, where ``executemany`` is a statement a row (psycopg, "Pipeline mode").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from bot.store.columns import JsonText, StoredText, UtcTime, each_once

Upsert = sqlite.Insert | postgresql.Insert
OnConflict = Callable[[Upsert], Upsert]
"""Adds the ON CONFLICT clause, without values of its own."""
Values = Sequence[tuple[Any, ...]]
MOST_RETURNING = 128
"""Rows of a statement that returns rows, on SQLite."""


def do_nothing(statement: Upsert) -> Upsert:
    """Leave out rows that contradict what is stored."""
    return statement.on_conflict_do_nothing()


async def write_many(
    connection: AsyncConnection, table: Table, names: Sequence[str], rows: Values, on_conflict: OnConflict
) -> int:
    """Insert rows, each a tuple of values for ``names``; gives how many were written."""
    if not rows:
        return 0
    columns = [table.c[name] for name in names]
    if connection.dialect.name == "postgresql":
        result = await connection.execute(
            on_conflict(_from_arrays(table, columns)),
            _arrays(columns, rows, connection.dialect),
            execution_options={"preserve_rowcount": True},
        )
        return result.rowcount
    statement = on_conflict(_with_values(table, names))
    text = str(statement.compile(dialect=connection.dialect))
    return (await connection.exec_driver_sql(text, _bound(columns, rows, connection.dialect))).rowcount


async def write_and_return(
    connection: AsyncConnection,
    table: Table,
    names: Sequence[str],
    rows: Values,
    on_conflict: OnConflict,
    returning: Sequence[str],
) -> list[tuple[Any, ...]]:
    """The same; gives what stands in the columns ``returning`` afterwards, a tuple a row, in any order."""
    if not rows:
        return []
    columns = [table.c[name] for name in names]
    wanted = [table.c[name] for name in returning]
    if connection.dialect.name == "postgresql":
        statement = on_conflict(_from_arrays(table, columns)).returning(*wanted)
        return [
            tuple(row)
            for row in await connection.execute(statement, _arrays(columns, rows, connection.dialect))
        ]
    text = str(on_conflict(_with_values(table, names)).returning(*wanted).compile(dialect=connection.dialect))
    marks = f"({', '.join('?' * len(names))})"
    readers = [column.type.dialect_impl(connection.dialect) for column in wanted]
    read = [reader.result_processor(connection.dialect, None) or _as_it_is for reader in readers]
    returned: list[tuple[Any, ...]] = []
    for part in _halves(_bound(columns, rows, connection.dialect)):
        many = text.replace(f"VALUES {marks}", f"VALUES {', '.join([marks] * len(part))}", 1)
        found = await connection.exec_driver_sql(many, tuple(chain.from_iterable(part)))
        returned.extend(tuple(one(value) for one, value in zip(read, row, strict=True)) for row in found)
    return returned


def _as_it_is(value: Any) -> Any:
    return value


def _halves(rows: Values) -> Iterator[Values]:
    """Parts of ``MOST_RETURNING`` rows, then of half as many, and so on.

    Few different statements: Python's sqlite3 keeps 128 of them prepared, and one with a thousand rows of
    values takes some 3 MB.
    """
    start, size = 0, MOST_RETURNING
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


def _with_values(table: Table, names: Sequence[str]) -> Upsert:
    return sqlite.insert(table).values({name: bindparam(name) for name in names})


def _from_arrays(table: Table, columns: Sequence[Column[Any]]) -> Upsert:
    arrays: list[ColumnElement[Any]] = []
    for column in columns:
        # Values come converted: the type below ours, so that SQLAlchemy does not look at each of them.
        kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
        array = postgresql.ARRAY(kind, dimensions=1)
        arrays.append(func.unnest(as_type(bindparam(column.name, type_=array), array)))
    return postgresql.insert(table).from_select([column.name for column in columns], select(*arrays))


def _arrays(columns: Sequence[Column[Any]], rows: Values, dialect: Dialect) -> dict[str, list[Any]]:
    return {
        column.name: list(values)
        for column, values in zip(columns, _bound_columns(columns, rows, dialect), strict=True)
    }


def _bound(columns: Sequence[Column[Any]], rows: Values, dialect: Dialect) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them."""
    return list(zip(*_bound_columns(columns, rows, dialect), strict=True))


def _bound_columns(columns: Sequence[Column[Any]], rows: Values, dialect: Dialect) -> list[Sequence[Any]]:
    """Their values as the driver takes them, column by column."""
    return [
        _converted(column, values, dialect)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]


def _converted(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    kind = column.type
    if isinstance(kind, StoredText | UtcTime | JsonText):
        return kind.bind_column(values, dialect)
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if convert is None else each_once(values, convert)
