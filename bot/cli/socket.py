"""``syncerrors socket``: the bot in Slack over Socket Mode, with the worker in it."""

from __future__ import annotations

import asyncio
import signal

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.app import Outside, open_core, open_slack, open_worker, slack_app
from bot.failures import SettingsInvalid
from bot.settings import Need, load_settings

log = structlog.get_logger()


async def run_socket() -> int:
    """Run until SIGINT or SIGTERM.

    Raises SettingsInvalid for settings that are missing, wrong, or refused by Slack.
    """
    settings = load_settings([Need.SOCKET, Need.BUSINESS_CENTRAL])
    assert settings.slack_bot_token is not None  # noqa: S101 # load_settings saw to it
    assert settings.slack_app_token is not None  # noqa: S101
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        try:
            async with open_slack(
                settings.slack_bot_token.get_secret_value(), "", settings.slack_api_url
            ) as slack:
                app = slack_app(core, durable, slack)
                handler = AsyncSocketModeHandler(app, settings.slack_app_token.get_secret_value())
                await handler.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
                log.info("socket.connected")
                await stop.wait()
                await handler.close_async()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise SettingsInvalid((_refusal(error),)) from error
    return 0


def _refusal(error: SlackApiError) -> str:
    """Which token Slack refused, and why (docs.slack.dev: errors of auth.test and apps.connections.open)."""
    reason = str(error.response.get("error", "unknown"))
    method = str(getattr(error.response, "api_url", ""))
    variable = "SLACK_APP_TOKEN" if "apps.connections.open" in method else "SLACK_BOT_TOKEN"
    return f"{variable}: Slack refuses it ({reason})"
