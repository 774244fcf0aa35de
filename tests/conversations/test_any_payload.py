"""Whatever comes to the door, signed or not: never 500, never a word of it in the log."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conversations.conftest import Stage

SECRET_WORDS = "very private words"
SHARED_STAGE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""One bot takes all the examples, as in life."""

TEAM = {"id": "T0SIM0001", "domain": "simulator"}
PERSON = {"id": "U0NOBODY", "team_id": "T0SIM0001", "name": SECRET_WORDS}
VIEW = {"id": "V1", "type": "modal", "callback_id": "x", "state": {"values": {}}, "private_metadata": ""}
ACTION = {"type": "button", "action_id": "problem.show", "block_id": "b", "value": '{"v":1,"connection":"x"}'}
COMMON = {"team": TEAM, "user": PERSON, "trigger_id": "1.2.3", "channel": {"id": "C1", "name": SECRET_WORDS}}
INTERACTIONS: list[dict[str, Any]] = [
    COMMON | {"type": "block_actions", "actions": [ACTION], "container": {"message_ts": "1.1"}},
    COMMON | {"type": "block_actions", "actions": [ACTION], "view": VIEW, "container": {"view_id": "V1"}},
    COMMON | {"type": "view_submission", "view": VIEW, "response_urls": []},
    COMMON | {"type": "view_closed", "view": VIEW, "is_cleared": False},
    COMMON | {"type": "shortcut", "callback_id": "x"},
    COMMON | {"type": "message_action", "callback_id": "x", "message": {"text": SECRET_WORDS, "user": "U1"}},
    COMMON | {"type": "block_suggestion", "action_id": "x", "value": SECRET_WORDS},
    COMMON | {"type": "interactive_message", "callback_id": "x", "actions": [{"name": "a"}]},
    COMMON | {"type": "dialog_submission", "callback_id": "x", "submission": {"a": SECRET_WORDS}},
    COMMON | {"type": "workflow_step_edit", "callback_id": "x", "workflow_step": {}},
]
TOLD = {"team_id": "T0SIM0001", "type": "event_callback", "authorizations": [{"team_id": "T0SIM0001"}]}
EVENTS: list[dict[str, Any]] = [
    TOLD | {"event": {"type": "app_mention", "user": "U1", "text": SECRET_WORDS, "channel": "C1"}},
    TOLD | {"event": {"type": "message", "subtype": "message_changed", "message": {"text": SECRET_WORDS}}},
    TOLD | {"event": {"type": "function_executed", "function": {}, "function_execution_id": "F1"}},
    TOLD | {"event": {"type": "reaction_added", "user": "U1", "item": {"channel": "C1"}}},
    {"type": "url_verification", "challenge": SECRET_WORDS},
    {"type": "app_rate_limited", "team_id": "T0SIM0001"},
]
COMMAND = {
    "team_id": "T0SIM0001",
    "user_id": "U0NOBODY",
    "user_name": SECRET_WORDS,
    "channel_id": "C1",
    "command": "/syncerrors",
    "text": "4711",
}
NAMES = sorted(
    {
        *("type", "team", "team_id", "user", "user_id", "user_team", "channel", "channel_id", "enterprise"),
        *(
            "enterprise_id",
            "authorizations",
            "event",
            "view",
            "actions",
            "action_id",
            "callback_id",
            "command",
        ),
        *("response_url", "response_urls", "container", "message", "item", "function_data", "thread_ts"),
        *("is_enterprise_install", "is_ext_shared_channel", "assistant_thread", "bot_id", "state", "subtype"),
        *("message_ts", "value", "app_installed_team_id", "function_execution_id", "workflow_step", "text"),
    }
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.sampled_from(
        ["", SECRET_WORDS, "T0SIM0001", "\ud83d", "\x00", "E1", "block_actions", "app_mention"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=6,
)


@st.composite
def twisted(draw: st.DrawFn, genuine: list[dict[str, Any]]) -> dict[str, Any]:
    """A genuine payload with up to three things in it replaced, removed or added."""
    payload = copy.deepcopy(draw(st.sampled_from(genuine)))
    for _ in range(draw(st.integers(0, 3))):
        place: Any = payload
        while isinstance(place, dict | list) and place:
            key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
            if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
                place = place[key]
                continue
            match draw(st.sampled_from(["replace", "remove", "add"])):
                case "replace":
                    place[key] = draw(ODD)
                case "remove":
                    del place[key]
                case _ if isinstance(place, dict):
                    place[draw(st.sampled_from(NAMES))] = draw(ODD)
            break
    return payload


async def answered(stage: Stage, body: bytes, kind: str) -> int:
    """The status of the answer to a signed body; nothing of it may be in the log."""
    headers = stage.slack.signed_headers(body) | {"Content-Type": kind}
    with structlog.testing.capture_logs() as events:
        answer = await stage.slack.send_raw(body, headers)
        await stage.in_flight.drain(5)
        stage.in_flight.draining = False
    assert events, "nothing comes in without a line in the log"
    assert SECRET_WORDS not in str(events)
    assert not [event for event in events if event["event"] == "defect"]
    assert "Traceback" not in answer.text
    return answer.status_code


@pytest.fixture
async def calm(stage: Stage) -> Any:
    """The people and channels in these payloads do not exist, which Slack refuses to answer about."""
    await stage.read()
    yield stage
    await stage.in_flight.drain(5)
    stage.slack.refusals.clear()


@SHARED_STAGE
@given(payload=twisted(INTERACTIONS))
async def test_any_interaction(calm: Stage, payload: dict[str, Any]) -> None:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert await answered(calm, body, "application/x-www-form-urlencoded") in {200, 400, 404}


@SHARED_STAGE
@given(payload=twisted(EVENTS))
async def test_any_event(calm: Stage, payload: dict[str, Any]) -> None:
    assert await answered_or_challenged(calm, json.dumps(payload).encode()) in {200, 400, 404}


async def answered_or_challenged(stage: Stage, body: bytes) -> int:
    if b"url_verification" in body or b"ssl_check" in body:
        headers = stage.slack.signed_headers(body) | {"Content-Type": "application/json"}
        return (await stage.slack.send_raw(body, headers)).status_code
    return await answered(stage, body, "application/json")


@SHARED_STAGE
@given(payload=twisted([COMMAND]), more=st.binary(max_size=40))
async def test_any_command(calm: Stage, payload: dict[str, Any], more: bytes) -> None:
    fields = {name: str(value).encode(errors="replace") for name, value in payload.items()}
    body = urlencode(fields).encode() + b"&" + more
    if b"payload=" not in more:
        assert await answered(calm, body, "application/x-www-form-urlencoded") in {200, 400, 404}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"payload=null",
        b"payload=%FF%FE",
        b"\xff\xfe\x00",
        b"payload=" + b"[" * 200_000,
        b'payload={"a":' + b"%5B" * 100 + b"%5D" * 100 + b"}",
        b'payload={"a":' + b"9" * 5_000 + b"}",
        b"a&" * 400_000,
        b"a=b&" * 200_000,
        b"payload=" + b"%00" * 300_000,
        urlencode({"payload": '{"type":"block_actions","actions":[{}]}'}).encode(),
    ],
    ids=lambda body: f"{body[:20]!r} {len(body)}",
)
async def test_signed_and_hopeless(calm: Stage, body: bytes) -> None:
    status = await answered(calm, body, "application/x-www-form-urlencoded")
    assert status == (404 if body == b"" else 400)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe{\x00}\x00", b"[" * 100_000, b"nul"])
async def test_signed_json_that_is_none(calm: Stage, body: bytes) -> None:
    assert await answered(calm, body, "application/json") == 400


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200) | st.just(SECRET_WORDS.encode()),
    headers=st.dictionaries(
        st.sampled_from(
            ["Content-Type", "X-Slack-Signature", "X-Slack-Request-Timestamp", "Content-Length-Was", "Cookie"]
        ),
        st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=30)
        | st.sampled_from(["application/json", "application/x-www-form-urlencoded", "v0=", "1772616600"]),
    ),
)
async def test_anything_unsigned(calm: Stage, body: bytes, headers: dict[str, str]) -> None:
    with structlog.testing.capture_logs() as events:
        answer = await calm.slack.send_raw(body, headers)
    assert answer.status_code in {401, 413, 415}
    assert SECRET_WORDS not in str(events)
    assert [event["event"] for event in events] == ["door.refused"]
