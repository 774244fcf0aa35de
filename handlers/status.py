"""``/syncerrors status``: all mappings, their pages, one of them, *Refresh*."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.status import mapping_card, status_card
from bot.operations.status import Look
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit


async def status(
    deps: Dependencies, visit: Visit, mapping: str, page: int = 0, look: Look = Look.KEPT
) -> Card:
    """All mappings, or the one of that name."""
    if mapping:
        return mapping_card(await deps.status.of_mapping(visit.scope, mapping, look), visit.texts)
    return status_card(await deps.status.show(visit.scope, page, look), visit.texts)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.STATUS_SHOW, Action.STATUS_PREVIOUS, Action.STATUS_NEXT)
    async def show(visit: Visit) -> None:
        await visit.replace(await status(deps, visit, visit.button.query or "", visit.button.page))

    @listening.action(Action.STATUS_REFRESH)
    async def refresh(visit: Visit) -> None:
        asked = visit.button.query or ""
        await visit.replace(await status(deps, visit, asked, visit.button.page, Look.NOW))
