"""Processes that die, or are told to stop, while they compare."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.operations.reconcile import RECONCILE, Reconcile, enqueue_reconcile
from bot.store import Presence
from tests.operations.conftest import Bot
from tests.operations.dying import Journal, Killed
from tests.operations.reconciling import compare, delete, gone, read_and_settle


@pytest.mark.parametrize("resumed", ["where it was", "by the next night"])
@pytest.mark.parametrize("dies_at", range(1, 6))
async def test_a_process_may_die_after_any_step_before_it_is_recorded(
    bot: Bot, reconcile: Reconcile, dies_at: int, resumed: str
) -> None:
    """The step's work is done, its record is lost: nothing is counted twice, nothing is skipped."""
    await read_and_settle(bot, 25)
    delete(bot, 3, 13, 23)
    journal = Journal(dies_at)
    with pytest.raises(Killed):
        await reconcile.workflow(journal, bot.scope().connection)
    if resumed == "where it was":
        assert (await reconcile.workflow(journal.again(), bot.scope().connection)).failure_key is None
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
    journal = Journal()
    await reconcile.workflow(journal, bot.scope().connection)
    assert not any(words in repr(journal.results) for words in ("Currency", "Customer", "must be coupled"))
    assert RECONCILE == "reconcile", "stored with every workflow"
