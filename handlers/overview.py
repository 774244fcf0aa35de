"""The overview's buttons: back to it, its pages, *Refresh*."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.cards.actions import Action
from bot.cards.overview import overview_card
from bot.cards.progress import progress_card
from handlers.dependencies import Dependencies


def register(app: AsyncApp, deps: Dependencies) -> None:
    @app.action(Action.OVERVIEW_SHOW)
    @app.action(Action.OVERVIEW_PREVIOUS)
    @app.action(Action.OVERVIEW_NEXT)
    async def show(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        visit = await deps.visits.of_action(body)
        view = await deps.ask.overview(visit.scope, visit.button.page)
        await visit.replace(overview_card(view, visit.texts))

    @app.action(Action.OVERVIEW_REFRESH)
    async def refresh(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        visit = await deps.visits.of_action(body)
        connection = await deps.ask.connection(visit.scope)
        async for reading in deps.refresh.follow(visit.scope):
            await visit.replace(progress_card(connection, reading, visit.texts))
        view = await deps.ask.overview(visit.scope)
        await visit.replace(overview_card(view, visit.texts))
