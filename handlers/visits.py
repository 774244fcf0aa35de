"""One visit: a person pressed or typed something, in a language, and can be answered.

Answers go through the ``response_url`` of the interaction (5 uses within 30 minutes, docs.slack.dev,
"Handling user interaction"), so the bot need not be a member of the channel.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.cards.actions import ButtonValue
from bot.cards.card import Card
from bot.cards.surface import SLACK, Surface
from bot.cards.texts import Texts
from bot.clock import Clock
from bot.failures import StaleButton
from bot.store.values import Scope

_LOCALE_SECONDS = 3600.0
_LOCALE_PATIENCE = 2.0
"""Seconds for asking Slack, retries included: an answer in English beats one that comes a minute later."""
_PEOPLE_REMEMBERED = 10_000
_NO_ANSWER = (SlackClientError, ClientError, OSError, TimeoutError, ValueError)
"""How a call of Slack fails: refused, cut off, silent, an address or a Retry-After that is none."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visit:
    """One interaction, ready to be answered."""

    scope: Scope
    texts: Texts
    button: ButtonValue
    response: AsyncWebhookClient | None
    surface: Surface = SLACK

    async def answer(self, card: Card) -> None:
        """Show a new message that only this person sees."""
        await self._send(card, replace_original=False)

    async def replace(self, card: Card) -> None:
        """Put the card in place of the message that was pressed."""
        await self._send(card, replace_original=True)

    async def _send(self, card: Card, *, replace_original: bool) -> None:
        if self.response is None:
            log.warning("answer.nowhere_to_go")
            return
        drawn = self.surface.draw(card, self.texts)
        try:
            answer = await self.response.send(
                text=drawn.text,
                blocks=drawn.blocks,
                response_type="ephemeral",
                replace_original=replace_original,
            )
        except _NO_ANSWER as error:
            log.warning("answer.lost", exception=type(error).__name__)
            return
        if answer.status_code != 200:
            log.warning("answer.refused", status=answer.status_code, reason=_code(answer.body))


class Visits:
    """Makes visits out of Slack payloads; knows everybody's language for an hour."""

    def __init__(
        self,
        *,
        workspace: str,
        connection: str,
        slack: AsyncWebClient,
        clock: Clock,
        surface: Surface = SLACK,
    ) -> None:
        self._workspace = workspace
        self._connection = connection
        self._slack = slack
        self._clock = clock
        self._surface = surface
        self._locales: dict[str, tuple[str, float]] = {}

    async def of_command(self, body: Mapping[str, Any]) -> Visit:
        """A visit by slash command."""
        button = ButtonValue(connection=self._connection)
        return await self._visit(str(body.get("user_id", "")), body.get("response_url"), button)

    async def of_action(self, body: Mapping[str, Any]) -> Visit:
        """A visit by button; raises StaleButton where its value is not of this version."""
        button = ButtonValue.decoded((body.get("actions") or [{}])[0].get("value"))
        return await self._visit(user_of(body), body.get("response_url"), button)

    async def of_broken(self, body: Mapping[str, Any]) -> Visit:
        """A visit of which only the person and the way back are sure, for telling that something failed."""
        button = ButtonValue(connection=self._connection)
        return await self._visit(user_of(body), body.get("response_url"), button)

    async def _visit(self, user: str, response_url: object, button: ButtonValue) -> Visit:
        return Visit(
            scope=Scope(self._workspace, button.connection),
            texts=Texts.for_locale(await self._locale(user)),
            button=button,
            response=self._way_back(response_url),
            surface=self._surface,
        )

    def _way_back(self, response_url: object) -> AsyncWebhookClient | None:
        if not isinstance(response_url, str) or not response_url:
            return None
        return AsyncWebhookClient(
            response_url,
            session=self._slack.session,
            timeout=self._slack.timeout,
            retry_handlers=[*self._slack.retry_handlers, AsyncServerErrorRetryHandler(max_retry_count=2)],
        )

    async def _locale(self, user: str) -> str:
        """The person's Slack locale such as ``nl-NL``; English where Slack does not tell in time."""
        known = self._locales.get(user)
        if known is not None and known[1] > self._clock.monotonic():
            return known[0]
        try:
            async with asyncio.timeout(_LOCALE_PATIENCE):
                answer = await self._slack.users_info(user=user, include_locale=True)
        except _NO_ANSWER as error:
            log.warning("locale.unknown", exception=type(error).__name__)
            return known[0] if known is not None else "en-US"
        person = answer.get("user")
        told = person.get("locale") if isinstance(person, Mapping) else None
        locale = str(told or self._surface.locales.get(user, "en-US"))
        while len(self._locales) >= _PEOPLE_REMEMBERED:
            self._locales.pop(next(iter(self._locales)))
        self._locales[user] = (locale, self._clock.monotonic() + _LOCALE_SECONDS)
        return locale


def _code(reason: str) -> str:
    """Slack's word for a refusal such as ``used_url``; anything else may quote somebody and is left out."""
    return reason if re.fullmatch(r"[a-z_]{1,40}", reason) else "?"


def user_of(body: Mapping[str, Any]) -> str:
    """Id of the person, from either shape of payload."""
    user = body.get("user")
    if isinstance(user, Mapping):
        return str(user.get("id", ""))
    return str(body.get("user_id", ""))


def problem_of(button: ButtonValue) -> str:
    """The problem that a button points at; raises StaleButton where it points at none."""
    if button.problem is None:
        raise StaleButton
    return button.problem


def number_of(button: ButtonValue) -> int:
    """The No. that a button points at; raises StaleButton where it points at none."""
    if button.number is None:
        raise StaleButton
    return button.number
