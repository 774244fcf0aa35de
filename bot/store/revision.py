"""The store's revision, asked for before each answer: by the shortest way that there is.

A transaction through the pool costs more than everything else about an answer that was drawn before, so a
connection of the driver's own is kept for this one question. Each question is a statement of its own and
sees whatever was committed before it, by whatever process. Where the short way fails (a server that
restarted, tables that are not there), it is given up until the next question, and the usual way answers or
says what is wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from typing import Protocol

import psycopg
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.tables import REVISION

OF_NOBODY = {"workspace": "", "connection": ""}
"""Key of the row that holds the whole store's number."""
_TABLE: Table = REVISION
_QUESTION = f"SELECT number FROM {_TABLE.name} WHERE workspace = '' AND connection = ''"  # noqa: S608


class ShortWay(Protocol):
    """A connection that is kept for the question."""

    async def ask(self) -> int | None:
        """The number, 0 where nothing was ever written; None where this way does not lead anywhere now."""

    async def close(self) -> None:
        """Close the connection; asking again opens another."""


def short_way(engine: AsyncEngine) -> ShortWay:
    """The short way to the database of an engine. Connects to nothing yet."""
    return _OfPostgresql(engine) if engine.dialect.name == "postgresql" else _OfSqlite(engine)


class _OfSqlite:
    """Reads one page that is in memory, on the event loop: some 10 µs, where a thread costs a few hundred.

    In WAL mode a reader waits for nobody (sqlite.org/wal.html, "Concurrency"); in the rare states in which
    it would have to ("Sometimes Queries Return SQLITE_BUSY In WAL Mode"), it gives up at once.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._file = engine.url.database or ""
        self._connection: sqlite3.Connection | None = None

    async def ask(self) -> int | None:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._file, timeout=0, isolation_level=None, check_same_thread=False
                )
            # All rows, so that the statement ends, and with it the moment of the database that it sees.
            rows = self._connection.execute(_QUESTION).fetchall()
        except sqlite3.Error:
            await self.close()
            return None
        return int(rows[0][0]) if rows else 0

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _OfPostgresql:
    """One round trip, without the three that a transaction and a check of the connection take."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: psycopg.AsyncConnection | None = None
        self._opening = asyncio.Lock()

    async def ask(self) -> int | None:
        try:
            connection = self._connection or await self._opened()
            row = await (await connection.execute(_QUESTION.encode())).fetchone()
        except psycopg.Error:
            await self.close()
            return None
        return int(row[0]) if row else 0

    async def _opened(self) -> psycopg.AsyncConnection:
        async with self._opening:
            if self._connection is None:
                words, facts = self._engine.dialect.create_connect_args(self._engine.url)
                self._connection = await psycopg.AsyncConnection.connect(*words, **facts, autocommit=True)
            return self._connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                await connection.close()
