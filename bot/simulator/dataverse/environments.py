"""Several environments, each behind its own host name."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from bot.simulator.dataverse.server import DataverseSimulator
from bot.simulator.network import refuse_foreign_host


class Environments(httpx.AsyncBaseTransport):
    """Carries each request to the environment that its host names."""

    def __init__(self, simulators: Sequence[DataverseSimulator]) -> None:
        self._by_host = {simulator.host: simulator.transport() for simulator in simulators}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver one request; raises httpx.ConnectError for a host that is none of them."""
        refuse_foreign_host(request, self._by_host)
        return await self._by_host[request.url.host.lower()].handle_async_request(request)
