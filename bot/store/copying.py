"""COPY: the way in which PostgreSQL takes many new rows, at a third of the cost of an INSERT.

Nearly all of the difference is on this side: psycopg writes arrays element by element in Python, and rows for
COPY in C (psycopg, "Using COPY TO and COPY FROM"). COPY knows no ON CONFLICT: it is for rows that are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection


async def copy_in(
    connection: AsyncConnection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows, each a sequence of values for ``names`` as the driver takes them. PostgreSQL only.

    Raises psycopg's errors as they come: UniqueViolation where a row is not new.
    """
    raw = await connection.get_raw_connection()
    driver = cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)
