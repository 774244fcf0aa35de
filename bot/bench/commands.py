"""Typing ``/syncerrors`` at a web application, and the time until its reply is out."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from bot.bench.sink import TEAM, Sink

SIGNING_SECRET = "only-of-the-bench"  # noqa: S105 # the bench's own
BOT_TOKEN = "xoxb-bench"  # noqa: S105
PATH = "/slack/events"
_FORM = b"application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Typing:
    """One person who types one command again and again."""

    app: ASGIApp
    sink: Sink
    text: str = ""
    """What stands behind the command."""

    async def once(self) -> float:
        """Type it; gives the seconds from the payload's first byte in to the reply's last byte out.

        Returns when the request is over, too. Raises RuntimeError where it is not acknowledged.
        """
        body = self._payload()
        scope = _scope(body)
        status = 0
        pending = [body]

        async def receive() -> Message:
            return {"type": "http.request", "body": pending.pop() if pending else b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]

        arrived = self.sink.expect()
        begun = time.perf_counter()
        await self.app(scope, receive, send)
        if status != 200:
            raise RuntimeError(f"the command was answered with status {status}")
        return await arrived - begun

    def _payload(self) -> bytes:
        return urlencode(
            {
                "token": "deprecated",
                "team_id": TEAM,
                "team_domain": "bench",
                "channel_id": "C0GENERAL",
                "channel_name": "general",
                "user_id": "U0KIM0001",
                "user_name": "kim",
                "command": "/syncerrors",
                "text": self.text,
                "api_app_id": "A0BENCH01",
                "is_enterprise_install": "false",
                "response_url": self.sink.response_url,
                "trigger_id": "1.2.3",
            }
        ).encode()


def _scope(body: bytes) -> dict[str, object]:
    """An ASGI scope with what Slack sends, signed."""
    stamp = b"%d" % time.time()
    digest = hmac.new(SIGNING_SECRET.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "server": ("bench.invalid", 443),
        "client": ("127.0.0.1", 40000),
        "headers": [
            (b"host", b"bench.invalid"),
            (b"content-type", _FORM),
            (b"content-length", b"%d" % len(body)),
            (b"user-agent", b"Slackbot 1.0 (+https://api.slack.com/robots)"),
            (b"x-slack-request-timestamp", stamp),
            (b"x-slack-signature", f"v0={digest}".encode()),
        ],
    }
