"""``/syncerrors activity``: who did what; its pages; all of it as a file in a direct message."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.activity import activity_card, file_promised_card
from bot.cards.card import Card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


async def activity(deps: Dependencies, visit: Visit, typed: str, page: int = 0) -> Card:
    """A page of what the filters leave."""
    return activity_card(await deps.activity.show(visit.scope, visit.actor, typed, page), visit.texts)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.ACTIVITY_PREVIOUS, Action.ACTIVITY_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await activity(deps, visit, visit.button.query or "", visit.button.page))

    @listening.action(Action.ACTIVITY_EXPORT)
    async def export(visit: Visit) -> None:
        typed = visit.button.query or ""
        await deps.activity.ask_for_file(visit.scope, visit.actor, typed, visit.texts.language)
        await visit.answer(file_promised_card(visit.texts))
