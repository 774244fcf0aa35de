"""What the bot refuses is in the activity: who wanted what, and why not; one line for a press at most."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.operations.durable.inline import InlineSteps
from bot.simulator.slack import Rank
from bot.store.activity import ActivityLines, Line, Outcome, Wanted
from tests.conversations.conftest import Stage, skipped
from tests.conversations.test_activity import lines


@pytest.fixture
async def failing(stage: Stage) -> Stage:
    """Three customers that Business Central skips, all of it half an hour old and read."""
    await skipped(stage, 3)
    return stage


async def noted(stage: Stage, count: int) -> Sequence[Line]:
    """The refusals, once there are that many: they are written behind the answer."""
    async with asyncio.timeout(60):
        while True:
            page = await ActivityLines(stage.core.database).page(stage.scope, Wanted(), 50)
            if len(refused := [line for line in page if line.outcome is Outcome.REFUSED]) >= count:
                assert len(refused) == count
                return refused
            await asyncio.sleep(0.005)


async def test_who_has_no_right_is_noted_with_what_it_was_about(failing: Stage) -> None:
    await failing.sanne.command("/syncerrors")
    await failing.sanne.click("Details")
    refused = await failing.sanne.click("Opschonen…")
    assert "Dat mag je hier niet" in refused.plain()
    await noted(failing, 1)

    told = await failing.kim.command("/syncerrors activity")
    (line,) = lines(told)
    assert "@Sanne · delete resolved entries · " in line
    assert "this customer waits" in line
    assert line.endswith("· refused: no right")
    told = await failing.sanne.command("/syncerrors activiteit")
    assert lines(told)[0].endswith("· geweigerd: geen recht")


async def test_whoever_supports_from_far_away_does_not_read_it(failing: Stage) -> None:
    problem = (await failing.core.ask.overview(failing.scope)).lines[0].id
    value = ButtonValue(connection=failing.connection, problem=problem).encoded()
    await failing.sanne.forge_click(Action.PURGE_OPEN, value)
    await noted(failing, 1)
    await failing.kim.command("/syncerrors")
    await failing.kim.click("Details")
    await failing.kim.click("Prepare support request")
    await failing.kim.until(lambda kim: kim.modal is not None and kim.modal.submit_label is not None)
    await failing.kim.submit()
    failing.kim.visit_bot()
    message = await failing.kim.until(lambda kim: bool(kim.messages and kim.messages[-1].files))
    document = (failing.slack.file(message.files[0]).content or b"").decode()
    assert "Nothing was done about it through the bot." in document


async def test_a_guest_who_forges_a_claim(failing: Stage) -> None:
    guest = failing.slack.person("Gus", rank=Rank.GUEST)
    problem = (await failing.core.ask.overview(failing.scope)).lines[0].id
    value = ButtonValue(connection=failing.connection, problem=problem).encoded()
    await guest.forge_click(Action.PROBLEM_CLAIM, value)
    (line,) = await noted(failing, 1)
    assert (line.actor, line.act, line.subject) == (f"slack:{guest.id}", "claim", problem)


async def test_a_command_of_who_may_not(failing: Stage) -> None:
    await failing.sanne.command("/syncerrors forget 'Customer: 10000'")
    (line,) = await noted(failing, 1)
    assert (line.act, line.subject, line.facts) == ("forget", "", {"failure": "not_allowed"})


async def test_hammering_a_button_does_not_bury_the_list(failing: Stage) -> None:
    await failing.sanne.command("/syncerrors")
    for _ in range(5):
        await failing.sanne.click("Opschonen…", nth=0)
        failing.clock.advance(1)
    await noted(failing, 1)
    failing.clock.advance(60)
    await failing.sanne.click("Opschonen…", nth=0)
    await noted(failing, 2)


@pytest.mark.parametrize(
    ("value", "why"), [("not json", "button.stale"), ('{"v":1,"connection":"elsewhere"}', "button.stale")]
)
async def test_stale_and_forged_buttons(failing: Stage, value: str, why: str) -> None:
    await failing.kim.forge_click(Action.PURGE_STOP, value)
    (line,) = await noted(failing, 1)
    assert (line.act, line.facts["failure"]) == ("stop", why)


async def test_what_a_forged_button_says_is_not_kept(failing: Stage) -> None:
    value = ButtonValue(connection=failing.connection, problem="Jan de Vries").encoded()
    await failing.slack.person("Gus", rank=Rank.GUEST).forge_click(Action.PROBLEM_CLAIM, value)
    (line,) = await noted(failing, 1)
    assert "Jan" not in str(line)


async def test_strangers(failing: Stage) -> None:
    mallory = failing.slack.person("Mallory", team_id="T0ELSEWHERE")
    value = ButtonValue(connection=failing.connection, run="r").encoded()
    await mallory.forge_click(Action.RETRY_STOP, value)
    (line,) = await noted(failing, 1)
    assert (line.actor, line.facts["failure"]) == (f"slack:{mallory.id}", "stranger")


async def test_who_only_looks_where_they_may_not_is_not_noted(failing: Stage) -> None:
    value = ButtonValue(connection="elsewhere").encoded()
    await failing.kim.forge_click(Action.OVERVIEW_SHOW, value)
    guest = failing.slack.person("Gus", rank=Rank.GUEST)
    await guest.command("/syncerrors activity")
    await failing.in_flight.drain(5)
    await noted(failing, 0)


async def test_more_than_was_confirmed(failing: Stage) -> None:
    await failing.kim.command("/syncerrors")
    await failing.kim.click("Details")
    await failing.kim.click("Retry…")
    await failing.kim.until(lambda kim: kim.modal is not None and kim.modal.submit_label is not None)
    failing.company.synchronization.fail("Customer: 20000", "DKR-0417: this customer waits.", times=2)
    failing.clock.advance(60)
    await failing.read()
    assert await failing.core.synchronization.workflow(InlineSteps(), failing.connection) is None
    modal = await failing.kim.submit()
    assert modal is not None
    assert "more than the 3" in modal.plain()
    (line,) = await noted(failing, 1)
    assert (line.act, line.facts["failure"]) == ("retry", "retry.changed")
    told = await failing.kim.command("/syncerrors activity")
    assert "refused: more than was confirmed" in told.plain()


async def test_a_guard_of_business_central(failing: Stage) -> None:
    """All three records are deleted meanwhile: it takes none of them."""
    await failing.kim.command("/syncerrors")
    await failing.kim.click("Details")
    await failing.kim.click("Retry…")
    await failing.kim.until(lambda kim: kim.modal is not None and kim.modal.submit_label is not None)
    for index in range(3):
        failing.company.synchronization.delete_record(f"Customer: {10000 + index}")
    await failing.kim.submit()
    await noted(failing, 1)
    failing.kim.visit_bot()
    await failing.kim.until(lambda kim: any("Over:" in one.plain() for one in kim.messages))
    await failing.kim.command("/syncerrors activity")
    await failing.kim.until(
        lambda kim: any("refused: by Business Central" in m.plain() for m in kim.messages)
    )
