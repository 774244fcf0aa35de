"""The door: what Slack signed comes in; everything else gets its own status and leaves no trace."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import Message

from bot.clock import ManualClock
from bot.edge import LARGEST_BODY, SlackDoor
from bot.payloads import DEEPEST, Unreadable, canonical

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


async def test_gives_up_on_a_body_that_does_not_arrive() -> None:
    async def app(*_: object) -> None:
        raise AssertionError("nothing was read")

    door = SlackDoor(app, signing_secret=SECRET, clock=ManualClock(NOW), read_seconds=0.01)
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in signed(b"a=1").items()]
    await door({"type": "http", "method": "POST", "headers": headers}, never, send)
    assert sent[0]["status"] == 408


async def test_whoever_cannot_have_signed_it_is_sent_away_before_it_is_read() -> None:
    async def unread(*_: object) -> Message:
        raise AssertionError("the body was read")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    door = SlackDoor(unread, signing_secret=SECRET, clock=ManualClock(NOW))
    kind = (b"content-type", b"application/json")
    for stamp in (b"abc", b"1"):
        headers = [kind, (b"x-slack-request-timestamp", stamp)]
        await door({"type": "http", "method": "POST", "headers": headers}, unread, send)
    assert [message["status"] for message in sent if "status" in message] == [401, 401]


async def test_what_fails_inside_is_a_line_in_the_log_without_its_words() -> None:
    async def broken(*_: object) -> None:
        raise KeyError("very private words")

    middleware = [Middleware(SlackDoor, signing_secret=SECRET, clock=ManualClock(NOW))]
    app = Starlette(routes=[Mount("/", app=broken)], middleware=middleware)
    with structlog.testing.capture_logs() as events:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
            answer = await client.post("/", content=b"a=1", headers=signed(b"a=1"))
    assert (answer.status_code, answer.text) == (400, "Bad Request")
    assert [(event["event"], event["exception"]) for event in events] == [("defect", "KeyError")]
    assert "private" not in str(events)


@pytest.mark.parametrize(
    ("form", "payload"),
    [
        ("command=%2Fsyncerrors&text=payload%3D", {"command": "/syncerrors", "text": "payload="}),
        ("command=%2Fx&text=a%00b", {"command": "/x", "text": "ab"}),
        ("payload=%7B%22type%22%3A%22x%22%7D", {"type": "x"}),
        ("payload=%7B%22text%22%3A%22%5Cud83d%22%7D", {"text": "?"}),
        ("text=%C3%A9%F0%9F%8E%89%FF", {"text": "é🎉�"}),
        (
            "payload=" + quote('{"response_urls":[{"response_url":"a"},{"response_url":"b"}]}'),
            {"response_urls": [{"response_url": "a"}]},
        ),
        ("payload=" + quote('{"of_the_future":{"team":5}}'), {"of_the_future": {"team": 5}}),
    ],
)
def test_every_form_becomes_json(form: str, payload: dict[str, object]) -> None:
    assert json.loads(canonical(form.encode(), is_json=False)) == payload


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("[]", "no_object"),
        ("{", "not_json"),
        ('{"a":' + "9" * 5_000 + "}", "not_json"),
        ("[" * 100_000, "too_deep"),
        ('{"a":' + "[" * DEEPEST + "]" * DEEPEST + "}", "too_deep"),
        ('{"team":5}', "shape:team"),
        ('{"team":{"id":5}}', "shape:team"),
        ('{"event":null}', "shape:"),
        ('{"authorizations":{}}', "shape:authorizations"),
        ('{"type":"event_callback"}', "shape:"),
        ('{"type":"block_actions","actions":[]}', "shape:"),
        ('{"type":"view_submission","view":{}}', "shape:"),
        ('{"type":"workflow_step_edit"}', "shape:"),
    ],
)
def test_says_in_a_word_what_cannot_be_read(payload: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        canonical(payload.encode(), is_json=True)
    assert refused.value.reason == reason


def test_as_deep_as_allowed_is_read() -> None:
    deep = '{"a":' + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1) + "}"
    assert json.loads(canonical(deep.encode(), is_json=True)) == json.loads(deep)
