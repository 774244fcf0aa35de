"""Actions against the simulator: what is asked, what happens then, and how a refusal is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.businesscentral import (
    BusinessCentralClient,
    Coupling,
    CouplingKind,
    Freshness,
    Guard,
    SynchResult,
    TableMapping,
)
from bot.businesscentral.records import Direction
from bot.failures import (
    ActionMissing,
    ActionNotPermitted,
    ActionRefused,
    ActionTargetGone,
    OutcomeUnknown,
    SourceFailure,
    SourceMissing,
    SourceRefused,
    SourceThrottled,
    SourceUnreachable,
)
from bot.simulator.businesscentral import Kind, PermissionSet, SimulatedCompany, Synchronization
from tests.businesscentral.world import START, World, build_world

CUSTOMER = "Customer: 10000"
TO = Direction.TO_DATAVERSE
FROM = Direction.FROM_DATAVERSE
NOBODY = "12345678-0000-4000-8000-000000000000"

Act = Callable[[BusinessCentralClient, str, str], Awaitable[None]]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = build_world()
    yield world
    await world.aclose()


@pytest.fixture
def there(world: World) -> Synchronization:
    return world.company.synchronization


async def the_coupling(world: World, record: str = CUSTOMER) -> Coupling:
    page = await world.client.couplings(freshness=Freshness.PRIMARY)
    (found,) = [row for row in page.rows if row.record_id == record]
    return found


async def the_mapping(world: World, name: str = "CUSTOMER") -> TableMapping:
    (found,) = [row for row in await world.client.table_mappings() if row.name == name]
    return found


async def retry(world: World) -> None:
    """Release, wake, and let the run happen."""
    await world.client.release((await the_coupling(world)).id)
    await world.client.wake((await the_mapping(world)).id)
    world.clock.advance(60)


async def test_a_retry_ends_with_evidence_from_a_job_that_started_afterwards(
    world: World, there: Synchronization
) -> None:
    there.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    failing = await the_coupling(world)
    assert (failing.skipped, failing.result(TO)) == (True, SynchResult.FAILURE)
    there.fix(record_id=CUSTOMER)
    acted_at = world.clock.now()
    await retry(world)
    after = await the_coupling(world)
    assert (after.skipped, after.result(TO)) == (False, SynchResult.SUCCESS)
    job_id = after.job(TO)
    assert job_id is not None
    job = await world.client.sync_job(job_id)
    assert (job.mapping, job.direction, job.modified, job.failed) == ("CUSTOMER", TO, 1, 0)
    assert job.started_at > acted_at
    assert job.finished_at is not None


async def test_a_retry_of_what_is_not_fixed_fails_again_and_is_skipped_again(
    world: World, there: Synchronization
) -> None:
    there.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    await retry(world)
    after = await the_coupling(world)
    assert (after.skipped, after.result(TO)) == (True, SynchResult.FAILURE)
    assert len((await world.client.error_page(0, 10)).rows) == 3


async def test_no_run_takes_a_new_record_again_even_when_its_cause_is_fixed(
    world: World, there: Synchronization
) -> None:
    there.fail(CUSTOMER, "Currency Code USD must be coupled.", kind=Kind.NEW_RECORD)
    there.fix()
    await world.client.wake((await the_mapping(world)).id)
    world.clock.advance(3600)
    assert (await world.client.couplings()).rows == ()
    jobs = (await world.client.sync_jobs(START + timedelta(seconds=1))).rows
    assert {(job.direction, job.modified, job.inserted) for job in jobs} == {(FROM, 0, 0), (TO, 0, 0)}


async def test_both_changed_stays_an_error_until_a_side_is_chosen(
    world: World, there: Synchronization
) -> None:
    there.fail(CUSTOMER, "one or both values have changed", kind=Kind.BOTH_CHANGED, times=2)
    there.fix()
    await retry(world)
    failing = await the_coupling(world)
    assert failing.result(TO) is SynchResult.FAILURE
    mapping = await the_mapping(world)
    assert failing.local_system_id is not None
    await world.client.synchronize(mapping.id, TO, local_system_ids=[failing.local_system_id])
    assert (await the_coupling(world)).skipped  # enqueued, not done: Skipped goes only after success
    world.clock.advance(60)
    after = await the_coupling(world)
    assert (after.result(TO), after.skipped) == (SynchResult.SUCCESS, False)


async def test_without_a_connection_no_run_happens_and_the_job_queue_says_why(
    world: World, there: Synchronization
) -> None:
    there.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    there.fix()
    there.disable_connection("insufficient privileges")
    before = len((await world.client.sync_jobs()).rows)
    await retry(world)
    assert (await the_coupling(world)).result(TO) is SynchResult.FAILURE
    assert len((await world.client.sync_jobs()).rows) == before
    (state,) = await world.client.connection_states()
    assert (state.enabled, state.disable_reason) == (False, "insufficient privileges")
    (entry,) = [entry for entry in await world.client.job_queue_entries() if entry.mapping == "CUSTOMER"]
    (run,) = await world.client.job_queue_log_entries(START)
    assert (entry.status, run.status, run.entry_id) == ("Error", "Error", entry.entry_id)
    assert "not enabled" in run.error_message


async def test_waking_changes_no_user_and_happens_once(world: World, there: Synchronization) -> None:
    users = {entry.user for entry in there.entries.values()}
    mapping = await the_mapping(world)
    for _ in range(3):
        await world.client.wake(mapping.id)
    world.clock.advance(3600)
    assert len(await world.client.job_queue_log_entries(START)) == 1
    assert {entry.user for entry in there.entries.values()} == users


async def test_releases_a_selection_and_nothing_else(world: World, there: Synchronization) -> None:
    for number in range(3):
        there.fail(f"Customer: {number}", "Currency Code USD must be coupled.", times=2)
    couplings = (await world.client.couplings()).rows
    chosen = [row.dataverse_id for row in couplings[:2] if row.dataverse_id]
    await world.client.release_all((await the_mapping(world)).id, chosen)
    skipped = {row.dataverse_id for row in (await world.client.couplings()).rows if row.skipped}
    assert skipped == {couplings[2].dataverse_id}


async def test_creates_what_is_not_coupled(world: World, there: Synchronization) -> None:
    row = there.fail(CUSTOMER, "Currency Code USD must be coupled.", kind=Kind.NEW_RECORD)
    there.fix()
    assert row.source is not None
    assert row.source.system_id is not None
    await world.client.create((await the_mapping(world)).id, TO, local_system_ids=[row.source.system_id])
    world.clock.advance(60)
    created = await the_coupling(world)
    assert (created.result(TO), created.kind) == (SynchResult.SUCCESS, CouplingKind.RECORD)


async def test_uncoupling_has_its_inverse(world: World, there: Synchronization) -> None:
    there.couple(CUSTOMER)
    coupling = await the_coupling(world)
    await world.client.uncouple(coupling.id)
    assert (await world.client.couplings(freshness=Freshness.PRIMARY)).rows == ()
    assert coupling.local_system_id is not None
    assert coupling.dataverse_id is not None
    await world.client.couple((await the_mapping(world)).id, coupling.local_system_id, coupling.dataverse_id)
    again = await the_coupling(world)
    assert (again.local_system_id, again.dataverse_id) == (coupling.local_system_id, coupling.dataverse_id)


async def test_deletes_up_to_a_number_and_a_moment(world: World) -> None:
    world.log_errors(3)
    world.clock.advance(60)
    until = world.clock.now()
    world.log_errors(3)
    world.clock.advance(60)
    world.log_errors(3)
    await world.client.delete_errors(until, 4)
    await world.client.delete_errors(until, 4)
    assert [row.number for row in (await world.client.error_page(0, 10)).rows] == [5, 6, 7, 8, 9]
    await world.client.delete_errors(until, 9)
    assert [row.number for row in (await world.client.error_page(0, 10)).rows] == [7, 8, 9]


async def test_an_empty_selection_never_leaves_the_bot(world: World) -> None:
    """To Business Central an empty list would mean the whole table."""
    with pytest.raises(ValueError, match="none would mean all"):
        await world.client.release_all(NOBODY, [])
    with pytest.raises(ValueError, match="none would mean all"):
        await world.client.synchronize(NOBODY, TO, dataverse_ids=[NOBODY])
    with pytest.raises(ValueError, match="one direction"):
        await world.client.synchronize(NOBODY, Direction.BIDIRECTIONAL, local_system_ids=[NOBODY])
    assert world.server.requests == []


ACTS: dict[str, Act] = {
    "release": lambda client, coupling, _: client.release(coupling),
    "releaseAll": lambda client, _, mapping: client.release_all(mapping, [NOBODY]),
    "wake": lambda client, _, mapping: client.wake(mapping),
    "deleteErrors": lambda client, _, __: client.delete_errors(START, 10),
    "synchronize": lambda client, _, mapping: client.synchronize(mapping, TO, local_system_ids=[NOBODY]),
    "create": lambda client, _, mapping: client.create(mapping, FROM, dataverse_ids=[NOBODY]),
    "uncouple": lambda client, coupling, _: client.uncouple(coupling),
    "couple": lambda client, _, mapping: client.couple(mapping, NOBODY, NOBODY),
}
FORCED = ("synchronize", "create", "uncouple", "couple")


async def do(world: World, name: str) -> SourceFailure:
    """The failure of that action; the coupling and mapping are there."""
    world.company.synchronization.couple(CUSTOMER)
    coupling, mapping = await the_coupling(world), await the_mapping(world)
    with pytest.raises(SourceFailure) as caught:
        await ACTS[name](world.client, coupling.id, mapping.id)
    return caught.value


@pytest.mark.parametrize("name", FORCED)
async def test_names_the_permission_set_that_is_missing(world: World, name: str) -> None:
    world.server.permission_sets = frozenset({PermissionSet.READ})
    failure = await do(world, name)
    assert isinstance(failure, ActionNotPermitted)
    assert failure.facts["action"] == name
    assert failure.facts["permission_set"] == "SYNCERRORS SYNC"
    assert "TableData 5335" in str(failure.facts["permission"])


@pytest.mark.parametrize("name", ["release", "releaseAll", "wake", "deleteErrors"])
async def test_what_reading_allows_needs_no_more(world: World, name: str) -> None:
    world.company.synchronization.couple(CUSTOMER)
    coupling, mapping = await the_coupling(world), await the_mapping(world)
    world.server.permission_sets = frozenset()
    with pytest.raises(ActionNotPermitted) as caught:
        await ACTS[name](world.client, coupling.id, mapping.id)
    assert caught.value.facts["permission_set"] == "SYNCERRORS READ"
    world.server.permission_sets = frozenset({PermissionSet.READ})
    if name != "releaseAll":  # nobody is coupled to NOBODY
        await ACTS[name](world.client, coupling.id, mapping.id)


async def test_an_application_that_is_not_let_in_lacks_no_permission_set(world: World) -> None:
    world.server.faults.unauthorized()
    with pytest.raises(SourceRefused) as caught:
        await world.client.release(NOBODY)
    assert not isinstance(caught.value, ActionNotPermitted)


@pytest.mark.parametrize("name", list(ACTS))
async def test_an_older_extension_lacks_an_action(world: World, name: str) -> None:
    world.server.faults.action_missing(name)
    failure = await do(world, name)
    assert isinstance(failure, ActionMissing)
    assert failure.facts == {"action": name, "what": "version"}


@pytest.mark.parametrize("name", list(ACTS))
async def test_without_the_extension_nothing_can_be_done(world: World, name: str) -> None:
    world.server.faults.extension_missing()
    with pytest.raises(ActionMissing) as caught:
        await ACTS[name](world.client, NOBODY, NOBODY)
    assert caught.value.facts == {"action": name, "what": "extension"}


@pytest.mark.parametrize("name", ["release", "uncouple", "wake", "releaseAll", "synchronize", "couple"])
async def test_says_that_the_target_is_gone(world: World, name: str) -> None:
    with pytest.raises(ActionTargetGone):
        await ACTS[name](world.client, NOBODY, NOBODY)


async def test_a_missing_company_is_not_a_missing_target(world: World) -> None:
    stranger = SimulatedCompany(clock=world.clock, name="Somebody else")
    world.server._companies = {stranger.id: stranger}
    with pytest.raises(SourceMissing) as caught:
        await world.client.release(NOBODY)
    assert caught.value.facts["what"] == "company"


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        ("releaseAll", Guard.NOT_COUPLED),
        ("synchronize", Guard.NOT_COUPLED),
        ("create", Guard.RECORD_GONE),
        ("couple", Guard.RECORD_GONE),
    ],
)
async def test_names_the_guard_that_said_no(world: World, name: str, guard: Guard) -> None:
    failure = await do(world, name)
    assert isinstance(failure, ActionRefused)
    assert failure.facts == {"action": name, "guard": guard.value}


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
async def test_repeats_what_twice_is_once(world: World, status: int) -> None:
    world.company.synchronization.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    coupling = await the_coupling(world)
    world.server.faults.fail_afterwards(status, times=2, path="NAV.release")
    await world.client.release(coupling.id)
    assert not (await the_coupling(world)).skipped


async def test_repeats_after_a_lost_answer(world: World) -> None:
    world.company.synchronization.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    coupling = await the_coupling(world)
    world.server.faults.timeout()
    world.server.faults.drop()
    await world.client.release(coupling.id)
    assert not (await the_coupling(world)).skipped


async def forced(world: World) -> None:
    """Force one coupled record to Dataverse."""
    coupling, mapping = await the_coupling(world), await the_mapping(world)
    assert coupling.local_system_id is not None
    await world.client.synchronize(mapping.id, TO, local_system_ids=[coupling.local_system_id])


def attempts(world: World) -> int:
    return sum(request.path.endswith("NAV.synchronize") for request in world.server.requests)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_a_forced_run_whose_answer_says_nothing_is_not_forced_again(world: World, status: int) -> None:
    world.company.synchronization.couple(CUSTOMER)
    world.server.faults.fail_afterwards(status, path="NAV.synchronize")
    with pytest.raises(OutcomeUnknown):
        await forced(world)
    assert attempts(world) == 1
    world.clock.advance(60)
    assert (await the_coupling(world)).result(TO) is SynchResult.SUCCESS


async def test_a_forced_run_whose_answer_is_lost_is_not_forced_again(world: World) -> None:
    world.company.synchronization.couple(CUSTOMER)
    coupling, mapping = await the_coupling(world), await the_mapping(world)
    assert coupling.local_system_id is not None
    world.server.faults.timeout()
    with pytest.raises(OutcomeUnknown):
        await world.client.synchronize(mapping.id, TO, local_system_ids=[coupling.local_system_id])
    assert attempts(world) == 1


async def test_a_forced_run_that_was_turned_away_is_tried_again(world: World) -> None:
    world.company.synchronization.couple(CUSTOMER)
    world.server.faults.fail(429, times=2, retry_after=7, path="NAV.synchronize")
    await forced(world)
    assert attempts(world) == 3
    assert world.clock.slept == [7.0, 7.0]


@pytest.mark.parametrize(("status", "failure"), [(429, SourceThrottled), (503, SourceUnreachable)])
async def test_gives_up_in_the_end(world: World, status: int, failure: type[SourceFailure]) -> None:
    world.server.faults.fail(status, times=50)
    with pytest.raises(failure):
        await world.client.delete_errors(START, 10)
