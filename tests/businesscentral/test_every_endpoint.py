"""One table: everything that the client can ask, in every state that Business Central can be in, and against
every error that Microsoft documents.

A new method of the client is entered in ``asked``. What each endpoint's rows and actions mean has tests
of its own; the guards of the extension are in ``test_every_guard``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from bot.businesscentral import BusinessCentralClient, Page, PermissionSet, RequestLimits
from bot.businesscentral.authentication import authentication_from
from bot.businesscentral.connection import connection_from
from bot.failures import (
    ActionMissing,
    ActionNotPermitted,
    ActionRefused,
    ActionTargetGone,
    OutcomeUnknown,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRefused,
)
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.businesscentral import PermissionSet as Granted
from tests.businesscentral.asked import (
    ACTING,
    ASKED,
    EVERYTHING,
    LATER,
    ONCE,
    READING,
    REPEATED,
    SINGLE,
    STANDARD,
    Ids,
    ids_of,
)
from tests.businesscentral.documented import DOCUMENTED
from tests.businesscentral.extension.base_application import objects
from tests.businesscentral.scenes import NEW, Scene
from tests.businesscentral.world import START, World, build_world, client_on, settings


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    world = build_world()
    scene = Scene(world)
    scene.there.stop_job("VENDOR", START, "stopped")
    yield scene
    await world.aclose()


async def failure_of(name: str, world: World, of: Ids) -> SourceFailure:
    """How that ends. All repeats are over by then."""
    with pytest.raises(SourceFailure) as caught:
        await EVERYTHING[name](world.client, of)
    return caught.value


def test_every_method_of_the_client_is_in_the_table() -> None:
    public = {
        name
        for name, _ in inspect.getmembers(BusinessCentralClient, inspect.iscoroutinefunction)
        if not name.startswith("_") and name != "aclose"
    }
    assert set(EVERYTHING) == public


# What is there is answered


@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_the_simulator_answers_each_about_what_is_there(scene: Scene, name: str) -> None:
    answer = await EVERYTHING[name](scene.world.client, await ids_of(scene))
    if name not in ACTING:
        expect_something(answer)
    assert {request.status for request in scene.world.server.requests} <= {200, 204}


async def test_every_entity_set_and_action_of_the_extension_is_asked(scene: Scene) -> None:
    for name in EVERYTHING:
        world = build_world()
        its = Scene(world)
        its.there.stop_job("VENDOR", START, "stopped")
        await EVERYTHING[name](world.client, await ids_of(its))
        scene.world.server.requests.extend(world.server.requests)
        await world.aclose()
    paths = [request.path for request in scene.world.server.requests]
    asked = {
        segment for path in paths for segment in re.findall(r"/(?:Microsoft\.NAV\.)?(\w+)(?=\(|$)", path)
    }
    pages = [one for one in objects() if one.kind == "page"]
    sets = {one.text("EntitySetName") for one in pages}
    actions = {
        its.name[0].lower() + its.name[1:]
        for one in pages
        for its in one.procedures
        if "ServiceEnabled" in its.attributes
    }
    assert sets | actions <= asked


async def test_on_premises_each_is_answered_with_a_name_and_a_key(scene: Scene) -> None:
    world = on_premises_like(scene)
    its = Scene(world)
    its.there.stop_job("VENDOR", START, "stopped")
    its.there.fix(record_id=NEW)
    of = await ids_of(its)
    for name, ask in EVERYTHING.items():
        if name == "couple":  # of what has been created meanwhile
            world.clock.advance(60)
            world.company.catch_up()
            coupling = its.there.couplings.of_local(of.new)
            assert coupling is not None
            await world.client.uncouple(coupling.id)
        answer = await ask(world.client, of)
        if name not in ACTING:
            expect_something(answer)
    assert {request.status for request in world.server.requests} <= {200, 204}
    await world.aclose()


def expect_something(answer: object) -> None:
    """Rows, all of them understood."""
    assert answer
    if isinstance(answer, Page):
        assert answer.rows
        assert not answer.unreadable


def on_premises_like(scene: Scene) -> World:
    company = SimulatedCompany(clock=scene.world.clock)
    place = OnPremises("https://erp.example:7048/BC260", "SYNC", "key", tenant="kleiweg")
    told = settings(
        bc_company_id=company.id,
        bc_environment=None,
        bc_base_url="https://erp.example:7048/BC260",
        bc_username="SYNC",
        bc_web_service_key=SecretStr("key"),
        bc_server_tenant="kleiweg",
    )
    connection = connection_from(told)
    server = BusinessCentralSimulator(
        clock=scene.world.clock, companies=[company], on_premises=place, host="erp.example"
    )
    client = BusinessCentralClient(
        connection,
        authentication_from(told.sign_in),
        clock=scene.world.clock,
        limit=RequestLimits().of(connection.application_user),
        transport=server.transport(),
        jitter=lambda: 1.0,
    )
    return World(
        scene.world.clock,
        scene.world.entra,
        (company,),
        server,
        {connection.key: connection},
        {connection.key: client},
    )


# What is not there is told apart


@pytest.mark.parametrize("name", [*SINGLE, *ASKED, *ACTING])
async def test_nobody_is_missing_refused_or_gone(scene: Scene, name: str) -> None:
    ask, client = EVERYTHING[name], scene.world.client
    if name in {"coupled_fields", "delete_error_rows", "delete_errors"}:
        await ask(client, Ids())  # nothing to read, and what is gone is deleted
        return
    failure = await failure_of(name, scene.world, Ids())
    if name in SINGLE:
        assert isinstance(failure, SourceMissing)
        assert failure.facts["what"] in {"error", "coupling", "job"}
    else:
        assert isinstance(failure, ActionRefused if name in ASKED else ActionTargetGone)


@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_without_the_extension_only_microsofts_own_is_left(scene: Scene, name: str) -> None:
    of = await ids_of(scene)
    scene.world.server.faults.extension_missing()
    if name in STANDARD:
        await EVERYTHING[name](scene.world.client, of)
        return
    failure = await failure_of(name, scene.world, of)
    assert isinstance(failure, SourceMissing | ActionMissing)
    assert failure.facts["what"] == "extension"


@pytest.mark.parametrize("name", sorted(LATER))
async def test_an_extension_of_before_is_told_from_none(scene: Scene, name: str) -> None:
    of = await ids_of(scene)
    sets = {one.text("EntitySetName") for one in objects() if one.kind == "page"}
    scene.world.server.faults.action_missing(*sets)
    scene.world.server.faults.extension_old()
    failure = await failure_of(name, scene.world, of)
    expected = "extension" if name == "permissions" else "version"
    assert failure.facts["what"] == expected
    assert (await scene.world.client.maintenance()).extension_version == ""


@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_a_company_or_an_environment_that_is_gone_is_said_to_be(scene: Scene, name: str) -> None:
    of = await ids_of(scene)
    scene.world.server._companies = {}
    failure = await failure_of(name, scene.world, of)
    assert (type(failure), failure.facts["what"]) == (SourceMissing, "company")
    scene.world.server._environment = "Renamed"
    failure = await failure_of(name, scene.world, of)
    assert (type(failure), failure.facts["what"]) == (SourceMissing, "environment")


@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_what_the_permission_sets_do_not_give_is_refused(scene: Scene, name: str) -> None:
    of = await ids_of(scene)
    scene.world.server.permission_sets = frozenset({Granted.READ}) if name in ONCE else frozenset()
    if name in {*STANDARD, "delete_error_rows"}:  # which has an outcome for each row instead
        await EVERYTHING[name](scene.world.client, of)
        return
    failure = await failure_of(name, scene.world, of)
    assert isinstance(failure, SourceRefused)
    assert "TableData" in str(failure.facts["permission"])
    if isinstance(failure, ActionNotPermitted):
        wanted = PermissionSet.SYNC if name in ONCE else PermissionSet.READ
        assert failure.facts["permission_set"] == wanted
    else:
        assert name in READING


@pytest.mark.parametrize("name", list(EVERYTHING))
async def test_an_application_that_is_not_let_in_is_told_so(scene: Scene, name: str) -> None:
    of = await ids_of(scene)
    scene.world.server.faults.unauthorized()
    assert type(await failure_of(name, scene.world, of)) is SourceRefused


# Documented errors


@pytest.mark.parametrize("name", [*READING, *REPEATED])
async def test_each_documented_error_becomes_one_failure(scene: Scene, name: str) -> None:
    for status, code, expected in DOCUMENTED:
        scene.world.server.faults.heal()
        scene.world.server.faults.fail(status, times=99, code=code)
        failure = await failure_of(name, scene.world, Ids())
        assert isinstance(failure, expected) or failure.key.startswith("action."), (status, code)


@pytest.mark.parametrize("name", list(ONCE))
async def test_what_may_not_be_repeated_is_never_repeated(scene: Scene, name: str) -> None:
    for status, code, expected in DOCUMENTED:
        scene.world.server.faults.heal()
        scene.world.server.faults.fail(status, times=99, code=code)
        before = len(scene.world.server.requests)
        failure = await failure_of(name, scene.world, Ids())
        if status >= 500 or status == 408:
            assert isinstance(failure, OutcomeUnknown)
            asked = [request.method for request in scene.world.server.requests[before:]]
            assert asked.count("POST") == 1
        else:
            assert isinstance(failure, expected) or failure.key.startswith("action."), (status, code)


@pytest.mark.parametrize("name", list(READING))
async def test_an_answer_that_is_none_is_garbled(name: str) -> None:
    client = client_on(httpx.MockTransport(lambda _: httpx.Response(200, content=b"<html>")))
    with pytest.raises(SourceGarbled):
        await READING[name](client, Ids())
    await client.aclose()
