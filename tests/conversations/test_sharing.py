"""A problem in a channel: its card, its thread, and everybody who presses on it."""

from __future__ import annotations

from bot.cards.sharing import CHANNEL
from bot.simulator.slack import Person
from bot.simulator.slack.screen import Message
from tests.conversations.conftest import Stage

CAUSE = "Currency Code EUR must be coupled to a record in Dataverse."


async def read_errors(stage: Stage, *customers: str) -> None:
    """The same cause, on these customers."""
    for customer in customers:
        stage.company.log_error(message=CAUSE, source=f"Customer: {customer}")
    await stage.read()


async def share(stage: Stage, person: Person) -> str:
    """Share the first problem into the person's channel; what stands in the form's place afterwards."""
    await person.command("/syncerrors")
    await person.click("Details" if person is stage.kim else "Details")
    await person.click("Share" if person is stage.kim else "Delen")
    person.fill("Channel" if person is stage.kim else "Kanaal", stage.slack.general.id)
    await person.submit()
    await stage.slack.until(lambda: "moment" not in said(person) and "ogenblik" not in said(person))
    return said(person)


def said(person: Person) -> str:
    return person.modal.plain() if person.modal else ""


def cards(person: Person) -> list[Message]:
    return [message for message in person.messages if not message.ephemeral]


async def thread_says(stage: Stage, person: Person, words: str) -> list[str]:
    """The thread of the one card, once it says so."""

    def lines() -> list[str]:
        return [message.plain() for message in person.thread(cards(person)[0])]

    await stage.slack.until(lambda: any(words in line for line in lines()))
    return lines()


async def card_says(stage: Stage, person: Person, words: str) -> str:
    await stage.slack.until(lambda: any(words in card.plain() for card in cards(person)))
    (card,) = cards(person)
    return card.plain()


async def test_a_shared_problem_is_a_card_in_the_channel(stage: Stage) -> None:
    await read_errors(stage, "10000", "20000")
    answer = await share(stage, stage.kim)
    assert "The problem is shared." in answer
    (card,) = cards(stage.sanne)
    assert "Open. Nobody takes care of this yet." in card.plain()
    assert "2 errors" in card.plain()
    assert [element.label for element in card.elements()] == ["Claim", "Mark fixed", "Details"]
    assert f"/archives/{stage.slack.general.id}/p{card.ts.replace('.', '')}" in answer
    assert card.metadata is not None
    assert CHANNEL == "channel"
