"""Signing in to Slack as a process that is about to serve."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.app import SlackAccess, open_slack
from bot.failures import SettingsInvalid, SlackUnreachable
from bot.settings import Settings

_OWN_TROUBLE = frozenset(
    {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
)
"""Errors of ``auth.test`` and ``apps.connections.open`` that say nothing of the token (docs.slack.dev)."""
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 30.0

log = structlog.get_logger()


@contextmanager
def refused_by_slack(variable: str) -> Iterator[None]:
    """Turn a refusal by Slack into a complaint about the setting behind it; raises SlackUnreachable too."""
    try:
        yield
    except (ClientError, TimeoutError) as error:
        raise SlackUnreachable from error
    except SlackApiError as error:
        reason = str(error.response.get("error", "unknown"))
        if reason in _OWN_TROUBLE:
            raise SlackUnreachable from error
        raise SettingsInvalid((f"{variable}: Slack refuses it ({reason})",)) from error


async def sign_in(settings: Settings, stack: AsyncExitStack) -> SlackAccess:
    """Sign in with the bot token; what is opened is closed with ``stack``.

    Raises SettingsInvalid where Slack refuses the token, SlackUnreachable where it does not answer.
    """
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    assert token is not None  # noqa: S101 # load_settings saw to it
    signing_secret = secret.get_secret_value() if secret is not None else ""
    with refused_by_slack("SLACK_BOT_TOKEN"):
        return await stack.enter_async_context(
            open_slack(token.get_secret_value(), signing_secret, settings.slack_api_url)
        )


async def sign_in_patiently(settings: Settings, stack: AsyncExitStack) -> SlackAccess:
    """Sign in as soon as Slack answers; raises SettingsInvalid where it refuses the token."""
    wait = _FIRST_WAIT_SECONDS
    while True:
        try:
            return await sign_in(settings, stack)
        except SlackUnreachable:
            log.warning("slack.unreachable", next_try_seconds=wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
