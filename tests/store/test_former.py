"""A number that Business Central gave again: the gone error makes room, and stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.failures import NotFound
from bot.store import Database, Errors, Presence, Problems, Pulls
from bot.store.search import Search
from bot.store.tables import FORMER_ERROR
from bot.store.values import KnownRow, PageOutcome, Scope, Verdict
from tests.store.pages_of_errors import READ_AT, error, page, problem

NIGHT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
OLD, NEW = problem("old"), problem("new")


async def replaced(database: Database, scope: Scope, *numbers: int) -> None:
    """A night that found other rows under these numbers."""
    rows = tuple(KnownRow(number, error(number).id, gone=False) for number in numbers)
    await Presence(database).judge(scope, Verdict(0, 9, 0, (), rows, ()), NIGHT)


async def test_the_row_that_is_there_takes_the_number(database: Database, scope: Scope) -> None:
    pulls, errors, problems = Pulls(database), Errors(database), Problems(database)
    sent = error(5, OLD, message="Zebrafish must be coupled.")
    await pulls.store_page(scope, page([error(4, OLD), sent]), READ_AT)
    await replaced(database, scope, 5)
    again = error(5, NEW, id=error(77).id, message="Quagga must be coupled.")

    outcome = await pulls.store_page(scope, page([error(4, OLD), again]), READ_AT)

    assert outcome == PageOutcome(1, 0, ("problem-new",), ())
    assert (await errors.by_number(scope, 5)).message == "Quagga must be coupled."
    with pytest.raises(NotFound):
        await errors.by_id(scope, sent.id)
    old = await problems.get(scope, "problem-old")
    assert (old.count, old.gone, old.example_number) == (2, 1, 5)
    latest = await errors.latest_of(scope, "problem-old")
    assert (latest.message, latest.gone_at) == ("Zebrafish must be coupled.", NIGHT)
    assert (await errors.latest_of(scope, "problem-new")).message == "Quagga must be coupled."
    totals = await problems.totals(scope)
    assert (totals.errors, totals.gone) == (3, 1)

    found = {word: await Search(database).find(scope, word) for word in ("zebrafish", "quagga")}
    assert [one.number for one in found["quagga"].errors] == [5]
    assert found["zebrafish"].errors == (), "what the search gives is what the number answers with"

    assert await pulls.store_page(scope, page([again]), READ_AT) == PageOutcome(0, 0, (), ())


async def test_a_row_that_is_not_known_to_be_gone_keeps_its_number(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(4), error(5)]), READ_AT)
    await replaced(database, scope, 4)
    outcome = await pulls.store_page(scope, page([error(5, id=error(77).id)]), READ_AT)
    assert (outcome.stored, outcome.conflicting) == (0, 1)
    assert (await Errors(database).by_number(scope, 5)).id == error(5).id


async def test_numbers_may_be_given_more_than_twice(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(5)]), READ_AT)
    await replaced(database, scope, 5)
    await pulls.store_page(scope, page([error(5, id=error(77).id)]), READ_AT)
    second = KnownRow(5, error(77).id, gone=False)
    await Presence(database).judge(scope, Verdict(0, 9, 0, (), (second,), ()), NIGHT)
    await pulls.store_page(scope, page([error(5, id=error(88).id)]), READ_AT)

    assert (await Errors(database).by_number(scope, 5)).id == error(88).id
    async with database.reading() as connection:
        kept = (await connection.execute(select(FORMER_ERROR.c.id))).scalars().all()
    assert set(kept) == {error(5).id, error(77).id}
