"""Several environments of several tenants behind the one address of Business Central online."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from bot.simulator.businesscentral.server import BusinessCentralSimulator


class Environments(httpx.AsyncBaseTransport):
    """Carries each request to the environment that its path names.

    What names none of them goes to one of the same tenant, else to the first one: it answers 404 as Business
    Central does.
    """

    def __init__(self, simulators: Sequence[BusinessCentralSimulator]) -> None:
        self._first = simulators[0].transport()
        self._by_tenant = {_place(one.base_url)[:1]: one.transport() for one in reversed(simulators)}
        self._by_path = {_place(simulator.base_url): simulator.transport() for simulator in simulators}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver one request; raises what the environment's own transport raises."""
        place = _place(str(request.url))
        transport = self._by_path.get(place) or self._by_tenant.get(place[:1], self._first)
        return await transport.handle_async_request(request)


def _place(url: str) -> tuple[str, ...]:
    """Tenant and environment, the third and fourth part of ``/v2.0/{tenant}/{environment}``."""
    parts = httpx.URL(url).path.lower().split("/")
    return tuple(parts[2:4])
