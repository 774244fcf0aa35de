"""Searching: what was typed, its pages, single errors among its results."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.card import Card
from bot.cards.error import error_card
from bot.cards.found import found_card, narrowed_card
from bot.failures import StaleButton
from bot.operations.filters import Query
from bot.operations.find import FoundView
from bot.operations.views import ErrorView
from handlers.access import replace_with_access
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.queries import query_of, without_filters
from handlers.visits import Visit, number_of


async def found(deps: Dependencies, visit: Visit, query: Query, page: int = 0) -> Card:
    """What a query finds, or the overview that its filters leave."""
    view = await deps.find.answer(visit.scope, query, page)
    if isinstance(view, FoundView):
        return found_card(view, visit.texts, without_filters(query))
    return narrowed_card(view, visit.texts)


async def named_error(deps: Dependencies, visit: Visit, number: int) -> ErrorView:
    """One error, its records by their names."""
    return await deps.naming.of_error(visit.scope, await deps.ask.error(visit.scope, number))


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.FIND_SHOW, Action.FIND_PREVIOUS, Action.FIND_NEXT)
    async def show(visit: Visit) -> None:
        if visit.button.query is None:
            raise StaleButton
        await visit.replace(await found(deps, visit, query_of(visit.button.query), visit.button.page))

    @listening.action(Action.ERROR_SHOW)
    async def show_error(visit: Visit) -> None:
        error = await named_error(deps, visit, number_of(visit.button))
        await replace_with_access(
            visit, deps, error, lambda parts: error_card(error, visit.texts, visit.button, parts)
        )
