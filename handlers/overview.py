"""The overview's buttons: back to it, its pages, *Refresh*."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.overview import overview_card
from bot.cards.progress import progress_card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.OVERVIEW_SHOW, Action.OVERVIEW_PREVIOUS, Action.OVERVIEW_NEXT)
    async def show(visit: Visit) -> None:
        view = await deps.ask.overview(visit.scope, visit.button.page)
        await visit.replace(overview_card(view, visit.texts))

    @listening.action(Action.OVERVIEW_REFRESH)
    async def refresh(visit: Visit) -> None:
        connection = await deps.ask.connection(visit.scope)
        async for reading in deps.refresh.follow(visit.scope):
            await visit.replace(progress_card(connection, reading, visit.texts))
        view = await deps.ask.overview(visit.scope)
        await visit.replace(overview_card(view, visit.texts))
