"""The HTTP server: Web API, response_urls, uploads and Socket Mode on one loopback port.

It runs on aiohttp, which slack_bolt's async client needs anyway and which, unlike uvicorn without extras,
speaks WebSocket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from bot.simulator.slack import webapi
from bot.simulator.slack.backend import Backend
from bot.simulator.slack.faults import RESPONSE_URL, Failed, RateLimited, SlackFaults
from bot.simulator.slack.outcomes import ApiCall, ApiError, Refusal
from bot.simulator.slack.responding import respond
from bot.simulator.slack.tiers import Tiers
from bot.simulator.slack.webapi.arguments import Arguments

_BODY_BYTES: Final = 8 * 1024 * 1024
Reply = tuple[int, dict[str, Any], dict[str, str]]


class Server:
    """Serves one backend on ``127.0.0.1`` and a free port."""

    def __init__(self, backend: Backend, faults: SlackFaults) -> None:
        self._backend = backend
        self._faults = faults
        self._tiers = Tiers(backend.clock)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen; gives the address without a slash at the end."""
        app = web.Application(client_max_size=_BODY_BYTES)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/{place:commands|actions}/{team}/{token}", self._respond)
        app.router.add_post("/upload/v1/{token}", self._upload)
        app.router.add_get("/link", self._backend.sockets.serve)
        self._closing.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Close sockets, let slow calls end at once, stop listening."""
        self._closing.set()
        await self._backend.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        values = await _read(request)
        token = _token(request, values or {})
        call = partial(self._call, name, token, values)
        status, body, headers = await self._guarded(name, call)
        self._record(name, values, body)
        headers = {
            "x-oauth-scopes": ",".join(sorted(self._backend.manifest.scopes)),
            "Date": format_datetime(self._backend.clock.now().astimezone(UTC), usegmt=True),
            **headers,
        }
        return web.json_response(body, status=status, headers=headers)

    def _call(self, name: str, token: str, values: dict[str, Any] | None) -> Reply:
        method = webapi.find_method(name)
        webapi.check_token(self._backend, method, token)
        args = _arguments(values)
        key = f"{name} {args.values.get('channel')}" if method.per_channel else name
        wait = self._tiers.admit(key, method.tier)
        if wait is not None:
            self._backend.refusals.append(Refusal(name, "ratelimited"))
            return _rate_limited(wait)
        return HTTPStatus.OK, webapi.run(self._backend, method, args), {}

    async def _respond(self, request: web.Request) -> web.Response:
        values = await _read(request)
        token = request.match_info["token"]
        status, body, headers = await self._guarded(RESPONSE_URL, partial(self._use_url, token, values))
        self._record(RESPONSE_URL, values, body)
        if status == HTTPStatus.OK and request.match_info["place"] == "commands":
            return web.Response(text="ok")
        return web.json_response(body, status=status, headers=headers)

    def _use_url(self, token: str, values: dict[str, Any] | None) -> Reply:
        try:
            url = self._backend.response_urls.open(token)
        except ApiError as error:
            self._backend.refusals.append(Refusal(RESPONSE_URL, error.code))
            return HTTPStatus.NOT_FOUND, error.body(), {}
        try:
            respond(self._backend, url, _arguments(values))
        except ApiError as error:
            self._backend.refusals.append(Refusal(RESPONSE_URL, error.code, error.details))
            return HTTPStatus.BAD_REQUEST, error.body(), {}
        return HTTPStatus.OK, {"ok": True}, {}

    def _record(self, name: str, values: dict[str, Any] | None, body: dict[str, Any]) -> None:
        self._backend.calls.append(ApiCall(name, values or {}, body))
        self._backend.workspace.changes.mark()  # whoever waits may be waiting for a call

    async def _guarded(self, name: str, act: Callable[[], Reply]) -> Reply:
        """Faults first, then the act; a refusal is written down and answered."""
        await self._delayed(self._faults.delay(name))
        match self._faults.take(name):
            case RateLimited(retry_after):
                return _rate_limited(retry_after)
            case Failed() as failed:
                body = {"ok": False, "error": failed.error}
                return failed.status or HTTPStatus.OK, body, {}
        try:
            return act()
        except ApiError as error:
            self._backend.refusals.append(Refusal(name, error.code, error.details))
            return HTTPStatus.OK, error.body(), {}

    async def _delayed(self, seconds: float) -> None:
        if seconds <= 0:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _upload(self, request: web.Request) -> web.Response:
        fits = self._backend.files.receive(request.match_info["token"], await request.read())
        if not fits:
            self._backend.refusals.append(Refusal("upload", "upload_refused"))
            return web.Response(status=HTTPStatus.BAD_REQUEST, text="upload refused")
        return web.Response(text="OK")


def _rate_limited(seconds: int) -> Reply:
    return (
        HTTPStatus.TOO_MANY_REQUESTS,
        {"ok": False, "error": "ratelimited"},
        {"Retry-After": str(seconds)},
    )


def _token(request: web.Request, values: dict[str, Any]) -> str:
    """The token of the header, or of a form; removed from the values either way."""
    given = values.pop("token", None)
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ")
    is_form = request.content_type == "application/x-www-form-urlencoded"
    return str(given) if is_form and given else ""


def _arguments(values: dict[str, Any] | None) -> Arguments:
    if values is None:
        raise ApiError("invalid_json")
    return Arguments(values)


async def _read(request: web.Request) -> dict[str, Any] | None:
    """Arguments of the query string and the body; None when the body is no JSON object though it says so."""
    values: dict[str, Any] = dict(request.query)
    body = await request.read()
    if request.content_type == "application/json":
        try:
            sent = json.loads(body)
        except ValueError:
            return None
        if not isinstance(sent, dict):
            return None
        values |= sent
    elif request.content_type == "application/x-www-form-urlencoded":
        values |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return values
