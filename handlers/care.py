"""*Claim*, *Mark fixed*, and back, on the card of a shared problem."""

from __future__ import annotations

from typing import Final

from bot.cards.actions import Action
from bot.cards.sharing import decision_card
from bot.operations.problem_moves import Move
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit, problem_of

MOVES: Final = {
    Action.PROBLEM_CLAIM: Move.CLAIM,
    Action.PROBLEM_RELEASE: Move.RELEASE,
    Action.PROBLEM_MARK_FIXED: Move.MARK_FIXED,
    Action.PROBLEM_REOPEN: Move.REOPEN,
}


def register(listening: Listening, deps: Dependencies) -> None:
    for action, move in MOVES.items():
        _register(listening, deps, action, move)


def _register(listening: Listening, deps: Dependencies, action: Action, move: Move) -> None:
    @listening.action(action)
    async def decide(visit: Visit) -> None:
        decision = await deps.care.move(visit.scope, problem_of(visit.button), move, visit.actor)
        # The card and its thread tell everybody what changed; only who pressed in vain is told apart.
        if (card := decision_card(decision, visit.texts)) is not None:
            await visit.answer(card)
