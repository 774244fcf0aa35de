"""``syncerrors socket``: the bot in Slack over Socket Mode, with the worker in it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.app import Outside, open_core, open_slack, open_worker, slack_app
from bot.failures import SettingsInvalid, SlackUnreachable
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
    bot_token = settings.slack_bot_token.get_secret_value()
    app_token = settings.slack_app_token.get_secret_value()
    async with (
        open_core(settings, Outside()) as core,
        open_worker(settings, core) as durable,
        AsyncExitStack() as stack,
    ):
        with refused_by_slack("SLACK_BOT_TOKEN"):
            slack = await stack.enter_async_context(open_slack(bot_token, "", settings.slack_api_url))
        with refused_by_slack("SLACK_APP_TOKEN"):
            # Asked once by hand: the Socket Mode client would ask for ever (slack_sdk 3.47, connect()).
            await slack.client.apps_connections_open(app_token=app_token)
        handler = AsyncSocketModeHandler(slack_app(core, durable, slack), app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
        log.info("socket.connected")
        await stop.wait()
        await handler.close_async()  # type: ignore[no-untyped-call]
    return 0


@contextmanager
def refused_by_slack(variable: str) -> Iterator[None]:
    """Turn a refusal by Slack into a complaint about the setting behind it; raises SlackUnreachable too."""
    try:
        yield
    except (ClientError, TimeoutError) as error:
        raise SlackUnreachable from error
    except SlackApiError as error:
        reason = error.response.get("error", "unknown")
        raise SettingsInvalid((f"{variable}: Slack refuses it ({reason})",)) from error
