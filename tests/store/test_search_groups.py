"""Errors that share an entry of the index are found as if each had its own, on both databases."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from bot.store import Database, Pulls, search_gin, search_groups
from bot.store.search import Kept, Narrowing, Search
from bot.store.search_entries import INDEX, worded
from bot.store.search_index import forget_errors
from bot.store.search_words import Term
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.values import ErrorToStore, Scope
from tests.store.pages_of_errors import READ_AT, error, page, problem

_connections = itertools.count()
CAUSE = problem("cause", class_code="coupling.dependency_not_coupled")
MESSAGES = ("Currency EUR must be coupled.", "Currency must be coupled to 10.", "The record 20 is deleted.")
RECORDS = ("Customer: 10", "Customer: 20", "Item: 10", "Item: 10,BLUE", "")
WORDS = ("currency", "coupled", "eur", "10", "20", "customer", "item", "blu", "deleted", "account")

ERRORS = st.lists(
    st.builds(
        lambda number, message, source, destination: error(
            number, CAUSE, message=message, source_record_id=source, destination_record_id=destination
        ),
        st.integers(0, 90),
        st.sampled_from(MESSAGES),
        st.sampled_from(RECORDS),
        st.sampled_from((*RECORDS, "CRM Account: {00000000-0000-0000-0000-00000000001b}")),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda one: one.number,
)


def having(errors: list[ErrorToStore], typed: list[str]) -> list[int]:
    """No. of those that have all words, newest first, found by reading each."""
    terms = [Term(word, begins=len(word) > 2) for word in typed]
    return sorted(
        (one.number for one in worded(errors) if all(term.is_in(one.words.split()) for term in terms)),
        reverse=True,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pages=st.lists(ERRORS, min_size=1, max_size=3),
    typed=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True),
    limit=st.integers(1, 12),
    forgotten=st.sets(st.integers(0, 90), max_size=20),
    gone=st.sets(st.integers(0, 90), max_size=20),
)
async def test_what_shares_an_entry_is_found_by_itself(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    pages: list[list[ErrorToStore]],
    typed: list[str],
    limit: int,
    forgotten: set[int],
    gone: set[int],
) -> None:
    monkeypatch.setattr(search_groups, "MEMBERS", 4)
    monkeypatch.setattr(search_groups, "BLOCK", 32)
    monkeypatch.setattr(search_gin, "_WINDOW", 5)
    scope = Scope("T1", f"c{next(_connections)}")
    stored: dict[int, ErrorToStore] = {}
    for errors in pages:
        fresh = [one for one in errors if one.number not in stored]
        await Pulls(database).store_page(scope, page(fresh), READ_AT)
        stored.update({one.number: one for one in fresh})
    async with database.writing() as connection:
        is_gone = SYNC_ERROR.c.number.in_(gone)
        await connection.execute(
            update(SYNC_ERROR).where(belongs(SYNC_ERROR, scope), is_gone).values(gone_at=READ_AT)
        )
        if known := sorted(forgotten & stored.keys()):
            await forget_errors(connection, scope, known)
    left = [one for number, one in stored.items() if number not in forgotten]

    search, words = Search(database), " ".join(typed)
    everywhere, _ = await search.numbers(scope, words, Narrowing(), limit)
    archived, _ = await search.numbers(scope, words, Narrowing(kept=Kept.HERE_ALONE), limit)

    assert list(everywhere) == having(left, typed)[:limit]
    assert list(archived) == having([one for one in left if one.number in gone], typed)[:limit]


async def test_the_newest_are_found_where_newer_entries_have_only_older_ones(
    database: Database, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry stands where its newest error does, which may not be one of those that are looked for."""
    monkeypatch.setattr(search_gin, "_WINDOW", 2)
    told = (
        (30, "It is blocked.", "Customer: 20"),
        (2, "It is blocked.", "Customer: 10"),
        (28, "It is empty.", "Customer: 20"),
        (3, "It is empty.", "Customer: 10"),
        (20, "It is gone.", "Customer: 10"),
    )
    errors = [
        error(number, CAUSE, message=message, source_record_id=record) for number, message, record in told
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)

    found, _ = await Search(database).numbers(scope, "customer 10", Narrowing(), 2)

    assert found == (20, 3)


@pytest.mark.postgresql
async def test_an_entry_of_before_there_were_shared_ones(postgresql_url: str, scope: Scope) -> None:
    """It has no ``numbers``, and all its words are its error's."""
    database = Database.open(postgresql_url)
    await database.migrate()
    await Pulls(database).store_page(
        scope,
        page([error(one, CAUSE, message=MESSAGES[0], source_record_id="Item: 10") for one in (7, 8)]),
        READ_AT,
    )
    async with database.writing() as connection:
        await connection.execute(
            text(
                f"UPDATE {INDEX} SET number = 8, numbers = NULL, "  # noqa: S608
                "words = strip(words)"
            )
        )
    found = await Search(database).find(scope, "eur item 10")
    async with database.writing() as connection:
        await forget_errors(connection, scope, [8])
    after = await Search(database).find(scope, "eur item 10")
    await database.close()

    assert [one.number for one in found.errors] == [8]
    assert after.total == 0
