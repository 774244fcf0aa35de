"""What goes into a column comes out of it, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url
from sqlalchemy import text as sql
from sqlalchemy.exc import StatementError

from bot.store import Companies, Database, Errors, Problems, Pulls
from bot.store.columns import (
    KEY_LENGTH,
    JsonText,
    KeyText,
    StoredText,
    UtcTime,
    as_key,
    json_text,
    original,
    storable,
)
from bot.store.values import RawRow, Scope
from tests.store.pages_of_errors import READ_AT, error, page, problem

any_text = st.text(st.characters(codec=None, exclude_categories=()))
NASTY = "nul \x00, half \ud83d, other half \udc00, escape \x1a0000, \x1b[31m, \u202e, e\u0301, 😀"


@given(any_text | st.text("\x00\x1a01fd\ud800\udfff"))
def test_any_text_survives(text: str) -> None:
    stored = storable(text)

    assert original(stored) == text
    assert "\x00" not in stored
    stored.encode("utf-8")


@given(any_text, any_text)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (storable(one) == storable(other)) == (one == other)


def test_ordinary_text_is_stored_as_it_is() -> None:
    assert storable("Debitor 10000 – ræve\r\n\t") == "Debitor 10000 – ræve\r\n\t"


@given(st.integers(0, 3), any_text)
def test_a_key_fits_an_index(times: int, text: str) -> None:
    key = as_key(text * KEY_LENGTH * times)

    assert len(key) <= KEY_LENGTH
    assert as_key(key) == key


def test_long_keys_that_begin_alike_stay_apart() -> None:
    assert as_key("x" * 1000 + "1") != as_key("x" * 1000 + "2")


def test_equal_objects_have_equal_json() -> None:
    assert json_text({"a": 1, "b": "\ud800"}) == json_text({"b": "\ud800", "a": 1}) == '{"a":1,"b":"\\ud800"}'


@pytest.mark.parametrize("text", [NASTY, "\x00", "x" * 1_000_000], ids=["nasty", "nul", "megabyte"])
async def test_hostile_texts_are_stored_faithfully(database: Database, scope: Scope, text: str) -> None:
    identity = problem(params={"value": text}, masked=text)
    hostile = error(
        1,
        identity,
        message=text,
        source_record_id=text,
        destination_record_id=text,
        mapping=text,
        direction=text,
        job_type=text,
        job_id=text,
        params={"value": text},
    )
    outcome = await Pulls(database).store_page(
        scope, page([hostile, error(2, identity)], next_link=text), READ_AT
    )
    again = await Pulls(database).store_page(scope, page([hostile], next_link=text), READ_AT)
    await Errors(database).keep_call_stack(scope, 1, text)

    assert (outcome.stored, again.stored, again.conflicting) == (2, 0, 0)
    stored = await Errors(database).by_number(scope, 1)
    assert stored.message == stored.source_record_id == stored.destination_record_id == text
    assert stored.mapping == stored.direction == stored.job_id == stored.call_stack == text
    assert stored.params == {"value": text}
    row = await Problems(database).get(scope, stored.problem_id)
    assert (row.masked, row.records) == (text, 2)
    assert (await Pulls(database).state(scope)).next_link == text
    _newer, affected = await Problems(database).affected(scope, stored.problem_id, 10, 0)
    assert affected.record_id == as_key(text)
    assert affected.other_record_id == text


async def test_a_long_id_is_found_again(database: Database, scope: Scope) -> None:
    long = "\ud800" * 5_000
    await Pulls(database).store_page(scope, page([error(1, id=long)]), READ_AT)

    outcome = await Pulls(database).store_page(scope, page([error(1, id=long)]), READ_AT)

    assert (outcome.stored, outcome.conflicting) == (0, 0)
    assert (await Errors(database).by_id(scope, long)).number == 1


async def test_hostile_reasons_and_failures_are_stored(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([], [RawRow(1, NASTY, {NASTY: [NASTY]})]), READ_AT)
    await pulls.fail(scope, READ_AT, "source.garbled", {"what": NASTY})

    kept = await Errors(database).unreadable_by_number(scope, 1)
    assert (kept.reason, kept.raw) == (NASTY, {NASTY: [NASTY]})
    assert (await pulls.state(scope)).failure_facts == {"what": NASTY}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),  # Business Central's blank date in OData
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
    ],
    ids=["first", "last", "elsewhere"],
)
async def test_moments_come_back_in_utc(database: Database, scope: Scope, moment: datetime) -> None:
    await Pulls(database).store_page(scope, page([error(1, logged_at=moment)]), READ_AT)

    stored = (await Errors(database).by_number(scope, 1)).logged_at
    assert stored == moment
    assert stored.tzinfo is UTC
    assert (await Problems(database).page(scope, 1, 0))[0].last_seen == moment


@pytest.mark.postgresql
async def test_the_zone_of_the_server_does_not_matter(postgresql_url: str, scope: Scope) -> None:
    database = Database.open(postgresql_url)
    await database.migrate()
    async with database.writing() as connection:
        name = (await connection.execute(sql("SELECT current_database()"))).scalar_one()
        await connection.execute(sql(f"ALTER DATABASE {name} SET TimeZone = 'America/New_York'"))
    await database.close()
    blank = datetime(1, 1, 1, tzinfo=UTC)

    await Companies(database).save(scope, "CRONUS", "CRONUS", blank)

    company = await Companies(database).get(scope)
    await database.close()
    assert company is not None
    assert company.read_at == blank


async def test_a_time_without_a_zone_is_refused(database: Database, scope: Scope) -> None:
    with pytest.raises(StatementError, match="needs a zone"):
        await Companies(database).save(scope, "CRONUS", "CRONUS", datetime(2026, 3, 1))  # noqa: DTZ001


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=any_text)
async def test_any_text_survives_the_database(database: Database, scope: Scope, text: str) -> None:
    await Companies(database).save(scope, text, text[::-1], READ_AT)

    company = await Companies(database).get(scope)
    assert company is not None
    assert (company.name, company.display_name) == (text, text[::-1])


@given(
    texts=st.lists(st.none() | any_text | st.text("a", min_size=KEY_LENGTH - 1)),
    times=st.lists(
        st.none() | st.datetimes(timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-11))))
    ),
    objects=st.lists(st.none() | st.dictionaries(any_text, any_text, max_size=2)),
)
def test_a_column_is_bound_as_its_values_are_one_by_one(
    texts: list[str | None], times: list[datetime | None], objects: list[dict[str, str] | None]
) -> None:
    times = [time for time in times if time is None or 2 <= time.year <= 9998]
    columns: tuple[tuple[StoredText | UtcTime | JsonText, Sequence[Any]], ...] = (
        (StoredText(), texts),
        (KeyText(), texts),
        (UtcTime(), times),
        (JsonText(), objects),
    )
    for name, driver in (("sqlite", "aiosqlite"), ("postgresql", "psycopg")):
        dialect = make_url(f"{name}+{driver}://").get_dialect()()
        for kind, values in columns:
            bind = kind.dialect_impl(dialect).bind_processor(dialect)
            assert bind is not None
            assert list(kind.bind_column(values, dialect)) == [bind(value) for value in values]
