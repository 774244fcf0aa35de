"""Numbers that say something of the whole connection: its environment was restored, or begins again."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.operations.reconcile import Reconcile
from bot.store.values import Finding
from tests.operations.conftest import Bot
from tests.operations.reconciling import compare, delete, gone, read_and_settle


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
