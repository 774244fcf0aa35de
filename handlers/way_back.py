"""The way back to the person: the ``response_url`` while it lasts, then a message of its own.

A ``response_url`` takes 5 messages within 30 minutes and works in channels where the bot is not a member
(docs.slack.dev, "Handling user interaction"). After that Slack answers 404 with ``used_url`` or
``expired_url``, and the answer goes

- to the same person in the same channel (chat.postEphemeral), as long as the conversation is young;
- else, and where the bot is not in that channel, to their direct messages (chat.postMessage with the person's
  id). An ephemeral message half an hour later would be seen by nobody who has closed the window meanwhile:
  Slack does not keep it.
"""

from __future__ import annotations

import re
from dataclasses import field
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import ClientConnectionError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.cards.card import Card
from bot.clock import Clock
from bot.dataclass import dataclass
from handlers.retrying import pause_after, pause_after_break

USES = 5
LASTS_SECONDS = 30 * 60.0
_TROUBLE = (SlackClientError, ClientError, TimeoutError, OSError, ValueError)
"""ValueError: an address that is none, or an answer that is no JSON."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """Where an interaction came from; empty strings where the payload does not tell."""

    user: str
    channel: str
    response_url: str


@dataclass(slots=True)
class WayBack:
    """The way back from one interaction, which begins when this is made."""

    address: Address
    slack: AsyncWebClient
    clock: Clock
    _uses_left: int = USES
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.clock.monotonic()
        if not self.address.response_url:
            self._uses_left = 0

    async def send(self, card: Card, *, replace_original: bool) -> None:
        """Bring the card to the person, whatever way is left; a lost answer is an error in the log."""
        if self._lasts() and await self._respond(card, replace_original=replace_original):
            return
        if not self.address.user:
            log.error("answer.lost", reason="nobody")
        elif not (self._young() and await self._beside_the_question(card)):
            await self._directly(card)

    async def send_if_spare(self, card: Card) -> None:
        """Show how far the work is, unless that would take the last use away from the answer."""
        if self._lasts() and self._uses_left > 1:
            await self._respond(card, replace_original=True)

    async def refuse(self, card: Card) -> None:
        """Answer somebody who may not use the bot: here or nowhere, never by a message of its own."""
        if self._lasts():
            await self._respond(card, replace_original=False)

    def _young(self) -> bool:
        return self.clock.monotonic() - self._begun < LASTS_SECONDS

    def _lasts(self) -> bool:
        return self._uses_left > 0 and self._young()

    async def _respond(self, card: Card, *, replace_original: bool) -> bool:
        """Post to the response_url; False when the card did not arrive that way."""
        body: dict[str, Any] = {"text": card.text, "blocks": card.blocks}
        body |= {"response_type": "ephemeral", "replace_original": replace_original}
        answer = await self._posted(body)
        if answer is not None and answer.status_code == HTTPStatus.BAD_REQUEST:
            log.error("answer.refused", status=answer.status_code, reason=_code(answer.body))
            answer = await self._posted({**body, "blocks": []})
        if answer is None:
            return False
        if answer.status_code == HTTPStatus.OK and not _code(answer.body):
            return True
        if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            self._uses_left = 0
        log.warning("answer.refused", status=answer.status_code, reason=_code(answer.body))
        return False

    async def _posted(self, body: dict[str, Any]) -> WebhookResponse | None:
        """The last answer of a few attempts; None where there was none at all."""
        url = AsyncWebhookClient(
            self.address.response_url,
            session=self.slack.session,
            timeout=self.slack.timeout,
            retry_handlers=[],
        )
        self._uses_left -= 1
        attempt = 0
        while True:
            answer: WebhookResponse | None = None
            try:
                answer = await url.send_dict(body)
            except ClientConnectionError as error:
                pause = pause_after_break(attempt)
                log.warning("answer.unsent", exception=type(error).__name__)
            except _TROUBLE as error:
                log.warning("answer.unsent", exception=type(error).__name__)
                return None
            else:
                pause = pause_after(answer.status_code, answer.headers, attempt)
            if pause is None:
                return answer
            await self.clock.sleep(pause)
            attempt += 1

    async def _beside_the_question(self, card: Card) -> bool:
        """An ephemeral message in the same channel; False where the bot or the person is not in it."""
        channel, user = self.address.channel, self.address.user
        if not channel or channel.startswith("D"):
            return False
        try:
            await self.slack.chat_postEphemeral(
                channel=channel, user=user, text=card.text, blocks=card.blocks
            )
        except SlackApiError as error:
            log.info("answer.not_in_channel", reason=_reason(error))
            return False
        except _TROUBLE as error:
            log.warning("answer.unsent", exception=type(error).__name__)
            return False
        log.info("answer.replaced", by="chat.postEphemeral")
        return True

    async def _directly(self, card: Card) -> None:
        """A direct message from the bot; Slack opens the conversation where there is none."""
        reason = await self._refused_directly(card)
        if reason is None:
            log.info("answer.replaced", by="chat.postMessage")
        else:
            log.error("answer.lost", reason=reason)

    async def _refused_directly(self, card: Card) -> str | None:
        """Why a direct message did not arrive; None when it did."""
        try:
            await self.slack.chat_postMessage(
                channel=self.address.user, text=card.text, blocks=card.blocks, unfurl_links=False
            )
        except SlackApiError as error:
            return _reason(error)
        except _TROUBLE as error:
            return type(error).__name__
        return None


def _code(body: str) -> str:
    """Slack's word for a refusal such as ``used_url``, else nothing: the rest may quote somebody."""
    found = re.search(r'"error"\s*:\s*"([a-z_]{1,40})"', body) or re.fullmatch(r"([a-z]+_[a-z_]{1,40})", body)
    return found[1] if found else ""


def _reason(error: SlackApiError) -> str:
    """Slack's word for it, such as ``not_in_channel``."""
    answer = error.response
    return str(answer.get("error", ""))[:40] if hasattr(answer, "get") else type(error).__name__
