"""Nights in which what is stored is compared with the simulated Business Central."""

from __future__ import annotations

from bot.operations.reconcile import enqueue_reconcile
from bot.operations.views import ReconcileReport
from bot.store import Presence
from tests.operations.conftest import Bot


async def compare(bot: Bot, company: int = 0) -> ReconcileReport:
    """One run, to its end."""
    workflow = await enqueue_reconcile(bot.durable, bot.scope(company).connection)
    outcome = await bot.durable.wait(workflow, timeout=100)
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
