"""*Why this diagnosis?*."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.why import why_card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit, number_of


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.WHY_SHOW)
    async def show(visit: Visit) -> None:
        view = await deps.explanations.why(visit.scope, number_of(visit.button))
        await visit.answer(why_card(view, visit.texts))
