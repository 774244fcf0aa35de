"""Channels as Slack knows them: whether the bot can post there, what is read there, where a message is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.links import Address, slack_message
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.failures import PlaceRefused

_TROUBLE = (SlackClientError, ClientError, TimeoutError, OSError, ValueError)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Channels:
    """Asks ``conversations.info`` (``channels:read``, ``groups:read``, ``mpim:read``) and
    ``chat.getPermalink``."""

    slack: AsyncWebClient

    async def ready(self, channel: str, reader: Texts) -> str:
        """Make the bot able to post there: it joins a public channel. Gives the language that is read there.

        That is the channel's own where Slack tells it, else the ``reader``'s who shares. Raises PlaceRefused.
        Where Slack does not answer, posting will tell.
        """
        try:
            answer = await self.slack.conversations_info(channel=channel, include_locale=True)
        except SlackApiError as error:
            raise PlaceRefused(code=_code(error)) from error
        except _TROUBLE as error:
            log.warning("channel.unknown", exception=type(error).__name__)
            return reader.language
        told = answer.get("channel")
        told = told if isinstance(told, Mapping) else {}
        if told.get("is_archived"):
            raise PlaceRefused(code="is_archived")
        if told.get("is_ext_shared") or told.get("is_pending_ext_shared"):
            raise PlaceRefused(code="external")
        # Of conversations of several people Slack tells those alone who are in them.
        if not told.get("is_member") and not told.get("is_mpim"):
            await self._join(channel, told)
        locale = told.get("locale")
        return Texts.for_locale(locale).language if isinstance(locale, str) and locale else reader.language

    async def permalink(self, channel: str, ts: str) -> Address | None:
        """The address of a message; None where it is not there, or Slack does not tell."""
        try:
            answer = await self.slack.chat_getPermalink(channel=channel, message_ts=ts)
        except _TROUBLE as error:
            log.info("permalink.unknown", reason=_code(error))
            return None
        link = answer.get("permalink")
        return slack_message(link) if isinstance(link, str) else None

    async def _join(self, channel: str, told: Mapping[str, Any]) -> None:
        if not told.get("is_channel") or told.get("is_private"):
            raise PlaceRefused(code="not_in_channel")
        try:
            await self.slack.conversations_join(channel=channel)
        except SlackApiError as error:
            code = _code(error)
            raise PlaceRefused(code=code if code == "is_archived" else "not_in_channel") from error
        except _TROUBLE as error:
            log.warning("channel.not_joined", exception=type(error).__name__)


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError) and hasattr(error.response, "get"):
        return str(error.response.get("error", ""))[:40]
    return type(error).__name__
