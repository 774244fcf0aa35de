"""Questions about what is stored, and what they cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import event, text, update

from bot.failures import NotFound
from bot.store import Companies, Database, Errors, Problems, Pulls
from bot.store.tables import PROBLEM
from bot.store.values import KnownCompany, ProblemState, Scope
from bot.store.waits import Waits
from tests.store.pages_of_errors import READ_AT, START, error, page, problem


async def test_an_empty_store_answers_everything(database: Database, scope: Scope) -> None:
    totals = await Problems(database).totals(scope)

    assert (totals.errors, totals.problems, totals.unreadable) == (0, 0, 0)
    assert await Problems(database).page(scope, 5, 0) == ()
    assert await Problems(database).affected(scope, "problem-uncoupled", 5, 0) == ()
    assert await Companies(database).get(scope) is None


ABSENT: dict[str, Callable[[Database, Scope], Awaitable[object]]] = {
    "problem": lambda database, scope: Problems(database).get(scope, "nobody"),
    "latest": lambda database, scope: Errors(database).latest_of(scope, "nobody"),
    "number": lambda database, scope: Errors(database).by_number(scope, 4711),
    "huge number": lambda database, scope: Errors(database).by_number(scope, 10**40),
    "id": lambda database, scope: Errors(database).by_id(scope, "nobody"),
    "unreadable": lambda database, scope: Errors(database).unreadable_by_number(scope, 4711),
    "huge unreadable": lambda database, scope: Errors(database).unreadable_by_number(scope, -(10**40)),
    "call stack": lambda database, scope: Errors(database).keep_call_stack(scope, 4711, "stack"),
}


@pytest.mark.parametrize("ask", ABSENT.values(), ids=ABSENT.keys())
async def test_what_is_not_stored_is_not_found(
    database: Database, scope: Scope, ask: Callable[[Database, Scope], Awaitable[object]]
) -> None:
    await Pulls(database).store_page(Scope("T2", scope.connection), page([error(4711)]), READ_AT)

    with pytest.raises(NotFound):
        await ask(database, scope)


async def test_the_most_pressing_problem_comes_first(database: Database, scope: Scope) -> None:
    newest = START + timedelta(days=20)
    yesterday, before = newest - timedelta(hours=24), newest - timedelta(hours=24, seconds=1)
    pressing = {  # name: severity, errors, last seen
        "severe": (3, 1, before),
        "today and many": (2, 5, yesterday),
        "today, later": (2, 2, newest),
        "today": (2, 2, yesterday),
        "old and many": (2, 9, before),
        "z old": (2, 1, before),
        "mild": (1, 50, newest),
        "severe, a week ago": (3, 60, newest - timedelta(days=7, seconds=1)),
    }
    errors = [
        error(0, problem(name, severity=severity), logged_at=last_seen)
        for name, (severity, count, last_seen) in reversed(pressing.items())
        for _ in range(count)
    ]
    numbered = [one._replace(number=number, id=str(number)) for number, one in enumerate(errors)]
    await Pulls(database).store_page(scope, page(numbered), READ_AT)

    rows = await Problems(database).page(scope, 10, 0)
    assert [row.id.removeprefix("problem-") for row in rows] == list(pressing)
    assert await Problems(database).page(scope, 3, 2) == rows[2:5]
    assert await Problems(database).page(scope, 3, 8) == ()


async def test_fixed_problems_are_not_listed_but_found(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(1), error(2, problem("other"))]), READ_AT)
    async with database.writing() as connection:
        await connection.execute(
            update(PROBLEM).where(PROBLEM.c.id == "problem-other").values(state=ProblemState.FIXED)
        )

    totals = await Problems(database).totals(scope)
    assert (totals.errors, totals.problems) == (1, 1)
    assert [row.id for row in await Problems(database).page(scope, 5, 0)] == ["problem-uncoupled"]
    assert (await Problems(database).get(scope, "problem-other")).state == ProblemState.FIXED


async def test_affected_records_are_paged_latest_first(database: Database, scope: Scope) -> None:
    errors = [error(number, source_record_id=f"Customer: {number % 4}") for number in range(1, 11)]
    await Pulls(database).store_page(scope, page(errors), READ_AT)

    first = await Problems(database).affected(scope, "problem-uncoupled", 3, 0)
    second = await Problems(database).affected(scope, "problem-uncoupled", 3, 3)

    assert [(one.record_id, one.count, one.last_number) for one in (*first, *second)] == [
        ("Customer: 2", 3, 10),
        ("Customer: 1", 3, 9),
        ("Customer: 0", 2, 8),
        ("Customer: 3", 2, 7),
    ]
    assert first[0].other_record_id == error(10).destination_record_id
    assert first[0].last_seen == error(10).logged_at


async def test_an_error_by_number_by_id_and_as_the_latest(database: Database, scope: Scope) -> None:
    sent = error(4711, topic="salesperson")
    await Pulls(database).store_page(scope, page([error(1), sent]), READ_AT)

    stored = await Errors(database).by_number(scope, 4711)

    assert stored == await Errors(database).by_id(scope, sent.id)
    assert stored == await Errors(database).latest_of(scope, "problem-uncoupled")
    for name in (
        *("id", "number", "logged_at", "message", "language", "params", "rule", "topic", "job_id"),
        *("source_record_id", "source_table", "destination_record_id", "destination_table"),
        *("mapping", "direction"),
    ):
        assert getattr(stored, name) == getattr(sent, name), name
    assert (stored.problem_id, stored.class_code) == ("problem-uncoupled", "class.uncoupled")
    assert (stored.call_stack, stored.gone_at) == (None, None)


@pytest.mark.parametrize("stack", ["", "A(CodeUnit 5341).B line 1\nC(Page 21).D line 2"])
async def test_a_call_stack_is_kept_also_through_the_next_pull(
    database: Database, scope: Scope, stack: str
) -> None:
    await Pulls(database).store_page(scope, page([error(1), error(2)]), READ_AT)
    await Errors(database).keep_call_stack(scope, 1, stack)
    await Pulls(database).store_page(scope, page([error(1)]), READ_AT)

    assert (await Errors(database).by_number(scope, 1)).call_stack == stack
    assert (await Errors(database).by_number(scope, 2)).call_stack is None


async def test_the_company_is_remembered_as_it_is_called_now(database: Database, scope: Scope) -> None:
    companies = Companies(database)
    await companies.save(scope, "CRONUS", "CRONUS International", START)
    await companies.save(scope, "CRONUS NL", "CRONUS Nederland", READ_AT)

    assert await companies.get(scope) == KnownCompany("CRONUS NL", "CRONUS Nederland", READ_AT)
    assert await companies.get(Scope("T2", scope.connection)) is None


QUESTIONS: dict[str, Callable[[Database, Scope], Awaitable[object]]] = {
    "totals": lambda database, scope: Problems(database).totals(scope),
    "page": lambda database, scope: Problems(database).page(scope, 5, 5),
    "problem": lambda database, scope: Problems(database).get(scope, "problem-1"),
    "affected": lambda database, scope: Problems(database).affected(scope, "problem-1", 8, 0),
    "latest": lambda database, scope: Errors(database).latest_of(scope, "problem-1"),
    "number": lambda database, scope: Errors(database).by_number(scope, 11),
    "id": lambda database, scope: Errors(database).by_id(scope, error(11).id),
    "state": lambda database, scope: Pulls(database).state(scope),
    "company": lambda database, scope: Companies(database).get(scope),
    "waits": lambda database, scope: Waits(database).between_open(scope),
}
_ON_ERRORS = {"latest", "number", "id"}
"""Questions for one error: the only ones that may look at ``sync_error``, and there at one row."""


@pytest.mark.parametrize("question", QUESTIONS)
async def test_no_question_scans_a_table(migrated_sqlite_url: str, scope: Scope, question: str) -> None:
    database = Database.open(migrated_sqlite_url)
    errors = [error(number, problem(str(number % 10))) for number in range(200)]
    await Pulls(database).store_page(scope, page(errors), READ_AT)
    await Companies(database).save(scope, "CRONUS", "CRONUS", READ_AT)
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _listen(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if statement.startswith("SELECT") and isinstance(values, tuple):
            asked.append((statement, values))

    await QUESTIONS[question](database, scope)

    plan = await _plan(database, asked)
    await database.close()
    assert plan
    assert [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"] == []
    on_errors = [step for step in plan if "sync_error" in step]
    assert bool(on_errors) == (question in _ON_ERRORS)
    assert all("number=?" in step or "id=?" in step for step in on_errors)
    sorts = [step for step in plan if "TEMP B-TREE" in step]
    assert bool(sorts) == (question in {"page", "waits"})


async def _plan(database: Database, asked: list[tuple[str, tuple[object, ...]]]) -> list[str]:
    steps = []
    async with database.reading() as connection:
        for statement, values in asked:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps += [row.detail for row in rows]
    return steps


@pytest.mark.postgresql
async def test_postgresql_without_statistics_finds_numbers_by_the_primary_key(
    postgresql_url: str, scope: Scope
) -> None:
    database = Database.open(postgresql_url)
    await database.migrate()
    errors = [error(number) for number in range(2_000)]
    await Pulls(database).store_page(scope, page(errors), READ_AT)

    query = (
        "EXPLAIN SELECT id FROM sync_error WHERE workspace = 'T1' AND connection = 'cronus' AND number IN "
    )
    async with database.reading() as connection:
        plan = "\n".join((await connection.execute(text(f"{query} (5, 7, 9)"))).scalars())
    await database.close()
    assert "pk_sync_error" in plan
    assert "Filter" not in plan
