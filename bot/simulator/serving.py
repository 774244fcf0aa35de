"""Serving a stand-in on a loopback port, for bots that run in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn

AsgiApp = Callable[..., Any]


def loopback() -> socket.socket:
    """A socket that listens on a free port of this machine alone; close it.

    From now on whoever connects is let in, and answered as soon as somebody serves.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    # Else each answer waits for the acknowledgement of the caller's kernel, 40 ms. Connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.asynccontextmanager
async def served(app: AsgiApp, listener: socket.socket) -> AsyncIterator[None]:
    """Answer requests while the block runs, on the running loop; requests under way then are abandoned."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to the process that it is a part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
