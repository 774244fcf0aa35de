"""*Show error call stack*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.cards.actions import Action
from bot.cards.call_stack import call_stack_card
from handlers.dependencies import Dependencies
from handlers.visits import number_of


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.action(Action.CALL_STACK_SHOW)
    async def show(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        visit = await deps.visits.of_action(body)
        view = await deps.call_stacks.show(visit.scope, number_of(visit.button))
        await visit.answer(call_stack_card(view, visit.texts))
