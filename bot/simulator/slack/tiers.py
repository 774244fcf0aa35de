"""Rate limits per method, by the injected clock (docs.slack.dev, apis/web-api/rate-limits)."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from enum import IntEnum
from typing import Final

from bot.clock import Clock

_WINDOW: Final = 60.0


class Tier(IntEnum):
    """Calls per minute. Slack promises at least these; the simulator grants no more."""

    ONE = 1
    TWO = 20
    THREE = 50
    POSTING = 60
    """chat.postMessage: one message a second and channel, bursts allowed."""
    FOUR = 100
    SPECIAL = 600
    """"Hundreds per minute": auth.test, chat.getPermalink."""


class Tiers:
    """Counts calls in the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def admit(self, key: str, tier: Tier) -> int | None:
        """None when the call is within the limit, else the seconds to wait (``Retry-After``)."""
        now = self._clock.monotonic()
        calls = self._calls[key]
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= tier:
            return max(1, math.ceil(_WINDOW - (now - calls[0])))
        calls.append(now)
        return None
