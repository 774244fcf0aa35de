"""The door to the HTTP side: only what Slack signed comes in, and nothing else is read any further.

In front of Bolt because Bolt answers 500 to a timestamp that is not a number and logs whole bodies of
requests with a wrong signature (slack_sdk 3.47 ``signature/__init__.py``, slack_bolt 1.30
``RequestVerification``). The rule itself: docs.slack.dev, "Verifying requests from Slack".
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock

LARGEST_BODY = 1_000_000
"""Bytes. A view is at most 250 KB and comes percent-encoded, up to three times that."""
WINDOW_SECONDS = 300
_CONTENT_TYPES = frozenset({b"application/x-www-form-urlencoded", b"application/json"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    status: HTTPStatus


class SlackDoor:
    """ASGI middleware: 413 for too large, 415 for another content type, 401 for what Slack did not sign."""

    def __init__(self, app: ASGIApp, *, signing_secret: str, clock: Clock) -> None:
        self._app = app
        self._secret = signing_secret.encode()
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            headers = {name.lower(): value for name, value in scope["headers"]}
            _check_kind(headers)
            body = await _read(receive)
            self._check_signature(headers, body)
        except _Refused as refusal:
            log.warning("door.refused", status=refusal.status.value)
            await PlainTextResponse(refusal.status.phrase, refusal.status.value)(scope, receive, send)
            return
        await self._app(scope, _once(body, receive), send)

    def _check_signature(self, headers: dict[bytes, bytes], body: bytes) -> None:
        stamp = headers.get(b"x-slack-request-timestamp", b"")
        if not (stamp.isdigit() and len(stamp) <= 12):
            raise _Refused(HTTPStatus.UNAUTHORIZED)
        if abs(self._clock.now().timestamp() - int(stamp)) > WINDOW_SECONDS:
            raise _Refused(HTTPStatus.UNAUTHORIZED)
        digest = hmac.new(self._secret, b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={digest}".encode(), headers.get(b"x-slack-signature", b"")):
            raise _Refused(HTTPStatus.UNAUTHORIZED)


def _check_kind(headers: dict[bytes, bytes]) -> None:
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind not in _CONTENT_TYPES:
        raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


async def _read(receive: Receive) -> bytes:
    """The body, without trusting the length that was announced."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(HTTPStatus.BAD_REQUEST)
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """Hand over the body that was already read, then whatever the connection says next."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
