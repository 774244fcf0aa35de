"""From ``DATABASE_URL`` to engines: which driver, and what each new connection is told.

SQLite: the driver's own transaction control is switched off and ``BEGIN`` is sent from here (SQLAlchemy,
dialect "SQLite", "Transactions with SQLite and the sqlite3 driver"). Who is going to write begins with
``BEGIN IMMEDIATE``: a transaction that reads first and is then refused the write lock cannot wait for it, it
can only start again (sqlite.org/lang_transaction.html).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.failures import SettingsInvalid

BUSY_TIMEOUT = 30.0
"""Seconds that a SQLite connection waits for another one's write lock."""
CACHE_KILOBYTES = 8_192
"""Of a SQLite file, that a connection keeps. A page of a pull does not fit into the 2 MB that SQLite keeps by
itself: ids are random, so that each row touches another page of their index, which is then written to the
log, read again and written again within one transaction. With twice this a pull is 5 % quicker, but a worker
of a million rows was seen to keep another 20 MB, which the cache had lost among other things in memory."""
CHECKPOINT_PAGES = 10_000
"""Of the write-ahead log, 4 KB each, after which SQLite brings them into the file: ten times what it does by
itself, since a page that was changed several times meanwhile is brought over once."""
WRITES = "store_writes"
"""Execution option of a SQLite connection that is going to write."""


def parse_address(address: str) -> URL:
    """What ``DATABASE_URL`` says, without a driver.

    Raises SettingsInvalid for anything but a SQLite file in an existing folder or a PostgreSQL address. The
    address itself is never repeated: it may hold a password.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise SettingsInvalid(("DATABASE_URL: is not an address",)) from None
    match url.get_backend_name():
        case "sqlite":
            _check_file(url)
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql")
        case _:
            raise SettingsInvalid(("DATABASE_URL: must begin with sqlite:// or postgresql://",))


def _check_file(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        raise SettingsInvalid(("DATABASE_URL: must name a file, such as sqlite:///syncerrors.db",))
    if Path(url.database).is_dir():
        raise SettingsInvalid(("DATABASE_URL: must name a file, and that is a folder",))
    if not Path(url.database).absolute().parent.is_dir():
        raise SettingsInvalid(("DATABASE_URL: the folder of the SQLite file does not exist",))


def open_engine(url: URL) -> AsyncEngine:
    """An engine for the event loop. Nothing is connected yet."""
    if url.drivername == "sqlite":
        engine = create_async_engine(
            url.set(drivername="sqlite+aiosqlite"),
            connect_args={"timeout": BUSY_TIMEOUT},
            # The connection last used goes first: each that is used fills a cache of its own.
            pool_use_lifo=True,
        )
        _prepare_sqlite(engine.sync_engine)
        return engine
    engine = create_async_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    event.listen(engine.sync_engine, "connect", _speak_utc)
    return engine


def open_blocking_engine(url: URL) -> Engine:
    """An engine for a thread of its own: migrations. On SQLite each of its transactions writes."""
    if url.drivername == "sqlite":
        engine = create_engine(
            url.set(drivername="sqlite+pysqlite"),
            connect_args={"timeout": BUSY_TIMEOUT},
            execution_options={WRITES: True},
        )
        _prepare_sqlite(engine)
        _write_ahead(engine)
        return engine
    return create_engine(url.set(drivername="postgresql+psycopg"))


def _prepare_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)


def _tune(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
    cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _speak_utc(dbapi_connection: Any, _record: object) -> None:
    """Years 1 and 9999 (Business Central's blank date among them) have no local time in every zone."""
    cursor = dbapi_connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    dbapi_connection.commit()


def _write_ahead(engine: Engine) -> None:
    """Put the file into WAL mode; it stays so.

    SQLite refuses the change at once while another connection is about the same, whatever the busy timeout,
    so it is tried again.
    """
    until = time.monotonic() + BUSY_TIMEOUT
    with contextlib.closing(engine.raw_connection()) as connection:
        while True:
            try:
                connection.cursor().execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return
