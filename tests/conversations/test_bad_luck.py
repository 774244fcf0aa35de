"""Stale, forged and doubled presses, strangers, and Slack itself in trouble."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog

from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await stage.kim.command("/syncerrors")
    return stage


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("problem.show", "not json"),
        ("problem.show", json.dumps({"v": 99, "connection": "x"})),
        ("problem.show", json.dumps({"v": 1, "connection": "x", "unknown": 1})),
        ("problem.show", json.dumps({"v": 1, "connection": "x"})),
        ("overview.next", json.dumps({"v": 1, "connection": "x", "page": -1})),
        ("call_stack.show", json.dumps({"v": 1, "connection": "x", "number": True})),
        ("a.button.of.the.past", "1"),
    ],
)
async def test_a_stale_or_forged_button_is_answered_kindly(
    ordinary: Stage, action_id: str, value: str
) -> None:
    message = await ordinary.kim.forge_click(action_id, value)
    assert "out of date" in message.plain()


async def test_a_button_for_a_connection_that_never_was(ordinary: Stage) -> None:
    value = json.dumps({"v": 1, "connection": "elsewhere", "problem": "p"})
    message = await ordinary.kim.forge_click("problem.show", value)
    assert "out of date" in message.plain()


async def test_a_double_click_shows_the_same_twice(ordinary: Stage) -> None:
    details = next(e for e in ordinary.kim.messages[-1].elements() if e.label == "Details")
    await asyncio.gather(ordinary.kim.press(details), ordinary.kim.press(details))
    shown = await ordinary.kim.until("Back to overview")
    assert "prvReadProject" in shown.plain()


async def test_people_of_another_organization_are_refused(ordinary: Stage) -> None:
    stranger = ordinary.slack.person("Mallory", team_id="T0ELSEWHERE")
    message = await stranger.forge_click(
        "overview.show", json.dumps({"v": 1, "connection": ordinary.connection})
    )
    assert "Only members of the organization" in message.plain()
    assert "prvReadProject" not in message.plain()


async def test_without_an_answer_about_the_language_it_is_english(stage: Stage) -> None:
    stage.slack.faults.fail("users.info", "internal_error", times=5)
    await stage.read()
    assert "No sync errors" in (await stage.sanne.command("/syncerrors")).plain()


async def test_a_defect_gives_a_reference_that_is_in_the_log_too(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret Customer: 10000")

    monkeypatch.setattr(type(ordinary.core.ask), "error", broken)
    with structlog.testing.capture_logs() as events:
        message = await ordinary.kim.command("/syncerrors 1")
    defect = next(event for event in events if event["event"] == "defect")
    assert "secret" not in str(events)
    assert "Customer" not in str(events)
    assert "reference" in message.plain()
    assert defect["exception"] == "RuntimeError"


async def test_slack_is_acknowledged_before_the_work_is_done(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()
    quick = type(ordinary.core.ask).error

    async def slow(*arguments: Any) -> object:
        await release.wait()
        return await quick(*arguments)

    monkeypatch.setattr(type(ordinary.core.ask), "error", slow)
    number = ordinary.company.errors[-1].number
    body = urlencode(ordinary.kim.command_payload(f"/syncerrors {number}")).encode()
    before = len(ordinary.kim.messages)
    async with asyncio.timeout(30):
        answer = await ordinary.slack.send_raw(body, ordinary.slack.signed_headers(body))
    assert answer.status_code == 200
    assert len(ordinary.kim.messages) == before
    release.set()
    await ordinary.kim.until(f"No. {number}")
