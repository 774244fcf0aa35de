"""A simulated Business Central that takes its time to delete: a demo needs something to watch and stop."""

from __future__ import annotations

from typing import Final

import httpx

from bot.clock import Clock

SECONDS: Final = 0.6
"""For each request that deletes: a hundred entries by id, or as many by number as the demo takes at once."""
ENTRIES_AT_ONCE: Final = 250


class Unhurried(httpx.AsyncBaseTransport):
    """Holds back what deletes; everything else passes at once."""

    def __init__(self, transport: httpx.AsyncBaseTransport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver one request; raises what the transport behind it raises."""
        if request.url.path.endswith(("$batch", "deleteErrors")):
            await self._clock.sleep(SECONDS)
        return await self._transport.handle_async_request(request)
