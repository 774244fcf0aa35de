"""``/syncerrors forget``: somebody's data leaves the store, and the activity does not say whose."""

from __future__ import annotations

from datetime import timedelta

from bot.operations.durable.inline import InlineSteps
from bot.store.activity import Wanted
from tests.conversations.conftest import Stage
from tests.conversations.samples import DELETED, ordinary_day

THEM = "/syncerrors forget 'Customer: 20000'"


async def stocked(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()


async def test_first_it_says_what_there_is_then_it_removes_it(stage: Stage) -> None:
    await stocked(stage)
    asked = await stage.kim.command(THEM)
    assert "This is kept of Customer: 20000, and can be removed for good:" in asked.plain()
    assert "12 errors, with their records and their words in the search" in asked.plain()
    assert "12 of these errors are still in Business Central: delete them there too" in asked.plain()
    assert "Customer 20000" in (await stage.kim.command("/syncerrors customer 20000")).plain()

    done = await stage.kim.click("Remove for good", message=asked)

    assert "Removed for good:" in done.plain()
    assert "20000" not in done.plain()
    overview = await stage.kim.command("/syncerrors")
    assert "34 sync errors" in overview.plain()
    searched = await stage.kim.command("/syncerrors 20000")
    assert "There is no error No. 20000" in searched.plain()
    assert "Nothing that is kept tells of Customer: 20000." in (await stage.kim.command(THEM)).plain()


async def test_the_line_of_activity_does_not_hold_what_was_removed(stage: Stage) -> None:
    await stocked(stage)
    await stage.kim.command(THEM)
    await stage.kim.click("Remove for good")
    (line,) = [line async for line in stage.core.activity.all(stage.scope, Wanted())]
    assert (line.act, line.actor, line.count) == ("forget", f"slack:{stage.kim.id}", 12)
    assert "20000" not in str(line)
    told = await stage.kim.command("/syncerrors activity")
    assert "@Kim · remove somebody's data (12) · done" in told.plain()


async def test_pressing_again_removes_nothing_more(stage: Stage) -> None:
    await stocked(stage)
    asked = await stage.kim.command(THEM)
    value = next(e.value for e in asked.elements() if e.label == "Remove for good")
    await stage.kim.click("Remove for good", message=asked)
    stage.clock.advance(5)
    again = await stage.kim.forge_click("forget.confirm", value)
    assert "There was nothing left to remove." in again.plain()


async def test_only_admins_may(stage: Stage) -> None:
    await stocked(stage)
    refused = await stage.sanne.command("/syncerrors vergeet 'Customer: 20000'")
    assert "Dat mag je hier niet: iemands gegevens verwijderen." in refused.plain()
    assert "eigenaren en beheerders" in refused.plain()


async def test_somebody_has_to_be_named(stage: Stage) -> None:
    told = await stage.kim.command("/syncerrors forget ''")
    assert "That names nobody whose data could be removed." in told.plain()
    assert (
        "Nothing that is kept tells of nobody."
        in (await stage.kim.command("/syncerrors forget nobody")).plain()
    )


async def test_what_is_past_its_time_goes_at_night(stage: Stage) -> None:
    await stocked(stage)
    await stage.core.reconcile.workflow(InlineSteps(), stage.connection)
    for row in list(stage.company.rows(stage.clock.now())):
        if row.text == DELETED:
            stage.company.delete(row.id)
    stage.clock.advance(timedelta(hours=1).total_seconds())
    await stage.core.reconcile.workflow(InlineSteps(), stage.connection)
    retain = stage.core.retain
    assert await retain.workflow(InlineSteps(), stage.connection) == 0
    stage.clock.advance(timedelta(days=31).total_seconds())
    assert await retain.workflow(InlineSteps(), stage.connection) == 12
    assert "34 sync errors" in (await stage.kim.command("/syncerrors")).plain()
