"""Request limits of Business Central online, per user; an application counts as one.

Numbers: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/administration/operational-limits-online.md``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.simulator.businesscentral.refusal import operation_timeout, queue_timeout, too_many_requests


@dataclass(frozen=True, slots=True)
class Limits:
    """The documented numbers; tests may choose smaller ones."""

    requests: int = 6000
    window_seconds: float = 300.0
    processed: int = 5
    queued: int = 95
    queue_seconds: float = 480.0
    operation_seconds: float = 480.0
    parts_count: bool = False
    """Whether each part of a batch counts as a request too. Microsoft's pages do not say; a client has to
    cope with both."""


DOCUMENTED_LIMITS = Limits()


class Turnstile:
    """Admits the requests of one user.

    A request that is turned away does not count against the window.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._admitted: deque[float] = deque()
        self._present = 0
        self._places = asyncio.Semaphore(limits.processed)
        self.most_at_once = 0
        """The highest number of requests that were processed at the same time."""
        self._working = 0

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[None]:
        """Wait for a place and hold it.

        Raises Refusal: 429 over the window or the queue, 503 after too long a wait, 408 after too long a
        work.
        """
        limits = self._limits
        arrived = self._clock.monotonic()
        self._count(arrived)
        capacity = limits.processed + limits.queued
        if self._present >= capacity:
            raise too_many_requests(self._present + 1, capacity)
        self._present += 1
        try:
            async with self._places:
                begun = self._clock.monotonic()
                if begun - arrived > limits.queue_seconds:
                    raise queue_timeout()
                self._working += 1
                self.most_at_once = max(self.most_at_once, self._working)
                try:
                    yield
                finally:
                    self._working -= 1
                if self._clock.monotonic() - begun > limits.operation_seconds:
                    raise operation_timeout()
        finally:
            self._present -= 1

    def count_part(self) -> None:
        """One part of a batch. Raises Refusal (429) where parts count and the window is full."""
        if self._limits.parts_count:
            self._count(self._clock.monotonic())

    def _count(self, now: float) -> None:
        limits = self._limits
        while self._admitted and self._admitted[0] <= now - limits.window_seconds:
            self._admitted.popleft()
        if len(self._admitted) >= limits.requests:
            raise too_many_requests(len(self._admitted) + 1, limits.requests)
        self._admitted.append(now)
