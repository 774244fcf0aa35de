"""Several connections: choosing one, and the list of all."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.connections import connections_card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.overview import overview
from handlers.visits import Visit


async def connections(deps: Dependencies, visit: Visit, page: int = 0) -> Card:
    """The list of all; where there is one connection, there is nothing to list but itself."""
    if not deps.selection.several:
        return await overview(deps, visit)
    return connections_card(await deps.overlook.connections_page(page), visit.texts, gone=visit.gone)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.CONNECTION_CHOOSE, Action.CONNECTION_OPEN)
    async def choose(visit: Visit) -> None:
        await deps.selection.choose(visit.user, visit.scope.connection)
        await visit.replace(await overview(deps, visit))

    @listening.action(Action.CONNECTIONS_SHOW, Action.CONNECTIONS_PREVIOUS, Action.CONNECTIONS_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await connections(deps, visit, visit.button.page))
