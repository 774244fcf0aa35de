"""Writing many rows by one statement, without SQLAlchemy's work for each of them.

SQLAlchemy builds a dict of parameters for each row and asks each column's type about each value: on a page
of a pull that takes longer than all the rest. Here values are converted column by column, each distinct
object once, and handed to the driver: ``executemany`` on SQLite; on PostgreSQL, where that is a statement a
row (psycopg, "Pipeline mode"), COPY, or one array a column (``unnest``) where there is something to update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Column, ColumnElement, Table, Text, bindparam, func, literal_column, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from bot.dataclass import dataclass
from bot.store.columns import JsonText, StoredText, UtcTime, each_once
from bot.store.copying import block_of, copy_in

Upsert = sqlite.Insert | postgresql.Insert
OnConflict = Callable[[Upsert], Upsert]
"""Adds the ON CONFLICT clause, without values of its own."""
Values = Sequence[tuple[Any, ...]]


def do_nothing(statement: Upsert) -> Upsert:
    """Leave out rows that contradict what is stored."""
    return statement.on_conflict_do_nothing()


async def write_new(connection: AsyncConnection, table: Table, names: Sequence[str], rows: Values) -> int:
    """Insert rows that are probably new, each a tuple of values for ``names``; gives how many were written.

    A row that contradicts what is stored is left out.
    """
    return await write_bound(connection, table, names, bound_rows(table, names, rows, connection.dialect))


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows of values as a driver takes them, and on PostgreSQL as the server does."""

    rows: Values
    block: bytes = b""


def bound_rows(table: Table, names: Sequence[str], rows: Values, dialect: Dialect) -> Bound:
    """What ``write_bound`` takes."""
    if not rows:
        return Bound(())
    columns = _bound_columns([table.c[name] for name in names], rows, dialect)
    block = block_of(columns) if dialect.name == "postgresql" else b""
    return Bound(list(zip(*columns, strict=True)), block)


async def write_bound(connection: AsyncConnection, table: Table, names: Sequence[str], bound: Bound) -> int:
    """As ``write_new``, with what ``bound_rows`` gives for the same names."""
    if not bound.rows:
        return 0
    if connection.dialect.name != "postgresql":
        return await _insert_each(connection, table, names, bound.rows, do_nothing)
    try:
        async with connection.begin_nested():
            await copy_in(connection, table.name, names, bound.block)
    except psycopg.errors.UniqueViolation:
        values = dict(zip(names, map(list, zip(*bound.rows, strict=True)), strict=True))
        result = await connection.execute(
            do_nothing(_from_arrays(table, [table.c[name] for name in names])),
            values,
            execution_options={"preserve_rowcount": True},
        )
        return int(result.rowcount)
    return len(bound.rows)


async def write_counting_new(
    connection: AsyncConnection,
    table: Table,
    names: Sequence[str],
    rows: Values,
    on_conflict: OnConflict,
    by: str,
) -> dict[Any, int]:
    """Insert or update rows of different primary keys; gives how many keys were new, by the values of ``by``.

    ``by`` is a text column of the primary key. What has no new key may be missing in the answer.
    """
    if not rows:
        return {}
    columns = [table.c[name] for name in names]
    if connection.dialect.name == "postgresql":
        texts = _texts(_bound_columns(columns, rows, connection.dialect))
        source = _from_arrays(table, columns) if texts is None else _from_texts(table, columns)
        written = (
            on_conflict(source)
            # A row that ON CONFLICT has updated carries the transaction that locked it in xmax.
            .returning(table.c[by], (literal_column("xmax") == 0).label("new"))
            .cte("written")
        )
        counted = select(written.c[by], func.count()).where(written.c.new).group_by(written.c[by])
        values = (
            _arrays(columns, rows, connection.dialect)
            if texts is None
            else dict(zip(names, texts, strict=True))
        )
        found: Iterable[Any] = await connection.execute(counted, values)
        return dict(map(tuple, found))
    newest = (await connection.exec_driver_sql(f"SELECT max(rowid) FROM {table.name}")).scalar() or 0  # noqa: S608
    await _insert_each(connection, table, names, _bound(columns, rows, connection.dialect), on_conflict)
    # A new row's rowid is above all that are there, an updated one keeps its own (sqlite.org/autoinc.html).
    added: Iterable[Any] = await connection.exec_driver_sql(
        f"SELECT {by}, count(*) FROM {table.name} WHERE rowid > ? GROUP BY 1",  # noqa: S608 # names are our own
        (newest,),
    )
    return dict(map(tuple, added))


async def _insert_each(
    connection: AsyncConnection, table: Table, names: Sequence[str], bound: Values, on_conflict: OnConflict
) -> int:
    text = str(on_conflict(_with_values(table, names)).compile(dialect=connection.dialect))
    return (await connection.exec_driver_sql(text, list(bound))).rowcount


def _with_values(table: Table, names: Sequence[str]) -> Upsert:
    return sqlite.insert(table).values({name: bindparam(name) for name in names})


def _from_arrays(table: Table, columns: Sequence[Column[Any]]) -> Upsert:
    arrays: list[ColumnElement[Any]] = []
    for column in columns:
        array = _array_of(column)
        arrays.append(func.unnest(as_type(bindparam(column.name, type_=array), array)))
    return postgresql.insert(table).from_select([column.name for column in columns], select(*arrays))


_PARTING = "\x1e"
"""RECORD SEPARATOR, between the values of a column."""
_NULL = "\x1f"
"""UNIT SEPARATOR, for a value that is null."""


def _texts(values: Sequence[Sequence[Any]]) -> list[str] | None:
    """Each column as one text, which the server takes apart; None where that would not be safe.

    psycopg writes an array element by element in Python, which takes longer than all the rest.
    """
    texts = []
    for column in values:
        text = _PARTING.join([_NULL if one is None else str(one) for one in column])
        # "".split gives one part, but string_to_array('') none.
        if (
            len(column) < 2
            or text.count(_PARTING) != len(column) - 1
            or text.count(_NULL) != column.count(None)
        ):
            return None
        texts.append(text)
    return texts


def _from_texts(table: Table, columns: Sequence[Column[Any]]) -> Upsert:
    arrays: list[ColumnElement[Any]] = []
    for column in columns:
        parted = func.string_to_array(bindparam(column.name, type_=Text()), _PARTING, _NULL)
        arrays.append(func.unnest(as_type(parted, _array_of(column))))
    return postgresql.insert(table).from_select([column.name for column in columns], select(*arrays))


def _array_of(column: Column[Any]) -> postgresql.ARRAY[Any]:
    # Values come converted: the type below ours, so that SQLAlchemy does not look at each of them.
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return postgresql.ARRAY(kind, dimensions=1)


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
