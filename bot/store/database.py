"""One database behind ``DATABASE_URL``: transactions for the repositories, and its migrations."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar

import psycopg
from sqlalchemy import URL, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.failures import StoreUnavailable
from bot.store.engines import WRITES, open_engine, parse_address
from bot.store.revision import OF_NOBODY, short_way
from bot.store.tables import REVISION

_MOMENT: ContextVar[tuple[Database, AsyncConnection] | None] = ContextVar("moment", default=None)


class Database:
    """Hands out transactions. Made by ``Database.open``; ``close`` it, or the process may not end.

    ``engine`` is there for the durable work that enqueues inside our own transaction.
    """

    def __init__(self, url: URL, engine: AsyncEngine) -> None:
        self.engine = engine
        self._url = url
        self._short_way = short_way(engine)
        if url.drivername == "sqlite":
            self._reader = engine
            self._writer = engine.execution_options(**{WRITES: True})
            self._turn: contextlib.AbstractAsyncContextManager[None] = asyncio.Lock()
        else:
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._writer = engine
            self._turn = contextlib.nullcontext()

    @classmethod
    def open(cls, url: str) -> Database:
        """The database at an address such as ``sqlite:///syncerrors.db`` or ``postgresql://user@host/name``.

        Connects to nothing yet. Raises SettingsInvalid for an address that cannot be one.
        """
        address = parse_address(url)
        return cls(address, open_engine(address))

    @property
    def is_server(self) -> bool:
        """Does the database work in a process of its own?"""
        return self._url.drivername != "sqlite"

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment of the database and changes nothing.

        Inside ``moment`` it is that transaction. Raises StoreUnavailable where the database does not answer.
        """
        shared = _MOMENT.get()
        with _telling_unavailable():
            if shared is not None and shared[0] is self:
                yield shared[1]
                return
            async with self._reader.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def moment(self) -> AsyncIterator[None]:
        """All that is read inside sees one moment of the database, in one transaction.

        For an answer that reads several things, one after the other: they agree with each other, and cost
        one transaction. Not around tasks that read at the same time. Raises StoreUnavailable.
        """
        async with self.reading() as connection:
            before = _MOMENT.set((self, connection))
            try:
                yield
            finally:
                _MOMENT.reset(before)

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back where an exception leaves the block.

        On SQLite it holds the one write lock from its beginning; writers of this process take turns in the
        order in which they came, instead of polling for it. Raises StoreUnavailable where the database does
        not answer.
        """
        with _telling_unavailable():
            async with self._turn, self._writer.begin() as connection:
                yield connection
                # Last, so that nobody waits long for this row, and nobody who holds it waits for another.
                await connection.execute(_count_on(connection))

    async def revision(self) -> int:
        """A number that has grown with every transaction of ``writing``, of whatever process.

        What was read after asking for it is at least as new. Raises StoreUnavailable.
        """
        number = await self._short_way.ask()
        if number is None:
            async with self.reading() as connection:
                number = (await connection.execute(_REVISION)).scalar_one_or_none()
        return number or 0

    async def migrate(self) -> None:
        """Bring the tables to this version of the bot. Safe to call from several processes at once."""
        from bot.store.migrations import upgrade  # Alembic, which no process needs that serves

        with _telling_unavailable():
            await asyncio.to_thread(upgrade, self._url)

    async def close(self) -> None:
        """Close every connection."""
        await self._short_way.close()
        await self.engine.dispose()


def insert_into(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the connection's database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


_REVISION = select(REVISION.c.number).where(
    REVISION.c.workspace == OF_NOBODY["workspace"], REVISION.c.connection == OF_NOBODY["connection"]
)


def _count_on(connection: AsyncConnection) -> sqlite.Insert | postgresql.Insert:
    return (
        insert_into(connection, REVISION)
        .values(number=1, **OF_NOBODY)
        .on_conflict_do_update(
            index_elements=list(REVISION.primary_key), set_={"number": REVISION.c.number + 1}
        )
    )


_SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_CORRUPT,
    }
)
_POSTGRESQL_UNAVAILABLE = ("08", "53", "57")
"""Classes of SQLSTATE: connection, insufficient resources, operator intervention."""


@contextlib.contextmanager
def _telling_unavailable() -> Iterator[None]:
    """Make a failure of "the database does not answer"; a wrong statement stays a defect."""
    try:
        yield
    except DBAPIError as error:
        if _is_unavailable(error.orig):
            raise StoreUnavailable(type(error.orig).__name__) from error
        raise
    except (sqlite3.Error, psycopg.Error) as error:
        # From the very first statements on a connection, or from COPY: SQLAlchemy wraps neither.
        if _is_unavailable(error):
            raise StoreUnavailable(type(error).__name__) from error
        raise


def _is_unavailable(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_UNAVAILABLE
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate is None or error.sqlstate.startswith(_POSTGRESQL_UNAVAILABLE)
    return False
