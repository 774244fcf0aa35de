"""``/syncerrors forget 'Customer: 10000'``: first what there is, then the button that removes it."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.forget import forget_card, forgotten_card
from bot.failures import StaleButton
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


async def look(deps: Dependencies, visit: Visit, typed: str) -> Card:
    """What there is of somebody."""
    found = await deps.forget.look(visit.scope, typed)
    return forget_card(found, typed, await deps.ask.connection(visit.scope), visit.texts)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.FORGET_CONFIRM)
    async def forget(visit: Visit) -> None:
        if visit.button.query is None:
            raise StaleButton
        found = await deps.forget.forget(visit.scope, visit.actor, visit.button.query)
        connection = await deps.ask.connection(visit.scope)
        await visit.replace(forgotten_card(found, connection, visit.texts))
