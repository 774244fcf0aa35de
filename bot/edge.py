"""The door to the HTTP side: only what Slack signed comes in, and nothing else is read any further.

In front of Bolt because Bolt answers 500 to a timestamp that is not a number, logs whole bodies of requests
with a wrong signature (slack_sdk 3.47 ``signature/__init__.py``, slack_bolt 1.30 ``RequestVerification``),
and answers 500 to a body that it cannot read, though signed. The rule itself: docs.slack.dev, "Verifying
requests from Slack".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from http import HTTPStatus

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.log import place_of
from bot.payloads import Unreadable, canonical

LARGEST_BODY = 1_000_000
"""Bytes. A view is at most 250 KB and comes percent-encoded, up to three times that."""
WINDOW_SECONDS = 300
READ_SECONDS = 3.0
"""Real time for the body to arrive: Slack itself hangs up after as long."""
_CONTENT_TYPES = frozenset({b"application/x-www-form-urlencoded", b"application/json"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    status: HTTPStatus
    reason: str


class SlackDoor:
    """ASGI middleware: 415 for another content type, 413 for too large, 401 for what Slack did not sign.

    What Slack signed and nobody can read is 400. What goes further is JSON of a known shape
    (``bot.payloads``), whatever form it came in: Bolt mistakes a command for an empty request when the word
    *payload* is in its text (slack_bolt 1.30 ``request/internals.py``, ``parse_body``).
    """

    def __init__(
        self, app: ASGIApp, *, signing_secret: str, clock: Clock, read_seconds: float = READ_SECONDS
    ) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._clock = clock
        self._read_seconds = read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._signed_body({name.lower(): value for name, value in scope["headers"]}, receive)
        except _Refused as refusal:
            log.warning("door.refused", status=refusal.status.value, reason=refusal.reason)
            await PlainTextResponse(refusal.status.phrase, refusal.status.value)(scope, receive, send)
            return
        await self._through(_as_json(scope, len(body)), _once(body, receive), send)

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it through; what fails inside in spite of everything is a 400 and never a traceback.

        Bolt's own last resort fails on what it failed on before: it reads the payload again for the handler
        of errors (slack_bolt 1.30 ``kwargs_injection/async_utils.py``).
        """
        begun = asyncio.Event()

        async def answer(message: Message) -> None:
            begun.set()
            await send(message)

        async def inside() -> None:
            await self._app(scope, receive, answer)

        work = asyncio.create_task(inside())
        await asyncio.wait({work})
        error = work.exception()
        if error is not None:
            log.error("defect", exception=type(error).__name__, place=place_of(error))
            if not begun.is_set():
                status = HTTPStatus.BAD_REQUEST
                await PlainTextResponse(status.phrase, status.value)(scope, receive, send)

    async def _signed_body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """The body in canonical form; whoever cannot have signed it is sent away before it is read."""
        kind = _kind(headers)
        stamp = self._stamp(headers)
        try:
            async with asyncio.timeout(self._read_seconds):
                body = await _read(receive)
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, "too_slow") from None
        digest = hmac.new(self._secret, b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={digest}".encode(), headers.get(b"x-slack-signature", b"")):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "signature")
        try:
            return canonical(body, is_json=kind == b"application/json")
        except Unreadable as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, error.reason) from None

    def _stamp(self, headers: dict[bytes, bytes]) -> bytes:
        stamp = headers.get(b"x-slack-request-timestamp", b"")
        if not (stamp.isdigit() and len(stamp) <= 12):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "timestamp")
        if abs(self._clock.now().timestamp() - int(stamp)) > WINDOW_SECONDS:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "window")
        return stamp


def _kind(headers: dict[bytes, bytes]) -> bytes:
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind not in _CONTENT_TYPES:
        raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and (len(length) > 12 or int(length) > LARGEST_BODY):
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "length")
    return kind


async def _read(receive: Receive) -> bytes:
    """The body, without trusting the length that was announced."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(HTTPStatus.BAD_REQUEST, "disconnected")
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size")
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _as_json(scope: Scope, length: int) -> Scope:
    """The same request, with headers that fit the canonical body."""
    kept = [(n, v) for n, v in scope["headers"] if n.lower() not in (b"content-type", b"content-length")]
    described = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {**scope, "headers": [*kept, *described]}


def _once(body: bytes, receive: Receive) -> Receive:
    """Hand over the body that was already read, then whatever the connection says next."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
