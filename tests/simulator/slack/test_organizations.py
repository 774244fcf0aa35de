"""Whose person somebody is: own workspace, Slack Connect, an Enterprise organization."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.slack.conftest import actions, button, stage_of

ENTERPRISE = "E0SIM0001"


@pytest.mark.parametrize(
    ("enterprise_id", "team_id", "told"),
    [
        (None, None, "T0SIM0001"),
        (None, "T0ELSEWHERE", "T0ELSEWHERE"),
        # docs.slack.dev, interaction payloads: people of an Enterprise organization have its id there.
        (ENTERPRISE, None, ENTERPRISE),
        (ENTERPRISE, "T0ELSEWHERE", "T0ELSEWHERE"),
        (ENTERPRISE, "E0ELSEWHERE", "E0ELSEWHERE"),
    ],
)
async def test_a_click_tells_the_person_s_own_team(
    enterprise_id: str | None, team_id: str | None, told: str
) -> None:
    async with stage_of(enterprise_id=enterprise_id) as stage:
        seen: list[dict[str, Any]] = []

        @stage.app.action("press")
        async def press(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            seen.append(body)
            await respond(text="pressed", replace_original=False)

        stage.slack.invite_bot(stage.slack.general)
        await stage.web.chat_postMessage(
            channel=stage.slack.general.id, text="menu", blocks=[actions(button("Go"))]
        )
        await stage.slack.person(team_id=team_id).click("Go")
        assert seen[0]["user"]["team_id"] == told
        assert seen[0]["team"]["id"] == "T0SIM0001"
        assert seen[0]["team"].get("enterprise_id") == enterprise_id
        assert (seen[0]["enterprise"] or {}).get("id") == enterprise_id


async def test_a_command_tells_of_the_enterprise_organization() -> None:
    async with stage_of(enterprise_id=ENTERPRISE) as stage:
        payload = stage.slack.person().command_payload("/probe x")
        assert (payload["enterprise_id"], payload["team_id"]) == (ENTERPRISE, "T0SIM0001")
