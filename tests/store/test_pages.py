"""Storing pages: what a page adds up to, once and only once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import event, select, update

from bot.failures import NotFound
from bot.store import Database, Errors, Problems, Pulls
from bot.store.tables import METADATA, PREFERENCE, PROBLEM, PROBLEM_COUNTER
from bot.store.values import PageOutcome, ProblemState, RawRow, Scope
from tests.store.pages_of_errors import READ_AT, START, error, page, problem
from tests.store.whole_store import whole_store


async def test_a_page_becomes_errors_and_a_problem(database: Database, scope: Scope) -> None:
    outcome = await Pulls(database).store_page(scope, page([error(1), error(2), error(3)]), READ_AT)

    assert outcome == PageOutcome(3, 0, ("problem-uncoupled",), ())
    (row,) = await Problems(database).page(scope, 10, 0)
    assert (row.count, row.records, row.state) == (3, 3, ProblemState.OPEN)
    assert (row.first_seen, row.last_seen) == (START + timedelta(minutes=1), START + timedelta(minutes=3))
    assert (row.example_number, row.example_record) == (3, "Customer: 10003")
    assert row.params == {"name": "uncoupled"}


async def test_the_same_page_again_changes_nothing(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    raw = RawRow(number=9, reason="no number", raw={"number": "nine"})
    same = page([error(1), error(2)], [raw], cursor=9, next_link="https://bc/next")
    await pulls.store_page(scope, same, READ_AT)
    before = await whole_store(database)

    outcome = await pulls.store_page(scope, same, READ_AT + timedelta(hours=1))

    assert outcome == PageOutcome(0, 0, (), ())
    assert await whole_store(database) == before


async def test_a_row_that_comes_twice_in_a_page_counts_once(database: Database, scope: Scope) -> None:
    outcome = await Pulls(database).store_page(scope, page([error(1), error(1)]), READ_AT)

    assert (outcome.stored, outcome.conflicting) == (1, 0)
    assert (await Problems(database).totals(scope)).errors == 1


async def test_counters_hold_each_problem_mapping_and_utc_day(database: Database, scope: Scope) -> None:
    late_in_amsterdam = datetime(2026, 3, 3, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    errors = [
        error(1, logged_at=late_in_amsterdam),
        error(2, logged_at=datetime(2026, 3, 2, 23, 59, tzinfo=UTC)),
        error(3, logged_at=datetime(2026, 3, 3, tzinfo=UTC)),
        error(4, logged_at=datetime(2026, 3, 3, tzinfo=UTC), mapping="CONTACT"),
        error(5, problem("other"), logged_at=datetime(2026, 3, 3, tzinfo=UTC)),
    ]
    for one in errors:
        await Pulls(database).store_page(scope, page([one]), READ_AT)

    async with database.reading() as connection:
        rows = (await connection.execute(select(PROBLEM_COUNTER))).all()
    counted = {(row.problem_id, row.mapping, row.day): row.errors for row in rows}
    assert counted == {
        ("problem-uncoupled", "CUSTOMER", date(2026, 3, 2)): 2,
        ("problem-uncoupled", "CUSTOMER", date(2026, 3, 3)): 1,
        ("problem-uncoupled", "CONTACT", date(2026, 3, 3)): 1,
        ("problem-other", "CUSTOMER", date(2026, 3, 3)): 1,
    }


async def test_an_older_error_that_comes_late_leaves_the_example_alone(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(5)]), READ_AT)
    await pulls.store_page(scope, page([error(3)]), READ_AT)

    row = await Problems(database).get(scope, "problem-uncoupled")
    assert (row.example_number, row.last_seen) == (5, START + timedelta(minutes=5))
    assert row.first_seen == START + timedelta(minutes=3)
    assert (await pulls.state(scope)).cursor == 5


async def test_of_two_errors_of_one_moment_the_higher_number_is_the_latest(
    database: Database, scope: Scope
) -> None:
    seen = []
    for numbers in ((6, 7, 5), (9,), (8,)):
        errors = [error(number, logged_at=START) for number in numbers]
        await Pulls(database).store_page(scope, page(errors), READ_AT)
        seen.append((await Errors(database).latest_of(scope, "problem-uncoupled")).number)

    assert seen == [7, 9, 9]


async def test_a_new_error_opens_a_fixed_problem_again(database: Database, scope: Scope) -> None:
    pulls, problems = Pulls(database), Problems(database)
    await pulls.store_page(scope, page([error(1), error(2, problem("other"))]), READ_AT)
    async with database.writing() as connection:
        await connection.execute(update(PROBLEM).values(state=ProblemState.FIXED))
    assert (await problems.totals(scope)).problems == 0

    again = await pulls.store_page(scope, page([error(1)]), READ_AT)
    assert again.reopened_problems == ()
    outcome = await pulls.store_page(scope, page([error(3)]), READ_AT)

    assert (outcome.new_problems, outcome.reopened_problems) == ((), ("problem-uncoupled",))
    assert (await problems.get(scope, "problem-uncoupled")).state == ProblemState.OPEN
    assert (await problems.get(scope, "problem-other")).state == ProblemState.FIXED


async def test_a_number_that_comes_back_with_another_id_keeps_the_stored_error(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(1), error(2)]), READ_AT)
    restored = [
        error(1, id="11111111-0000-0000-0000-000000000000", message="another life"),
        error(7, id=error(2).id),
        error(8),
    ]

    outcome = await pulls.store_page(scope, page(restored), READ_AT)

    assert (outcome.stored, outcome.conflicting) == (1, 2)
    assert (await Errors(database).by_number(scope, 1)).message == error(1).message
    with pytest.raises(NotFound):
        await Errors(database).by_number(scope, 7)
    assert (await Problems(database).totals(scope)).errors == 3


async def test_an_id_that_comes_twice_in_a_page_is_kept_once(database: Database, scope: Scope) -> None:
    outcome = await Pulls(database).store_page(scope, page([error(1), error(2, id=error(1).id)]), READ_AT)

    assert (outcome.stored, outcome.conflicting) == (1, 1)


async def test_nothing_stays_of_a_page_whose_writing_fails_at_any_statement(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    raw = RawRow(number=90, reason="broken", raw={"number": 90})
    await pulls.store_page(scope, page([error(1)], [raw], next_link="https://bc/2"), READ_AT)
    before = await whole_store(database)
    statements = _Statements(database)
    second = page([error(1), error(2), error(90), error(3, problem("new"))], [RawRow(None, "?", {})])

    for failing in range(1, 100):
        statements.fail_at(failing)
        try:
            await pulls.store_page(scope, second, READ_AT)
        except _PowerCut:
            assert await whole_store(database) == before
        else:
            break
    statements.fail_at(0)

    assert failing > 8
    assert (await Problems(database).totals(scope)).errors == 4


class _PowerCut(Exception):
    pass


class _Statements:
    """Lets a statement of the following transactions fail, counted from the next one."""

    def __init__(self, database: Database) -> None:
        self._left = 0
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._count)

    def fail_at(self, number: int) -> None:
        self._left = number

    def _count(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("BEGIN") or self._left == 0:
            return
        self._left -= 1
        if self._left == 0:
            raise _PowerCut


async def test_an_unreadable_row_is_kept_once_as_it_came(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    raw = {"number": 4711, "loggedAt": "yesterday", "errorMessage": "nul \x00, half a pair \ud83d"}
    for reason in ("loggedAt is not a time", "said otherwise by the next version"):
        await pulls.store_page(scope, page([], [RawRow(4711, reason, raw)] * 2, cursor=4711), READ_AT)

    kept = await Errors(database).unreadable_by_number(scope, 4711)
    assert (kept.raw, kept.reason, kept.seen_at) == (raw, "loggedAt is not a time", READ_AT)
    assert (await Problems(database).totals(scope)).unreadable == 1


async def test_a_row_that_can_be_read_at_last_is_no_longer_unreadable(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    raw = RawRow(5, "broken", {"number": 5})
    await pulls.store_page(scope, page([], [raw]), READ_AT)
    await pulls.store_page(scope, page([error(5)]), READ_AT)
    assert (await Problems(database).totals(scope)).unreadable == 0

    late = await pulls.store_page(scope, page([], [raw]), READ_AT)

    assert late.unreadable == 0
    with pytest.raises(NotFound):
        await Errors(database).unreadable_by_number(scope, 5)


async def test_unreadable_rows_of_any_kind_are_kept(database: Database, scope: Scope) -> None:
    nested: object = "bottom"
    for _ in range(900):
        nested = [nested]
    rows = [
        RawRow(None, "no number", {"": None}),
        RawRow(10**30, "a number no column holds", {"number": 10**30}),
        RawRow(-1, "deep", {"deep": nested}),
        RawRow(2, "not a number", {"number": float("nan")}),
    ]

    outcome = await Pulls(database).store_page(scope, page([], rows, cursor=0), READ_AT)

    assert outcome.unreadable == 4
    assert (await Errors(database).unreadable_by_number(scope, -1)).raw["deep"]


async def test_an_error_counts_for_its_source_else_its_destination_else_no_record(
    database: Database, scope: Scope
) -> None:
    errors = [
        error(1),
        error(2, source_record_id="", source_table=0),
        error(3, source_record_id="", destination_record_id=""),
    ]
    await Pulls(database).store_page(scope, page(errors), READ_AT)

    row = await Problems(database).get(scope, "problem-uncoupled")
    affected = await Problems(database).affected(scope, "problem-uncoupled", 10, 0)
    assert (row.count, row.records, row.example_record) == (3, 2, "")
    assert [(one.record_id, one.table) for one in affected] == [
        (error(2).destination_record_id, 5341),
        ("Customer: 10001", 18),
    ]
    assert affected[0].other_record_id == ""
    assert affected[1].other_record_id == error(1).destination_record_id


async def test_the_problem_takes_the_severity_of_the_newest_catalogue(
    database: Database, scope: Scope
) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(1)]), READ_AT)
    await pulls.store_page(scope, page([error(2, problem(severity=3))]), READ_AT)

    assert (await Problems(database).get(scope, "problem-uncoupled")).severity == 3


async def test_nobody_sees_another_scope(database: Database, scope: Scope) -> None:
    await Pulls(database).store_page(scope, page([error(1)], [RawRow(2, "?", {})]), READ_AT)

    for other in (Scope("T2", scope.connection), Scope(scope.workspace, "fabrikam")):
        outcome = await Pulls(database).store_page(other, page([error(1)]), READ_AT)
        assert (outcome.stored, outcome.new_problems) == (1, ("problem-uncoupled",))
        totals = await Problems(database).totals(other)
        assert (totals.errors, totals.unreadable) == (1, 0)


async def test_more_rows_than_a_statement_takes(database: Database, scope: Scope) -> None:
    problems = [problem(str(number)) for number in range(40)]
    errors = [error(number, problems[number % 40]) for number in range(2_500)]

    outcome = await Pulls(database).store_page(scope, page(errors), READ_AT)

    totals = await Problems(database).totals(scope)
    assert (outcome.stored, totals.errors, totals.problems) == (2_500, 2_500, 40)
    rows = await Problems(database).page(scope, 50, 0)
    assert sum(row.records for row in rows) == 2_500


def test_every_row_belongs_to_a_workspace_and_a_connection() -> None:
    for table in METADATA.sorted_tables:
        keys = [column.name for column in table.primary_key]
        if table is PREFERENCE:  # of a person, who looks at one connection at a time
            assert keys == ["workspace", "user_id"]
        else:
            assert keys[:2] == ["workspace", "connection"], table.name
