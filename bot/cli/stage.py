"""The bot in front of a simulated Slack: real Bolt app, real signed requests, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from bot.app import Core, http_app, open_slack, slack_app
from bot.app.delivering import delivering
from bot.app.manifest import manifest
from bot.clock import SystemClock
from bot.delivery import Pace
from bot.delivery.probe import Probe
from bot.operations.durable.port import Durable
from bot.simulator.slack import SlackSimulator
from bot.simulator.slack.limits import ACKNOWLEDGE_SECONDS
from handlers.listening import InFlight

if TYPE_CHECKING:
    from bot.operations.doctor.doctor import Doctor

__all__ = ["manifest", "staged"]


@asynccontextmanager
async def staged(
    core: Core,
    durable: Durable,
    in_flight: InFlight | None = None,
    enterprise_id: str | None = None,
    pace: Pace | None = None,
    ack_seconds: float = ACKNOWLEDGE_SECONDS,
) -> AsyncIterator[SlackSimulator]:
    """A simulated workspace in which the bot listens; ``in_flight`` holds the work that it acknowledged.

    What the bot tells is delivered at that ``pace``; ``core.delivery`` must be registered. Slack waits
    ``ack_seconds`` of real time for each acknowledgement.
    """
    async with (
        SlackSimulator(
            manifest(), clock=core.clock, enterprise_id=enterprise_id, ack_seconds=ack_seconds
        ) as slack,
        open_slack(slack.bot_token, slack.signing_secret, slack.api_url, core.clock) as access,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(
                app=http_app(
                    slack_app(_examining(core, slack), durable, access, in_flight), access, SystemClock()
                )
            ),
            base_url="http://bot.invalid",
        ) as listener,
        delivering(core.delivery, durable, slack.bot_token, slack.api_url, pace),
    ):
        slack.connect_http(listener)
        yield slack


def _examining(core: Core, slack: SlackSimulator) -> Core:
    """With a doctor who asks that Slack: the settings of a core on a stage have no token."""

    def doctor() -> Doctor:
        of = core.doctor()
        probe = Probe(slack.bot_token, address=slack.api_url)
        return replace(of, house=replace(of.house, slack=replace(of.house.slack, probe=probe)))

    return replace(core, doctor=doctor)
