"""What Business Central no longer has: marks, counters, and how far comparing is."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.store import Database, Errors, Presence, Problems, Pulls
from bot.store.search import Narrowing
from bot.store.search_problems import NarrowedProblems
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, SYNC_ERROR, belongs
from bot.store.values import Finding, Judged, KnownRow, ReconcileState, Scope, Verdict
from tests.store.pages_of_errors import READ_AT, START, error, page, problem
from tests.store.whole_store import whole_store

_connections = itertools.count()
NIGHT = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


def row(number: int, *, gone: bool = False) -> KnownRow:
    return KnownRow(number, error(number).id, gone)


def verdict(
    *,
    above: int = 0,
    up_to: int = 100,
    present: int = 0,
    missing: tuple[KnownRow, ...] = (),
    replaced: tuple[KnownRow, ...] = (),
    back: tuple[KnownRow, ...] = (),
) -> Verdict:
    return Verdict(above, up_to, present, missing, replaced, back)


async def test_known_rows_come_in_windows_without_young_ones(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(number) for number in range(1, 8)]), READ_AT)
    presence = Presence(database)
    await presence.judge(scope, verdict(missing=(row(2),)), NIGHT)
    logged_until = START + timedelta(minutes=6)

    first = await presence.known(scope, 0, 4, logged_until)
    rest = await presence.known(scope, first[-1].number, 4, logged_until)

    assert first == (row(1), row(2, gone=True), row(3), row(4))
    assert rest == (row(5), row(6))
    assert await presence.highest(scope) == 7
    assert await presence.known(Scope("T2", scope.connection), 0, 4, logged_until) == ()
    assert await presence.highest(Scope("T2", scope.connection)) == 0


async def test_gone_rows_are_marked_and_counted_and_stay(database: Database, scope: Scope) -> None:
    errors = [
        error(1),
        error(2),
        error(3, mapping="CONTACT"),
        error(4, logged_at=START + timedelta(days=1)),
        error(5, problem("other")),
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)

    judged = await Presence(database).judge(
        scope, verdict(present=2, missing=(row(1), row(3), row(4))), NIGHT
    )

    assert judged == Judged(gone=3, back=0)
    totals = await Problems(database).totals(scope)
    assert (totals.errors, totals.gone) == (5, 3)
    one = await Problems(database).get(scope, "problem-uncoupled")
    assert (one.count, one.gone) == (4, 3)
    assert (await Problems(database).get(scope, "problem-other")).gone == 0
    assert (await Errors(database).by_number(scope, 3)).gone_at == NIGHT
    assert (await Errors(database).by_number(scope, 2)).gone_at is None
    async with database.reading() as connection:
        counted = await connection.execute(select(PROBLEM_COUNTER).where(PROBLEM_COUNTER.c.gone > 0))
        days = {(one.mapping, one.day.day, one.errors, one.gone) for one in counted}
    assert days == {("CUSTOMER", 2, 2, 1), ("CONTACT", 2, 1, 1), ("CUSTOMER", 3, 1, 1)}


async def test_a_row_that_is_back_is_unmarked(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(1), error(2)]), READ_AT)
    before = await whole_store(database, scope)
    presence = Presence(database)
    await presence.judge(scope, verdict(missing=(row(1), row(2))), NIGHT)

    judged = await presence.judge(scope, verdict(above=100, back=(row(1), row(2))), NIGHT)

    assert judged == Judged(gone=0, back=2)
    after = await whole_store(database, scope)
    assert {table: rows for table, rows in after.items() if table != "reconcile_state"} == {
        table: rows for table, rows in before.items() if table != "reconcile_state"
    }


async def test_the_same_verdict_again_changes_nothing(database: Database, scope: Scope) -> None:
    """A step runs twice where its process dies between doing it and recording it."""
    await Pulls(database).store_page(scope, page([error(1), error(2), error(3)]), READ_AT)
    one = verdict(up_to=3, present=1, missing=(row(1),), replaced=(row(3),))
    await Presence(database).judge(scope, one, NIGHT)
    before = await whole_store(database)

    again = await Presence(database).judge(scope, one, NIGHT + timedelta(minutes=1))

    assert again == Judged(0, 0)
    assert await whole_store(database) == before
    state = await Presence(database).state(scope)
    assert state == ReconcileState(above=3, present=1, missing=1, replaced=1)


async def test_a_row_with_another_id_is_not_the_one_that_was_judged(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(1)]), READ_AT)
    other = KnownRow(1, error(99).id, gone=False)

    assert await Presence(database).judge(scope, verdict(missing=(other,)), NIGHT) == Judged(0, 0)
    assert (await Errors(database).by_number(scope, 1)).gone_at is None


async def test_a_run_adds_up_and_the_next_one_begins_anew(database: Database, scope: Scope) -> None:
    presence = Presence(database)
    assert await presence.state(scope) == ReconcileState()
    await Pulls(database).store_page(scope, page([error(number) for number in range(1, 7)]), READ_AT)
    await presence.judge(scope, verdict(up_to=3, present=2, missing=(row(1),)), NIGHT)
    await presence.fail(scope, NIGHT, "source.throttled")

    cut = await presence.state(scope)
    assert (cut.above, cut.attempted_at, cut.succeeded_at) == (3, NIGHT, None)
    assert cut.failure_key == "source.throttled"

    later = NIGHT + timedelta(hours=1)
    await presence.judge(scope, verdict(above=3, up_to=6, present=3), later)
    assert await presence.state(scope) == replace(cut, above=6, present=5)
    await presence.finish(scope, Finding.NEWEST_MISSING, later)

    done = await presence.state(scope)
    assert (done.above, done.succeeded_at, done.failure_key) == (0, later, None)
    assert (await Pulls(database).state(scope)).finding is Finding.NEWEST_MISSING
    await presence.judge(scope, verdict(up_to=3, present=2), later)
    assert (await presence.state(scope)).present == 2


async def test_where_numbers_belong_to_others_the_next_pull_goes_back(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(number) for number in range(1, 9)], next_link="x"), READ_AT)
    await Presence(database).judge(scope, verdict(replaced=(row(6), row(5))), NIGHT)

    assert (await pulls.state(scope)).cursor == 8, "a pull under way is not disturbed"
    await pulls.begin(scope, NIGHT, None)
    state = await pulls.state(scope)
    assert (state.cursor, state.next_link) == (4, None)
    await pulls.store_page(scope, page([error(9)]), READ_AT)
    await pulls.begin(scope, NIGHT, None)
    assert (await pulls.state(scope)).cursor == 9, "once"


async def test_going_back_goes_never_ahead_and_takes_the_furthest(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(5)]), READ_AT)
    for cursor in (7, 3, 4):
        await pulls.rewind(scope, cursor)
    await pulls.begin(scope, NIGHT, None)
    assert (await pulls.state(scope)).cursor == 3
    await pulls.rewind(scope, 7)
    await pulls.begin(scope, NIGHT, None)
    assert (await pulls.state(scope)).cursor == 3


async def test_rows_under_known_numbers_are_counted_until_somebody_looked(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(1), error(2)]), READ_AT)
    await pulls.store_page(scope, page([error(1, id=error(50).id), error(2)]), READ_AT)
    assert (await pulls.state(scope)).conflicting == 1
    await Presence(database).finish(scope, None, NIGHT)
    assert (await pulls.state(scope)).conflicting == 0


async def test_a_problem_of_which_nothing_is_left_comes_last_until_it_is_back(
    database: Database, scope: Scope
) -> None:
    pulls, problems = Pulls(database), Problems(database)
    severe, mild = problem("severe", severity=3), problem("mild", severity=1)
    await pulls.store_page(scope, page([error(1, severe), error(2, severe), error(3, mild)]), READ_AT)

    async def order() -> list[str]:
        return [row.id for row in await problems.page(scope, 5, 0)]

    await Presence(database).judge(scope, verdict(missing=(row(1),)), NIGHT)
    assert await order() == ["problem-severe", "problem-mild"], "one error is still there"
    await Presence(database).judge(scope, verdict(missing=(row(1), row(2))), NIGHT)
    assert await order() == ["problem-mild", "problem-severe"]
    await pulls.store_page(scope, page([error(4, severe)]), READ_AT)
    assert await order() == ["problem-severe", "problem-mild"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
async def test_counters_always_say_what_the_marks_say(database: Database, chance: random.Random) -> None:
    scope = Scope("T1", f"connection {next(_connections)}")
    problems = [problem(name) for name in "abc"]
    there = [
        error(
            number,
            chance.choice(problems),
            mapping=chance.choice(["CUSTOMER", "CONTACT"]),
            logged_at=START + timedelta(hours=chance.randrange(60)),
        )
        for number in range(1, 16)
    ]
    known = [KnownRow(one.number, one.id, gone=False) for one in there]
    for _ in range(6):
        await Pulls(database).store_page(scope, page(chance.sample(there, 5)), READ_AT)
        some = chance.sample(known, 8)
        await Presence(database).judge(
            scope,
            verdict(missing=tuple(some[:3]), replaced=tuple(some[3:4]), back=tuple(some[4:])),
            NIGHT,
        )

    async with database.reading() as connection:
        rows = (await connection.execute(select(SYNC_ERROR).where(belongs(SYNC_ERROR, scope)))).all()
        days = (
            await connection.execute(select(PROBLEM_COUNTER).where(belongs(PROBLEM_COUNTER, scope)))
        ).all()
        sums = (await connection.execute(select(PROBLEM).where(belongs(PROBLEM, scope)))).all()
    marked = [one for one in rows if one.gone_at is not None]
    by_day = Counter((one.problem_id, one.mapping, one.logged_at.date()) for one in marked)
    assert {(one.problem_id, one.mapping, one.day): one.gone for one in days if one.gone} == dict(by_day)
    by_problem = Counter(one.problem_id for one in marked)
    assert {one.id: one.gone for one in sums if one.gone} == dict(by_problem)


async def test_filters_say_what_is_gone_of_what_they_leave(database: Database, scope: Scope) -> None:
    later = START + timedelta(days=5)
    errors = [error(1), error(2), error(3, mapping="CONTACT"), error(4, logged_at=later)]
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    await Presence(database).judge(scope, verdict(missing=(row(1), row(2))), NIGHT)

    async def left(narrowing: Narrowing) -> tuple[int, int]:
        (one,) = await NarrowedProblems(database).page(scope, narrowing, 5, 0)
        return one.count, one.gone

    assert await left(Narrowing(mapping="CUSTOMER")) == (3, 2)
    assert await left(Narrowing(mapping="CONTACT")) == (1, 0)
    assert await left(Narrowing(since=later.date())) == (1, 0)
    assert await left(Narrowing()) == (4, 2)
