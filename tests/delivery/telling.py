"""What deliveries tell in these tests: a card that says its subject, and a file."""

from __future__ import annotations

from bot.cards.markup import own
from bot.cards.shared_problem import line_card
from bot.cards.texts import Texts
from bot.delivery import Attachment, Renderers
from bot.delivery.rendering import Enclosure, Rendered
from bot.store.outbox import Told
from bot.store.postings import StoredPosting

CONTENT = b"No.,Message\n4711,words\n"


async def card(posting: StoredPosting, texts: Texts) -> Rendered | None:
    if posting.subject == "gone":
        return None
    return line_card(own(f"{posting.kind} of {posting.subject}"), texts)


async def file(posting: StoredPosting, _texts: Texts) -> Rendered | None:
    beside = (Enclosure("errors.zip", b"PK", "The same"),)
    return Attachment("errors.csv", CONTENT, "Errors", f"Errors of {posting.subject}", beside)


def renderers() -> Renderers:
    made = Renderers()
    made.register(card, Told.PROGRESS, Told.RESULT, Told.UNDELIVERED)
    made.register(file, Told.EXPORT)
    return made
