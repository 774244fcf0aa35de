"""Asking Slack once more: bounded in number and in time, by the injected clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import ManualClock
from handlers.retrying import ATTEMPTS, LONGEST_PAUSE, BoundedRetry, pause_after, pause_after_break
from tests.conversations.conftest import Stage


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (200, {}, None),
        (400, {}, None),
        (404, {"Retry-After": "1"}, None),
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"retry-after": ["7"]}, 7.0),
        (429, {"Retry-After": " 7 "}, 7.0),
        (429, {"Retry-After": "0"}, 0.0),
        (429, {"Retry-After": str(int(LONGEST_PAUSE))}, LONGEST_PAUSE),
        (429, {"Retry-After": str(int(LONGEST_PAUSE) + 1)}, None),
        (429, {"Retry-After": "9" * 400}, 1.0),
        (429, {"Retry-After": "soon"}, 1.0),
        (429, {"Retry-After": "-5"}, 1.0),
        (429, {"Retry-After": "٣"}, 3.0),
        (429, {"Retry-After": []}, 1.0),
        (429, {}, 1.0),
        (500, {}, 0.5),
        (503, {"Retry-After": "3600"}, 0.5),
    ],
)
def test_how_long_to_wait(status: int, headers: dict[str, object], pause: float | None) -> None:
    assert pause_after(status, headers, 0) == pause


def test_the_last_attempt_is_the_last() -> None:
    for last in (ATTEMPTS - 1, ATTEMPTS, 99):
        assert pause_after(429, {"Retry-After": "1"}, last) is None
        assert pause_after(503, {}, last) is None
        assert pause_after_break(last) is None
    assert [pause_after(503, {}, attempt) for attempt in range(ATTEMPTS - 1)] == [0.5, 1.0]


class Server:
    """Answers what it is told to, and then as Slack does."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.asked = 0

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        return self.answers.pop(0) if self.answers else web.json_response({"ok": True})


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 4, tzinfo=UTC))


@pytest.fixture
async def client(server: Server, clock: ManualClock) -> AsyncIterator[AsyncWebClient]:
    app = web.Application()
    app.router.add_route("*", "/{method}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            "xoxb-1",
            base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/",
            session=session,
            retry_handlers=[BoundedRetry(clock)],
        )
    await runner.cleanup()


async def test_calls_of_the_web_api_wait_and_come_through(
    client: AsyncWebClient, server: Server, clock: ManualClock
) -> None:
    limited = web.json_response({"ok": False, "error": "ratelimited"}, status=429)
    limited.headers["Retry-After"] = "7"
    server.answers = [limited, web.Response(status=503, text="<html>", content_type="text/html")]
    assert (await client.auth_test())["ok"]
    assert clock.slept == [7.0, 1.0]


async def test_calls_of_the_web_api_give_up(
    client: AsyncWebClient, server: Server, clock: ManualClock
) -> None:
    server.answers = [web.json_response({"ok": False, "error": "fatal"}, status=500) for _ in range(9)]
    with pytest.raises(SlackApiError):
        await client.auth_test()
    assert (server.asked, clock.slept) == (ATTEMPTS, [0.5, 1.0])


async def test_a_refusal_is_not_asked_again(
    client: AsyncWebClient, server: Server, clock: ManualClock
) -> None:
    server.answers = [web.json_response({"ok": False, "error": "not_in_channel"})]
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C1", text="x")
    assert (server.asked, clock.slept) == (1, [])


async def test_a_broken_connection_is_tried_again(clock: ManualClock) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            "xoxb-1",
            base_url="http://127.0.0.1:9/",
            session=session,
            retry_handlers=[BoundedRetry(clock)],
        )
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.auth_test()
    assert clock.slept == [0.5, 1.0]


async def test_one_session_for_everything(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[aiohttp.ClientSession] = []
    begin = aiohttp.ClientSession.__init__

    def count(self: aiohttp.ClientSession, *args: object, **options: object) -> None:
        opened.append(self)
        begin(self, *args, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(aiohttp.ClientSession, "__init__", count)
    await stage.read()
    stage.slack.invite_bot(stage.slack.general)
    stage.slack.faults.fail("response_url", "404")
    await stage.kim.command("/syncerrors", beside=True)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    await stage.in_flight.drain(5)
    methods = {call.method for call in stage.slack.calls}
    assert {"users.info", "response_url", "chat.postEphemeral"} <= methods
    assert opened == []
