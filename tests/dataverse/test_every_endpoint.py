"""One table: every question that the client asks, against every error that Microsoft documents.

Sources: MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi/
compose-http-requests-handle-errors.md`` and ``includes/data-service-error-codes.md``. A new method of the
client has to be entered here, and a new code in the list of ``test_failures``.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import ManualClock
from bot.dataverse import (
    Condition,
    DataverseClient,
    Depth,
    Environment,
    Principal,
    PrincipalKind,
    Privilege,
    answers,
)
from bot.failures import DataverseFailure, DataverseGarbled, DataverseMissing
from bot.odata.authentication import BasicAuthentication
from bot.settings import EntraSignIn
from tests.dataverse.test_failures import DOCUMENTED
from tests.dataverse.world import APPLICATION, SECRET, START, TENANT, URL, build_world

GUID = "12345678-0000-4000-8000-000000000000"
SOMEBODY = Principal(PrincipalKind.USER, GUID)
A_TEAM = Principal(PrincipalKind.TEAM, GUID)
PRIVILEGE = Privilege(GUID, "prvReadAccount", frozenset({Depth.GLOBAL}))
CONDITION = Condition("name", "Adatum")
Ask = Callable[[DataverseClient], Awaitable[object]]

ASKED: dict[str, Ask] = {
    "who_am_i": lambda it: it.who_am_i(),
    "organization_id": lambda it: it.organization_id(),
    "user": lambda it: it.user(GUID),
    "team": lambda it: it.team(GUID),
    "roles": lambda it: it.roles(A_TEAM),
    "roles_with": lambda it: it.roles_with(GUID),
    "granted_by": lambda it: it.granted_by(GUID),
    "privilege": lambda it: it.privilege("prvReadAccount"),
    "held": lambda it: it.held(SOMEBODY, PRIVILEGE),
    "access": lambda it: it.access(SOMEBODY, "accounts", GUID),
    "table": lambda it: it.table("account"),
    "table_of_code": lambda it: it.table_of_code(1),
    "row": lambda it: it.row("account", GUID),
    "standing": lambda it: it.standing("account", GUID),
    "find": lambda it: it.find("account", [CONDITION]),
}


def client_on(handler: httpx.MockTransport) -> DataverseClient:
    environment = Environment(URL, EntraSignIn(TENANT, APPLICATION, SecretStr(SECRET)))
    signed_in = BasicAuthentication("somebody", SecretStr("a key"))
    return DataverseClient(
        environment, signed_in, clock=ManualClock(START), transport=handler, jitter=lambda: 1.0
    )


def test_every_method_of_the_client_is_in_the_table() -> None:
    public = inspect.getmembers(DataverseClient, inspect.iscoroutinefunction)
    assert {name for name, _ in public if not name.startswith("_") and name != "aclose"} == set(ASKED)


def test_every_code_that_is_told_apart_is_in_the_list() -> None:
    listed = {code.lower() for _, code, _, _ in DOCUMENTED}
    told_apart = {*answers._REFUSALS, *answers._THROTTLED, *answers._PASSING, *answers._MISSING}
    assert told_apart <= listed


@pytest.mark.parametrize("name", list(ASKED))
async def test_each_documented_error_becomes_one_failure(name: str) -> None:
    """What is missing may be the very thing that was asked for: then the answer is that there is none."""
    for status, code, kind, _ in DOCUMENTED:
        body = {"error": {"code": code, "message": "no"}}
        client = client_on(
            httpx.MockTransport(lambda _, status=status, body=body: httpx.Response(status, json=body))
        )
        met = await outcome(client, name)
        if isinstance(met, DataverseFailure):
            assert isinstance(met, kind), (status, code)
        else:
            assert kind is DataverseMissing, (status, code)
            assert not met or name == "standing", (status, code)
        await client.aclose()


async def outcome(client: DataverseClient, name: str) -> object:
    """What it answers, or raises."""
    try:
        return await ASKED[name](client)
    except DataverseFailure as failure:
        return failure


@pytest.mark.parametrize("name", list(ASKED))
async def test_an_answer_that_is_none_is_garbled(name: str) -> None:
    client = client_on(httpx.MockTransport(lambda _: httpx.Response(200, content=b"<html>")))
    with pytest.raises(DataverseGarbled):
        await ASKED[name](client)
    await client.aclose()


@pytest.mark.parametrize("name", list(ASKED))
async def test_the_simulator_takes_each_question(name: str) -> None:
    """It refuses what the Web API does not have; what is not there it says in the Web API's own way."""
    world = build_world()
    met = await outcome(world.client, name)
    assert not isinstance(met, DataverseFailure) or met.facts["what"] == "row"
    assert {request.status for request in world.server.requests} <= {200, 403, 404}
    await world.aclose()
