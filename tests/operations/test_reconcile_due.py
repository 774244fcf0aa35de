"""When it is time to compare, and who is compared then."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.operations.reconcile import Reconcile, last_quiet_hour
from bot.store import Presence
from tests.operations.conftest import Bot
from tests.operations.reconciling import compare, read_and_settle


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
