"""Errors that leave the store: forgotten because somebody asked, or past their time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Database, Errors, Presence, Problems, Pulls
from bot.store.forgetting import Forgetting, Found
from bot.store.mentions import Somebody
from bot.store.rediagnosis import Rediagnoses
from bot.store.retention import Retention
from bot.store.search import Search
from bot.store.values import KnownRow, RawRow, Scope, Tie, Verdict
from tests.store.pages_of_errors import READ_AT, START, error, page, problem
from tests.store.whole_store import whole_store

OTHER = problem("other")


def no_ties(_code: str, _topic: str | None, _params: Any) -> tuple[Tie, ...]:
    return ()


async def unnoted(_connection: AsyncConnection, _found: Found) -> None:
    pass


def somebody(typed: str) -> Somebody:
    found = Somebody.read(typed)
    assert found is not None
    return found


async def everything(database: Database, scope: Scope) -> dict[str, list[tuple[object, ...]]]:
    """All that is stored of a connection, but its own name."""
    rows = await whole_store(database, scope)
    return {
        table: [tuple(v for v in row if v != scope.connection) for row in kept]
        for table, kept in rows.items()
    }


async def store(database: Database, scope: Scope, numbers: Iterable[int]) -> None:
    errors = [error(number, OTHER if number % 3 == 0 else problem()) for number in numbers]
    await Pulls(database).store_page(scope, page(errors, cursor=100), READ_AT)


async def vanish(database: Database, scope: Scope, numbers: Sequence[int], days: float = 0) -> None:
    missing = tuple(KnownRow(number, error(number).id, gone=False) for number in numbers)
    verdict = Verdict(above=0, up_to=100, present=0, missing=missing, replaced=(), back=())
    await Presence(database).judge(scope, verdict, START + timedelta(days=days))


async def forget(database: Database, scope: Scope, typed: str) -> Found:
    return await Forgetting(database, no_ties).forget(scope, somebody(typed), unnoted)


async def test_what_is_forgotten_is_as_if_it_had_never_been_read(database: Database, scope: Scope) -> None:
    await store(database, scope, range(1, 10))
    await Errors(database).keep_call_stack(scope, 7, "A call stack")
    await vanish(database, scope, (7, 8))
    looked = await Forgetting(database, no_ties).look(scope, somebody("'customer: 10007'"))
    found = await forget(database, scope, "'customer: 10007'")
    assert found == looked == Found(errors=1, gone=1, call_stacks=1)
    left = await everything(database, scope)
    assert "10007" not in str(left)
    assert "A call stack" not in str(left)

    elsewhere = Scope(scope.workspace, "elsewhere")
    await store(database, elsewhere, [number for number in range(1, 10) if number != 7])
    await vanish(database, elsewhere, (7, 8))
    never = await everything(database, elsewhere)
    assert left == never
    assert (await Search(database).find(scope, "10007")).total == 0


async def test_no_word_stays_in_the_index_of_what_is_forgotten(
    migrated_sqlite_url: str, scope: Scope
) -> None:
    database = Database.open(migrated_sqlite_url)
    await store(database, scope, (1, 2))
    told = error(3, message="Contact Erika Mustermann has no e-mail")
    await Pulls(database).store_page(scope, page([told]), READ_AT)

    async def kept() -> bytes:
        async with database.reading() as connection:
            rows = await connection.execute(text("SELECT block FROM search_entry_data"))
            return b"".join(rows.scalars())

    before = await kept()
    await forget(database, scope, "Mustermann")
    after = await kept()
    await database.close()
    assert b"ustermann" in before
    assert b"ustermann" not in after
    assert b"salesperson" in after


async def test_problems_that_have_nothing_else_go(database: Database, scope: Scope) -> None:
    await store(database, scope, (1, 2, 3))
    found = await forget(database, scope, "Customer: 10003")
    assert (found.errors, found.problems) == (1, 1)
    assert [row.id for row in await Problems(database).page(scope, 10, 0)] == [problem().id]


async def test_a_name_is_found_in_texts_whatever_its_case_and_accents(
    database: Database, scope: Scope
) -> None:
    errors = [
        error(1, message="Contact ZOË de Vries has no e-mail"),
        error(2, message="Contact Zoe Vries"),
        error(3, params={"name": "zoë  de-vries"}),
        error(4),
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    await Errors(database).keep_call_stack(scope, 4, "OnRun(Zoe De Vries) line 1")
    assert (await forget(database, scope, "zoe de vries")).errors == 2
    left = [number for number in (1, 2, 3, 4) if await known(database, scope, number)]
    assert left == [2, 3]  # what was found in a text stands in it


async def known(database: Database, scope: Scope, number: int) -> bool:
    return any(row.number == number for row in await Presence(database).known(scope, 0, 100, READ_AT))


async def test_others_with_the_same_number_stay(database: Database, scope: Scope) -> None:
    errors = [
        error(1, source_record_id="Customer: 10000"),
        error(2, source_record_id="Vendor: 10000", message="Vendor 10000 is blocked"),
        error(3, source_record_id="Customer: 100001"),
        error(4, message="Sales Order 1: Customer No. 10000 must be coupled."),
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    assert (await forget(database, scope, "Customer: 10000")).errors == 2
    assert [number for number in range(1, 5) if await known(database, scope, number)] == [2, 3]


async def test_nothing_is_removed_where_what_is_noted_fails(database: Database, scope: Scope) -> None:
    await store(database, scope, (1, 2))

    async def broken(_connection: AsyncConnection, _found: Found) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Forgetting(database, no_ties).forget(scope, somebody("Customer: 10001"), broken)
    assert await known(database, scope, 1)


@pytest.mark.parametrize("typed", ["", "  ", "''", "a", ": 1", "Customer:", "é!", "--"])
def test_what_names_nobody_is_not_looked_for(typed: str) -> None:
    assert Somebody.read(typed) is None


@given(st.text(max_size=40))
def test_whoever_is_named_is_in_a_text_that_holds_the_words(typed: str) -> None:
    found = Somebody.read(typed)
    if found is not None:
        assert found.is_in_text(f"before {typed} after") or found.table


async def test_retention_removes_what_is_gone_and_past_its_time(database: Database, scope: Scope) -> None:
    await store(database, scope, range(1, 10))
    await vanish(database, scope, (1, 2, 3, 4))
    retention = Retention(database)
    until = START + timedelta(minutes=3)  # 1 and 2 were logged before
    assert await retention.let_go(scope, until) == 2
    assert await retention.let_go(scope, until) == 0
    assert [number for number in range(1, 10) if await known(database, scope, number)] == list(range(3, 10))
    totals = await Problems(database).totals(scope)
    assert (totals.errors, totals.gone) == (7, 2)


async def test_what_the_bot_purged_is_kept_from_the_purge_on(database: Database, scope: Scope) -> None:
    await store(database, scope, (1, 2))
    async with database.writing() as connection:
        await connection.execute(text("UPDATE sync_error SET purge_run = 'run' WHERE number = 1"))
    await vanish(database, scope, (1, 2), days=10)
    retention = Retention(database)
    assert await retention.let_go(scope, START + timedelta(days=5)) == 1
    assert await known(database, scope, 1)
    assert await retention.let_go(scope, START + timedelta(days=11)) == 1


async def test_the_example_of_a_problem_is_another_one_afterwards(database: Database, scope: Scope) -> None:
    await store(database, scope, (1, 2, 4))
    await vanish(database, scope, (4,))
    await Retention(database).let_go(scope, START + timedelta(days=1))
    assert await Rediagnoses(database).settle_some(scope, no_ties)
    assert not await Rediagnoses(database).settle_some(scope, no_ties)
    (row,) = await Problems(database).page(scope, 10, 0)
    assert (row.count, row.example_number) == (2, 2)


async def test_rows_that_were_never_understood_go_too_and_are_counted(
    database: Database, scope: Scope
) -> None:
    rows = [RawRow(number=n, reason="?", raw={"x": f"Customer: {10000 + n}"}) for n in (5, 6)]
    await Pulls(database).store_page(scope, page(unreadable=rows, cursor=6), START)
    assert (await forget(database, scope, "Customer: 10005")).unreadable == 1
    assert (await Problems(database).totals(scope)).unreadable == 1
    await Retention(database).tidy(scope, START + timedelta(days=1))
    assert (await Problems(database).totals(scope)).unreadable == 0
    assert (await whole_store(database, scope))["raw_row"] == []
