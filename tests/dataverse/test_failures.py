"""Every documented error becomes one failure; waiting, repeating, and giving up have bounds."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards.failure import failure_card
from bot.cards.texts import Texts
from bot.dataverse import DataverseClient, Principal, PrincipalKind, Why
from bot.failures import (
    DataverseFailure,
    DataverseGarbled,
    DataverseMissing,
    DataverseRefused,
    DataverseRejected,
    DataverseSignInRefused,
    DataverseThrottled,
    DataverseUnreachable,
)
from bot.odata.authentication import client_credentials
from bot.simulator.dataverse import Depth, Protection
from bot.simulator.dataverse.believable import NEEDED
from bot.simulator.network import Interruption
from tests.dataverse.world import APPLICATION, TENANT, World, build_world

DOCUMENTED = [
    (403, "0x80040220", DataverseRefused, Why.PRIVILEGE),
    (403, "0x80048306", DataverseRefused, Why.PRIVILEGE),
    (403, "0x80040231", DataverseRefused, Why.PRIVILEGE),
    (403, "0x80048405", DataverseRefused, Why.PRIVILEGE),
    (403, "0x80040256", DataverseRefused, Why.PRIVILEGE),
    (403, "0x80040276", DataverseRefused, Why.PRIVILEGE),
    (403, "0x8004F504", DataverseRefused, Why.FIELD),
    (403, "0x80042f09", DataverseRefused, Why.NO_ROLES),
    (403, "0x80072560", DataverseRefused, Why.NOT_A_MEMBER),
    (403, "0x80040225", DataverseRefused, Why.DISABLED),
    (403, "0x8004A112", DataverseRefused, Why.DISABLED),
    (403, "0x8004A113", DataverseRefused, Why.ADMIN_MODE),
    (403, "0x8004A104", DataverseRefused, Why.ORGANIZATION_OFF),
    (403, "0x80050304", DataverseRefused, Why.LICENSE),
    (401, "0x80041d50", DataverseRefused, Why.TOKEN),
    (401, "0x8004A105", DataverseRefused, Why.TOKEN),
    (401, "0x80040204", DataverseRefused, Why.TOKEN),
    (401, "0x80040277", DataverseRefused, Why.TOKEN),
    (401, "", DataverseRefused, Why.TOKEN),
    (403, "", DataverseRefused, Why.OTHER),
    (404, "0x80040217", DataverseMissing, "row"),
    (404, "0x80060891", DataverseMissing, "row"),
    (404, "0x80060888", DataverseMissing, "function"),
    (404, "", DataverseMissing, "environment"),
    (400, "0x80041102", DataverseMissing, "table"),
    (400, "0x80060888", DataverseMissing, "function"),
    (429, "0x80072322", DataverseThrottled, None),
    (429, "0x80072321", DataverseThrottled, None),
    (429, "0x80072326", DataverseThrottled, None),
    (503, "0x8004A001", DataverseThrottled, None),
    (503, "", DataverseUnreachable, None),
    (500, "0x80044150", DataverseUnreachable, None),
    (500, "0x80044151", DataverseUnreachable, None),
    (400, "0x80044339", DataverseUnreachable, None),
    (400, "0x80073000", DataverseUnreachable, None),
    (400, "0x80040216", DataverseUnreachable, None),
    (502, "", DataverseUnreachable, None),
    (413, "", DataverseRejected, None),
    (400, "0x80040203", DataverseRejected, None),
    (405, "0x80040315", DataverseRejected, None),
    (412, "0x80060882", DataverseRejected, None),
    (501, "", DataverseUnreachable, None),
]


@pytest.mark.parametrize(("status", "code", "kind", "why"), DOCUMENTED)
async def test_a_documented_error_becomes_one_failure_with_a_sentence(
    world: World, status: int, code: str, kind: type[DataverseFailure], why: str | None
) -> None:
    world.server.faults.fail(status, code, times=10)

    with pytest.raises(kind) as raised:
        await world.client.who_am_i()

    told = raised.value.facts.get("what" if kind is DataverseMissing else "why")
    assert told == why
    for language in ("en", "nl"):
        assert (
            "Dataverse" in str(failure_card(raised.value, Texts.for_locale(language)).blocks) or why == "row"
        )


@pytest.mark.parametrize("needed", NEEDED)
async def test_each_privilege_of_the_readme_is_needed_and_named_where_it_is_missing(
    world: World, needed: str
) -> None:
    femke = world.organization.add_user("Femke")
    team = world.organization.add_team("Team", members=[femke])
    world.organization.revoke(world.bot_role, needed)

    async def everything() -> None:
        await world.client.user(femke)
        await world.client.team(team)
        await world.client.roles(Principal(PrincipalKind.USER, femke))
        await world.client.table("account")

    with pytest.raises(DataverseRefused) as raised:
        await everything()

    assert raised.value.facts["privilege"] == needed


async def test_nobody_in_the_environment_a_disabled_one_and_one_without_roles(world: World) -> None:
    organization = world.organization
    organization.security.user_roles.clear()
    assert await why(world) == Why.NO_ROLES
    organization.change("systemuser", world.bot_user, isdisabled=True)
    assert await why(world) == Why.DISABLED
    organization.change("systemuser", world.bot_user, isdisabled=False, applicationid=None)
    assert await why(world) == Why.NOT_A_MEMBER


async def why(world: World) -> object:
    with pytest.raises(DataverseRefused) as raised:
        await world.client.who_am_i()
    return raised.value.facts["why"]


async def test_a_wrong_secret_is_told_with_entras_number() -> None:
    world = build_world(secret="another")
    with pytest.raises(DataverseSignInRefused) as raised:
        await world.client.who_am_i()
    assert raised.value.facts["code"] == "AADSTS7000215"
    await world.aclose()


async def test_a_token_for_business_central_opens_nothing(world: World) -> None:
    scope = "https://api.businesscentral.dynamics.com/.default"
    world.entra.register(TENANT, APPLICATION, "a secret", audience_scopes=[scope])
    environment = world.client.environment
    auth = client_credentials(environment.sign_in, scope, transport=world.entra.transport())
    client = DataverseClient(
        environment, auth, clock=world.clock, transport=world.server.transport(), jitter=lambda: 1.0
    )
    with pytest.raises(DataverseRefused) as raised:
        await client.who_am_i()
    assert raised.value.facts["why"] == Why.TOKEN
    await client.aclose()


async def test_an_expired_token_is_renewed(world: World) -> None:
    await world.client.who_am_i()
    world.entra.expire_tokens()
    assert (await world.client.who_am_i()).user_id == world.bot_user


async def test_retry_after_is_waited_out_and_no_more_than_somebody_waits_for_a_card(world: World) -> None:
    world.server.faults.fail(429, "0x80072322", retry_after=7)
    assert (await world.client.who_am_i()).user_id == world.bot_user
    assert world.clock.slept == [7.0]

    world.server.faults.fail(429, "0x80072322", retry_after=300)
    with pytest.raises(DataverseThrottled):
        await world.client.who_am_i()
    assert world.clock.slept == [7.0]


async def test_the_protection_of_the_service_is_kept_to(world: World) -> None:
    await asyncio.gather(*(world.client.user(f"00000000-1111-4222-8333-{n:012}") for n in range(60)))
    assert world.server.most_at_once <= 6


async def test_over_the_limit_the_simulated_service_says_so() -> None:
    world = build_world(protection=Protection(requests=2, retry_after=60))
    await world.client.who_am_i()
    await world.client.who_am_i()
    with pytest.raises(DataverseThrottled) as raised:
        await world.client.who_am_i()
    assert raised.value.facts["code"] == "0x80072322"
    await world.aclose()


@pytest.mark.parametrize("interruption", Interruption)
async def test_a_broken_exchange_is_repeated_and_then_given_up(
    world: World, interruption: Interruption
) -> None:
    world.server.faults.interrupt(interruption)
    assert (await world.client.who_am_i()).user_id == world.bot_user
    world.server.faults.interrupt(interruption, times=3)
    with pytest.raises(DataverseUnreachable):
        await world.client.who_am_i()
    assert len(world.server.requests) == 5


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"UserId": 1}', b'{"UserId": "x", "BusinessUnitId": null}', b'{"value": 1}'],
)
async def test_what_is_not_the_promised_answer_is_garbled(world: World, body: bytes) -> None:
    world.server.faults.answer(body)
    with pytest.raises(DataverseGarbled):
        await world.client.who_am_i()
    world.server.faults.answer(body)
    with pytest.raises(DataverseGarbled):
        await world.client.roles_with("00000000-1111-4222-8333-444444444444")


async def test_the_headers_that_microsoft_asks_for_are_sent(world: World) -> None:
    await world.client.who_am_i()
    headers = world.server.requests[-1].headers
    assert {
        name: headers[name] for name in ("accept", "odata-version", "odata-maxversion", "if-none-match")
    } == {
        "accept": "application/json",
        "odata-version": "4.0",
        "odata-maxversion": "4.0",
        "if-none-match": "null",
    }


# Answers are kept


async def test_the_same_question_of_many_is_asked_once(world: World) -> None:
    femke = world.organization.add_user("Femke")
    users = await asyncio.gather(*(world.client.user(femke) for _ in range(1_000)))
    assert len(world.server.requests) == 1
    assert {user.name for user in users if user} == {"Femke"}


async def test_an_answer_lives_a_minute_and_a_definition_an_hour(world: World) -> None:
    femke = world.organization.add_user("Femke")
    for seconds, asked in ((0, 2), (59, 2), (2, 3), (3_500, 4), (100, 6)):
        world.clock.advance(seconds)
        await world.client.user(femke)
        await world.client.table("account")
        answered = [request for request in world.server.requests if request.status == 200]
        assert len(answered) == asked, seconds


async def test_what_changed_is_seen_at_once_where_somebody_asks_anew(world: World) -> None:
    privilege = await world.client.privilege("prvWriteAccount")
    assert privilege is not None
    assert await world.client.granted_by(world.bot_role) != {}
    world.organization.grant(world.bot_role, "prvWriteAccount", Depth.Global)
    assert privilege.id not in await world.client.granted_by(world.bot_role)
    world.client.ask_anew()
    assert privilege.id in await world.client.granted_by(world.bot_role)
    assert world.server.requests[-1].headers["consistency"] == "Strong"


async def test_a_dataverse_that_does_not_answer_is_not_asked_for_every_card(world: World) -> None:
    world.server.faults.fail(503, times=3)
    for _ in range(20):
        with pytest.raises(DataverseUnreachable):
            await world.client.user(world.bot_user)
    assert len(world.server.requests) == 3
    world.clock.advance(31)
    assert await world.client.user(world.bot_user) is not None


async def test_whoever_stops_waiting_takes_the_answer_from_nobody(world: World) -> None:
    first = asyncio.create_task(world.client.user(world.bot_user))
    second = asyncio.create_task(world.client.user(world.bot_user))
    await asyncio.sleep(0)
    first.cancel()
    found = await second
    assert found is not None
    assert len(world.server.requests) == 1


async def test_a_question_that_was_forgotten_under_way_ends_with_the_client(world: World) -> None:
    asking = asyncio.create_task(world.client.user(world.bot_user))
    await asyncio.sleep(0)
    world.client.ask_anew()
    await world.client.aclose()
    with pytest.raises(asyncio.CancelledError):
        await asking
