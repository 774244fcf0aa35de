"""Short-lived permissions: trigger ids and response_urls, both by the injected clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.clock import Clock
from bot.simulator.slack import limits
from bot.simulator.slack.outcomes import ApiError


@dataclass
class _Trigger:
    user: str
    issued: float
    used: bool = False


class Triggers:
    """Trigger ids: three seconds, one use (docs.slack.dev, interactivity/handling-user-interaction)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str) -> str:
        """A fresh trigger id for an interaction of that person."""
        now = self._clock.now().timestamp()
        trigger_id = f"{int(now * 1000)}.{len(self._issued) + 1}.{secrets.token_hex(8)}"
        self._issued[trigger_id] = _Trigger(user, self._clock.monotonic())
        return trigger_id

    def was_used(self, trigger_id: str) -> bool:
        """Has a view been opened with it?"""
        return self._issued[trigger_id].used

    def redeem(self, trigger_id: str) -> str:
        """Use it up and tell whose it is; raises invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if self._clock.monotonic() - trigger.issued > limits.TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass
class ResponseUrl:
    """One response_url. ``original`` is the ts of the message that was clicked; a command has none.
    ``answer`` is the ts of the message that was last written through it."""

    user: str
    channel: str
    original: str | None
    issued: float
    uses: int = 0
    answer: str | None = None


class ResponseUrls:
    """response_urls: five uses within thirty minutes.

    Source: docs.slack.dev, interactivity/handling-user-interaction, "Message responses".
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, *, user: str, channel: str, original: str | None) -> str:
        """The token of a fresh response_url."""
        token = secrets.token_urlsafe(18)
        self._issued[token] = ResponseUrl(user, channel, original, self._clock.monotonic())
        return token

    def answered(self, address: str) -> tuple[str, str] | None:
        """Channel and ts of what was last written through the response_url with that address."""
        url = self._issued[address.rpartition("/")[2]]
        return None if url.answer is None else (url.channel, url.answer)

    def open(self, token: str) -> ResponseUrl:
        """Look it up; raises ``expired_url`` or ``used_url``, which Slack sends with HTTP 404."""
        url = self._issued.get(token)
        if url is None:
            raise ApiError("no_such_url")
        if self._clock.monotonic() - url.issued > limits.RESPONSE_URL_SECONDS:
            raise ApiError("expired_url")
        if url.uses >= limits.RESPONSE_URL_USES:
            raise ApiError("used_url")
        return url
