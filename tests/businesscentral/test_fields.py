"""Reading single records and their mapped fields: client against simulator, broken rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral import Comparison, Coupling
from bot.businesscentral.field_rows import mapped_record, pair_row, record_field
from bot.businesscentral.records import Direction
from bot.businesscentral.state_rows import states
from bot.failures import ActionMissing, SourceRefused, SourceUnreachable
from bot.simulator.businesscentral import PermissionSet as SimulatedSet
from bot.simulator.businesscentral.field_entities import ASKED_SETS, conditions_of
from bot.simulator.businesscentral.refusal import Refusal
from bot.simulator.businesscentral.tables import record
from tests.businesscentral.world import World, build_world

GUID = "12345678-0000-4000-8000-000000000000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = build_world()
    yield world
    await world.aclose()


async def coupling(world: World) -> Coupling:
    (row,) = (await world.client.couplings()).rows
    return row


def mapping(world: World, name: str = "CUSTOMER") -> str:
    return world.company.synchronization.mappings[name].id


async def test_both_values_and_who_changed_them(world: World) -> None:
    there = world.company.synchronization
    there.couple("Customer: 10000")
    there.both_changed("Customer: 10000", "telephone1", "+31 1", "+31 2", by="JORIS")
    read = await world.client.coupled_fields((await coupling(world)).id)
    assert read is not None
    assert read.mapping_id == mapping(world)
    assert (read.changed_by, read.changed_at) == ("JORIS", world.clock.now())
    (differs,) = [one for one in read.fields if one.comparison is not Comparison.SAME]
    assert (differs.name, differs.column, differs.column_name) == ("Phone No.", "telephone1", "Main Phone")
    assert (differs.business_central, differs.dataverse) == ("+31 1", "+31 2")
    assert differs.goes(Direction.TO_DATAVERSE)
    assert differs.goes(Direction.FROM_DATAVERSE)
    (credit,) = [one for one in read.fields if one.column == "creditlimit"]
    assert not credit.goes(Direction.FROM_DATAVERSE)


async def test_a_coupling_that_is_gone_has_no_fields(world: World) -> None:
    assert await world.client.coupled_fields(GUID) is None


async def test_a_record_that_is_coupled_to_nothing_is_found_by_key_id_and_value(world: World) -> None:
    there = world.company.synchronization
    known = there.known(record("Customer: O'Neill & Co", description="O'Neill's Bar"))
    assert known.system_id is not None
    found = await world.client.mapped_record(mapping(world), "O'Neill & Co")
    assert found is not None
    assert (found.system_id, found.coupling_id, found.inside_filter) == (known.system_id, None, True)
    assert found.description == "O'Neill's Bar"
    assert await world.client.mapped_record_by_id(mapping(world), known.system_id) == found
    (same,) = await world.client.mapped_records_with(mapping(world), 2, "o'neill's bar")
    assert same.system_id == known.system_id
    assert await world.client.mapped_record(mapping(world), "nobody") is None
    assert await world.client.mapped_record(mapping(world, "VENDOR"), "O'Neill & Co") is None
    there.couple(known)
    coupled = await world.client.mapped_record(mapping(world), "O'Neill & Co")
    assert coupled is not None
    assert coupled.coupling_id == (await coupling(world)).id
    there.mappings["CUSTOMER"].outside_filter.add(known.system_id)
    outside = await world.client.mapped_record(mapping(world), "O'Neill & Co")
    assert outside is not None
    assert not outside.inside_filter


async def test_what_would_be_sent_of_a_record(world: World) -> None:
    known = world.company.synchronization.known(record("Customer: 10000", description="Adatum"))
    fields = await world.client.record_fields(mapping(world), known.system_id or "")
    by_column = {one.column: one.value for one in fields}
    assert by_column["name"] == "Adatum"
    assert by_column["emailaddress1"] == "info@adatum.example"
    (key,) = [one for one in fields if not one.column]
    assert (key.name, key.value) == ("No.", "10000")


@pytest.mark.parametrize("entity_set", sorted(ASKED_SETS))
@pytest.mark.parametrize(
    "condition",
    [
        None,
        "",
        f"mappingId eq {GUID}",
        f"mappingId ne {GUID}",
        "value eq 'x'",
        f"couplingId eq {GUID} or systemId eq {GUID}",
        "couplingId eq 'nothing'",
    ],
)
def test_nothing_is_read_without_saying_which(entity_set: str, condition: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        conditions_of(ASKED_SETS[entity_set], condition)
    assert refused.value.status == 400


async def test_an_extension_that_has_none_of_it_is_too_old(world: World) -> None:
    world.server.faults.action_missing("mappedRecords")
    with pytest.raises(ActionMissing) as missing:
        await world.client.mapped_record(mapping(world), "10000")
    assert missing.value.facts["what"] == "version"
    world.server.faults.extension_missing()
    with pytest.raises(ActionMissing) as missing:
        await world.client.mapped_record(mapping(world), "10000")
    assert missing.value.facts["what"] == "extension"


async def test_business_central_that_is_down_is_said_to_be(world: World) -> None:
    world.server.faults.fail(503, times=10)
    with pytest.raises(SourceUnreachable):
        await world.client.coupled_fields(GUID)


async def test_a_permission_that_is_missing_is_said_to_be(world: World) -> None:
    world.server.permission_sets = frozenset[SimulatedSet]()
    with pytest.raises(SourceRefused):
        await world.client.coupled_fields(GUID)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
_NAMES = st.sampled_from(
    [
        "couplingId",
        "mappingId",
        "systemId",
        "fieldNumber",
        "businessCentralValue",
        "comparison",
        "insideFilter",
    ]
)


@given(st.lists(st.dictionaries(_NAMES, _ANYTHING, max_size=7) | _ANYTHING, max_size=4))
def test_no_row_makes_reading_fail(rows: list[Any]) -> None:
    for read in (pair_row, mapped_record, record_field):
        understood, unreadable = states(rows, read)
        assert len(understood) + len(unreadable) == len(rows)
