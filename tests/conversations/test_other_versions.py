"""Whatever another version of the bot left in Slack, or will: acknowledged, answered, never a 404."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import structlog

from bot.cards.failure import failure_modal
from bot.cards.texts import Texts
from bot.failures import StaleForm
from tests.conversations.conftest import Stage


async def send(stage: Stage, body: dict[str, Any]) -> httpx.Response:
    person = {"id": stage.kim.id, "team_id": stage.slack.team_id}
    payload = {"team": {"id": stage.slack.team_id}, "user": person} | body
    form = urlencode({"payload": json.dumps(payload)}).encode()
    return await stage.slack.send_raw(form, stage.slack.signed_headers(form))


async def tell(stage: Stage, body: dict[str, Any], **headers: str) -> httpx.Response:
    raw = json.dumps({"team_id": stage.slack.team_id} | body).encode()
    signed = stage.slack.signed_headers(raw) | {"Content-Type": "application/json"} | headers
    return await stage.slack.send_raw(raw, signed)


@pytest.mark.parametrize(
    "value",
    [
        {"v": 0, "connection": "x"},
        {"v": 2, "connection": "x", "problem": "p", "assignee": "U1"},
        {"connection": "x", "problem": "p"},
        {"v": "1", "connection": "x"},
        {"v": 1},
        [],
        None,
    ],
)
async def test_a_value_of_another_version_is_answered_kindly(stage: Stage, value: object) -> None:
    message = await stage.kim.forge_click("problem.show", json.dumps(value))
    assert "out of date" in message.plain()


async def test_a_button_without_a_value(stage: Stage) -> None:
    assert "out of date" in (await stage.kim.forge_click("problem.show", None)).plain()


async def test_a_form_of_another_version_says_so_in_its_place(stage: Stage) -> None:
    view = {"id": "V1", "type": "modal", "callback_id": "purge.confirm"}
    answer = await send(stage, {"type": "view_submission", "view": view})
    assert answer.status_code == 200
    assert answer.json()["response_action"] == "update"
    assert "nothing was done" in str(answer.json()["view"])


async def test_its_answer_is_a_form_that_slack_takes(stage: Stage) -> None:
    for locale in ("en", "nl"):
        modal = failure_modal(StaleForm(), Texts.for_locale(locale))
        assert len(modal["title"]["text"]) <= 24
        assert len(modal["close"]["text"]) <= 24
        assert "submit" not in modal


@pytest.mark.parametrize("kind", ["shortcut", "message_action"])
async def test_a_shortcut_is_answered_in_a_direct_message(stage: Stage, kind: str) -> None:
    answer = await send(stage, {"type": kind, "callback_id": "syncerrors.about", "trigger_id": "1.2.3"})
    assert answer.status_code == 200
    stage.kim.visit_bot()
    assert "out of date" in (await stage.kim.until("out of date")).plain()


async def test_a_command_that_the_manifest_declares_and_this_version_does_not_know(stage: Stage) -> None:
    fields = stage.kim.command_payload("/syncerrors") | {"command": "/syncadmin"}
    form = urlencode(fields).encode()
    answer = await stage.slack.send_raw(form, stage.slack.signed_headers(form))
    assert answer.status_code == 200
    assert "/syncerrors" in (await stage.kim.until("/syncerrors 4711")).plain()


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"type": "view_closed", "view": {"id": "V1", "type": "modal", "callback_id": "x"}}, ""),
        ({"type": "block_suggestion", "action_id": "x", "value": "abc"}, '{"options": []}'),
        ({"type": "dialog_suggestion", "callback_id": "x", "name": "n", "value": ""}, '{"options": []}'),
        ({"type": "workflow_step_edit", "callback_id": "x", "workflow_step": {}}, ""),
        ({"type": "of_the_future", "whatever": 1}, ""),
    ],
)
async def test_other_interactions_are_acknowledged(stage: Stage, body: dict[str, Any], answer: str) -> None:
    response = await send(stage, body)
    assert (response.status_code, response.text) == (200, answer)
    await stage.in_flight.drain(5)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_mention", "user": "U1", "text": "private words"},
        {"type": "message", "subtype": "message_changed", "message": {"user": "U1", "text": "private words"}},
        {"type": "of_the_future"},
    ],
)
async def test_events_are_acknowledged_and_only_their_kind_is_noted(
    stage: Stage, event: dict[str, Any]
) -> None:
    again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    with structlog.testing.capture_logs() as events:
        answer = await tell(stage, {"type": "event_callback", "event": event, "event_id": "Ev1"}, **again)
        await stage.in_flight.drain(5)
    assert answer.status_code == 200
    assert "private" not in str(events)


async def test_what_slack_says_to_the_app_itself(stage: Stage) -> None:
    hello = await tell(stage, {"type": "url_verification", "challenge": "abc"})
    assert (hello.status_code, hello.json()) == (200, {"challenge": "abc"})
    with structlog.testing.capture_logs() as events:
        limited = await tell(stage, {"type": "app_rate_limited", "minute_rate_limited": 1518467820})
    assert limited.status_code == 200
    assert [e["kind"] for e in events if e["event"] == "interaction.unhandled"] == ["app_rate_limited"]
    form = urlencode({"ssl_check": "1", "token": "x"}).encode()
    assert (await stage.slack.send_raw(form, stage.slack.signed_headers(form))).status_code == 200


async def test_not_even_a_type_is_repeated_in_the_log(stage: Stage) -> None:
    with structlog.testing.capture_logs() as events:
        assert (await send(stage, {"type": "very private words"})).status_code == 200
        await tell(stage, {"type": "event_callback", "event": {"type": "very private words"}})
        await stage.in_flight.drain(5)
    assert "private" not in str(events)


async def test_what_is_signed_and_nothing_at_all_is_not_found(stage: Stage) -> None:
    with structlog.testing.capture_logs() as events:
        answer = await tell(stage, {"hello": "private words"})
    assert answer.status_code == 404
    assert any(event["event"] == "interaction.unhandled" for event in events)
    assert "private" not in str(events)
