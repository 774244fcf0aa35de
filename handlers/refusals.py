"""Who may, said before somebody presses what they may not."""

from __future__ import annotations

from bot.cards.failure import failure_sentence
from bot.cards.markup import EMPTY, Markup
from bot.failures import NotAllowed
from bot.operations.rights import Act
from handlers.visits import Visit


async def refusal_of(visit: Visit, act: Act) -> Markup:
    """Why this person may not do that, and who may; empty where they may. Raises RightsUnknown."""
    try:
        await visit.require(act)
    except NotAllowed as refused:
        return failure_sentence(refused, visit.texts)
    return EMPTY
