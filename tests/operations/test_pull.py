"""Pulling from the simulated Business Central into a real store."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.failures import NotFound
from bot.operations.reading_ahead import ReadAhead
from bot.store import Companies
from bot.store.pulls import Pulls
from tests.operations.conftest import Bot
from tests.operations.dying import Journal, Killed


async def test_reads_everything_page_by_page(bot: Bot) -> None:
    bot.world.log_errors(25)
    report = await bot.read()
    assert (report.rows_read, report.stored, report.unreadable, report.failure_key) == (25, 25, 0, None)
    assert report.new_problems == 3
    totals = await bot.totals()
    assert (totals.errors, totals.problems) == (25, 3)
    state = await bot.state()
    assert (state.cursor, state.next_link, state.rows_read, state.rows_expected) == (25, None, 25, 25)
    assert state.succeeded_at == bot.world.clock.now()
    company = await Companies(bot.database).get(bot.scope())
    assert company is not None
    assert company.name == "Kleiweg"
    assert bot.world.paths[0] == "syncErrors"
    assert sorted(bot.world.paths) == ["companies", "maintenance", "syncErrors", "syncErrors", "syncErrors"]


async def test_reading_nothing_new_costs_one_request_and_changes_nothing(bot: Bot) -> None:
    bot.world.log_errors(8)
    await bot.read()
    bot.world.server.requests.clear()
    report = await bot.read()
    assert bot.world.paths == ["syncErrors"]
    assert (report.stored, report.new_problems) == (0, 0)
    assert (await bot.totals()).errors == 8


async def test_an_empty_company_is_read_in_peace(bot: Bot) -> None:
    report = await bot.read()
    assert (report.rows_read, report.failure_key) == (0, None)
    assert bot.world.paths == ["syncErrors", "companies"]


async def test_a_lower_number_that_appears_late_is_found(bot: Bot) -> None:
    bot.world.log_errors(5)
    bot.world.company.skip_numbers(1)
    bot.world.log_errors(4)
    await bot.read()
    bot.world.company.log_error(message="late", source="Customer: 1", number=6)
    report = await bot.read()
    assert report.stored == 1
    assert await bot.stored(6) == "late"
    assert (await bot.state()).cursor == 10


async def test_goes_on_where_it_was_cut_off(bot: Bot) -> None:
    bot.world.log_errors(35)
    bot.world.server.faults.fail(503, times=50, path="skiptoken")
    cut = await bot.read()
    assert (cut.rows_read, cut.failure_key) == (10, "source.unreachable")
    state = await bot.state()
    assert (state.cursor, state.failure_key, state.succeeded_at) == (10, "source.unreachable", None)
    assert state.failure_facts is not None
    assert state.failure_facts["status"] == 503
    bot.world.server.faults.heal()
    bot.world.server.requests.clear()
    rest = await bot.read()
    assert (rest.rows_read, rest.stored, rest.failure_key) == (25, 25, None)
    assert "$skiptoken" in bot.world.server.requests[0].query
    state = await bot.state()
    assert (state.cursor, state.next_link, state.failure_key) == (35, None, None)
    assert state.rows_expected == 25


@pytest.mark.parametrize("status", [400, 404, 410, 500])
async def test_a_link_that_expired_is_given_up_for_the_cursor(bot: Bot, status: int) -> None:
    bot.world.log_errors(25)
    bot.world.server.faults.fail(503, times=50, path="skiptoken")
    await bot.read()
    bot.world.server.faults.heal()
    bot.world.server.faults.fail(status, path="skiptoken")
    report = await bot.read()
    assert (report.rows_read, report.stored, report.failure_key) == (20, 15, None)
    assert (await bot.totals()).errors == 25


async def test_throttling_and_short_outages_are_waited_for(bot: Bot) -> None:
    bot.world.log_errors(25)
    bot.world.server.faults.fail(429, times=2, retry_after=30)
    bot.world.server.faults.fail(503, times=2, path="skiptoken")
    report = await bot.read()
    assert (report.stored, report.failure_key) == (25, None)


async def test_a_page_whose_transaction_fails_leaves_nothing(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.world.log_errors(12)
    stored = Pulls.store_page
    calls = 0

    async def breaking(self: Pulls, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("disk on fire")
        return await stored(self, *args)

    monkeypatch.setattr(Pulls, "store_page", breaking)
    with pytest.raises(AssertionError):
        await bot.read()
    assert (await bot.totals()).errors == 10
    assert (await bot.read()).stored == 2
    assert (await bot.totals()).errors == 12


async def test_the_next_page_is_begun_before_the_one_before_is_stored(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.world.log_errors(25)
    begun: list[object] = []
    stored: list[bool] = []
    begin, store = ReadAhead.begin, Pulls.store_page

    def beginning(self: ReadAhead[Any], key: str, what: Any, read: Any) -> None:
        begun.append(what)
        begin(self, key, what, read)

    async def storing(self: Pulls, *args: Any) -> Any:
        before = len(begun) if bot.database.is_server else len(begun) + 1
        outcome = await store(self, *args)
        stored.append(len(begun) == before)
        return outcome

    monkeypatch.setattr(ReadAhead, "begin", beginning)
    monkeypatch.setattr(Pulls, "store_page", storing)
    assert (await bot.read()).stored == 25
    assert len(begun) == 2
    assert stored[:2] == [True, True], "before it on a server, at its commit on SQLite"


async def test_a_row_that_cannot_be_understood_is_kept_and_counted(bot: Bot) -> None:
    bot.world.log_errors(12)
    bot.world.server.faults.garbled_row(3, {"loggedAt": 7})
    bot.world.server.faults.garbled_row(12, {"number": "twelve"})
    report = await bot.read()
    assert (report.stored, report.unreadable, report.failure_key) == (10, 2, None)
    totals = await bot.totals()
    assert (totals.errors, totals.unreadable) == (10, 2)
    bot.world.server.faults.heal()
    await bot.read()
    assert (await bot.totals()).errors == 11, "understood once it can be"


async def test_a_foreign_next_link_ends_the_pull_and_is_told(bot: Bot) -> None:
    bot.world.log_errors(25)
    bot.world.server.faults.foreign_next_link(times=99)
    report = await bot.read()
    assert report.failure_key == "source.garbled"
    assert (await bot.state()).failure_key == "source.garbled"


async def test_pages_that_stand_still_end(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.world.log_errors(25)
    client = bot.world.client
    first = await client.error_page(0, 10)

    async def same(_link: str, _size: int) -> Any:
        return first

    monkeypatch.setattr(client, "follow", same)
    report = await bot.read()
    assert (report.failure_key, report.failure_facts) == (
        "source.garbled",
        {"reason": "pages stand still"},
    )
    assert report.rows_read == 60


async def test_one_failing_connection_stops_no_other(bot: Bot) -> None:
    bot.world.log_errors(3)
    bot.world.log_errors(4, company=1)
    bot.world.server.faults.fail(403, times=9, path=bot.world.companies[0].id)
    bot.pull.schedule(bot.durable, timedelta(minutes=5))
    await bot.durable.tick()
    first, second = await asyncio.gather(bot.read(0), bot.read(1))
    assert first.failure_key == "source.refused"
    assert (second.rows_read, second.failure_key) == (4, None)
    assert (await bot.state(0)).failure_key == "source.refused"
    assert (await bot.state(1)).succeeded_at is not None


async def test_a_connection_is_due_when_its_last_attempt_is_long_ago(bot: Bot) -> None:
    interval = timedelta(minutes=5)
    both = tuple(bot.world.connections)
    assert await bot.pull.due(interval) == both
    await bot.read(0)
    assert await bot.pull.due(interval) == both[1:]
    bot.world.clock.advance(240)
    assert await bot.pull.due(interval) == both[1:]
    bot.world.clock.advance(45)
    assert await bot.pull.due(interval) == both


async def test_restored_environment_is_read_from_the_beginning(bot: Bot) -> None:
    bot.world.company.skip_numbers(100)
    bot.world.log_errors(3)
    await bot.read()
    for row in list(bot.world.company.errors):
        bot.world.company.delete(row.id)
    bot.world.clock.advance(60)
    bot.world.company.log_error(message="new under an old number", source="Customer: 1", number=7)
    assert (await bot.read()).stored == 1
    assert await bot.stored(7) == "new under an old number"


async def test_everything_deleted_is_no_failure(bot: Bot) -> None:
    bot.world.log_errors(3)
    await bot.read()
    for row in list(bot.world.company.errors):
        bot.world.company.delete(row.id)
    bot.world.company.skip_numbers(20)
    bot.world.clock.advance(60)
    report = await bot.read()
    assert (report.rows_read, report.failure_key) == (0, None)


async def test_names_and_progress_are_dispensable(bot: Bot) -> None:
    bot.world.log_errors(25)
    bot.world.server.faults.fail(403, path="/api/v2.0/companies")
    bot.world.server.faults.fail(403, path="maintenance")
    report = await bot.read()
    assert (report.stored, report.failure_key) == (25, None)
    assert await Companies(bot.database).get(bot.scope()) is None
    await bot.read()
    assert await Companies(bot.database).get(bot.scope()) is not None


async def test_two_who_ask_at_once_follow_one_pull(bot: Bot) -> None:
    bot.world.log_errors(3)
    reports = await asyncio.gather(bot.read(), bot.read())
    assert reports[0] is reports[1]
    assert bot.world.paths.count("syncErrors") == 1


@pytest.mark.parametrize("dies_at", range(1, 8))
async def test_a_process_may_die_after_any_step_before_it_is_recorded(bot: Bot, dies_at: int) -> None:
    """The step's work is done, its record is lost: it is done again, and nothing is counted twice."""
    bot.world.log_errors(25)
    journal = Journal(dies_at)
    with pytest.raises(Killed):
        await bot.pull.workflow(journal, bot.scope().connection)
    report = await bot.pull.workflow(journal.again(), bot.scope().connection)
    assert report.failure_key is None
    assert (await bot.totals()).errors == 25
    state = await bot.state()
    assert (state.cursor, state.next_link) == (25, None)


async def test_large_pages_are_diagnosed_off_the_loop(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.operations.diagnosing.DIAGNOSED_ON_THE_LOOP", 3)
    bot.world.log_errors(8)
    assert (await bot.read()).stored == 8


async def test_call_stack_is_fetched_once(bot: Bot) -> None:
    bot.world.log_errors(2)
    await bot.read()
    bot.world.server.requests.clear()
    view = await bot.call_stacks.show(bot.scope(), 2)
    assert (view.number, view.call_stack) == (2, "Codeunit 5340 line 12")
    assert view.connection.company_name == "Kleiweg"
    assert (await bot.call_stacks.show(bot.scope(), 2)).call_stack == view.call_stack
    assert bot.world.paths == ["syncErrorDetails"]


async def test_call_stack_of_an_error_that_is_not_stored(bot: Bot) -> None:
    with pytest.raises(NotFound):
        await bot.call_stacks.show(bot.scope(), 9)
