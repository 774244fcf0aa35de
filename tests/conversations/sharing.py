"""What conversations about shared problems have in common."""

from __future__ import annotations

from bot.simulator.slack import Person
from bot.simulator.slack.screen import Message
from bot.simulator.slack.workspace import Channel
from tests.conversations.conftest import Stage

CAUSE = "Currency Code EUR must be coupled to a record in Dataverse."
WAITING = ("One moment", "Een ogenblik")


async def read_errors(stage: Stage, *customers: str, cause: str = CAUSE) -> None:
    """The same cause, on these customers, logged now."""
    for customer in customers:
        stage.company.log_error(message=cause, source=f"Customer: {customer}")
    await stage.read()


async def share(stage: Stage, person: Person, channel: Channel | None = None) -> str:
    """Share the first problem into that channel; what stands in the form's place afterwards."""
    dutch = person is stage.sanne
    await person.command("/syncerrors")
    await person.click("Details")
    await person.click("Delen" if dutch else "Share")
    person.fill("Kanaal" if dutch else "Channel", (channel or stage.slack.general).id)
    await person.submit()
    await stage.slack.until(lambda: not any(word in said(person) for word in WAITING))
    return said(person)


def said(person: Person) -> str:
    """The modal that is open."""
    return person.modal.plain() if person.modal else ""


def cards(person: Person) -> list[Message]:
    """What everybody in the channel sees."""
    return [message for message in person.messages if not message.ephemeral]


async def card_says(stage: Stage, person: Person, words: str) -> Message:
    """The one card, once it says so."""
    await stage.slack.until(lambda: any(words in card.plain() for card in cards(person)))
    (card,) = cards(person)
    return card


async def thread_says(stage: Stage, person: Person, words: str) -> list[str]:
    """The thread of the one card, once it says so."""

    def lines() -> list[str]:
        return [message.plain() for card in cards(person) for message in person.thread(card)]

    await stage.slack.until(lambda: any(words in line for line in lines()))
    return lines()


async def told(stage: Stage, person: Person, words: str) -> Message:
    """What only that person is told in the channel."""
    return await person.until(lambda one: any(words in m.plain() for m in one.messages if m.ephemeral))
