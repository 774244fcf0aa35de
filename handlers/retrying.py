"""Asking Slack once more: when, after how long, and when it is no use.

Bounded in every direction, because somebody waits for the answer. Slack's own handlers (slack_sdk 3.47
``http_retry/builtin_async_handlers.py``) wait as long as ``Retry-After`` says, whatever it says, fail on one
that is no number, and do not see the 5xx of a ``response_url`` at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientConnectionError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from bot.clock import Clock

ATTEMPTS = 3
"""In all, the first one included."""
LONGEST_PAUSE = 30.0
"""Seconds. Slack rarely asks for more than a few; beyond this the person has gone."""
_FIRST_PAUSE = 0.5
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def pause_after(status: int, headers: Mapping[str, Any], attempt: int) -> float | None:
    """Seconds to wait after an answer with that HTTP status; None when asking again is no use.

    ``attempt`` counts from 0. Slack promises ``Retry-After`` in seconds with a 429 (docs.slack.dev, "Rate
    limits"); without a readable one it is a second.
    """
    if attempt + 1 >= ATTEMPTS:
        return None
    if status == _TOO_MANY_REQUESTS:
        pause = _retry_after(headers)
        return pause if pause <= LONGEST_PAUSE else None
    return pause_after_break(attempt) if status >= _SERVER_ERROR else None


def pause_after_break(attempt: int) -> float | None:
    """The same for a connection that broke."""
    return _FIRST_PAUSE * 2**attempt if attempt + 1 < ATTEMPTS else None


def _retry_after(headers: Mapping[str, Any]) -> float:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            text = str(value[0] if isinstance(value, list) and value else value).strip()
            return float(text) if text.isdecimal() and len(text) < 10 else 1.0
    return 1.0


class BoundedRetry(AsyncRetryHandler):
    """The rule above, for every call of the Web API."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(max_retry_count=ATTEMPTS)
        self._clock = clock

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return _pause(state, response, error) is not None

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        pause = _pause(state, response, error)
        state.next_attempt_requested = pause is not None
        if pause is not None:
            await self._clock.sleep(pause)
            state.increment_current_attempt()


def _pause(state: RetryState, response: HttpResponse | None, error: Exception | None) -> float | None:
    if isinstance(error, ClientConnectionError):
        return pause_after_break(state.current_attempt)
    if error is None and response is not None:
        return pause_after(response.status_code, response.headers, state.current_attempt)
    return None
