"""The bot in front of a simulated Slack: real Bolt app, real signed requests, in this process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx

import bot
from bot.app import Core, http_app, open_slack, slack_app
from bot.app.delivering import delivering
from bot.clock import SystemClock
from bot.delivery import Pace
from bot.operations.durable.port import Durable
from bot.simulator.slack import SlackSimulator
from handlers.listening import InFlight


@asynccontextmanager
async def staged(
    core: Core,
    durable: Durable,
    in_flight: InFlight | None = None,
    enterprise_id: str | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[SlackSimulator]:
    """A simulated workspace in which the bot listens; ``in_flight`` holds the work that it acknowledged.

    What the bot tells is delivered at that ``pace``; ``core.delivery`` must be registered.
    """
    async with (
        SlackSimulator(manifest(), clock=core.clock, enterprise_id=enterprise_id) as slack,
        open_slack(slack.bot_token, slack.signing_secret, slack.api_url, core.clock) as access,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(
                app=http_app(slack_app(core, durable, access, in_flight), access, SystemClock())
            ),
            base_url="http://bot.invalid",
        ) as listener,
        delivering(core.delivery, durable, slack.bot_token, slack.api_url, pace),
    ):
        slack.connect_http(listener)
        yield slack


def manifest() -> Mapping[str, Any]:
    """The Slack app's manifest: inside the package of a wheel, at the top of a checkout."""
    package = Path(bot.__file__).parent
    for folder in (package, package.parent):
        if (folder / "manifest.json").is_file():
            text = (folder / "manifest.json").read_text(encoding="utf-8")
            return cast("Mapping[str, Any]", json.loads(text))
    raise FileNotFoundError("manifest.json is neither in the package nor beside it")
