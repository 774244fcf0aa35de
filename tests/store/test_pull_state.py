"""How far reading is."""

from __future__ import annotations

from datetime import timedelta

from bot.store import Database, Pulls
from bot.store.values import PullState, Scope
from tests.store.pages_of_errors import READ_AT, START, error, page


async def test_before_the_first_pull(database: Database, scope: Scope) -> None:
    assert await Pulls(database).state(scope) == PullState()


async def test_a_pull_from_beginning_to_end(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.begin(scope, START, None)
    await pulls.expect(scope, 5)
    await pulls.store_page(scope, page([error(1), error(2)], next_link="https://bc/2"), READ_AT)

    assert await pulls.state(scope) == PullState(
        cursor=2, next_link="https://bc/2", started_at=START, rows_read=2, rows_expected=5
    )

    await pulls.store_page(scope, page([error(3)]), READ_AT)
    await pulls.finish(scope, READ_AT)

    assert await pulls.state(scope) == PullState(
        cursor=3, attempted_at=READ_AT, succeeded_at=READ_AT, rows_read=3, rows_expected=5
    )


async def test_a_pull_that_fails_can_go_on(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.begin(scope, START, 10)
    await pulls.finish(scope, START)
    await pulls.begin(scope, READ_AT, 10)
    await pulls.store_page(scope, page([error(8)], next_link="https://bc/2"), READ_AT)
    await pulls.fail(scope, READ_AT, "source.throttled", {"status": 429})

    failed = await pulls.state(scope)
    assert failed == PullState(
        cursor=8,
        next_link="https://bc/2",
        attempted_at=READ_AT,
        succeeded_at=START,
        failure_key="source.throttled",
        failure_facts={"status": 429},
        rows_read=1,
        rows_expected=10,
    )

    later = READ_AT + timedelta(minutes=5)
    await pulls.begin(scope, later, None)
    again = await pulls.state(scope)
    assert (again.next_link, again.started_at, again.rows_read) == ("https://bc/2", later, 0)
    assert again.failure_key == "source.throttled"

    await pulls.finish(scope, later)
    well = await pulls.state(scope)
    assert (well.next_link, well.failure_key, well.failure_facts) == (None, None, None)


async def test_the_cursor_never_goes_back(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.store_page(scope, page([error(9)]), READ_AT)
    await pulls.store_page(scope, page([error(3)], cursor=3), READ_AT)

    assert (await pulls.state(scope)).cursor == 9


async def test_each_connection_reads_for_itself(database: Database, scope: Scope) -> None:
    pulls = Pulls(database)
    await pulls.begin(scope, START, 10)
    await pulls.fail(Scope(scope.workspace, "fabrikam"), READ_AT, "source.refused", {})

    assert await pulls.state(scope) == PullState(started_at=START, rows_expected=10)
