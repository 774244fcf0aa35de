"""Reading couplings, jobs, mappings, connections and the job queue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral import Coupling, CouplingKind, Freshness, PermissionSet, SynchResult
from bot.businesscentral.records import Direction
from bot.businesscentral.state_rows import (
    connection_state,
    coupling,
    job_queue_entry,
    job_queue_log_entry,
    states,
    sync_job,
    table_mapping,
)
from bot.failures import SourceGarbled, SourceMissing
from bot.simulator.businesscentral import NextLinkForm, SynchDirection
from bot.simulator.businesscentral import PermissionSet as SimulatedSet
from tests.businesscentral.world import START, World, build_world, client_on

GUID = "12345678-0000-4000-8000-000000000000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = build_world()
    yield world
    await world.aclose()


async def all_couplings(world: World, since: datetime | None = None, size: int = 2) -> list[Coupling]:
    page = await world.client.couplings(since, size)
    rows = list(page.rows)
    while page.next_link is not None:
        page = await world.client.follow_couplings(page.next_link, size)
        rows += page.rows
    return rows


@pytest.mark.parametrize("form", list(NextLinkForm))
async def test_couplings_come_in_the_order_in_which_they_changed(world: World, form: NextLinkForm) -> None:
    there = world.company.synchronization
    world.server.faults.relative_next_link(form)
    for number in range(5):
        there.couple(f"Customer: {number}")
        world.clock.advance(60)
    there.fail("Customer: 1", "Currency Code USD must be coupled.")
    there.couple("Payment Terms: 30 DAGEN")
    found = await all_couplings(world)
    keys = [row.record_id.partition(": ")[2] for row in found]
    assert (keys[:4], set(keys[4:])) == (["0", "2", "3", "4"], {"1", "30 DAGEN"})
    assert [row.kind for row in found].count(CouplingKind.OPTION) == 1
    since = found[2].modified_at
    assert [row.id for row in await all_couplings(world, since)] == [row.id for row in found[2:]]


async def test_a_coupling_as_the_contract_says(world: World) -> None:
    there = world.company.synchronization
    row = there.fail(
        "Customer: 10000",
        "Phone No. must not contain letters.",
        direction=SynchDirection.FROM_DATAVERSE,
        times=2,
    )
    (found,) = (await world.client.couplings()).rows
    assert (found.table, found.integration_table, found.record_id) == (18, 5341, "Customer: 10000")
    assert (found.result(Direction.FROM_DATAVERSE), found.result(Direction.TO_DATAVERSE)) == (
        SynchResult.FAILURE,
        SynchResult.NONE,
    )
    assert found.result(Direction.UNKNOWN) is SynchResult.NONE
    assert (found.job(Direction.FROM_DATAVERSE), found.job(Direction.TO_DATAVERSE)) == (row.job_id, None)
    assert found.job(Direction.UNKNOWN) is None
    assert (found.skipped, found.modified_at) == (True, START)
    assert row.source is not None
    assert row.source.record_id == f"CRM Account: {{{(found.dataverse_id or '').upper()}}}"


async def test_a_replica_is_behind_and_the_primary_is_not(world: World) -> None:
    there = world.company.synchronization
    there.couple("Customer: 1")
    world.clock.advance(60)
    there.fail("Customer: 1", "Currency Code USD must be coupled.")
    world.server.faults.replica_lag(30)
    (stale,) = (await world.client.couplings()).rows
    (now,) = (await world.client.couplings(freshness=Freshness.PRIMARY)).rows
    assert (stale.last_dataverse_result, now.last_dataverse_result) == (SynchResult.NONE, SynchResult.FAILURE)
    assert await world.client.coupling(now.id) == now


async def test_what_is_gone_is_named(world: World) -> None:
    with pytest.raises(SourceMissing) as caught:
        await world.client.coupling(GUID)
    assert caught.value.facts["what"] == "coupling"
    with pytest.raises(SourceMissing) as caught:
        await world.client.sync_job(GUID)
    assert caught.value.facts["what"] == "job"


async def test_jobs_since_a_moment_of_any_zone(world: World) -> None:
    there = world.company.synchronization
    for number in range(4):
        there.fail(f"Customer: {number}", "Currency Code USD must be coupled.")
        world.clock.advance(60)
    amsterdam = timezone(timedelta(hours=1))
    since = (START + timedelta(seconds=60)).astimezone(amsterdam)
    page = await world.client.sync_jobs(since, 2)
    rest = await world.client.follow_sync_jobs(page.next_link or "", 2)
    jobs = [*page.rows, *rest.rows]
    assert [job.started_at for job in jobs] == [START + timedelta(minutes=minute) for minute in (1, 2, 3)]
    assert {(job.mapping, job.direction, job.type, job.failed) for job in jobs} == {
        ("CUSTOMER", Direction.TO_DATAVERSE, "Synchronization", 1)
    }
    with pytest.raises(ValueError, match="zone"):
        await world.client.sync_jobs(datetime(2026, 1, 1))  # noqa: DTZ001 # that is the point


async def test_mappings_and_what_they_depend_on(world: World) -> None:
    mappings = {mapping.name: mapping for mapping in await world.client.table_mappings()}
    customer = mappings["CUSTOMER"]
    assert (customer.table, customer.entity_name, customer.direction) == (
        18,
        "account",
        Direction.BIDIRECTIONAL,
    )
    assert customer.depends_on[:2] == ("SALESPEOPLE", "CURRENCY")
    assert mappings["CURRENCY"].depends_on == ()
    assert customer.synched_until is None


async def test_the_recurring_jobs_of_mappings(world: World) -> None:
    entries = {entry.mapping: entry for entry in await world.client.job_queue_entries()}
    assert entries["CUSTOMER"].status == "On Hold with Inactivity Timeout"
    assert entries["CUSTOMER"].recurring
    assert None not in entries


async def test_retention_is_read(world: World) -> None:
    there = await world.client.maintenance()
    assert (there.retention_enabled, there.retention_period) == (True, "1 Month")


async def test_a_link_that_never_ends_ends() -> None:
    body = {"value": [], "@odata.nextLink": "connectionStates?again"}
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(200, json=body)

    with pytest.raises(SourceGarbled):
        await client_on(httpx.MockTransport(answer)).connection_states()
    assert asked < 1_500


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(GUID)
FIELDS = st.sampled_from(
    ["id", "name", "tableNumber", "startedAt", "lastModifiedDateTime", "skipped", "lastResult", "status"]
)


@given(st.lists(ANYTHING | st.dictionaries(FIELDS, ANYTHING), max_size=4))
def test_no_row_can_break_a_page(rows: list[object]) -> None:
    for read in (coupling, sync_job, table_mapping, connection_state, job_queue_entry, job_queue_log_entry):
        understood, unreadable = states(rows, read)
        assert len(understood) + len(unreadable) == len(rows)


def test_an_unreadable_row_names_its_field_and_keeps_what_came() -> None:
    row = {"id": GUID, "lastModifiedDateTime": "2026-11-22T10:00:00", "skipped": True}
    understood, (unreadable,) = states([row], coupling)
    assert understood == []
    assert unreadable.reason == "lastModifiedDateTime: without a zone"
    assert unreadable.raw == row
    (read,), _ = states([{**row, "lastModifiedDateTime": "2026-11-22T10:00:00Z"}], coupling)
    assert read.modified_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


async def test_each_permission_is_told(world: World) -> None:
    world.server.permission_sets = frozenset({SimulatedSet.READ})
    world.server.withheld = frozenset({(5339, "Delete")})
    permissions = await world.client.permissions()
    missing = {(one.permission_set, one.table, one.access) for one in permissions if not one.granted}
    assert (PermissionSet.READ, 5339, "Delete") in missing
    assert {name for name, _, _ in missing} == set(PermissionSet)
    assert any(one.permission_set == PermissionSet.READ and one.granted for one in permissions)
    world.server.faults.extension_old()
    with pytest.raises(SourceMissing) as caught:
        await world.client.permissions()
    assert caught.value.facts["what"] == "extension"


async def test_versions_are_told_by_extensions_that_know_theirs(world: World) -> None:
    world.company.extension_version = "1.2.0.0"
    there = await world.client.maintenance()
    assert (there.extension_version, there.application_version) == ("1.2.0.0", "26.3.36158.0")
    world.server.faults.extension_old()
    there = await world.client.maintenance()
    assert (there.extension_version, there.application_version) == ("", "")


async def test_the_latest_runs_that_failed_come_first_and_no_others(world: World) -> None:
    there = world.company.synchronization
    for hour, name in enumerate(("CUSTOMER", "VENDOR", "CUSTOMER")):
        there.stop_job(name, START - timedelta(hours=hour), f"It failed {hour} hours ago.")
    there.wake("CONTACT")
    world.clock.advance(60)
    found = await world.client.job_queue_failures(START - timedelta(hours=1, minutes=1))
    assert [one.error_message for one in found] == ["It failed 0 hours ago.", "It failed 1 hours ago."]
    assert len(await world.client.job_queue_failures(START - timedelta(days=1), most=2)) == 2
