"""Writing many rows at once: what is stored is what SQLAlchemy's own way would have stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import select

from bot.store import Database
from bot.store.bulk import Upsert, write_counting_new, write_new
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
        assert await write_new(connection, COMPANY, _NAMES, [_row("a"), _row("b")]) == 2

    rows = await _stored(database)
    assert rows["a"] == ("w", "a", "A\x00\ud800\x1a", "Ünï", _AT)
    assert rows["a"][4].tzinfo is UTC  # type: ignore[attr-defined] # a datetime


async def test_a_row_that_is_there_is_left_and_not_counted(database: Database) -> None:
    async with database.writing() as connection:
        await write_new(connection, COMPANY, _NAMES, [_row("a", "first")])
        written = await write_new(connection, COMPANY, _NAMES, [_row("a", "x"), _row("b")])

    assert written == 1
    assert (await _stored(database))["a"][2] == "first"


async def test_texts_that_could_be_the_syntax_of_a_bulk_load(database: Database) -> None:
    texts = {
        "a": "tab\tline\nreturn\rback\\slash",
        "b": "\\N",
        "c": "\\.",
        "d": "",
        "e": '{a,"b"}',
        "f": "\x1e\x1f",
    }
    async with database.writing() as connection:
        await write_new(connection, COMPANY, _NAMES, [_row(key, text) for key, text in texts.items()])

    assert {key: row[2] for key, row in (await _stored(database)).items()} == texts


async def test_new_keys_are_counted_and_known_ones_updated(database: Database) -> None:
    def rename(statement: Upsert) -> Upsert:
        return statement.on_conflict_do_update(
            index_elements=list(COMPANY.primary_key), set_={"name": statement.excluded.name}
        )

    async with database.writing() as connection:
        await write_new(connection, COMPANY, _NAMES, [_row("a", "old"), _row("z", "alone")])
        rows = [_row("a", "new\x00"), _row("b", "also"), _row("c", "too")]
        new = await write_counting_new(connection, COMPANY, _NAMES, rows, rename, "workspace")
        again = await write_counting_new(connection, COMPANY, _NAMES, rows, rename, "connection")

    assert new == {"w": 2}
    assert not any(again.values())
    assert {key: row[2] for key, row in (await _stored(database)).items()} == {
        "a": "new\x00",
        "b": "also",
        "c": "too",
        "z": "alone",
    }


async def test_no_rows_are_no_statement(database: Database) -> None:
    async with database.writing() as connection:
        assert await write_new(connection, COMPANY, _NAMES, []) == 0
        assert await write_counting_new(connection, COMPANY, _NAMES, [], lambda one: one, "connection") == {}
