"""What only a person decides (conflicts, matches, uncoupling, creating) where people and machines do the
unexpected: a role that may not, old buttons, a Dataverse that is busy or slow, records that are gone."""

from __future__ import annotations

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.simulator.businesscentral.troubles import Kind
from bot.simulator.slack import Person
from tests.conversations.conftest import Stage
from tests.conversations.deciding import acts, read, settled

DECIDING = (
    Action.RETRY_OPEN,
    Action.CONFLICT_OPEN,
    Action.CONFLICT_BUSINESS_CENTRAL,
    Action.CONFLICT_DATAVERSE,
    Action.MATCH_OPEN,
    Action.UNCOUPLE_OPEN,
    Action.LOST_CREATE,
    Action.DECISION_STOP,
    Action.DECISION_UNDO,
    Action.ACCESS_SHOW,
    Action.ACCESS_AGAIN,
    Action.ACCESS_SCRIPT,
)
CUSTOMER = "Customer: 10000"
WAITS = "Currency Code USD must be coupled to a record in Dataverse."
ACTED = ("synchronize", "create", "couple", "uncouple", "release", "releaseAll", "wake")


@pytest.fixture
async def waiting(stage: Stage) -> Stage:
    """A customer that waits for a currency, read."""
    stage.company.synchronization.known("Currency: USD")
    stage.company.synchronization.fail(CUSTOMER, WAITS, times=2)
    await read(stage)
    return stage


def did(stage: Stage) -> list[str]:
    """What Business Central was asked to change."""
    return [name for name in ACTED if acts(stage, name)]


async def card(stage: Stage) -> Person:
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Details")
    return stage.kim


@pytest.mark.parametrize("roles", [{"role_fixers": "U0BOSS", "role_admins": "U0BOSS"}])
async def test_a_viewer_is_told_at_each_button_who_may(waiting: Stage) -> None:
    value = ButtonValue(connection=waiting.connection, number=1, about=f"mapping:{CUSTOMER}", run="r")
    for action in DECIDING:
        told = await waiting.kim.forge_click(action, value.encoded())
        assert "You may not do that here: " in told.plain(), action
        assert "These can: @U0BOSS." in told.plain(), action
        assert waiting.kim.modal is None, action
    assert did(waiting) == []


async def test_old_buttons_and_those_of_strangers_do_nothing(waiting: Stage) -> None:
    mallory = waiting.slack.person("Mallory", team_id="T0ELSEWHERE")
    value = ButtonValue(connection=waiting.connection, problem="p", run="r").encoded()
    for action in DECIDING:
        assert "out of date" in (await waiting.kim.forge_click(action, "not json")).plain(), action
        assert "Only members of the organization" in (await mallory.forge_click(action, value)).plain(), (
            action
        )
        assert (waiting.kim.modal, mallory.modal) == (None, None), action
    assert did(waiting) == []


@pytest.mark.parametrize("status", [429, 503])
async def test_a_dataverse_that_is_busy_or_down_leaves_the_match_to_create(
    waiting: Stage, status: int
) -> None:
    kim = await card(waiting)
    waiting.dataverse.faults.fail(status, times=50, retry_after=120)
    await kim.click("Find a match…")
    says = (await settled(kim)).plain()
    assert "Dataverse" in says
    assert "Create a new record" in says
    assert "Couple with" not in says
    assert "No record with the same number" not in says, "nobody looked"


async def test_a_dataverse_that_is_only_slow_is_waited_for(waiting: Stage) -> None:
    kim = await card(waiting)
    waiting.dataverse.faults.delay = 8.0
    await kim.click("Find a match…")
    assert "Couple with US dollar" in (await settled(kim)).plain()


async def test_what_was_deleted_while_its_match_was_sought_is_not_there_any_more(waiting: Stage) -> None:
    kim = await card(waiting)
    world = waiting.company.synchronization
    awaited = next(one for one in world.records.values() if one.record_id == "Currency: USD")
    del world.records[awaited.system_id or ""]
    await kim.click("Find a match…")
    modal = await settled(kim)
    assert "There is no such record any more" in modal.plain()
    assert modal.submit_label is None


async def test_what_somebody_else_uncoupled_meanwhile_is_uncoupled(stage: Stage) -> None:
    world = stage.company.synchronization
    world.fail(CUSTOMER, WAITS, times=2)
    await read(stage)
    records = await stage.kim.click("Records", message=await stage.kim.command("/syncerrors coupled"))
    await stage.kim.click("Uncouple…", message=records)
    await settled(stage.kim, "What will happen")
    coupling = world.couplings.of_record(CUSTOMER)
    assert coupling is not None
    world.couplings.remove(coupling.id, stage.clock.now())
    await stage.kim.submit()
    stage.kim.visit_bot()
    await stage.kim.until(lambda kim: any("Over:" in one.plain() for one in kim.messages))
    (over,) = [one for one in stage.kim.messages if "Over:" in one.plain()]
    assert "Over: 1 of 1 uncoupled" in over.plain(), "it is, whoever did it"
    assert acts(stage, "uncouple") == 1


async def test_a_creation_that_somebody_made_meanwhile_is_not_made_twice(stage: Stage) -> None:
    world = stage.company.synchronization
    world.fail("Customer: N1", "DKR-9: the first insert failed.", kind=Kind.NEW_RECORD)
    world.run("CUSTOMER")
    await read(stage)
    await stage.kim.click("Create in Dataverse…", message=await stage.kim.command("/syncerrors coupled"))
    await settled(stage.kim, "What will happen")
    world.fix()
    world.couple("Customer: N1")
    await stage.kim.submit()
    stage.kim.visit_bot()
    await stage.kim.until(lambda kim: any("Over:" in one.plain() for one in kim.messages))
    assert len([one for one in world.couplings.now() if one.record_id == "Customer: N1"]) == 1
