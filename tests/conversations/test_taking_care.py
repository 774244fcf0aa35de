"""Claim, mark as fixed, and back, by several people on one card."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.simulator.slack import Rank
from tests.conversations.conftest import Stage
from tests.conversations.sharing import card_says, cards, read_errors, share, thread_says, told


@pytest.fixture
async def shared(stage: Stage) -> Stage:
    await read_errors(stage, "10000")
    await share(stage, stage.kim)
    await stage.kim.close_modal()
    return stage


def labels(stage: Stage) -> list[str]:
    (card,) = cards(stage.kim)
    return [element.label for element in card.elements()]


async def test_a_claim_and_its_release(shared: Stage) -> None:
    await shared.sanne.click("Claim", message=cards(shared.sanne)[0])
    await card_says(shared, shared.kim, "@Sanne takes care of this.")
    assert labels(shared) == ["Release claim", "Mark fixed", "Retry…", "Details"]
    assert await thread_says(shared, shared.kim, "takes care") == ["@Sanne takes care of this."]
    await shared.kim.click("Release claim", message=cards(shared.kim)[0])
    await card_says(shared, shared.kim, "Nobody takes care of this yet.")
    lines = await thread_says(shared, shared.kim, "released")
    assert lines[1:] == ["@Kim released the claim: nobody takes care of this now."]


async def test_of_two_who_claim_at_once_one_wins_and_both_know(shared: Stage) -> None:
    (card,) = cards(shared.kim)
    await asyncio.gather(shared.kim.click("Claim", message=card), shared.sanne.click("Claim", message=card))
    card = await card_says(shared, shared.kim, "takes care of this.")
    winner, loser = (shared.kim, shared.sanne) if "@Kim" in card.plain() else (shared.sanne, shared.kim)
    words = "was je voor" if loser is shared.sanne else "was first"
    notice = await loser.until(lambda one: any(words in m.plain() for m in one.messages))
    assert f"@{winner.name}" in notice.plain()
    assert len(await thread_says(shared, shared.kim, "takes care")) == 1


async def test_marking_as_fixed_and_reopening(shared: Stage) -> None:
    await shared.kim.click("Mark fixed", message=cards(shared.kim)[0])
    await card_says(shared, shared.kim, "Marked as fixed by @Kim")
    assert {"Reopen", "Details"} <= set(labels(shared))
    await thread_says(shared, shared.kim, "marked this as fixed. A new error opens it again.")
    overview = await shared.sanne.command("/syncerrors")
    assert "Geen synchronisatiefouten" in overview.plain()
    await shared.sanne.click("Reopen", message=cards(shared.sanne)[0])
    await card_says(shared, shared.kim, "Open. Nobody takes care of this yet.")
    await thread_says(shared, shared.kim, "@Sanne opened this again.")


async def test_a_new_error_opens_what_was_fixed(shared: Stage) -> None:
    await shared.sanne.click("Claim", message=cards(shared.sanne)[0])
    await card_says(shared, shared.kim, "@Sanne takes care of this.")
    await shared.kim.click("Mark fixed", message=cards(shared.kim)[0])
    await card_says(shared, shared.kim, "Marked as fixed")
    shared.clock.advance(60)
    await read_errors(shared, "20000")
    shared.clock.advance(30)
    await card_says(shared, shared.kim, "@Sanne takes care of this.")
    lines = await thread_says(shared, shared.kim, "1 new error.")
    assert "There is a new error, so this is open again." in lines


async def test_an_error_from_before_the_mark_opens_nothing(shared: Stage) -> None:
    shared.company.log_error(
        message="Currency Code EUR must be coupled to a record in Dataverse.", source="Customer: 20000"
    )
    shared.clock.advance(60)
    await shared.kim.click("Mark fixed", message=cards(shared.kim)[0])
    await card_says(shared, shared.kim, "Marked as fixed")
    await shared.read()
    shared.clock.advance(30)
    card = await card_says(shared, shared.kim, "2 errors")
    assert "Marked as fixed" in card.plain()


async def test_a_button_that_should_not_be_there_any_more(shared: Stage) -> None:
    (old,) = cards(shared.kim)
    await shared.kim.click("Mark fixed", message=old)
    await card_says(shared, shared.kim, "Marked as fixed")
    problem = next(element.value for element in old.elements())
    await shared.sanne.forge_click(Action.PROBLEM_CLAIM, problem, message=old)
    await told(shared, shared.sanne, "Heropen het eerst.")


async def test_a_forged_problem(shared: Stage) -> None:
    value = ButtonValue(connection=shared.connection, problem="of nobody").encoded()
    (card,) = cards(shared.kim)
    await shared.kim.forge_click(Action.PROBLEM_CLAIM, value, message=card)
    await told(shared, shared.kim, "That is not among what was read")
    await shared.kim.forge_click(Action.PROBLEM_SHARE, value, message=card)
    assert shared.kim.modal is None


async def test_a_guest_may_look_but_not_claim(shared: Stage) -> None:
    guest = shared.slack.person("Gus", rank=Rank.GUEST)
    (card,) = cards(guest)
    await guest.click("Claim", message=card)
    await told(shared, guest, "claim a problem")
    assert "Nobody takes care of this yet." in cards(guest)[0].plain()
