"""A real Bolt app behind the simulator, over HTTP."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock, ManualClock
from bot.simulator.slack import SlackSimulator

SCOPES = (
    "commands",
    "users:read",
    "team:read",
    "chat:write",
    "channels:read",
    "channels:history",
    "im:write",
    "im:history",
    "files:write",
    "files:read",
)
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Probe"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "Probe"},
        "slash_commands": [{"command": "/probe", "description": "Probe"}],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}


def manifest(**changes: Any) -> dict[str, Any]:
    """The probe's manifest with other scopes (``scopes=``) or settings (``settings=``)."""
    changed = copy.deepcopy(MANIFEST)
    if "scopes" in changes:
        changed["oauth_config"]["scopes"]["bot"] = list(changes["scopes"])
    changed["settings"] |= changes.get("settings", {})
    changed["features"] |= changes.get("features", {})
    return changed


@dataclass
class Stage:
    """The simulator, the app behind it and the app's Web API client."""

    slack: SlackSimulator
    app: AsyncApp
    web: AsyncWebClient


def bolt_app(slack: SlackSimulator) -> AsyncApp:
    """A Bolt app that talks to the simulator."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


def web_app(app: AsyncApp) -> Starlette:
    """The app as a web server has it."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


@asynccontextmanager
async def stage_of(
    declared: Mapping[str, Any] = MANIFEST, clock: Clock | None = None, **options: Any
) -> AsyncIterator[Stage]:
    """The simulator with a Bolt app that listens over HTTP."""
    async with SlackSimulator(declared, clock=clock, **options) as slack:
        app = bolt_app(slack)
        transport = httpx.ASGITransport(web_app(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
            slack.connect_http(http)
            yield Stage(slack, app, app.client)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 10, 30, 9, 0, tzinfo=UTC))


@pytest.fixture
async def stage(clock: ManualClock) -> AsyncIterator[Stage]:
    async with stage_of(clock=clock) as ready:
        yield ready


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action_id: str = "press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": {"type": "plain_text", "text": "Probe"}, "blocks": list(blocks), **more}
