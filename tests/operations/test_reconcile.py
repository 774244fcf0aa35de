"""Comparing what is stored with the simulated Business Central, on nights good and bad."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import pytest

from bot.failures import ErrorGone
from bot.operations.reconcile import RECONCILE, Reconcile, enqueue_reconcile, last_quiet_hour
from bot.operations.views import ReconcileReport
from bot.store import Errors, Presence
from bot.store.values import Finding
from tests.operations.conftest import Bot

P = ParamSpec("P")
R = TypeVar("R")

MONTH = 40 * 24 * 3600.0


@pytest.fixture
def reconcile(bot: Bot) -> Reconcile:
    one = Reconcile(
        workspace="main",
        database=bot.database,
        clients=bot.world.clients,
        clock=bot.world.clock,
        hour=3,
        window=10,
    )
    one.register(bot.durable)
    return one


async def compare(bot: Bot, company: int = 0) -> ReconcileReport:
    """One run, to its end."""
    workflow = await enqueue_reconcile(bot.durable, bot.scope(company).connection)
    outcome = await bot.durable.wait(workflow, timeout=30)
    assert outcome is not None
    assert outcome.error == ""
    assert isinstance(outcome.value, ReconcileReport)
    return outcome.value


async def gone(bot: Bot) -> list[int]:
    """Numbers that are marked, of the first thirty-odd."""
    known = await Presence(bot.database).known(bot.scope(), 0, 1_000, bot.world.clock.now())
    return [row.number for row in known if row.gone]


def delete(bot: Bot, *numbers: int) -> None:
    for row in list(bot.world.company.rows(bot.world.clock.now())):
        if row.number in numbers:
            bot.world.company.delete(row.id)


async def read_and_settle(bot: Bot, errors: int) -> None:
    bot.world.log_errors(errors)
    await bot.read()
    bot.world.clock.advance(1200)
    bot.world.server.requests.clear()


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


# Numbers that say something of the whole connection.


async def test_the_newest_deleted_is_not_yet_a_restored_environment(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 20)
    delete(bot, *range(12, 21))
    report = await compare(bot)
    assert (report.gone, report.replaced) == (9, 0)
    assert (await bot.state()).finding is Finding.NEWEST_MISSING

    bot.world.log_errors(1)
    await bot.read()
    bot.world.clock.advance(3600)
    await compare(bot)
    assert (await bot.state()).finding is None, "numbers went on behind those that were read"


async def test_a_restored_environment_is_recognised_by_other_rows_under_known_numbers(
    bot: Bot, reconcile: Reconcile
) -> None:
    await read_and_settle(bot, 12)
    backup = bot.world.clock.now()
    bot.world.clock.advance(3600)
    await read_and_settle(bot, 8)
    bot.world.company.restore(backup)
    bot.world.log_errors(3)
    bot.world.clock.advance(3600)

    report = await compare(bot)

    assert (report.judged, report.gone, report.replaced) == (20, 8, 3)
    assert await gone(bot) == list(range(13, 21))
    assert (await bot.state()).finding is Finding.RESTORED


async def test_after_a_restore_the_new_rows_come_in_under_their_numbers(
    bot: Bot, reconcile: Reconcile
) -> None:
    await read_and_settle(bot, 12)
    backup = bot.world.clock.now()
    bot.world.clock.advance(3600)
    await read_and_settle(bot, 8)
    bot.world.company.restore(backup)
    for _ in range(3):
        bot.world.company.log_error(message="after the restore", source="Customer: 1")
    await bot.read()
    assert await bot.stored(13) != "after the restore", "nobody has asked the primary database yet"
    bot.world.clock.advance(3600)
    await compare(bot)

    report = await bot.read()

    assert report.stored == 3
    assert [await bot.stored(number) for number in (13, 14, 15)] == ["after the restore"] * 3
    totals = await bot.totals()
    assert (totals.errors, totals.gone) == (23, 8)
    bot.world.clock.advance(3600)
    assert (await compare(bot)).replaced == 0
    assert (await bot.state()).finding is Finding.RESTORED, "until numbers have passed what was read"
    for _ in range(6):
        bot.world.company.log_error(message="after the restore", source="Customer: 1")
    assert (await bot.read()).stored == 6
    bot.world.clock.advance(3600)
    await compare(bot)
    assert (await bot.state()).finding is None
    assert await gone(bot) == []


async def test_pulls_read_everything_once_when_numbers_begin_again(bot: Bot) -> None:
    bot.world.company.skip_numbers(1_000)
    await read_and_settle(bot, 30)
    assert (await bot.state()).cursor == 1_030
    bot.world.company.restore(datetime(2020, 1, 1, tzinfo=UTC))
    bot.world.log_errors(25)
    bot.world.clock.advance(60)

    first = await bot.read()
    assert (first.stored, (await bot.state()).cursor) == (25, 25)
    bot.world.server.requests.clear()
    assert (await bot.read()).rows_read == 5, "the overlap, and no more"
    assert bot.world.paths == ["syncErrors"]


# When it is time.


def test_the_last_quiet_hour() -> None:
    at_three = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
    assert last_quiet_hour(at_three, 3) == at_three
    assert last_quiet_hour(at_three + timedelta(hours=20), 3) == at_three
    assert last_quiet_hour(at_three - timedelta(seconds=1), 3) == at_three - timedelta(days=1)


async def test_once_a_night_and_not_again_after_a_restart(bot: Bot, reconcile: Reconcile) -> None:
    clock = bot.world.clock
    assert await reconcile.due() == (), "nothing was read yet"
    await read_and_settle(bot, 3)
    clock.advance(2400)  # 11:00
    first, second = bot.world.connections
    assert await reconcile.due() == (first,), "never compared"
    await compare(bot)
    assert await reconcile.due() == ()
    clock.advance(15 * 3600)  # 02:00
    assert await reconcile.due() == ()
    clock.advance(3600)
    assert await reconcile.due() == (first,)
    await bot.read(1)
    assert await reconcile.due() == (first, second)
    await compare(bot)
    await compare(bot, 1)
    clock.advance(20 * 3600)
    assert await reconcile.due() == ()
    clock.advance(30 * 3600)
    assert await reconcile.due() == (first, second), "off at night, and back in the morning"


async def test_a_night_that_failed_is_tried_again_after_an_hour(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 3)
    bot.world.server.faults.fail(403, times=1)
    assert (await compare(bot)).failure_key is not None
    bot.world.clock.advance(3599)
    assert await reconcile.due() == ()
    bot.world.clock.advance(1)
    assert await reconcile.due() == (bot.scope().connection,)


async def test_other_rows_under_known_numbers_are_looked_into_out_of_turn(
    bot: Bot, reconcile: Reconcile
) -> None:
    await read_and_settle(bot, 4)
    await compare(bot)
    bot.world.company.restore(datetime(2020, 1, 1, tzinfo=UTC))
    bot.world.log_errors(4)
    assert await reconcile.due() == ()
    await bot.read()
    assert await reconcile.due() == ()
    bot.world.clock.advance(3600)
    assert await reconcile.due() == (bot.scope().connection,)
    await compare(bot)
    bot.world.clock.advance(3600)
    assert await reconcile.due() == ()


async def test_the_tick_compares_what_is_due_and_one_failing_connection_stops_no_other(
    bot: Bot, reconcile: Reconcile
) -> None:
    bot.world.log_errors(3, company=1)
    await bot.read(1)
    await read_and_settle(bot, 3)
    bot.world.server.faults.fail(403, times=9, path=bot.world.companies[0].id)
    reconcile.schedule(bot.durable)
    await bot.durable.tick()
    first, second = await asyncio.gather(compare(bot, 0), compare(bot, 1))
    assert (first.failure_key, second.failure_key) == ("source.refused", None)
    state = await Presence(bot.database).state(bot.scope(1))
    assert state.succeeded_at is not None


async def test_two_who_ask_at_once_follow_one_run(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 3)
    reports = await asyncio.gather(compare(bot), compare(bot))
    assert reports[0] is reports[1]


# Processes that die.


class Dying:
    """Steps that record results, and die after so many of them as a killed process does."""

    def __init__(self) -> None:
        self.recorded: list[Any] = []
        self.position = 0
        self.dies_at: int | None = None

    async def run(
        self, name: str, step: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Replay what is recorded, then do the rest."""
        self.position += 1
        if self.position <= len(self.recorded):
            return self.recorded[self.position - 1]  # type: ignore[no-any-return]  # as recorded
        result = await step(*args, **kwargs)
        if self.position == self.dies_at:
            raise KeyboardInterrupt
        self.recorded.append(result)
        return result


@pytest.mark.parametrize("resumed", ["where it was", "by the next night"])
@pytest.mark.parametrize("dies_at", range(1, 6))
async def test_a_process_may_die_after_any_step_before_it_is_recorded(
    bot: Bot, reconcile: Reconcile, dies_at: int, resumed: str
) -> None:
    """The step's work is done, its record is lost: nothing is counted twice, nothing is skipped."""
    await read_and_settle(bot, 25)
    delete(bot, 3, 13, 23)
    steps = Dying()
    steps.dies_at = dies_at
    with pytest.raises(KeyboardInterrupt):
        await reconcile.workflow(steps, bot.scope().connection)
    if resumed == "where it was":
        steps.dies_at, steps.position = None, 0
        assert (await reconcile.workflow(steps, bot.scope().connection)).failure_key is None
    else:
        assert (await compare(bot)).failure_key is None
    assert await gone(bot) == [3, 13, 23]
    assert (await bot.totals()).gone == 3
    state = await Presence(bot.database).state(bot.scope())
    assert state.above == 0
    if dies_at < 5:
        assert (state.present, state.missing) == (22, 3)


async def test_a_run_that_is_cut_off_between_windows_goes_on(
    bot: Bot, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inline twin ends in the middle, as a process does that is told to stop."""
    await read_and_settle(bot, 25)
    delete(bot, 3, 23)
    ask = bot.world.client.error_numbers
    reached = asyncio.Event()

    async def hanging(after: int, up_to: int) -> Any:
        if after == 10:
            reached.set()
            await asyncio.Event().wait()
        return await ask(after, up_to)

    monkeypatch.setattr(bot.world.client, "error_numbers", hanging)
    await enqueue_reconcile(bot.durable, bot.scope().connection)
    await asyncio.wait_for(reached.wait(), timeout=60)
    await bot.durable.stop()
    monkeypatch.setattr(bot.world.client, "error_numbers", ask)
    assert await gone(bot) == [3]

    report = await compare(bot)

    assert (report.judged, report.gone) == (15, 1)
    assert await gone(bot) == [3, 23]


async def test_steps_hand_on_counts_and_no_texts(bot: Bot, reconcile: Reconcile) -> None:
    await read_and_settle(bot, 5)
    steps = Dying()
    await reconcile.workflow(steps, bot.scope().connection)
    assert not any(words in repr(steps.recorded) for words in ("Currency", "Customer", "must be coupled"))
    assert RECONCILE == "reconcile", "stored with every workflow"


# What is left of a gone error.


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
