"""*Show error call stack*."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.call_stack import call_stack_card, is_longer, told_card
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.visits import Visit, number_of


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.CALL_STACK_SHOW)
    async def show(visit: Visit) -> None:
        view = await deps.call_stacks.show(visit.scope, number_of(visit.button))
        if is_longer(view):
            await deps.call_stacks.send_file(visit.scope, view.number, visit.user, visit.texts.language)
        await visit.answer(call_stack_card(view, visit.texts))

    @listening.action(Action.CALL_STACK_TELL)
    async def tell(visit: Visit) -> None:
        threads = await deps.call_stacks.tell(visit.scope, number_of(visit.button), visit.actor)
        await visit.answer(told_card(threads, visit.texts))
