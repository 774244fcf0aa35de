"""The HTTP side: Slack's requests, and the two questions of whoever runs the process."""

from __future__ import annotations

import asyncio

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app.slack import SlackAccess
from bot.clock import Clock
from bot.edge import SlackDoor
from bot.failures import StoreUnavailable
from bot.store import Database
from bot.store.readiness import is_migrated

PROBE_SECONDS = 2.0
"""Longest wait for the database; a probe that hangs says less than one that answers no."""


def http_app(app: AsyncApp, slack: SlackAccess, clock: Clock) -> Starlette:
    """The Bolt app behind HTTP: ``POST /slack/events``, signed by Slack."""
    handler = AsyncSlackRequestHandler(app)
    door = Middleware(SlackDoor, signing_secret=slack.signing_secret, clock=clock)
    return Starlette(
        routes=[Route("/slack/events", handler.handle, methods=["POST"], middleware=[door])],
    )


class Site:
    """Answers probes from the beginning, and Slack as soon as the bot has signed in.

    ``/healthz``: 200 while the process lives. ``/readyz``: 200 where the database answers and is migrated and
    the bot has signed in to Slack, else 503; a JSON object says which. Neither tells anything else.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._slack: ASGIApp | None = None
        self.app = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/readyz", self._readiness),
                Mount("/", app=self._to_slack),
            ]
        )

    def open(self, slack: ASGIApp) -> None:
        """Let Slack's requests through to ``http_app``."""
        self._slack = slack

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("alive")

    async def _readiness(self, _: Request) -> Response:
        database = await self._state_of_database()
        slack = "ready" if self._slack is not None else "signing in"
        ready = database == slack == "ready"
        return JSONResponse({"database": database, "slack": slack}, status_code=200 if ready else 503)

    async def _state_of_database(self) -> str:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return "ready" if await is_migrated(self._database) else "not migrated"
        except (StoreUnavailable, TimeoutError):
            return "unreachable"

    async def _to_slack(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._slack is None:
            # Slack shows the person that it did not work, and repeats events.
            await PlainTextResponse("signing in", 503, {"Retry-After": "5"})(scope, receive, send)
        else:
            await self._slack(scope, receive, send)
