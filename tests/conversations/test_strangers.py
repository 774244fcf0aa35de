"""Whose person somebody is: Slack Connect, Enterprise organizations, and every shape of payload."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from handlers.interaction import belongs
from tests.conversations.conftest import Stage

OWN, ELSEWHERE, ENTERPRISE = "T0SIM0001", "T0ELSEWHERE", "E0SIM0001"
IN_A_SHARED_CHANNEL = {"team": {"id": OWN}, "user": {"id": "U1", "team_id": ELSEWHERE}}


@pytest.mark.parametrize(
    ("body", "enterprise_id", "let_in"),
    [
        ({"team_id": OWN, "command": "/syncerrors"}, None, True),
        ({"team_id": ELSEWHERE, "command": "/syncerrors"}, None, False),
        ({"team_id": OWN, "enterprise_id": ENTERPRISE, "command": "/syncerrors"}, ENTERPRISE, True),
        ({"team": {"id": OWN}, "user": {"id": "U1", "team_id": OWN}}, None, True),
        (IN_A_SHARED_CHANNEL, None, False),
        # Enterprise: the person's team is the organization's id (docs.slack.dev, interaction payloads).
        ({"team": {"id": OWN}, "user": {"id": "U1", "team_id": ENTERPRISE}}, ENTERPRISE, True),
        ({"team": {"id": OWN}, "user": {"id": "U1", "team_id": ENTERPRISE}}, None, False),
        ({"team": {"id": OWN}, "user": {"id": "U1", "team_id": "E0OTHER"}}, ENTERPRISE, False),
        # Another workspace whose organization nothing proves, although the payload names ours.
        (IN_A_SHARED_CHANNEL | {"enterprise": {"id": ENTERPRISE}}, ENTERPRISE, False),
        # Installed for a whole organization: there is no team, only the person's.
        ({"team": None, "user": {"id": "U1", "team_id": ELSEWHERE}, "enterprise": {"id": "E1"}}, None, False),
        ({"type": "view_submission", "user": {"team_id": ELSEWHERE}, "view": {"team_id": OWN}}, None, False),
        ({"team_id": OWN, "event": {"user": "U1", "type": "app_mention"}}, None, True),
        ({"team_id": OWN, "event": {"user": "U1", "user_team": ELSEWHERE}}, None, False),
        ({"team_id": OWN, "event": {"user": "U1", "user_team": ENTERPRISE}}, ENTERPRISE, True),
        ({"team_id": OWN, "event": {"user": "U1", "source_team": ELSEWHERE}}, None, False),
        ({"team": OWN}, None, True),
        ({"team": {}}, None, False),
        ({}, None, False),
        ({"user": {"team_id": ""}, "team_id": ""}, None, False),
        ({"user": {"team_id": None}, "team": {"id": None}}, None, False),
    ],
)
def test_who_belongs(body: dict[str, Any], enterprise_id: str | None, let_in: bool) -> None:
    assert belongs(body, OWN, enterprise_id) is let_in


async def send(stage: Stage, body: dict[str, Any]) -> httpx.Response:
    form = urlencode({"payload": json.dumps(body)}).encode()
    return await stage.slack.send_raw(form, stage.slack.signed_headers(form))


def by_a_stranger(stage: Stage, **fields: Any) -> dict[str, Any]:
    mallory = stage.slack.person("Mallory", team_id=ELSEWHERE)
    return {"team": {"id": OWN}, "user": {"id": mallory.id, "team_id": ELSEWHERE}} | fields


async def test_a_stranger_s_click_is_refused_where_it_was_made(stage: Stage) -> None:
    mallory = stage.slack.person("Mallory", team_id=ELSEWHERE)
    message = await mallory.forge_click("overview.show", json.dumps({"v": 1, "connection": stage.connection}))
    assert "Only members of the organization" in message.plain()
    assert message.ephemeral


async def test_a_stranger_never_gets_a_message_of_its_own(stage: Stage) -> None:
    """The way by direct message is for colleagues: a stranger must not make the bot write to them."""
    action = {"type": "button", "action_id": "overview.show", "block_id": "b", "value": "x"}
    answer = await send(stage, by_a_stranger(stage, type="block_actions", actions=[action]))
    assert answer.status_code == 200
    await stage.in_flight.drain(5)
    assert not [call for call in stage.slack.calls if call.method.startswith("chat.")]


async def test_a_stranger_s_form_is_refused_in_the_form(stage: Stage) -> None:
    view = {"id": "V1", "type": "modal", "callback_id": "purge"}
    answer = await send(stage, by_a_stranger(stage, type="view_submission", view=view))
    assert answer.json()["response_action"] == "update"
    assert "Only members of the organization" in str(answer.json()["view"]["blocks"])


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"type": "view_closed", "view": {"id": "V1", "type": "modal", "callback_id": "x"}}, ""),
        ({"type": "block_suggestion", "action_id": "x", "value": "abc"}, '{"options": []}'),
        ({"type": "shortcut", "callback_id": "x"}, ""),
    ],
)
async def test_other_payloads_of_strangers_are_acknowledged(
    stage: Stage, fields: dict[str, Any], answer: str
) -> None:
    response = await send(stage, by_a_stranger(stage, **fields))
    assert (response.status_code, response.text) == (200, answer)


class TestEnterprise:
    @pytest.fixture
    def enterprise_id(self) -> str | None:
        return ENTERPRISE

    async def test_its_people_are_served(self, stage: Stage) -> None:
        await stage.read()
        await stage.kim.command("/syncerrors")
        await stage.kim.click("Refresh")
        await stage.kim.until("No sync errors")
        assert stage.source.requests

    async def test_those_of_another_are_strangers(self, stage: Stage) -> None:
        mallory = stage.slack.person("Mallory", team_id="E0ELSEWHERE")
        value = json.dumps({"v": 1, "connection": stage.connection})
        message = await mallory.forge_click("overview.show", value)
        assert "Only members of the organization" in message.plain()
