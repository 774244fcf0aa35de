"""The Bolt app behind HTTP."""

from __future__ import annotations

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.app.slack import SlackAccess
from bot.clock import Clock
from bot.edge import SlackDoor


def http_app(app: AsyncApp, slack: SlackAccess, clock: Clock) -> Starlette:
    """The Bolt app behind HTTP: ``POST /slack/events``, signed by Slack."""
    handler = AsyncSlackRequestHandler(app)
    door = Middleware(SlackDoor, signing_secret=slack.signing_secret, clock=clock)
    return Starlette(
        routes=[Route("/slack/events", handler.handle, methods=["POST"], middleware=[door])],
    )
