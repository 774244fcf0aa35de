"""Addresses, transactions, and what happens when the database does not answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.failures import SettingsInvalid, StoreUnavailable
from bot.store import Companies, Database, Problems, Pulls, engines
from bot.store.tables import COMPANY
from bot.store.values import Scope
from tests.store.pages_of_errors import READ_AT, error, page, problem


@pytest.mark.parametrize(
    ("address", "driver"),
    [
        ("sqlite:///a.db", "aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "aiosqlite"),
        ("postgres://user:secret@host/name?sslmode=require", "psycopg"),
        ("postgresql://host/name", "psycopg"),
        ("postgresql+asyncpg://host/name", "psycopg"),
    ],
)
def test_addresses(address: str, driver: str) -> None:
    assert Database.open(address).engine.dialect.driver == driver


@pytest.mark.parametrize(
    "address",
    [
        "",
        "postgresql://user:secret@host:port/name",
        "mysql://user:secret@host/name",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////no/such/secret/folder/a.db",
    ],
)
def test_addresses_that_cannot_be_one_are_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^DATABASE_URL: ") as refused:
        Database.open(address)
    assert "secret" not in str(refused.value)


async def test_sqlite_is_tuned_for_one_writer_and_many_readers(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    await database.migrate()
    async with database.reading() as connection:
        tuned = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    await database.close()

    assert tuned == ["wal", 1, 30_000]


async def test_an_exception_rolls_back(database: Database, scope: Scope) -> None:
    async def half_done() -> None:
        async with database.writing() as connection:
            await connection.execute(
                COMPANY.insert().values(
                    workspace="T1", connection="cronus", name="x", display_name="x", read_at=READ_AT
                )
            )
            raise KeyError

    with pytest.raises(KeyError):
        await half_done()

    assert await Companies(database).get(scope) is None


async def test_a_reader_sees_one_moment_and_no_writer_waits_for_it(database: Database, scope: Scope) -> None:
    count = select(func.count()).select_from(COMPANY)
    async with database.reading() as connection:
        before = (await connection.execute(count)).scalar_one()
        await Companies(database).save(scope, "CRONUS", "CRONUS", READ_AT)
        after = (await connection.execute(count)).scalar_one()

    assert (before, after) == (0, 0)
    assert await Companies(database).get(scope) is not None


async def test_two_processes_write_overlapping_pages_at_once(migrated_url: str, scope: Scope) -> None:
    """Two engines on one database are what two processes are."""
    one, other = Database.open(migrated_url), Database.open(migrated_url)
    problems = [problem(str(number)) for number in range(3)]
    errors = [error(number, problems[number % 3]) for number in range(60)]
    windows = [page(errors[start : start + 20]) for start in range(0, 50, 5)]

    await asyncio.gather(
        *(Pulls(one).store_page(scope, window, READ_AT) for window in windows),
        *(Pulls(other).store_page(scope, window, READ_AT) for window in reversed(windows)),
        *(Companies(other).save(scope, "CRONUS", "CRONUS", READ_AT) for _ in range(5)),
    )

    totals = await Problems(one).totals(scope)
    rows = await Problems(other).page(scope, 10, 0)
    state = await Pulls(one).state(scope)
    await one.close()
    await other.close()
    assert (totals.errors, totals.problems) == (60, 3)
    assert [(row.count, row.records) for row in rows] == [(20, 20)] * 3
    assert (state.cursor, state.rows_read) == (59, 400 - 2 * 5)


async def test_a_locked_sqlite_file_is_a_failure_that_can_be_told(
    migrated_sqlite_url: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT", 0.01)
    one, other = Database.open(migrated_sqlite_url), Database.open(migrated_sqlite_url)
    async with one.writing():
        with pytest.raises(StoreUnavailable) as locked:
            await Companies(other).save(scope, "CRONUS", "CRONUS", READ_AT)
    await one.close()
    await other.close()

    assert locked.value.retry_helps


async def test_a_file_that_is_no_database_is_a_failure_that_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear customer, " * 100, encoding="utf-8")
    database = Database.open(f"sqlite:///{tmp_path / 'letter.db'}")

    with pytest.raises(StoreUnavailable):
        await database.migrate()
    await database.close()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="that is a folder"):
        Database.open(f"sqlite:///{tmp_path}")


async def test_a_server_that_is_not_there_is_a_failure_that_can_be_told(tmp_path: Path, scope: Scope) -> None:
    database = Database.open(f"postgresql://postgres:secret@/name?host={tmp_path}")

    with pytest.raises(StoreUnavailable) as missing:
        await Pulls(database).state(scope)
    with pytest.raises(StoreUnavailable):
        await database.migrate()
    await database.close()
    assert "secret" not in str(missing.value)


async def test_a_wrong_statement_is_a_defect_not_a_failure(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.reading() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))
