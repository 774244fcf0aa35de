"""The few methods of Slack's Web API that delivering takes.

Not through slack_sdk: a worker, which delivers, would need 20 MB more for it; and a message waits here as
long as Slack says, which its client would do inside the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import httpx

from bot.trust import trusted

API: Final = "https://slack.com/api/"
TIMEOUT_SECONDS: Final = 10.0
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_PAUSE_SECONDS: Final = 5.0
_LONGEST_PAUSE: Final = 600.0
_PASSING: Final = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "message_limit_exceeded",
        "upload_incomplete",
    }
)
"""Codes after which the same call may succeed (docs.slack.dev, reference/methods, "Errors")."""


class SlackSaysLater(Exception):
    """Not now: 429, 5xx, or no answer at all, after which it may have happened nevertheless."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


class SlackRefuses(Exception):
    """Slack's word for why not, such as ``is_archived``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WebApi:
    """Calls methods with the bot's token; ``aclose`` it."""

    def __init__(self, token: str, address: str | None = None) -> None:
        self._token = token
        self._address = f"{address.rstrip('/')}/" if address else API
        self._opened: list[httpx.AsyncClient] = []

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        return self._open(base_url=self._address, headers={"Authorization": f"Bearer {self._token}"})

    @cached_property
    def _uploads(self) -> httpx.AsyncClient:
        """Where bytes of files go: an address of Slack's own, which is not to see the token."""
        return self._open()

    def _open(self, **options: Any) -> httpx.AsyncClient:
        """By the first request that needs it: a process starts without."""
        client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, verify=trusted(), **options)
        self._opened.append(client)
        return client

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._opened:
            await client.aclose()

    async def call(self, method: str, /, **arguments: Any) -> Mapping[str, Any]:
        """Call a method that takes JSON. Raises SlackSaysLater and SlackRefuses."""
        return await self._sent(self._http.build_request("POST", method, json=arguments))

    async def ask(self, method: str, /, **arguments: str) -> Mapping[str, Any]:
        """Call a method that takes a form: those that read know no JSON bodies. Raises the same."""
        return await self._sent(self._http.build_request("POST", method, data=arguments))

    async def upload(self, address: str, content: bytes) -> None:
        """Send the bytes of a file to where ``files.getUploadURLExternal`` said. Raises the same."""
        answer = await self._answer(
            self._uploads, self._uploads.build_request("POST", address, content=content)
        )
        if not answer.is_success:
            raise SlackRefuses("upload_refused")

    async def _sent(self, request: httpx.Request) -> Mapping[str, Any]:
        answer = await self._answer(self._http, request)
        try:
            body = answer.json()
        except ValueError:
            raise SlackSaysLater(_PAUSE_SECONDS, "no_json") from None
        if not isinstance(body, dict):
            raise SlackSaysLater(_PAUSE_SECONDS, "no_json")
        if body.get("ok") is True:
            return body
        code = str(body.get("error") or "unknown")[:60]
        if code in _PASSING:
            raise SlackSaysLater(_PAUSE_SECONDS, code)
        raise SlackRefuses(code)

    async def _answer(self, http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        try:
            answer = await http.send(request)
        except httpx.HTTPError as error:
            raise SlackSaysLater(_PAUSE_SECONDS, type(error).__name__) from error
        if answer.status_code == _TOO_MANY:
            raise SlackSaysLater(_retry_after(answer), "ratelimited")
        if answer.status_code >= _SERVER_ERROR:
            raise SlackSaysLater(_PAUSE_SECONDS, str(answer.status_code))
        return answer


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that Slack asks for (docs.slack.dev, "Rate limits"); a second where that cannot be read."""
    text = answer.headers.get("Retry-After", "").strip()
    return min(float(text), _LONGEST_PAUSE) if text.isdecimal() and len(text) < 10 else 1.0
