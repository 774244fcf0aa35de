"""The overview's buttons: back to it, its pages, *Refresh*."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.overview import overview_card
from bot.cards.progress import progress_card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


async def overview(deps: Dependencies, visit: Visit, page: int = 0) -> Card:
    """The overview, drawn anew only where something changed since it was last drawn."""

    async def draw() -> Card:
        return overview_card(await deps.ask.overview(visit.scope, page), visit.texts)

    return await deps.drawn.card(("overview", visit.scope, page, visit.texts.language), draw)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.OVERVIEW_SHOW, Action.OVERVIEW_PREVIOUS, Action.OVERVIEW_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await overview(deps, visit, visit.button.page))

    @listening.action(Action.OVERVIEW_REFRESH)
    async def refresh(visit: Visit) -> None:
        connection = await deps.ask.connection(visit.scope)
        async for reading in deps.refresh.follow(visit.scope):
            await visit.report(progress_card(connection, reading, visit.texts))
        await visit.replace(await overview(deps, visit))
