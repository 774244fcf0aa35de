"""Several connections: choosing one, and the list of all."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.connections import connections_card
from bot.operations.rights import Act
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.overview import overview
from handlers.visits import Visit


async def connections(deps: Dependencies, visit: Visit, page: int = 0) -> Card:
    """The list of all that this person may look at; where there is one connection, itself.

    Raises NotAllowed for whoever may look at none.
    """
    readable = [key for key in deps.selection.connections if await visit.may(Act.READ, key)]
    if not readable or not deps.selection.several:
        await visit.require(Act.READ)
        return await overview(deps, visit)
    standings = await deps.overlook.connections_page(readable, page)
    return connections_card(standings, visit.texts, gone=visit.gone)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.CONNECTION_CHOOSE, Action.CONNECTION_OPEN)
    async def choose(visit: Visit) -> None:
        await deps.selection.choose(visit.user, visit.scope.connection)
        await visit.replace(await overview(deps, visit))

    @listening.action(Action.CONNECTIONS_SHOW, Action.CONNECTIONS_PREVIOUS, Action.CONNECTIONS_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await connections(deps, visit, visit.button.page))
