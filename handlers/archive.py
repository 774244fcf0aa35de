"""``/syncerrors archive``: what Business Central has no more; its pages; all of it as a file."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.archive import archive_card, archive_promised_card
from bot.cards.card import Card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.queries import query_of
from handlers.visits import Visit


async def archive(deps: Dependencies, visit: Visit, typed: str, page: int = 0) -> Card:
    """A page of what was typed behind the word, or of everything."""
    return archive_card(await deps.archive.show(visit.scope, query_of(typed), page), visit.texts)


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.ARCHIVE_SHOW)
    async def show(visit: Visit) -> None:
        await visit.answer(await archive(deps, visit, visit.button.query or ""))

    @listening.action(Action.ARCHIVE_PREVIOUS, Action.ARCHIVE_NEXT)
    async def turn(visit: Visit) -> None:
        await visit.replace(await archive(deps, visit, visit.button.query or "", visit.button.page))

    @listening.action(Action.ARCHIVE_EXPORT)
    async def export(visit: Visit) -> None:
        place = visit.direct
        query = query_of(visit.button.query or "")
        await deps.archive.ask_for_file(visit.scope, visit.actor, query, place)
        await visit.answer(archive_promised_card(visit.texts))
