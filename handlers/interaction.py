"""What comes before every listener: a reference for the interaction, and a kind word for strangers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.cards.failure import failure_card
from bot.failures import Stranger
from bot.log import place_of
from handlers.dependencies import Dependencies

_READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody mistakes for one another when reading a reference aloud."""

log = structlog.get_logger()


def guard_interactions(app: AsyncApp, deps: Dependencies) -> None:
    """Install the middleware, and a last resort for what goes wrong outside the listeners."""

    @app.middleware
    async def refer(body: Mapping[str, Any], next_: Callable[[], Awaitable[BoltResponse]]) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(reference=new_reference())
        log.info("interaction", kind=kind_of(body))
        await next_()

    @app.middleware
    async def refuse_strangers(
        body: Mapping[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        if team_of(body) == deps.team_id:
            await next_()
            return None
        deps.in_flight.begin(refuse(body))
        return BoltResponse(status=200, body="")

    async def refuse(body: Mapping[str, Any]) -> None:
        """Not awaited by the acknowledgement: Slack may be slow to tell a stranger's language."""
        visit = await deps.visits.of_broken(body)
        await visit.answer(failure_card(Stranger(), visit.texts))

    @app.error
    async def record(error: Exception) -> None:
        log.error("defect", exception=type(error).__name__, place=place_of(error))


def new_reference() -> str:
    """Six characters that a person can read out to whoever has the log."""
    return "".join(secrets.choice(_READABLE) for _ in range(6))


def kind_of(body: Mapping[str, Any]) -> str:
    """What happened, in the bot's own words; an id that the bot did not render is not repeated."""
    if "command" in body:
        return "command"
    return str(body.get("type") or "event")[:40]


def team_of(body: Mapping[str, Any]) -> str:
    """The organization of the person: in a shared channel ``user.team_id`` is not the installing team."""
    user = body.get("user")
    if isinstance(user, Mapping) and user.get("team_id"):
        return str(user["team_id"])
    team = body.get("team")
    if isinstance(team, Mapping) and team.get("id"):
        return str(team["id"])
    return str(body.get("team_id", ""))
