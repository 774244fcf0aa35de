"""Searching stored errors, on both databases alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from bot.store import Database, Pulls, search_fts5
from bot.store import search as searching
from bot.store.migrations import upgrade
from bot.store.search import Found, Kinds, Narrowing, Search
from bot.store.search_entries import INDEX, NUMBER_BITS
from bot.store.search_problems import NarrowedProblems
from bot.store.values import ErrorToStore, Scope
from tests.store.pages_of_errors import READ_AT, START, error, page, problem

PRIVILEGE = problem("privilege", class_code="permission.missing_privilege", topic="read")
EURO = problem("euro", class_code="coupling.dependency_not_coupled")
GUID = "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3bace4"


def missing(number: int, privilege: str = "prvReadAccount", **changes: Any) -> ErrorToStore:
    values: dict[str, Any] = {
        "message": f"Principal user (Id={GUID}, type=8) is missing {privilege} privilege on OTC=1",
        "params": {"privilege": privilege},
    }
    return error(number, PRIVILEGE, **(values | changes))


def uncoupled(number: int, **changes: Any) -> ErrorToStore:
    return error(
        number, EURO, **({"message": "Currency Code EUR must be coupled to a record in Dataverse."} | changes)
    )


SIGNS = [
    *("AND", "OR", "NOT", "NEAR(", '"', "'", "*", "-", "(", ")", ":", "^", "prv", "a", "%", "\\", "&", "|"),
    *("!", "<->", ":*", "words:", "{", "}", "+", "\x00", "\ud800", "\ue001", "É", "🚀"),
]


async def store(database: Database, scope: Scope, *errors: ErrorToStore) -> None:
    await Pulls(database).store_page(scope, page(errors), READ_AT)


async def numbers(
    database: Database, scope: Scope, typed: str, narrowing: Narrowing = searching.NOTHING_NARROWED
) -> list[int]:
    return [one.number for one in (await Search(database).find(scope, typed, narrowing)).errors]


@pytest.mark.parametrize(
    "typed",
    [
        "prvReadAccount",
        "PRVREADACCOUNT",
        "prvRead",
        "prv",
        "ReadAccount",
        "account privilege",
        "is missing prvRead",
        GUID,
        f"{{{GUID.upper()}}}",
        "3f2b1c4d",
        "3f2b1c4d-5e",
        "Customer: 10007",
        "customer 10007",
        "10007",
        "1000",
        "CRM Account",
    ],
)
async def test_an_error_is_found_by_words_and_their_beginnings(
    database: Database, scope: Scope, typed: str
) -> None:
    await store(database, scope, missing(7))

    assert await numbers(database, scope, typed) == [7]


@pytest.mark.parametrize(
    "typed", ["kwark", "rvRead", "pr", "0007", "", " ", "*", '"', "(", "10007 kwark2x kwark3x", "%", "_"]
)
async def test_what_is_not_there_is_not_found(database: Database, scope: Scope, typed: str) -> None:
    await store(database, scope, missing(7, source_record_id="Item: 1"))

    found = await Search(database).find(scope, typed)
    assert (found.total, found.problems, found.errors) == (0, (), ())


@pytest.mark.parametrize("typed", ["eu", "EU", "or", "AND", "near"])
async def test_a_short_word_or_an_operator_is_a_word(database: Database, scope: Scope, typed: str) -> None:
    await store(database, scope, uncoupled(1, message=f"The value {typed} is wrong"), uncoupled(2))

    assert await numbers(database, scope, typed) == [1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(SIGNS),
            max_size=12,
        ).map(" ".join),
    )
)  # fmt: skip
async def test_nothing_that_is_typed_is_syntax(database: Database, scope: Scope, typed: str) -> None:
    await store(database, scope, missing(7))

    found = await Search(database).find(scope, typed)

    assert found.total in {0, 1}


async def test_the_very_record_comes_before_newer_errors_that_name_it(
    database: Database, scope: Scope
) -> None:
    await store(
        database,
        scope,
        missing(1, source_record_id="Customer: 10000"),
        uncoupled(2, source_record_id="Customer: 100001"),
        uncoupled(3, source_record_id="Item: 7", message="Customer 10000 must be coupled"),
    )

    found = await Search(database).find(scope, "customer 10000")

    assert [one.number for one in found.errors] == [1, 3, 2]
    assert [one.is_of_record for one in found.errors] == [True, False, False]
    assert [one.problem_id for one in found.problems] == [PRIVILEGE.id, EURO.id]
    assert found.total == 3


async def test_the_newest_comes_first(database: Database, scope: Scope) -> None:
    await store(database, scope, *(uncoupled(number) for number in range(1, 9)))

    assert await numbers(database, scope, "eur") == [8, 7, 6, 5, 4]


async def test_errors_with_some_of_the_words_where_none_has_all(database: Database, scope: Scope) -> None:
    await store(database, scope, missing(1), uncoupled(2), missing(3, privilege="prvWriteContact"))

    found = await Search(database).find(scope, "prvRead privilege kwark")

    assert [one.number for one in found.errors] == [1, 3]
    assert [one.words for one in found.errors] == [2, 1]
    assert not found.has_all_words


async def test_problems_come_with_how_many_of_their_errors_match(database: Database, scope: Scope) -> None:
    await store(
        database,
        scope,
        *(uncoupled(number) for number in range(1, 6)),
        *(missing(number, source_record_id="Customer: EUR1") for number in range(6, 9)),
        *(missing(number) for number in range(9, 12)),
    )

    found = await Search(database).find(scope, "eur")

    assert {one.problem_id: one.count for one in found.problems} == {EURO.id: 5, PRIVILEGE.id: 3}
    assert (found.total, found.is_capped) == (8, False)


async def test_more_than_the_most_are_not_counted(
    database: Database, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST", 4)
    await store(database, scope, *(uncoupled(number) for number in range(1, 5)))
    assert not (await Search(database).find(scope, "eur")).is_capped

    await store(database, scope, *(missing(number, message="EUR") for number in range(5, 8)))
    found = await Search(database).find(scope, "eur")
    assert found.is_capped
    assert [one.problem_id for one in found.problems] == [PRIVILEGE.id, EURO.id]


async def test_a_beginning_of_very_many_words_finds_them_all(database: Database, scope: Scope) -> None:
    many = search_fts5._EXPANSIONS + 10
    await store(database, scope, *(uncoupled(n, message=f"kwark{chr(97 + n % 26)}{n}") for n in range(many)))

    assert (await Search(database).find(scope, "kwark")).total == many


async def test_another_workspace_or_connection_finds_nothing(database: Database, scope: Scope) -> None:
    await store(database, scope, missing(7))
    other = Scope("T2", scope.connection)
    await store(database, other, uncoupled(7), uncoupled(8))

    assert await numbers(database, scope, "eur") == []
    assert await numbers(database, other, "eur") == [8, 7]
    assert await numbers(database, other, "prvRead") == []
    assert await numbers(database, Scope(scope.workspace, "elsewhere"), "prvRead") == []


async def test_filters_and_text_together(database: Database, scope: Scope) -> None:
    late = START + timedelta(days=9)
    await store(
        database,
        scope,
        missing(1, mapping="CUSTOMER"),
        missing(2, mapping="CONTACT"),
        missing(3, mapping="CONTACT", logged_at=late),
        uncoupled(4, mapping="CONTACT", message="account", logged_at=late),
    )
    permission = Kinds(frozenset({("permission.missing_privilege", "read")}))
    other_topic = Kinds(frozenset({("permission.missing_privilege", "write")}))

    async def left(narrowing: Narrowing) -> list[int]:
        return await numbers(database, scope, "account", narrowing)

    assert await left(Narrowing()) == [4, 3, 2, 1]
    assert await left(Narrowing(mapping="CONTACT")) == [4, 3, 2]
    assert await left(Narrowing(kinds=permission)) == [3, 2, 1]
    assert await left(Narrowing(kinds=other_topic)) == []
    assert await left(Narrowing(kinds=Kinds(frozenset()))) == []
    assert await left(Narrowing(since=late.date())) == [4, 3]
    assert await left(Narrowing(kinds=permission, mapping="CONTACT", since=late.date())) == [3]


async def test_filters_alone_count_by_problem_mapping_and_day(database: Database, scope: Scope) -> None:
    late = START + timedelta(days=9)
    await store(
        database,
        scope,
        *(missing(number, mapping="CONTACT") for number in range(1, 4)),
        *(missing(number, mapping="CUSTOMER", logged_at=late) for number in range(4, 6)),
        uncoupled(6, logged_at=late),
    )
    problems = NarrowedProblems(database)

    async def left(narrowing: Narrowing) -> dict[str, int]:
        rows = await problems.page(scope, narrowing, limit=9, offset=0)
        totals = await problems.totals(scope, narrowing)
        assert (totals.problems, totals.errors) == (len(rows), sum(row.count for row in rows))
        assert await problems.page(scope, narrowing, limit=1, offset=1) == rows[1:2]
        return {row.id.removeprefix("problem-"): row.count for row in rows}

    coupling = Kinds(frozenset({("coupling.dependency_not_coupled", "")}))
    assert await left(Narrowing()) == {"privilege": 5, "euro": 1}
    assert await left(Narrowing(mapping="CONTACT")) == {"privilege": 3}
    assert await left(Narrowing(since=late.date())) == {"privilege": 2, "euro": 1}
    assert await left(Narrowing(since=late.date() + timedelta(days=1))) == {}
    assert await left(Narrowing(kinds=coupling)) == {"euro": 1}
    assert await left(Narrowing(kinds=coupling, mapping="CUSTOMER", since=date(2026, 1, 1))) == {"euro": 1}
    assert await problems.mappings(scope) == ("CONTACT", "CUSTOMER")
    assert (await problems.kinds(scope)).classes == (
        "coupling.dependency_not_coupled",
        "permission.missing_privilege",
    )
    assert await problems.mappings(Scope("T2", "c")) == ()


async def test_a_page_that_comes_twice_is_found_once(database: Database, scope: Scope) -> None:
    await store(database, scope, missing(7))
    await store(database, scope, missing(7), missing(8))

    assert (await Search(database).find(scope, "prvRead")).total == 2


async def test_a_page_that_is_not_stored_is_not_found(
    database: Database, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store(database, scope, uncoupled(1))

    async def cut(*_arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.pulls.count_up", cut)
        with pytest.raises(ZeroDivisionError):
            await store(database, scope, missing(7))

    assert await numbers(database, scope, "prvRead") == []
    await store(database, scope, missing(7))
    assert await numbers(database, scope, "prvRead") == [7]


async def test_a_number_beyond_the_index_is_stored_all_the_same(database: Database, scope: Scope) -> None:
    beyond, last, below = (
        missing(7)._replace(number=number, id=str(number))
        for number in (1 << NUMBER_BITS, (1 << NUMBER_BITS) - 1, -1)
    )
    await store(database, scope, beyond, last, below)

    assert await numbers(database, scope, "prvRead") == [(1 << NUMBER_BITS) - 1]


async def test_what_was_stored_before_there_was_an_index_is_found(
    database_url: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The migration indexes in slices; a page written without index stands for one of an older version."""
    database = Database.open(database_url)
    await database.migrate()
    monkeypatch.setattr("bot.store.search_index.SLICE", 3)

    async def no_index(*_arguments: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.pulls.index_errors", no_index)
        await store(database, scope, *(missing(number) for number in range(1, 9)))
        await store(database, Scope("T2", "c"), uncoupled(1))
    assert await numbers(database, scope, "prvRead") == []

    async with database.writing() as connection:
        from bot.store.search_index import index_everything

        await connection.run_sync(index_everything)
    assert (await Search(database).find(scope, "prvRead")).total == 8
    assert await numbers(database, Scope("T2", "c"), "eur") == [1]
    await store(database, scope, missing(9))
    assert (await Search(database).find(scope, "prvRead")).total == 9
    await database.close()


async def test_no_search_reads_errors_but_those_that_the_index_gave(
    migrated_sqlite_url: str, scope: Scope
) -> None:
    database = Database.open(migrated_sqlite_url)
    await store(database, scope, *(missing(number) for number in range(50)), *map(uncoupled, range(50, 99)))
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _listen(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, values))

    kinds = Kinds(frozenset({("permission.missing_privilege", "read")}))
    everything = Narrowing(kinds=kinds, mapping="CUSTOMER", since=START.date())
    found = [
        await Search(database).find(scope, typed, everything) for typed in ("prvRead", "a b", "miss kwark")
    ]
    assert [one.total for one in found] == [50, 0, 50]
    narrowed = NarrowedProblems(database)
    await narrowed.totals(scope, everything)
    await narrowed.page(scope, everything, 5, 0)
    await narrowed.mappings(scope)

    plan = []
    async with database.reading() as connection:
        for statement, values in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan += [row.detail for row in rows]
    await database.close()
    scans = {step.split()[1] for step in plan if step.startswith("SCAN") and "VIRTUAL TABLE" not in step}
    assert {name for name in scans if not name.startswith("(subquery")} <= {"CONSTANT", "counters"}
    assert any(f"{INDEX} VIRTUAL TABLE INDEX" in step for step in plan)
    on_errors = [step for step in plan if "sync_error" in step]
    assert on_errors
    assert all("number=?" in step for step in on_errors)
    on_counters = [step for step in plan if "problem_counter" in step]
    assert on_counters
    assert all("INDEX" in step for step in on_counters)


@pytest.mark.postgresql
async def test_postgresql_answers_from_gin(postgresql_url: str, scope: Scope) -> None:
    database = Database.open(postgresql_url)
    await database.migrate()
    await store(database, scope, *(missing(number) for number in range(3_000)))
    async with database.reading() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = await connection.execute(
            text(f"EXPLAIN SELECT number FROM {INDEX} WHERE words @@ CAST('''10007'':*' AS tsquery)")  # noqa: S608
        )
        plan = "\n".join(rows.scalars())
    found: Found = await Search(database).find(scope, "10007")
    await database.close()
    assert "ix_search_entry_words" in plan
    assert found.total == 1


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    database = Database.open(database_url)
    upgrade(database._url, "0003")
    upgrade(database._url)
