"""Roles as people meet them: who is refused reads who could do it."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.actions import Action, ButtonValue
from bot.operations.actors import slack_user
from bot.operations.rights import Act, Rights
from bot.simulator.slack import Rank
from handlers.people import KNOWN_SECONDS, SlackPeople
from tests.conversations.conftest import Stage

ONLY_TEAM = {"role_viewers": "S0TEAM", "role_fixers": "S0TEAM", "role_admins": "S0TEAM,U0BOSS"}


def asked(stage: Stage, method: str) -> int:
    return sum(call.method == method for call in stage.slack.calls)


@pytest.mark.parametrize("roles", [ONLY_TEAM])
async def test_whoever_may_not_look_is_told_who_may(stage: Stage) -> None:
    stage.slack.user_group("team", stage.kim, group_id="S0TEAM")
    told = await stage.kim.command("/syncerrors")
    assert "You may not" not in told.plain()

    refused = await stage.sanne.command("/syncerrors")

    assert "Dat mag je hier niet: fouten bekijken." in refused.plain()
    assert set(refused.mentions()) == {"S0TEAM", "U0BOSS"}
    assert "kunt vragen" in (await stage.sanne.command("/syncerrors help")).plain()


@pytest.mark.parametrize("roles", [ONLY_TEAM])
async def test_a_forged_button_asks_the_same_table(stage: Stage) -> None:
    stage.slack.user_group("team", stage.kim, group_id="S0TEAM")
    value = ButtonValue(connection=stage.connection).encoded()
    told = await stage.sanne.forge_click(Action.OVERVIEW_REFRESH, value)
    assert "Dat mag je hier niet: Business Central nu lezen." in told.plain()


@pytest.mark.parametrize("roles", [ONLY_TEAM])
async def test_where_slack_does_not_tell_nobody_may(stage: Stage) -> None:
    stage.slack.user_group("team", stage.kim, group_id="S0TEAM")
    stage.slack.faults.fail("usergroups.users.list", "internal_error", times=5)
    told = await stage.kim.command("/syncerrors")
    assert "Slack did not tell in time whether you may do that, so nothing was done." in told.plain()
    stage.slack.faults.clear()
    assert "may not" not in (await stage.kim.command("/syncerrors")).plain()


@pytest.mark.parametrize("roles", [ONLY_TEAM])
async def test_who_leaves_the_group_soon_loses_the_role(stage: Stage) -> None:
    team = stage.slack.user_group("team", stage.kim, stage.sanne, group_id="S0TEAM")
    await stage.kim.command("/syncerrors")
    await stage.sanne.command("/syncerrors")
    assert asked(stage, "usergroups.users.list") == 1

    team.users = (stage.sanne.id,)
    stage.clock.advance(KNOWN_SECONDS + 1)

    assert "These can: " in (await stage.kim.command("/syncerrors")).plain()


@pytest.mark.parametrize("roles", [ONLY_TEAM])
async def test_a_group_that_is_gone_or_switched_off_has_nobody(stage: Stage) -> None:
    team = stage.slack.user_group("team", stage.kim, group_id="S0TEAM")
    team.enabled = False
    assert "These can: " in (await stage.kim.command("/syncerrors")).plain()
    assert [refusal.error for refusal in stage.slack.refusals] == ["no_such_subteam"]
    stage.slack.refusals.clear()


async def test_standing_is_slacks_word(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(stage.slack.bot_token, base_url=f"{stage.slack.api_url}/", session=session)
        rights = Rights(stage.core.roles, SlackPeople(client, stage.clock))
        await expect_standing(stage, rights)


async def expect_standing(stage: Stage, rights: Rights) -> None:
    expected = {Rank.OWNER: True, Rank.ADMIN: True, Rank.MEMBER: False, Rank.GUEST: False}
    for rank, may in expected.items():
        person = stage.slack.person(rank.value, rank=rank)
        assert await rights.allows(slack_user(person.id), stage.connection, Act.PURGE_ALL) is may
        fixes = await rights.allows(slack_user(person.id), stage.connection, Act.CLAIM)
        assert fixes is (rank is not Rank.GUEST)
