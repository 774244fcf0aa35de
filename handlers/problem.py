"""*Details* of a problem, and the pages of its records."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.problem import problem_card
from handlers.access import replace_with_access
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit, problem_of


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.PROBLEM_SHOW, Action.PROBLEM_PREVIOUS, Action.PROBLEM_NEXT)
    async def show(visit: Visit) -> None:
        view = await deps.ask.problem(visit.scope, problem_of(visit.button), visit.button.page)
        view = await deps.naming.of_problem(visit.scope, view)
        await replace_with_access(
            visit, deps, view, lambda said: problem_card(view, visit.texts, visit.button, said)
        )
