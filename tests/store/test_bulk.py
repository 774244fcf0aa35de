"""Writing many rows at once: what is stored is what SQLAlchemy's own way would have stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import select

from bot.store import Database
from bot.store.bulk import Upsert, do_nothing, write_and_return, write_many
from bot.store.tables import COMPANY

_NAMES = ("workspace", "connection", "name", "display_name", "read_at")
_AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=5)))


def _row(connection: str, name: str = "A\x00\ud800\x1a", display_name: str = "Ünï") -> tuple[object, ...]:
    return ("w", connection, name, display_name, _AT)


async def _stored(database: Database) -> dict[str, tuple[object, ...]]:
    async with database.reading() as connection:
        rows = (await connection.execute(select(COMPANY))).all()
    return {row.connection: tuple(row) for row in rows}


async def test_values_pass_the_types_of_their_columns(database: Database) -> None:
    async with database.writing() as connection:
        assert await write_many(connection, COMPANY, _NAMES, [_row("a"), _row("b")], do_nothing) == 2

    rows = await _stored(database)
    assert rows["a"] == ("w", "a", "A\x00\ud800\x1a", "Ünï", _AT)
    assert rows["a"][4].tzinfo is UTC  # type: ignore[attr-defined] # a datetime


async def test_a_row_that_is_there_is_left_and_not_counted(database: Database) -> None:
    async with database.writing() as connection:
        await write_many(connection, COMPANY, _NAMES, [_row("a", "first")], do_nothing)
        written = await write_many(connection, COMPANY, _NAMES, [_row("a", "x"), _row("b")], do_nothing)

    assert written == 1
    assert (await _stored(database))["a"][2] == "first"


async def test_what_is_returned_is_read_by_the_types_of_the_columns(database: Database) -> None:
    def rename(statement: Upsert) -> Upsert:
        return statement.on_conflict_do_update(
            index_elements=list(COMPANY.primary_key), set_={"name": statement.excluded.name}
        )

    async with database.writing() as connection:
        await write_many(connection, COMPANY, _NAMES, [_row("a", "old")], do_nothing)
        returned = await write_and_return(
            connection,
            COMPANY,
            _NAMES,
            [_row("a", "new\x00"), _row("b", "also")],
            rename,
            ("connection", "name", "read_at"),
        )

    assert sorted(returned) == [("a", "new\x00", _AT), ("b", "also", _AT)]


async def test_no_rows_are_no_statement(database: Database) -> None:
    async with database.writing() as connection:
        assert await write_many(connection, COMPANY, _NAMES, [], do_nothing) == 0
        assert await write_and_return(connection, COMPANY, _NAMES, [], do_nothing, ("name",)) == []
