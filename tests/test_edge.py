"""The door: what Slack signed comes in; everything else gets its own status and leaves no trace."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.clock import ManualClock
from bot.edge import LARGEST_BODY, SlackDoor

SECRET = "signing-secret"
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))


def signed(body: bytes, stamp: str = STAMP, secret: str = SECRET) -> dict[str, str]:
    base = b"v0:" + stamp.encode() + b":" + body
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest(),
    }


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    async def echo(request: Request) -> PlainTextResponse:
        body = await request.body()
        assert request.headers["content-length"] == str(len(body))
        assert request.headers["content-type"] == "application/json"
        return PlainTextResponse(body)

    middleware = [Middleware(SlackDoor, signing_secret=SECRET, clock=ManualClock(NOW))]
    app = Starlette(routes=[Route("/", echo, methods=["POST"])], middleware=middleware)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.invalid") as client:
        yield client


async def test_lets_in_what_slack_signed_just_now(door: httpx.AsyncClient) -> None:
    answer = await door.post("/", content=b"a=1", headers=signed(b"a=1"))
    assert (answer.status_code, answer.text) == (200, '{"a": "1"}')


@pytest.mark.parametrize("age", [-300, 300])
async def test_accepts_five_minutes_either_way(door: httpx.AsyncClient, age: int) -> None:
    headers = signed(b"a=1", str(int(STAMP) + age))
    assert (await door.post("/", content=b"a=1", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "stamp", [str(int(STAMP) - 301), str(int(STAMP) + 301), "abc", "", "1" * 40, "-1", "1.5"]
)
async def test_refuses_another_time(door: httpx.AsyncClient, stamp: str) -> None:
    assert (await door.post("/", content=b"a=1", headers=signed(b"a=1", stamp))).status_code == 401


async def test_refuses_a_timestamp_of_other_digits(door: httpx.AsyncClient) -> None:
    headers = {k.encode(): v.encode() for k, v in signed(b"a=1").items()}
    headers[b"x-slack-request-timestamp"] = "١٢٣".encode()
    assert (await door.post("/", content=b"a=1", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"x-slack-signature": "v0=0000"},
        {"x-slack-signature": ""},
        {"x-slack-signature": "v1=" + "0" * 64},
    ],
)
async def test_refuses_a_wrong_signature(door: httpx.AsyncClient, change: dict[str, str]) -> None:
    assert (await door.post("/", content=b"a=1", headers=signed(b"a=1") | change)).status_code == 401


async def test_refuses_another_secret_and_another_body(door: httpx.AsyncClient) -> None:
    assert (await door.post("/", content=b"a=1", headers=signed(b"a=1", secret="other"))).status_code == 401
    assert (await door.post("/", content=b"a=2", headers=signed(b"a=1"))).status_code == 401


async def test_refuses_missing_headers(door: httpx.AsyncClient) -> None:
    kind = {"content-type": "application/json"}
    assert (await door.post("/", content=b"{}", headers=kind)).status_code == 401


@pytest.mark.parametrize("kind", ["text/xml", "", "multipart/form-data; boundary=x"])
async def test_refuses_another_content_type(door: httpx.AsyncClient, kind: str) -> None:
    headers = signed(b"a=1") | {"content-type": kind}
    assert (await door.post("/", content=b"a=1", headers=headers)).status_code == 415


async def test_refuses_a_body_that_is_too_large_whatever_length_it_announces(door: httpx.AsyncClient) -> None:
    at_limit = b"a" * LARGEST_BODY
    assert (await door.post("/", content=at_limit, headers=signed(at_limit))).status_code == 200
    over = at_limit + b"a"
    assert (await door.post("/", content=over, headers=signed(over))).status_code == 413

    async def unannounced() -> AsyncIterator[bytes]:
        yield at_limit
        yield b"a"

    assert (await door.post("/", content=unannounced(), headers=signed(over))).status_code == 413


async def test_never_logs_the_body(door: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    await door.post("/", content=b"text=very+private", headers=signed(b"other"))
    shown = capsys.readouterr()
    assert "private" not in shown.out + shown.err
