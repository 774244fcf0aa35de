"""Comparing what is stored with the simulated Business Central: what is gone, back, young, late."""

from __future__ import annotations

from typing import Any

import pytest

from bot.failures import ErrorGone
from bot.operations.reconcile import Reconcile
from bot.store import Errors, Presence
from tests.operations.conftest import Bot
from tests.operations.reconciling import compare, delete, gone, read_and_settle

MONTH = 40 * 24 * 3600.0


async def test_what_retention_took_is_marked_and_kept(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 15)
    bot.world.clock.advance(MONTH)
    bot.world.log_errors(10)
    await bot.read()
    assert bot.world.company.apply_retention(bot.world.clock.now()) == 15
    bot.world.clock.advance(3600)

    report = await compare(bot)

    assert (report.judged, report.gone, report.back, report.replaced) == (25, 15, 0, 0)
    assert report.failure_key is None
    assert await gone(bot) == list(range(1, 16))
    totals = await bot.totals()
    assert (totals.errors, totals.gone) == (25, 15)
    assert (await bot.state()).finding is None, "the oldest are gone: nothing to worry about"
    state = await Presence(bot.database).state(bot.scope())
    assert (state.above, state.present, state.missing) == (0, 10, 15)


async def test_a_window_costs_one_request_that_asks_for_numbers_alone(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 15)
    report = await compare(bot)
    assert (report.judged, report.gone) == (15, 0)
    assert bot.world.paths == ["syncErrors", "syncErrors", "maintenance"]
    assert bot.world.server.requests[0].query == {
        "$filter": "number gt 0 and number le 10",
        "$orderby": "number",
        "$select": "number,id",
    }


async def test_an_empty_company_is_compared_in_peace(bot: Bot, reconcile: Reconcile) -> None:
    await bot.read()
    bot.world.server.requests.clear()
    report = await compare(bot)
    assert (report.judged, report.failure_key) == (0, None)
    assert bot.world.paths == ["maintenance"]
    assert (await bot.state()).finding is None


async def test_everything_deleted_is_everything_gone(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 12)
    bot.world.company.delete_entries(0)
    assert (await compare(bot)).gone == 12
    assert (await bot.totals()).gone == 12
    assert (await bot.state()).finding is None
    assert (await bot.read()).failure_key is None


async def test_a_replica_that_lags_marks_nothing_and_unmarks_nothing(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 5)
    bot.world.server.faults.replica_lag(7200)
    assert (await compare(bot)).gone == 0, "on the replica none of them is there yet"
    delete(bot, 2)
    assert (await compare(bot)).gone == 1, "on the replica it is there still"
    assert (await compare(bot)).back == 0


async def test_a_row_that_is_there_again_is_unmarked(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 5)
    before = bot.world.clock.now()
    bot.world.clock.advance(60)
    delete(bot, 2, 3)
    await compare(bot)
    bot.world.company.restore(before)
    report = await compare(bot)
    assert (report.gone, report.back) == (0, 2)
    assert await gone(bot) == []
    assert (await bot.totals()).gone == 0


async def test_young_rows_are_not_judged(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 3)
    bot.world.log_errors(2)
    await bot.read()
    delete(bot, 1, 5)
    report = await compare(bot)
    assert (report.judged, report.gone) == (3, 1)
    bot.world.clock.advance(600)
    assert (await compare(bot)).gone == 1
    assert await gone(bot) == [1, 5]


async def test_numbers_that_appear_late_disturb_nobody(bot: Bot, reconcile: Reconcile) -> None:
    bot.world.log_errors(12)
    bot.world.company.skip_numbers(1)
    await read_and_settle(bot, 3)
    bot.world.company.log_error(message="late", source="Customer: 1", number=13)
    assert (await compare(bot)).gone == 0
    await bot.read()
    bot.world.clock.advance(3600)
    report = await compare(bot)
    assert (report.judged, report.gone) == (16, 0)


async def test_what_a_pull_adds_meanwhile_is_not_judged(
    bot: Bot, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known is looked up first: a row read in between cannot be missing in an older answer."""
    await read_and_settle(bot, 5)
    ask = bot.world.client.error_numbers

    async def slowly(*args: int) -> Any:
        answer = await ask(*args)
        bot.world.log_errors(3)
        await bot.read()
        bot.world.clock.advance(3600)
        return answer

    monkeypatch.setattr(bot.world.client, "error_numbers", slowly)
    report = await compare(bot)
    assert (report.judged, report.gone) == (5, 0)
    assert (await bot.totals()).errors == 8


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (503, "source.unreachable"),
        (429, "source.throttled"),
        (403, "source.refused"),
        (500, "source.unreachable"),
    ],
)
async def test_a_failure_keeps_what_was_judged_and_the_next_run_goes_on(
    bot: Bot, reconcile: Reconcile, fault: int, key: str
) -> None:
    await read_and_settle(bot, 25)
    delete(bot, 3, 13, 23)
    bot.world.server.faults.fail(fault, times=50, path="number%20gt%2010")
    report = await compare(bot)
    assert (report.judged, report.gone, report.failure_key) == (10, 1, key)
    assert await gone(bot) == [3]
    state = await Presence(bot.database).state(bot.scope())
    assert (state.above, state.failure_key, state.succeeded_at) == (10, key, None)

    bot.world.server.faults.heal()
    rest = await compare(bot)

    assert (rest.judged, rest.gone, rest.failure_key) == (15, 2, None)
    state = await Presence(bot.database).state(bot.scope())
    assert (state.above, state.present, state.missing) == (0, 22, 3)


async def test_short_trouble_is_waited_for(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 15)
    bot.world.server.faults.fail(429, times=1, retry_after=20)
    bot.world.server.faults.fail(503, times=2)
    bot.world.server.faults.broken_json(times=1)
    assert (await compare(bot)).failure_key is None


async def test_a_run_that_cannot_ask_for_the_end_says_so_and_ends_later(
    bot: Bot, reconcile: Reconcile
) -> None:
    await read_and_settle(bot, 15)
    bot.world.server.faults.fail(403, path="maintenance")
    assert (await compare(bot)).failure_key == "source.refused"
    assert (await Presence(bot.database).state(bot.scope())).attempted_at is not None
    report = await compare(bot)
    assert (report.judged, report.failure_key) == (0, None)


async def test_a_row_that_cannot_be_told_is_taken_for_nobodys_end(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 15)
    delete(bot, 2, 12)
    bot.world.server.faults.garbled_row(3, {"number": "three"})
    bot.world.server.faults.garbled_row(13, {"id": "thirteen"})
    report = await compare(bot)
    assert report.gone == 1
    assert await gone(bot) == [12], "of the first ten any could be the one without a number"


async def test_windows_follow_next_links(
    bot: Bot, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bot.world.client
    ask, follow = client.error_numbers, client.follow_numbers
    monkeypatch.setattr(client, "error_numbers", lambda after, up_to: ask(after, up_to, 4))
    monkeypatch.setattr(client, "follow_numbers", lambda link: follow(link, 4))
    bot.world.log_errors(10)
    await bot.read()
    bot.world.clock.advance(1200)
    delete(bot, 9)
    bot.world.server.requests.clear()
    report = await compare(bot)
    assert (report.judged, report.gone) == (10, 1)
    assert bot.world.paths == ["syncErrors"] * 3 + ["maintenance"]
    assert all(one.headers["data-access-intent"] == "ReadWrite" for one in bot.world.server.requests)


async def test_the_call_stack_of_a_gone_error_is_kept_or_explained(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 3)
    await bot.call_stacks.show(bot.scope(), 1)
    delete(bot, 1, 2, 3)
    with pytest.raises(ErrorGone):
        await bot.call_stacks.show(bot.scope(), 2)
    await compare(bot)
    bot.world.server.requests.clear()
    assert "Codeunit 5340" in (await bot.call_stacks.show(bot.scope(), 1)).call_stack
    with pytest.raises(ErrorGone) as raised:
        await bot.call_stacks.show(bot.scope(), 3)
    assert raised.value.facts == {"number": 3}
    assert bot.world.paths == [], "nobody has to be asked about what is known to be gone"
    assert (await Errors(bot.database).by_number(bot.scope(), 3)).message


async def test_rows_that_came_far_too_late_are_found_and_read(bot: Bot, reconcile: Reconcile) -> None:
    bot.world.log_errors(4)
    bot.world.company.skip_numbers(2)  # taken by a transaction that is still open
    bot.world.log_errors(20)
    await bot.read()
    late = [
        bot.world.company.log_error(message="late", source="Customer: 1", number=number) for number in (5, 6)
    ]
    bot.world.clock.advance(1200)
    bot.world.log_errors(700)
    await bot.read()
    bot.world.clock.advance(1200)

    report = await compare(bot)

    assert (report.late, report.gone, report.replaced) == (2, 0, 0)
    await bot.read()
    known = await Presence(bot.database).known(bot.scope(), 0, 10_000, bot.world.clock.now())
    assert {row.number for row in known} >= {row.number for row in late}
    assert (await compare(bot)).late == 0, "once"


async def test_what_was_forgotten_long_ago_is_not_fetched_again(bot: Bot, reconcile: Reconcile) -> None:
    bot.world.log_errors(10)
    bot.world.company.skip_numbers(1)
    bot.world.log_errors(10)
    await bot.read()
    bot.world.company.log_error(message="late", source="Customer: 1", number=11)
    bot.world.clock.advance(10 * 24 * 3600)
    assert (await compare(bot)).late == 0
