"""Slack slow, refusing or odd: acknowledged within 3 seconds all the same, and answered where possible."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog

from bot.simulator.slack.faults import RESPONSE_URL
from tests.conversations.conftest import Stage


async def test_a_slow_answer_about_the_language_is_not_waited_for(stage: Stage) -> None:
    await stage.read()
    stage.slack.faults.slow("users.info", 30)
    assert "No sync errors" in (await stage.sanne.command("/syncerrors")).plain()


async def test_a_rate_limit_on_the_language_is_not_waited_for(stage: Stage) -> None:
    await stage.read()
    stage.slack.faults.rate_limit("users.info", times=3, retry_after=60)
    assert "No sync errors" in (await stage.sanne.command("/syncerrors")).plain()


async def test_a_language_once_known_outlives_trouble(stage: Stage) -> None:
    await stage.read()
    assert "Geen synchronisatiefouten" in (await stage.sanne.command("/syncerrors")).plain()
    stage.clock.advance(2 * 3600)
    stage.slack.faults.fail("users.info", times=3)
    assert "Geen synchronisatiefouten" in (await stage.sanne.command("/syncerrors")).plain()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\n\r\n[]", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"\xff"]
)
async def test_whatever_is_answered_about_the_language_the_answer_comes(
    stage: Stage, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a proxy in between, or a connection that is cut."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    await stage.read()
    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    from slack_sdk.web.async_client import AsyncWebClient

    real = AsyncWebClient.users_info

    async def through_the_proxy(self: AsyncWebClient, **arguments: Any) -> object:
        self.base_url = f"http://127.0.0.1:{port}/"
        return await real(self, **arguments)

    monkeypatch.setattr(AsyncWebClient, "users_info", through_the_proxy)
    async with proxy:
        assert "No sync errors" in (await stage.kim.command("/syncerrors")).plain()


async def test_an_answer_that_slack_fails_to_take_is_sent_again(stage: Stage) -> None:
    await stage.read()
    stage.slack.faults.break_response_urls(times=2)
    assert "No sync errors" in (await stage.kim.command("/syncerrors")).plain()


@pytest.mark.parametrize("status", ["404", "500"])
async def test_an_answer_that_slack_refuses_is_no_defect(stage: Stage, status: str) -> None:
    stage.slack.faults.fail(RESPONSE_URL, status, times=3)
    with structlog.testing.capture_logs() as events:
        await stage.kim.send_command("/syncerrors")
        await stage.slack.until(lambda: any(call.method == RESPONSE_URL for call in stage.slack.calls))
        stage.slack.faults.clear()
        await stage.kim.command("/syncerrors")
    assert not any(event["event"] == "defect" for event in events)
    stage.slack.refusals.clear()  # the way round: a message in a channel that the bot is not in


async def test_a_stranger_is_acknowledged_before_the_answer(stage: Stage) -> None:
    stage.slack.faults.slow("users.info", 30)
    stage.slack.faults.break_response_urls(times=2)
    stranger = stage.slack.person("Mallory", team_id="T0ELSEWHERE")
    message = await stranger.forge_click("overview.show", None)
    assert "Only members of the organization" in message.plain()


def press(stage: Stage, **fields: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": stage.slack.team_id},
        "user": {"id": stage.kim.id, "team_id": stage.slack.team_id},
        "actions": [{"type": "button", "action_id": "overview.show", "block_id": "b", "value": "x"}],
        "response_url": "http://127.0.0.1:9/",
    } | fields


ODD: dict[str, dict[str, Any]] = {
    "no actions": {"actions": []},
    "actions are a word": {"actions": "overview.show"},
    "actions are an object": {"actions": {"action_id": "overview.show"}},
    "an action is nothing": {"actions": [None]},
    "an action without id": {"actions": [{"type": "button"}]},
    "an action with a number as id": {"actions": [{"type": "button", "action_id": 3}]},
    "a value that is a list": {"actions": [{"type": "button", "action_id": "problem.show", "value": [1]}]},
    "a user as a word": {"user": "U1"},
    "a user as a list": {"user": [1]},
    "a team as a word": {"team": "T1"},
    "a view as a word": {"view": "V1"},
    "no way back": {"response_url": None},
    "a number as way back": {"response_url": 7},
    "a file as way back": {"response_url": "file:///etc/passwd"},
    "nonsense as way back": {"response_url": "http://["},
    "a host that cannot be": {"response_url": f"http://{'a' * 300}.com/"},
    "another type": {"type": ["block_actions"]},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_odd_payloads_are_no_defect(stage: Stage, odd: dict[str, Any]) -> None:
    body = urlencode({"payload": json.dumps(press(stage, **odd))}).encode()
    with structlog.testing.capture_logs() as events:
        answer = await stage.slack.send_raw(body, stage.slack.signed_headers(body))
    assert answer.status_code in {200, 400, 404}
    assert not any(event["event"] == "defect" for event in events)
    stage.slack.refusals.clear()  # users.info of somebody who is not there


@pytest.mark.parametrize("payload", ["", "{", "[1]", "null", '"x"', "3", "[" * 100_000])
async def test_what_is_no_payload_is_refused(stage: Stage, payload: str) -> None:
    body = urlencode({"payload": payload}).encode()
    answer = await stage.slack.send_raw(body, stage.slack.signed_headers(body))
    assert answer.status_code == 400
