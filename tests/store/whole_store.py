"""Everything that the store holds, for comparison."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, select

from bot.store import Database
from bot.store.search_tables import SEARCH_SCOPE
from bot.store.tables import METADATA, PULL_STATE, REVISION, belongs
from bot.store.values import Scope


async def whole_store(database: Database, scope: Scope | None = None) -> dict[str, list[tuple[object, ...]]]:
    """Rows of each table, sorted; without ``rows_read``, which counts readings, the numbers that stand for
    scopes in the search index, and ``revision``."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    async with database.reading() as connection:
        for table in METADATA.sorted_tables:
            if table is REVISION:
                continue
            query = select(*_columns(table))
            if scope is not None:
                query = query.where(belongs(table, scope))
            rows[table.name] = sorted((tuple(row) for row in await connection.execute(query)), key=repr)
    return rows


def _columns(table: Table) -> list[Column[Any]]:
    numbers = {(PULL_STATE.name, "rows_read"), (SEARCH_SCOPE.name, "number")}
    return [column for column in table.c if (table.name, column.name) not in numbers]
