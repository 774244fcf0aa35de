"""Socket Mode: tickets, open WebSockets, and payloads that go to exactly one of them.

Source: docs.slack.dev, apis/events-api/using-socket-mode: at most ten connections per app, any one of which
gets a payload; the app answers with the ``envelope_id`` within three seconds. Slack replaces connections: it
sends ``disconnect`` with the reason ``warning`` some ten seconds before, then with ``refresh_requested``, and
then closes (slackapi/node-slack-sdk #1762).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from bot.simulator.slack import limits
from bot.simulator.slack.changes import Changes
from bot.simulator.slack.outcomes import Refusal


class Sockets:
    """The app's open WebSockets."""

    def __init__(self, app_id: str, refusals: list[Refusal], changes: Changes) -> None:
        self._app_id = app_id
        self._refusals = refusals
        self._changes = changes
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._transports: dict[web.WebSocketResponse, asyncio.Transport] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turn = 0

    @property
    def connected(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    def new_ticket(self) -> str:
        """Permission to open one socket, once."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Take one WebSocket and read acknowledgements from it until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.remove(ticket)
        # Slack's client answers pings itself and sends its own; both ends use plain frames.
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= limits.SOCKETS:
            self._refuse("too_many_websockets")
            await socket.send_json(self._goodbye("too_many_websockets"))
            await socket.close()
            return socket
        try:
            self._open.append(socket)
            if isinstance(request.transport, asyncio.Transport):
                self._transports[socket] = request.transport
            await socket.send_json(self._hello())
            self._changes.mark()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            if socket in self._open:
                self._open.remove(socket)
            self._transports.pop(socket, None)
            self._changes.mark()
        return socket

    async def send(
        self, kind: str, payload: dict[str, Any], retry: dict[str, Any] | None = None
    ) -> asyncio.Future[Any]:
        """Hand a payload to exactly one socket, each in turn; the result will be what it acknowledges with.

        ``kind`` is ``slash_commands``, ``interactive`` or ``events_api`` (``retry`` then goes into the
        envelope). Needs an open socket; one that turns out to be broken is passed over, and what nobody takes
        is never acknowledged.
        """
        envelope_id = secrets.token_hex(16)
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = acknowledged
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": retry is None,
            "payload": payload,
            **(retry or {}),
        }
        self._turn += 1
        for socket in [*self._open[self._turn % len(self._open) :], *self._open]:
            if not socket.closed and await _sent(socket, envelope):
                break
        return acknowledged

    async def warn(self) -> None:
        """Announce to every client that its connection will be replaced; it still takes payloads."""
        for socket in list(self._open):
            await _sent(socket, self._goodbye("warning"))

    async def recycle(self) -> None:
        """Ask every client to reconnect, as Slack does every few hours, and give it nothing more."""
        for socket in list(self._open):
            self._open.remove(socket)
            await _sent(socket, self._goodbye("refresh_requested"))

    async def drop(self) -> None:
        """Break every connection without a word, as networks do."""
        for socket in list(self._open):
            self._open.remove(socket)
            self._transports[socket].abort()

    async def close(self) -> None:
        """Close every socket."""
        for socket in list(self._open):
            await socket.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the simulator ended"))
                future.exception()  # nobody may be waiting any more

    def _refuse(self, error: str) -> None:
        self._refusals.append(Refusal("socket", error))
        self._changes.mark()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "simulator", "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }

    def _goodbye(self, reason: str) -> dict[str, Any]:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "simulator"}}

    def _acknowledge(self, frame: str) -> None:
        try:
            answer = json.loads(frame)
            envelope_id = answer["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._refuse("unreadable_acknowledgement")
            return
        future = self._waiting.pop(envelope_id, None)
        if future is None:
            self._refuse("unknown_envelope_id")
        elif not future.done():
            future.set_result(answer.get("payload"))


async def _sent(socket: web.WebSocketResponse, message: dict[str, Any]) -> bool:
    try:
        await socket.send_json(message)
    except ConnectionError:
        return False
    return True
