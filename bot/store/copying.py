"""COPY: the way in which PostgreSQL takes many new rows, at a third of the cost of an INSERT.

psycopg writes arrays element by element in Python, and rows for COPY one by one; a block of text is written
at once, and can be made while the server is busy with the block before. COPY knows no ON CONFLICT: it is for
rows that are new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import utc_texts

_ESCAPED = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_TO_ESCAPE = re.compile(r"[\\\x08-\x0d]")
_NULL = "\\N"


async def copy_in(connection: AsyncConnection, table: str, names: Sequence[str], block: bytes) -> None:
    """Add rows, as ``block_of`` gives them. PostgreSQL only.

    Raises psycopg's errors as they come: UniqueViolation where a row is not new.
    """
    raw = await connection.get_raw_connection()
    driver = cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        await copy.write(block)


def block_of(columns: Sequence[Sequence[Any]]) -> bytes:
    """Columns of equal length, with texts, integers, times in UTC and None, in COPY's text format
    (PostgreSQL, "COPY", "Text Format")."""
    return lines_of(map("\t".join, zip(*map(_texts, columns), strict=True)))


def lines_of(rows: Iterable[str]) -> bytes:
    """Rows that are in that format. Encoded one by one: a single character from beyond the first plane makes
    each character of a Python text four bytes, and a block of 2,500 rows eight megabytes."""
    return b"".join([f"{row}\n".encode() for row in rows])


def _texts(column: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, column))
    if datetime in kinds:
        return [_NULL if text is None else f"{text}+00" for text in utc_texts(column)]
    if kinds == {str}:
        return _each(column, _escape) if _TO_ESCAPE.search("".join(column)) else column
    return _each(column, _text)


def _each(column: Sequence[Any], text: Callable[[Any], str]) -> Sequence[str]:
    """Distinct values once: rows share texts."""
    known = {value: text(value) for value in set(column)}
    return [known[value] for value in column]


def _text(value: object) -> str:
    return _NULL if value is None else _escape(str(value))


def _escape(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)
