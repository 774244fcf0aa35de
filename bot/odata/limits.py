"""Request limits that a client keeps by itself, so that the service need not refuse it."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

from bot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a service lets one user do."""

    requests: int
    """In a sliding window."""
    window_seconds: float
    at_a_time: int
    """Requests under way together."""
    burst: int
    """Size of the bucket. A bucket as large as the window's allowance could let twice that through in one
    window (all at once, then the refill), so bucket and refill share it."""


class RequestLimit:
    """The allowance of one user."""

    def __init__(self, allowance: Allowance) -> None:
        refill = (allowance.requests - allowance.burst) / allowance.window_seconds
        self._bucket = AsyncLimiter(allowance.burst, allowance.burst / refill)
        self._slots = asyncio.Semaphore(allowance.at_a_time)
        self.allowance = allowance
        self._parts_count = False

    @property
    def at_once(self) -> int:
        """Requests that this process could send now without waiting; full is ``allowance.burst``."""
        most = range(1, self.allowance.burst + 1)
        return bisect_left(most, True, key=lambda many: not self._bucket.has_capacity(many))

    @property
    def counts_parts(self) -> bool:
        """Whether a batch costs as much as its parts."""
        return self._parts_count

    def count_parts(self) -> None:
        """From now on a batch costs as much as its parts.

        Microsoft's pages do not say whether they count; a part that was answered 429 does.
        """
        self._parts_count = True

    @asynccontextmanager
    async def request(self, parts: int = 1) -> AsyncIterator[None]:
        """Wait for a turn, and hold one of the places while the request runs."""
        async with self._slots:
            await self._bucket.acquire(parts if self._parts_count else 1)
            yield
