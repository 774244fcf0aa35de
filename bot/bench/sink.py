"""Where replies arrive: the least that Slack can be, so that nearly nothing of it is measured.

The strict simulator would check every card; here only the moment counts at which a reply is complete.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

TEAM = "T0BENCH01"
_ANSWERS = {
    "/api/auth.test": (
        b'{"ok":true,"url":"https://bench.slack.com/","team":"Bench","user":"bot",'
        b'"team_id":"T0BENCH01","user_id":"U0BOT0001","bot_id":"B0BOT0001"}'
    ),
    "/api/users.info": b'{"ok":true,"user":{"id":"U0KIM0001","locale":"en-US"}}',
}


class Sink:
    """Takes replies. ``address`` is set while it listens."""

    def __init__(self) -> None:
        self.address = ""
        self.last = b""
        """The body of the latest reply."""
        self._arrived: asyncio.Future[float] | None = None

    @property
    def response_url(self) -> str:
        """Where a reply is posted."""
        return f"{self.address}/commands/{TEAM}/1/reply"

    def expect(self) -> asyncio.Future[float]:
        """The moment (``time.perf_counter``) at which the next reply will be complete."""
        self._arrived = asyncio.get_running_loop().create_future()
        return self._arrived

    def take(self, path: str, body: bytes) -> bytes:
        """One request; gives what to answer."""
        answer = _ANSWERS.get(path.partition("?")[0])
        if answer is not None:
            return answer
        self.last = body
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(time.perf_counter())
        return b"ok"


@contextlib.asynccontextmanager
async def listening_sink() -> AsyncIterator[Sink]:
    """A sink on a loopback port."""
    sink = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Exchange(sink), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    sink.address = f"http://{host}:{port}"
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()


class _Exchange(asyncio.Protocol):
    """HTTP/1.1, as far as Slack's own clients speak it: a length with every body, one request at a time."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 # a TCP server makes no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].decode("latin-1")
            whole = end + 4 + _length(head)
            if len(self._data) < whole:
                return
            body, self._data = self._data[end + 4 : whole], self._data[whole:]
            self._answer(self._sink.take(head.split(" ", 2)[1], body))

    def _answer(self, body: bytes) -> None:
        if self._transport is not None:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % len(body) + body)


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
