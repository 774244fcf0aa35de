"""Handing payloads to the bot and waiting for its acknowledgement, three seconds of real time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.outcomes import DispatchFailed, OperationTimeout, Refusal
from bot.simulator.slack.signing import signature_headers

_FORM: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    "Accept": "application/json,*/*",
}


class Kind(StrEnum):
    """What is delivered; the values are Socket Mode's envelope types."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True)
class Listener:
    """Where the bot listens over HTTP."""

    client: httpx.AsyncClient
    path: str


@dataclass(frozen=True)
class Telling:
    """How one attempt at telling an event went: why it was not heard, and whether it shall be the last."""

    failure: str | None
    never_again: bool = False


class Delivery:
    """Sends each payload once: to one open socket, else over HTTP.

    Slack never repeats commands or interactions; events are another matter (``events``).
    """

    def __init__(self, backend: Backend, *, signing_secret: str, ack_seconds: float) -> None:
        self._backend = backend
        self._secret = signing_secret
        self._ack_seconds = ack_seconds
        self._running: set[asyncio.Task[httpx.Response]] = set()
        self.listener: Listener | None = None

    async def deliver(self, kind: Kind, payload: Mapping[str, Any], what: str) -> Any:
        """The body of the acknowledgement: a dict, a string, or None.

        ``what`` begins the notice that the person sees. Raises OperationTimeout, or DispatchFailed when
        nobody listens or the answer is not 200.
        """
        if self._backend.sockets.connected:
            return await self._over_socket(kind, payload, what)
        if self.listener is None:
            raise _failed(what, "dispatch_failed")
        return await self._over_http(kind, payload, what)

    async def tell(self, payload: Mapping[str, Any], attempt: int, reason: str | None) -> Telling:
        """Deliver an event once; ``attempt`` counts from 0, ``reason`` is why the one before failed."""
        if self._backend.sockets.connected:
            retry = {"retry_attempt": attempt, "retry_reason": reason or ""}
            acknowledged = await self._backend.sockets.send(Kind.EVENT, dict(payload), retry)
            done, _ = await asyncio.wait({acknowledged}, timeout=self._ack_seconds)
            if done and acknowledged.result():
                self._backend.refusals.append(
                    Refusal("ack", "body_ignored", ("events are acknowledged bare",))
                )
            return Telling(None if done else "timeout")
        if self.listener is None:
            return Telling("connection_failed")
        body = json.dumps(payload).encode()
        headers = self.signed_headers(body) | {"Content-Type": "application/json"}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason or ""}
        task = self._post(body, headers)
        done, _ = await asyncio.wait({task}, timeout=self._ack_seconds)
        if not done:
            return Telling("http_timeout")
        if task.exception() is not None:
            return Telling("connection_failed")
        response = task.result()
        if response.is_success:
            return Telling(None)
        return Telling("http_error", never_again=response.headers.get("x-slack-no-retry") == "1")

    async def send_raw(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Post any bytes to the bot's address; nothing is added."""
        if self.listener is None:
            raise RuntimeError("connect_http was not called")
        return await self.listener.client.post(self.listener.path, content=body, headers=dict(headers))

    def signed_headers(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The headers of a genuine request, by the machine's clock, which the bot's verifier reads too."""
        stamp = int(time.time()) if timestamp is None else timestamp
        return {**_FORM, **signature_headers(body, self._secret, stamp)}

    async def close(self) -> None:
        """Abandon requests that the bot is still busy with."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _over_socket(self, kind: Kind, payload: Mapping[str, Any], what: str) -> Any:
        acknowledged = await self._backend.sockets.send(kind, dict(payload))
        done, _ = await asyncio.wait({acknowledged}, timeout=self._ack_seconds)
        if not done:
            raise _late(what)
        return acknowledged.result()

    async def _over_http(self, kind: Kind, payload: Mapping[str, Any], what: str) -> Any:
        body = encoded(kind, payload)
        task = self._post(body, self.signed_headers(body))
        done, _ = await asyncio.wait({task}, timeout=self._ack_seconds)
        if not done:
            raise _late(what)
        crash = task.exception()
        if crash is not None:
            raise _failed(what, "dispatch_failed") from crash
        response = task.result()
        if response.status_code != HTTPStatus.OK:
            notice = f"{what} failed because the app responded with status code {response.status_code}."
            raise DispatchFailed("http_error", notice, response.status_code)
        return _acknowledged(response)

    def _post(self, body: bytes, headers: Mapping[str, str]) -> asyncio.Task[httpx.Response]:
        """A request under way. A late one goes on, as it would in a web server after Slack hung up."""
        task = asyncio.create_task(self.send_raw(body, headers))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def encoded(kind: Kind, payload: Mapping[str, Any]) -> bytes:
    """The form that Slack posts: a command's fields, or one field ``payload`` with JSON."""
    fields = payload if kind is Kind.COMMAND else {"payload": json.dumps(payload, ensure_ascii=False)}
    return urlencode(fields).encode()


def _acknowledged(response: httpx.Response) -> Any:
    if not response.content:
        return None
    if response.headers.get("content-type", "").startswith("application/json"):
        return response.json()
    return response.text


def _late(what: str) -> OperationTimeout:
    return OperationTimeout("operation_timeout", f'{what} failed with the error "operation_timeout"')


def _failed(what: str, error: str) -> DispatchFailed:
    return DispatchFailed(error, f'{what} failed with the error "{error}"')
