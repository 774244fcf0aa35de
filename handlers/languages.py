"""Which language somebody reads, as far as it is known in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.texts import Texts
from bot.clock import Clock

PATIENCE_SECONDS = 1.5
"""Real time that an answer waits for Slack to tell the language of somebody new."""
_KNOWN_SECONDS = 3600.0
_UNKNOWN_SECONDS = 60.0
"""After Slack did not tell, it is not asked about the same person for so long."""
_PEOPLE_REMEMBERED = 10_000
_FOR_NOW = "en-US"

log = structlog.get_logger()


class Languages:
    """Everybody's locale, for an hour; asked of Slack when first needed, once at a time."""

    def __init__(self, slack: AsyncWebClient, clock: Clock, untold: Mapping[str, str]) -> None:
        """``untold`` holds the locales by user id of people of whom Slack tells none."""
        self._slack = slack
        self._clock = clock
        self._untold = untold
        self._known: dict[str, tuple[str, float]] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}

    async def of(self, user: str) -> Texts:
        """The sentences that this person reads; English where Slack does not tell in time.

        A late answer of Slack is not lost: it is there for the next time.
        """
        known = self._known.get(user)
        if user and (known is None or known[1] <= self._clock.monotonic()):
            await asyncio.wait({self._ask(user)}, timeout=PATIENCE_SECONDS)
        return Texts.for_locale(self._known.get(user, (_FOR_NOW, 0.0))[0])

    def _ask(self, user: str) -> asyncio.Task[None]:
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._learn(user))
            task.add_done_callback(lambda _: self._asking.pop(user, None))
        return task

    async def _learn(self, user: str) -> None:
        try:
            answer = await self._slack.users_info(user=user, include_locale=True)
            shown = answer.get("user")
            locale = shown.get("locale") if isinstance(shown, dict) else None
        # ValueError and RuntimeError: an answer that is no JSON, a session that has been closed (aiohttp).
        except (SlackClientError, ClientError, TimeoutError, OSError, ValueError, RuntimeError) as error:
            log.warning("locale.unknown", exception=type(error).__name__)
            before = self._known.get(user, (_FOR_NOW, 0.0))[0]
            self._remember(user, before, _UNKNOWN_SECONDS)
            return
        told = locale if isinstance(locale, str) and locale else self._untold.get(user, _FOR_NOW)
        self._remember(user, told, _KNOWN_SECONDS)

    def _remember(self, user: str, locale: str, seconds: float) -> None:
        while len(self._known) >= _PEOPLE_REMEMBERED and user not in self._known:
            self._known.pop(next(iter(self._known)))
        self._known[user] = (locale, self._clock.monotonic() + seconds)
