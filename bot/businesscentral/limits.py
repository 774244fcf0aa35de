"""Business Central's request limits, kept by the client itself.

Per user and environment (an application counts as a user): 6,000 OData requests in a sliding window of five
minutes, 5 processed at a time (``dev-itpro/administration/operational-limits-online.md``). Companies of one
environment share them, so they hang on (tenant, environment, application) and not on a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

WINDOW_SECONDS = 300
REQUESTS_PER_WINDOW = 6_000
AT_A_TIME = 5

BURST = 1_500
"""Size of the bucket. A bucket as large as the window's allowance could let twice that through in one window
(all at once, then the refill), so bucket and refill share it: 1,500 at once, then 15 a second."""


@dataclass(frozen=True, slots=True)
class ApplicationUser:
    """Whose limits: Business Central counts per environment and user."""

    tenant: str
    environment: str
    application: str


class RequestLimit:
    """The allowance of one application user."""

    def __init__(self) -> None:
        refill = (REQUESTS_PER_WINDOW - BURST) / WINDOW_SECONDS
        self._bucket = AsyncLimiter(BURST, BURST / refill)
        self._slots = asyncio.Semaphore(AT_A_TIME)
        self._parts_count = False

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
        """Wait for a turn, and hold one of the five places while the request runs."""
        async with self._slots:
            await self._bucket.acquire(parts if self._parts_count else 1)
            yield


class RequestLimits:
    """All allowances of this process; one object for the whole process."""

    def __init__(self) -> None:
        self._limits: dict[ApplicationUser, RequestLimit] = {}

    def of(self, user: ApplicationUser) -> RequestLimit:
        """The allowance that all clients of this user share."""
        return self._limits.setdefault(user, RequestLimit())
