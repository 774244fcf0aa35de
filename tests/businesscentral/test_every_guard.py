"""One table: every action and every entity set that refuses, against every guard that the AL source has
before it. The client says which guard it was, and nothing has changed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest

from bot.businesscentral.acting import MAINTENANCE, MOST_IDS, Guard
from bot.businesscentral.records import Direction
from bot.failures import ActionRefused
from bot.simulator.businesscentral import MappingType
from bot.simulator.businesscentral.job_queue import EntryStatus
from tests.businesscentral.extension.base_application import objects
from tests.businesscentral.extension.guards import guards_of
from tests.businesscentral.scenes import (
    COUPLE,
    CREATE,
    CUSTOMER,
    DELETE_ERRORS,
    NEW,
    NOBODY,
    RELEASE_ALL,
    SYNCHRONIZE,
    WAKE,
    Scene,
)
from tests.businesscentral.world import build_world

TOO_MANY: Final = ",".join([NOBODY] * (MOST_IDS + 1))
FORCED = {"synchronize": SYNCHRONIZE, "create": CREATE}


async def released(of: Scene) -> None:
    of.there.delete_record(CUSTOMER)
    await of.world.client.release(of.coupling.id)


async def uncoupled_without_connection(of: Scene) -> None:
    of.there.disable_connection("")
    await of.world.client.uncouple(of.coupling.id)


async def uncoupled_in_vain(of: Scene) -> None:
    of.world.server.faults.job_refused()
    await of.world.client.uncouple(of.coupling.id)


async def release_all(of: Scene, ids: str, mapping: str = "CUSTOMER") -> None:
    await of.act(RELEASE_ALL, mapping, dataverseIds=ids)


async def release_all_gone(of: Scene) -> None:
    of.there.delete_record(CUSTOMER)
    await release_all(of, of.row)


async def wake_held(of: Scene) -> None:
    of.there.entries["CUSTOMER"].status = EntryStatus.ON_HOLD
    await of.act(WAKE)


async def of_another_kind(of: Scene, action: str, kind: str) -> None:
    mapping = of.there.mappings["PAYMENT TERMS" if kind == "option" else "CUSTOMER"]
    if kind == "master data":
        mapping.type = MappingType.MASTER_DATA
    if kind == "clone":
        mapping.is_clone = True
    client = of.world.client
    match action:
        case "releaseAll":
            await client.release_all(mapping.id, [of.row])
        case "wake":
            await client.wake(mapping.id)
        case "synchronize":
            await client.synchronize(mapping.id, Direction.TO_DATAVERSE, local_system_ids=[of.local])
        case "create":
            await client.create(mapping.id, Direction.TO_DATAVERSE, local_system_ids=[of.new])
        case _:
            await client.couple(mapping.id, of.new, NOBODY)


async def without_connection(of: Scene, action: str) -> None:
    of.there.disable_connection("")
    if action == "couple":
        await of.act(COUPLE, localSystemId=of.new, dataverseId=NOBODY)
    else:
        ids = of.local if action == "synchronize" else of.new
        await of.force(FORCED[action], localSystemIds=ids)


async def refused_job(of: Scene, action: str) -> None:
    of.world.server.faults.job_refused()
    await of.force(FORCED[action], localSystemIds=of.local if action == "synchronize" else of.new)


async def outside(of: Scene, action: str) -> None:
    left_out = {"synchronize": of.local, "create": of.new, "couple": NOBODY}[action]
    of.there.mappings["CUSTOMER"].outside_filter.add(left_out)
    if action == "couple":
        await of.act(COUPLE, localSystemId=of.new, dataverseId=NOBODY)
    else:
        await of.force(FORCED[action], localSystemIds=left_out)


async def gone(of: Scene, action: str) -> None:
    of.there.delete_record(CUSTOMER if action == "synchronize" else NEW)
    if action == "couple":
        await of.act(COUPLE, localSystemId=of.new, dataverseId=NOBODY)
    else:
        await of.force(FORCED[action], localSystemIds=of.local if action == "synchronize" else of.new)


async def row_gone(of: Scene) -> None:
    of.there.gone.add(of.row)
    await of.force(SYNCHRONIZE, 2, dataverseIds=of.row)


async def delete_errors(of: Scene, until: str, number: int) -> None:
    await of.world.client._act(
        DELETE_ERRORS, "maintenance", MAINTENANCE, loggedUntil=until, highestNumber=number
    )


async def fields_without_connection(of: Scene) -> None:
    of.there.gone.add(of.row)  # nobody can look
    of.there.disable_connection("")
    await of.world.client.coupled_fields(of.coupling.id)


async def fields_of_a_gone_record(of: Scene) -> None:
    of.there.disable_connection("")
    of.there.delete_record(CUSTOMER)
    await of.world.client.coupled_fields(of.coupling.id)


async def fields_of_a_gone_row(of: Scene) -> None:
    of.there.gone.add(of.row)
    await of.world.client.coupled_fields(of.coupling.id)


def of_master_data(of: Scene) -> str:
    of.there.mappings["VENDOR"].type = MappingType.MASTER_DATA
    return of.mapping("VENDOR")


Case = tuple[str, str, Callable[[Scene], Awaitable[object]]]

CASES: list[Case] = [
    ("release", "RecordGone", released),
    ("uncouple", "ConnectionOff", uncoupled_without_connection),
    ("uncouple", "NotEnqueued", uncoupled_in_vain),
    ("deleteErrors", "EmptySelection", lambda of: delete_errors(of, "", 9)),
    ("deleteErrors", "EmptySelection", lambda of: delete_errors(of, "yesterday", 9)),
    ("deleteErrors", "EmptySelection", lambda of: delete_errors(of, "2026-11-22T10:00:00.000Z", 0)),
    ("wake", "NoJob", wake_held),
    ("releaseAll", "EmptySelection", lambda of: release_all(of, " ")),
    ("releaseAll", "TooMany", lambda of: release_all(of, TOO_MANY)),
    ("releaseAll", "BadId", lambda of: release_all(of, f"{of.row}|{of.row}")),
    ("releaseAll", "NotCoupled", lambda of: release_all(of, f"{of.row},{NOBODY}")),
    ("releaseAll", "NotOfMapping", lambda of: release_all(of, of.row, "VENDOR")),
    ("releaseAll", "RecordGone", release_all_gone),
    *(
        (action, guard, lambda of, action=action, kind=kind: of_another_kind(of, action, kind))
        for action in ("releaseAll", "wake", "synchronize", "create", "couple")
        for kind, guard in (
            ("master data", "NotDataverse"),
            ("clone", "TemporaryMapping"),
            ("option", "OptionMapping"),
        )
        if (action, kind) != ("wake", "option")
    ),
    *(
        case
        for name, action in FORCED.items()
        for case in (
            (name, "Direction", lambda of, its=action: of.force(its, 0, localSystemIds=of.local)),
            (name, "Direction", lambda of, its=action: of.force(its, 2, "CURRENCY", dataverseIds=of.row)),
            (name, "EmptySelection", lambda of, its=action: of.force(its, 1, dataverseIds=of.row)),
            (name, "EmptySelection", lambda of, its=action: of.force(its, 2, localSystemIds=of.local)),
            (name, "TooMany", lambda of, its=action: of.force(its, localSystemIds=TOO_MANY)),
            (name, "BadId", lambda of, its=action: of.force(its, localSystemIds=f"{of.local}..")),
            (name, "ConnectionOff", lambda of, name=name: without_connection(of, name)),
            (name, "NotEnqueued", lambda of, name=name: refused_job(of, name)),
            (name, "OutsideFilter", lambda of, name=name: outside(of, name)),
            (name, "RecordGone", lambda of, name=name: gone(of, name)),
        )
    ),
    ("synchronize", "RecordGone", row_gone),
    ("synchronize", "NotCoupled", lambda of: of.force(SYNCHRONIZE, localSystemIds=of.new)),
    ("synchronize", "NotOfMapping", lambda of: of.force(SYNCHRONIZE, 1, "VENDOR", localSystemIds=of.local)),
    ("synchronize", "BadId", lambda of: of.force(SYNCHRONIZE, localSystemIds=str(uuid.UUID(int=0)))),
    ("synchronize", "EmptySelection", lambda of: of.force(SYNCHRONIZE, localSystemIds=f"{of.local},")),
    ("create", "AlreadyCoupled", lambda of: of.force(CREATE, localSystemIds=f"{of.new},{of.local}")),
    ("create", "NotOfMapping", lambda of: of.force(CREATE, 1, "VENDOR", localSystemIds=of.new)),
    ("couple", "EmptySelection", lambda of: of.act(COUPLE, localSystemId="", dataverseId=NOBODY)),
    ("couple", "BadId", lambda of: of.act(COUPLE, localSystemId=of.new, dataverseId=f"{NOBODY},{NOBODY}")),
    ("couple", "AlreadyCoupled", lambda of: of.act(COUPLE, localSystemId=of.local, dataverseId=NOBODY)),
    ("couple", "AlreadyCoupled", lambda of: of.act(COUPLE, localSystemId=of.new, dataverseId=of.row)),
    ("couple", "NotOfMapping", lambda of: of.act(COUPLE, "VENDOR", localSystemId=of.new, dataverseId=NOBODY)),
    ("couple", "ConnectionOff", lambda of: without_connection(of, "couple")),
    ("couple", "OutsideFilter", lambda of: outside(of, "couple")),
    ("couple", "RecordGone", lambda of: gone(of, "couple")),
    # Reading what answers only what it is asked for
    ("couplingFields", "EmptySelection", lambda of: of.read("couplingFields", "")),
    ("couplingFields", "EmptySelection", lambda of: of.read("couplingFields", f"mappingId eq {NOBODY}")),
    ("couplingFields", "OptionMapping", lambda of: of.world.client.coupled_fields(of.option.id)),
    ("couplingFields", "ConnectionOff", fields_without_connection),
    ("couplingFields", "RecordGone", fields_of_a_gone_record),
    ("couplingFields", "RecordGone", fields_of_a_gone_row),
    ("mappedRecords", "EmptySelection", lambda of: of.read("mappedRecords", "")),
    ("mappedRecords", "EmptySelection", lambda of: of.read("mappedRecords", f"mappingId eq {of.mapping()}")),
    ("mappedRecords", "NotOfMapping", lambda of: of.world.client.mapped_record(NOBODY, "10000")),
    ("mappedRecords", "NotOfMapping", lambda of: of.world.client.mapped_record(of_master_data(of), "10000")),
    ("recordFields", "EmptySelection", lambda of: of.read("recordFields", f"systemId eq {of.local}")),
    ("recordFields", "EmptySelection", lambda of: of.read("recordFields", f"mappingId eq {of.mapping()}")),
    ("recordFields", "NotOfMapping", lambda of: of.world.client.record_fields(NOBODY, of.local)),
    ("recordFields", "NotOfMapping", lambda of: of.world.client.record_fields(of_master_data(of), of.local)),
]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    world = build_world()
    yield Scene(world)
    await world.aclose()


def test_every_guard_that_the_source_has_is_in_the_table() -> None:
    wanted = guards_of(objects())
    table: dict[str, set[str]] = {}
    for what, guard, _ in CASES:
        table.setdefault(what, set()).add(guard)
    assert table == wanted
    assert {guard for guards in wanted.values() for guard in guards} == {guard.value for guard in Guard}


@pytest.mark.parametrize(("action", "guard", "call"), CASES, ids=[f"{one[0]}-{one[1]}" for one in CASES])
async def test_the_client_says_which_guard_it_was_and_nothing_changes(
    scene: Scene, action: str, guard: str, call: Callable[[Scene], Awaitable[object]]
) -> None:
    before = list(scene.there.couplings.now())
    with pytest.raises(ActionRefused) as refused:
        await call(scene)
    assert refused.value.facts == {"action": action, "guard": guard}
    scene.world.clock.advance(60)
    scene.world.company.catch_up()
    assert list(scene.there.couplings.now()) == before
    assert len(scene.world.company.errors) == 3
