"""The wire between a client and a stand-in, inside one process.

A stand-in answers for its own host names and for no others: a client that follows a link to somewhere else
meets ``httpx.ConnectError``, as on a machine without that host.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from enum import Enum
from typing import Any

import httpx

from bot.clock import Clock

AsgiApp = Callable[..., Any]


class Interruption(Enum):
    """What may happen to one exchange on its way."""

    DROPPED = "dropped"
    """The connection breaks in the middle of the answer."""
    SILENT = "silent"
    """The request arrives and is carried out, the answer never comes."""


class ConnectionCut(Exception):
    """Raised by a stand-in: the connection breaks while the request is being carried out."""


class InProcessTransport(httpx.AsyncBaseTransport):
    """Carries requests of an ``httpx.AsyncClient`` to an ASGI application.

    ``hosts`` are the names that it answers for; ``interrupt`` is asked once for each request. An answer that
    took longer, by ``clock``, than the client's read timeout is lost: ``httpx.ReadTimeout``, as on a real
    wire.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        hosts: Collection[str],
        clock: Clock,
        interrupt: Callable[[], Interruption | None] = lambda: None,
    ) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self._hosts = frozenset(host.lower() for host in hosts)
        self._clock = clock
        self._interrupt = interrupt

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Deliver one request.

        Raises httpx.ConnectError for a foreign host, httpx.ReadError and httpx.ReadTimeout when interrupted.
        """
        refuse_foreign_host(request, self._hosts)
        interruption = self._interrupt()
        patience = _read_timeout(request)
        begun = self._clock.monotonic()
        try:
            response = await self._inner.handle_async_request(request)
        except ConnectionCut:
            raise httpx.ReadError("the simulator dropped the connection", request=request) from None
        took = self._clock.monotonic() - begun
        if interruption is Interruption.SILENT or (patience is not None and took > patience):
            raise httpx.ReadTimeout("the simulator did not answer in time", request=request)
        if interruption is Interruption.DROPPED:
            body = await response.aread()
            return httpx.Response(
                response.status_code, headers=response.headers, stream=_Broken(body, request)
            )
        return response


class _Broken(httpx.AsyncByteStream):
    """Half of a body, then a broken connection."""

    def __init__(self, body: bytes, request: httpx.Request) -> None:
        self._body = body
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.ReadError("the simulator dropped the connection", request=self._request)


def refuse_foreign_host(request: httpx.Request, hosts: Collection[str]) -> None:
    """Raise httpx.ConnectError unless the request goes, by https, to one of ``hosts``."""
    if request.url.scheme != "https" or request.url.host.lower() not in hosts:
        raise httpx.ConnectError(f"no such host in the simulator: {request.url.host}", request=request)


def _read_timeout(request: httpx.Request) -> float | None:
    timeout = request.extensions.get("timeout")
    seconds = timeout.get("read") if isinstance(timeout, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None
