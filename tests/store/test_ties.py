"""Who waits for whom, kept with the pages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text, update

from bot.store import Database, Errors, Problems, Pulls
from bot.store import ties as ties_module
from bot.store.problems import Precedence
from bot.store.search import Narrowing
from bot.store.search_problems import NarrowedProblems
from bot.store.tables import PROBLEM, belongs
from bot.store.ties import settle_all
from bot.store.values import ErrorToStore, ProblemState, Scope, Tie, TieKind
from bot.store.waits import StoredWait, Waits
from tests.store.pages_of_errors import READ_AT, START, error, page, problem
from tests.store.test_any_order import _connections
from tests.store.whole_store import whole_store

CURRENCY, CUSTOMERS, ORDERS = (problem(name) for name in ("currency", "customers", "orders"))
BLANK = "CRM Account: {00000000-0000-0000-0000-000000000000}"


def awaits(*records: str) -> tuple[Tie, ...]:
    return tuple(Tie(TieKind.AWAITS, record, records[0]) for record in records)


NO_RATE = error(1, CURRENCY, source_record_id="Currency: EUR", destination_record_id="")
CUSTOMER = error(
    2,
    CUSTOMERS,
    source_record_id="Customer: 10000",
    destination_record_id=BLANK,
    ties=awaits("Currency: EUR"),
)
ORDER = error(
    3, ORDERS, source_record_id="Sales Header: Order,1001", ties=awaits("Customer: 10000", "Vendor: 10000")
)


async def _store(database: Database, scope: Scope, *errors: ErrorToStore) -> None:
    for one in errors:
        await Pulls(database).store_page(scope, page([one]), READ_AT)


async def _waits(database: Database, scope: Scope) -> set[tuple[str, str, str, bool]]:
    return {
        (one.problem_id, one.waits_for, one.record_id, one.certain)
        for one in await Waits(database).between_open(scope)
    }


CHAIN = {
    (CUSTOMERS.id, CURRENCY.id, "Currency: EUR", True),
    (ORDERS.id, CUSTOMERS.id, "Customer: 10000", True),
}


async def test_the_awaited_record_is_found_where_it_fails_whichever_comes_first(
    database: Database, scope: Scope
) -> None:
    other = Scope("T1", "another company")
    await _store(database, scope, NO_RATE, CUSTOMER, ORDER)
    await _store(database, other, ORDER, CUSTOMER, NO_RATE)

    assert await _waits(database, scope) == CHAIN
    assert await _waits(database, other) == CHAIN
    assert (await Problems(database).totals(scope)).has_waits
    assert not (await Problems(database).totals(Scope("T1", "a third"))).has_waits


async def test_a_company_knows_nothing_of_another(database: Database, scope: Scope) -> None:
    await _store(database, scope, CUSTOMER)
    await _store(database, Scope("T1", "another company"), NO_RATE)
    await _store(database, Scope("T2", scope.connection), NO_RATE)

    assert await _waits(database, scope) == set()


async def test_the_latest_failure_of_a_record_is_its_cause(database: Database, scope: Scope) -> None:
    blocked = problem("blocked")
    later = error(9, blocked, source_record_id="Customer: 10000", destination_record_id="")
    earlier = error(10, blocked, source_record_id="Customer: 10000", logged_at=START - timedelta(days=1))
    await _store(database, scope, CUSTOMER, ORDER, earlier)
    assert (ORDERS.id, CUSTOMERS.id, "Customer: 10000", True) in await _waits(database, scope)

    await _store(database, scope, later)
    assert (ORDERS.id, blocked.id, "Customer: 10000", True) in await _waits(database, scope)


async def test_a_record_with_a_counterpart_may_not_be_what_holds_up(database: Database, scope: Scope) -> None:
    coupled = error(4, CUSTOMERS, source_record_id="Customer: 10000")
    await _store(database, scope, ORDER, coupled)

    assert await _waits(database, scope) == {(ORDERS.id, CUSTOMERS.id, "Customer: 10000", False)}


async def test_of_a_problem_with_several_awaited_records_only_some_may_wait(
    database: Database, scope: Scope
) -> None:
    second = error(5, ORDERS, source_record_id="Sales Header: Order,1002", ties=awaits("Customer: 20000"))
    await _store(database, scope, CUSTOMER, ORDER, second)

    assert await _waits(database, scope) == {(ORDERS.id, CUSTOMERS.id, "Customer: 10000", False)}


async def test_a_refused_table_may_hold_up_what_fails_nowhere(database: Database, scope: Scope) -> None:
    refuses = error(6, problem("privilege"), ties=(Tie(TieKind.REFUSES, "account", "account"),))
    needs = (*ORDER.ties, Tie(TieKind.NEEDS, "account", ORDER.ties[0].target))
    order = error(3, ORDERS, source_record_id="Sales Header: Order,1001", ties=needs)
    await _store(database, scope, order, refuses)
    assert await _waits(database, scope) == {(ORDERS.id, "problem-privilege", "", False)}

    await _store(database, scope, CUSTOMER)
    assert (ORDERS.id, CUSTOMERS.id, "Customer: 10000", True) in await _waits(database, scope)


async def test_only_open_problems_that_business_central_still_has_wait(
    database: Database, scope: Scope
) -> None:
    await _store(database, scope, NO_RATE, CUSTOMER, ORDER)
    async with database.writing() as connection:
        await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == CURRENCY.id)
            .values(state=ProblemState.FIXED)
        )
    assert await _waits(database, scope) == {(ORDERS.id, CUSTOMERS.id, "Customer: 10000", True)}

    async with database.writing() as connection:
        await connection.execute(
            update(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id == CUSTOMERS.id).values(gone=1)
        )
    assert await _waits(database, scope) == set()


async def test_an_error_that_is_its_own_record_waits_for_nothing(database: Database, scope: Scope) -> None:
    strange = error(7, CUSTOMERS, source_record_id="Customer: 10000", ties=awaits("Customer: 10000"))
    await _store(database, scope, strange)

    assert await _waits(database, scope) == set()


async def test_settling_everything_anew_finds_the_same(database: Database, scope: Scope) -> None:
    await _store(database, scope, NO_RATE, CUSTOMER, ORDER)
    async with database.writing() as connection:
        await connection.execute(text("DELETE FROM problem_wait"))
        await settle_all(connection, scope)

    assert await _waits(database, scope) == CHAIN


async def test_a_record_is_found_by_its_own_index(migrated_sqlite_url: str, scope: Scope) -> None:
    """Without statistics, as a new database is, an index by scope would read all records of a connection."""
    database = Database.open(migrated_sqlite_url)
    await _store(database, scope, NO_RATE, CUSTOMER, ORDER)
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _listen(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if statement.startswith("SELECT problem_record") and isinstance(values, tuple):
            asked.append((statement, values))

    async with database.writing() as connection:
        await settle_all(connection, scope)
        ((statement, values),) = asked
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [row.detail for row in plan]
    await database.close()
    assert any("(record_id=?" in step for step in steps), steps


async def test_what_waits_for_one_currency_is_counted_with_what_is_left_of_it(
    database: Database, scope: Scope
) -> None:
    many = [
        error(10 + number, CUSTOMERS, source_record_id=f"Customer: {number}", ties=CUSTOMER.ties)
        for number in range(30)
    ]
    await Pulls(database).store_page(scope, page([NO_RATE, *many]), READ_AT)

    assert await Waits(database).between_open(scope) == (
        StoredWait(CUSTOMERS.id, CURRENCY.id, "Currency: EUR", certain=True, errors=30),
    )


async def test_what_comes_first_leads_and_what_waits_is_last(database: Database, scope: Scope) -> None:
    plain = problem("plain", severity=1)
    await _store(database, scope, NO_RATE, CUSTOMER, ORDER, error(8, plain, logged_at=START))
    precedence = Precedence((CURRENCY.id,), (CUSTOMERS.id, ORDERS.id))
    problems, narrowed = Problems(database), NarrowedProblems(database)

    listed = [row.id for row in await problems.page(scope, 10, 0, precedence)]
    assert listed[0] == CURRENCY.id
    assert listed[1] == plain.id, "of low severity, but somebody can do something about it"
    assert set(listed[2:]) == {CUSTOMERS.id, ORDERS.id}
    paged = [(await problems.page(scope, 1, at, precedence))[0].id for at in range(4)]
    assert paged == listed
    filtered = await narrowed.page(scope, Narrowing(mapping="CUSTOMER"), 10, 0, precedence)
    assert [row.id for row in filtered] == listed


async def test_the_nearest_error_of_the_same_minute(database: Database, scope: Scope) -> None:
    parent = error(50, ORDERS, source_record_id="Sales Invoice Header: VF1")
    nested = {"source_record_id": "Item: 1000", "destination_record_id": ""}
    await Pulls(database).store_page(
        scope,
        page(
            [
                parent,
                error(10, CUSTOMERS, logged_at=parent.logged_at - timedelta(minutes=5), **nested),
                error(48, CUSTOMERS, logged_at=parent.logged_at - timedelta(seconds=30), **nested),
                error(49, CUSTOMERS, logged_at=parent.logged_at - timedelta(seconds=1), **nested),
                error(51, CUSTOMERS, logged_at=parent.logged_at, source_record_id="Item: 2000"),
            ]
        ),
        READ_AT,
    )
    errors = Errors(database)
    stored = await errors.by_number(scope, 50)

    found = await errors.beside(scope, stored, ["Item: 1000", "Resource: 1000"])
    assert found is not None
    assert found.number == 49
    assert await errors.beside(scope, stored, ["Item: 3000"]) is None
    assert (
        await errors.beside(scope, await errors.by_number(scope, 10), ["Sales Invoice Header: VF1"]) is None
    )


PROBLEMS = [problem(name) for name in ("a", "b", "c", "d")]
RECORDS = ["Currency: EUR", "Customer: 1", "Customer: 2", "Item: 1"]
TIES = [
    (),
    awaits("Currency: EUR"),
    awaits("Customer: 1", "Item: 1"),
    awaits("Customer: 2"),
    (Tie(TieKind.REFUSES, "account", "account"),),
    (*awaits("Item: 9"), Tie(TieKind.NEEDS, "account", "Item: 9")),
]


@st.composite
def arrivals(draw: st.DrawFn) -> list[ErrorToStore]:
    numbers = draw(st.lists(st.integers(1, 30), min_size=1, max_size=14, unique=True))
    return [
        error(
            number,
            draw(st.sampled_from(PROBLEMS)),
            logged_at=START + timedelta(hours=draw(st.integers(0, 5))),
            source_record_id=draw(st.sampled_from(RECORDS)),
            destination_record_id=draw(st.sampled_from(["", BLANK, "CRM Account: {1}"])),
            ties=draw(st.sampled_from(TIES)),
        )
        for number in numbers
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=arrivals(), rng=st.randoms(use_true_random=False), by_heart=st.sampled_from([1, 2_000]))
async def test_any_order_finds_the_same(
    database: Database, known: list[ErrorToStore], rng: random.Random, by_heart: int
) -> None:
    one, other = (Scope("T1", f"ties {next(_connections)}") for _ in range(2))
    shuffled = [*known, *known]
    rng.shuffle(shuffled)
    before = ties_module.KNOWN_BY_HEART
    ties_module.KNOWN_BY_HEART = by_heart
    try:
        await Pulls(database).store_page(one, page(known), READ_AT)
        for some in _parts(shuffled):
            await Pulls(database).store_page(other, page(some), READ_AT)
    finally:
        ties_module.KNOWN_BY_HEART = before

    first, second = await whole_store(database, one), await whole_store(database, other)
    for table in ("problem_tie", "problem_wait"):
        assert [row[2:] for row in first[table]] == [row[2:] for row in second[table]], table
    async with database.writing() as connection:
        await settle_all(connection, one)
    anew = await whole_store(database, one)
    assert anew["problem_wait"] == first["problem_wait"]


def _parts(errors: Sequence[ErrorToStore]) -> list[Sequence[ErrorToStore]]:
    return [errors[start : start + 3] for start in range(0, len(errors), 3)]
