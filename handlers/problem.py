"""*Details* of a problem, and the pages of its records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.cards.actions import Action
from bot.cards.problem import problem_card
from handlers.dependencies import Dependencies
from handlers.visits import problem_of


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.action(Action.PROBLEM_SHOW)
    @app.action(Action.PROBLEM_PREVIOUS)
    @app.action(Action.PROBLEM_NEXT)
    async def show(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        visit = await deps.visits.of_action(body)
        view = await deps.ask.problem(visit.scope, problem_of(visit.button), visit.button.page)
        await visit.replace(problem_card(view, visit.texts))
