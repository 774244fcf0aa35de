"""Decisions are carried out once, on evidence; what is refused, lost, gone or down is told for what it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.businesscentral import Guard
from bot.businesscentral.records import Direction
from bot.failures import NothingToDecide, OutcomeUnknown
from bot.operations.deciding import Decided, DecidedState, Permission, Plan, Step
from bot.operations.durable.inline import InlineSteps
from bot.operations.retry import Skipped, Target
from bot.operations.rights import Act
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.store.activity import Outcome
from bot.store.given_up import GivenUp
from bot.store.runs import Runs, RunState
from bot.store.synchronization import StoredCoupling, Synchronization
from tests.operations.deciding_yard import NEW, TO_DATAVERSE, DecidingYard, open_deciding_yard
from tests.operations.dying import NotYet
from tests.operations.retry_yard import KIM

MAPPING = "CUSTOMER"


@pytest.fixture
async def yard(migrated_url: str) -> AsyncIterator[DecidingYard]:
    async with open_deciding_yard(migrated_url) as yard:
        yield yard


async def uncoupling(yard: DecidingYard) -> Plan:
    """Of a customer that is skipped."""
    yard.yard.fail(1)
    await yard.yard.read()
    (coupling,) = yard.there.couplings.now()
    return (await yard.coupled.offer_to_uncouple(yard.yard.scope, coupling.id)).plan


# Creating what was lost.


async def test_creates_with_evidence_and_writes_it_down_once(yard: DecidingYard) -> None:
    await yard.lose(3)
    yard.there.fix()
    plan = await yard.to_create()
    assert [one.record_id for one in plan.records] == ["Customer: N2", "Customer: N1", "Customer: N0"]
    run = await yard.done(plan)
    assert (run.state, run.done, run.failed, run.missed) == (RunState.DONE, 3, 0, 0)
    assert yard.yard.acts("create") == 1
    assert {one.job_id for one in await yard.records()} != {None}
    (line,) = await yard.yard.lines()
    assert (line.act, line.outcome, line.count) == (Act.CREATE, Outcome.DONE, 3)
    assert line.facts == {"run": "run-1", "records": 3}
    assert not (await yard.to_create()).records


async def test_one_that_is_refused_does_not_keep_the_others(yard: DecidingYard) -> None:
    await yard.lose(9)
    yard.there.fix()
    plan = await yard.to_create()
    outside = yard.there.known("Customer: N3").system_id
    yard.there.mappings[MAPPING].outside_filter.add(str(outside))
    yard.there.delete_record("Customer: N7")
    run = await yard.done(plan)
    assert (run.done, run.total) == (7, 9)
    states = {one.decided.record_id: (one.state, one.why) for one in await yard.records()}
    assert states["Customer: N3"] == (DecidedState.REFUSED, Guard.OUTSIDE_FILTER)
    assert states["Customer: N7"][0] in (DecidedState.GONE, DecidedState.REFUSED)
    report = await yard.desk.report(yard.yard.scope, "run-1")
    assert sum(report.refused.values()) == 2
    assert (await yard.yard.lines())[0].outcome is Outcome.PARTLY


async def test_what_was_not_mended_fails_again_with_its_new_error(yard: DecidingYard) -> None:
    await yard.lose(1)
    plan = await yard.to_create()
    run = await yard.done(plan)
    assert (run.done, run.failed) == (0, 1)
    (record,) = await yard.records()
    assert record.new_number > record.decided.number
    (fails,) = (await yard.desk.report(yard.yard.scope, "run-1")).fails
    assert fails.number == record.new_number
    assert fails.line is not None
    assert (await yard.yard.lines())[0].outcome is Outcome.FAILED


async def test_without_evidence_nothing_is_claimed(yard: DecidingYard) -> None:
    await yard.lose(2)
    yard.there.fix()
    plan = await yard.to_create()
    yard.there.force = lambda forced: None  # type: ignore[method-assign] # the job never comes
    run = await yard.done(plan)
    assert (run.state, run.done, run.missed) == (RunState.DONE, 0, 2)
    assert (await yard.yard.lines())[0].outcome is Outcome.NO_EVIDENCE


async def test_a_deleted_error_still_leads_to_its_record(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.there.fix()
    plan = await yard.to_create()
    yard.yard.world.company.delete(plan.records[0].error_id)
    assert (await yard.done(plan)).done == 1


# Lost answers.


async def test_a_lost_answer_is_looked_into_and_not_repeated(yard: DecidingYard) -> None:
    await yard.lose(2)
    yard.there.fix()
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail_afterwards(502, path="Microsoft.NAV.create")
    run = await yard.done(plan)
    assert (run.done, yard.yard.acts("create")) == (2, 1)


async def test_a_run_that_came_to_nothing_is_not_repeated_after_a_lost_answer(yard: DecidingYard) -> None:
    """Only its job tells that it was: the record failed again, so that there is no coupling."""
    await yard.lose(1)
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail_afterwards(502, path="Microsoft.NAV.create")
    run = await yard.done(plan)
    assert (run.failed, yard.yard.acts("create")) == (1, 1)


async def test_what_was_never_done_is_repeated_once(yard: DecidingYard) -> None:
    await yard.lose(2)
    yard.there.fix()
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail(502, path="Microsoft.NAV.create")
    run = await yard.done(plan)
    assert (run.done, yard.yard.acts("create")) == (2, 2)


async def test_after_the_second_lost_answer_nobody_knows(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.there.fix()
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail(502, times=9, path="Microsoft.NAV.create")
    run = await yard.done(plan)
    assert yard.yard.acts("create") == 2
    assert (run.state, run.missed, await yard.states()) == (RunState.DONE, 1, [DecidedState.UNSURE])


async def test_uncoupled_although_the_answer_was_lost(yard: DecidingYard) -> None:
    plan = await uncoupling(yard)
    yard.yard.world.server.faults.fail_afterwards(502, path="Microsoft.NAV.uncouple")
    run = await yard.done(plan)
    assert (run.done, yard.yard.acts("uncouple")) == (1, 1)
    yard.yard.world.server.faults.fail_afterwards(502, path="Microsoft.NAV.couple")
    plan = await yard.desk.inverse(yard.yard.scope, "run-1")
    await yard.start(plan, "run-2")
    run = await yard.yard.ended("run-2")
    assert (run.done, yard.yard.acts("couple")) == (1, 1)


# Coupling and uncoupling.


async def test_uncoupling_and_its_inverse(yard: DecidingYard) -> None:
    plan = await uncoupling(yard)
    await yard.done(plan)
    assert await GivenUp(yard.yard.database).skipped_count(yard.yard.scope) == 0
    inverse = await yard.desk.inverse(yard.yard.scope, "run-1")
    assert [one.step for one in inverse.records] == [Step.COUPLE]
    assert inverse.act is Act.COUPLE
    await yard.start(inverse, "run-2")
    assert (await yard.yard.ended("run-2")).done == 1
    back = await yard.desk.inverse(yard.yard.scope, "run-2")
    assert [one.step for one in back.records] == [Step.UNCOUPLE]
    (coupling,) = yard.there.couplings.now()
    assert back.records[0].coupling_id == coupling.id


async def test_a_creation_has_no_inverse(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.there.fix()
    await yard.done(await yard.to_create())
    with pytest.raises(NothingToDecide):
        await yard.desk.inverse(yard.yard.scope, "run-1")


async def test_uncoupled_by_somebody_else_is_uncoupled(yard: DecidingYard) -> None:
    plan = await uncoupling(yard)
    (coupling,) = yard.there.couplings.now()
    yard.there.couplings.remove(coupling.id, yard.yard.world.clock.now())
    assert (await yard.done(plan)).done == 1


async def test_what_waited_is_retried_afterwards(yard: DecidingYard) -> None:
    yard.yard.fail(2)
    await yard.yard.read()
    problem = (await yard.yard.problem()).id
    await yard.lose(1)
    yard.there.fix()
    run = await yard.done(replace(await yard.to_create(), then=(problem,)))
    (retry,) = (run.result or {})["then"]
    assert (await yard.yard.ended(retry)).done == 2
    assert ("progress", KIM.id) in await yard.yard.postings()


async def test_nothing_done_retries_nothing(yard: DecidingYard) -> None:
    yard.yard.fail(1)
    await yard.yard.read()
    problem = (await yard.yard.problem()).id
    await yard.lose(1)
    run = await yard.done(replace(await yard.to_create(), then=(problem,)))
    assert (run.result or {})["then"] == []
    assert yard.yard.acts("wake") == 0


# What is in the way.


async def test_a_missing_permission_ends_it_and_touches_nothing(yard: DecidingYard) -> None:
    await yard.lose(2)
    plan = await yard.to_create()
    yard.yard.world.server.permission_sets = frozenset({PermissionSet.READ})
    allowance = await yard.desk.allowance(yard.yard.scope)
    assert allowance.permission is Permission.MISSING
    assert not allowance.can_start
    run = await yard.done(plan)
    assert (run.state, run.failure_key) == (RunState.FAILED, "action.not_permitted")
    assert (run.failure_facts or {})["permission_set"] == "SYNCERRORS SYNC"
    assert await yard.states() == [DecidedState.PENDING] * 2


async def test_the_connection_is_off(yard: DecidingYard) -> None:
    await yard.lose(1)
    plan = await yard.to_create()
    yard.there.disable_connection("somebody did it")
    allowance = await yard.desk.allowance(yard.yard.scope)
    assert (allowance.can_start, allowance.reason) == (False, "somebody did it")
    run = await yard.done(plan)
    assert run.done == 0
    assert [one.why for one in await yard.records()] == [Guard.CONNECTION_OFF]


async def test_too_many_requests_are_waited_out(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.there.fix()
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail(429, times=12, retry_after=30, path="Microsoft.NAV.create")
    run = await yard.done(plan)
    assert (run.state, run.done) == (RunState.DONE, 1)


async def test_the_connection_was_removed(yard: DecidingYard) -> None:
    await yard.lose(1)
    plan = await yard.to_create()
    world = yard.yard.world
    yard.yard.durable = held = NotYet()
    await yard.start(plan)
    gone = replace(yard.decide, clients={})
    assert held.taken == [("decision", world.key, "run-1")]
    await gone.workflow(held, InlineSteps(), world.key, "run-1")
    run = await Runs(yard.yard.database).get(yard.yard.scope, "run-1")
    assert (run.state, run.failure_key) == (RunState.FAILED, "connection.gone")


async def test_stopped_before_it_began(yard: DecidingYard) -> None:
    await yard.lose(1)
    plan = await yard.to_create()
    durable = yard.yard.durable
    yard.yard.durable = NotYet()
    await yard.start(plan)
    await yard.desk.stop(yard.yard.scope, "run-1", KIM)
    await yard.decide.workflow(durable, InlineSteps(), yard.yard.world.key, "run-1")
    run = await Runs(yard.yard.database).get(yard.yard.scope, "run-1")
    assert (run.state, yard.yard.acts("create")) == (RunState.STOPPED, 0)
    lines = {(line.act, line.outcome) for line in await yard.yard.lines()}
    assert lines == {(Act.CREATE, Outcome.STOPPED), (Act.STOP, Outcome.DONE)}


async def test_the_same_twice_is_one_run(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.there.fix()
    plan = await yard.to_create()
    first = await yard.start(plan)
    second = await yard.start(plan, "run-2")
    assert (first.id, second.id) == ("run-1", "run-1")
    await yard.yard.ended()
    assert yard.yard.acts("create") == 1


@pytest.mark.parametrize("count", [0, 5_001])
async def test_a_plan_has_bounds(yard: DecidingYard, count: int) -> None:
    one = Decided(Step.UNCOUPLE, MAPPING, "", "", "Customer: 1", 18, coupling_id="x")
    with pytest.raises(NothingToDecide):
        await yard.start(Plan("too many", (one,) * count, Act.UNCOUPLE))


async def test_a_lost_answer_of_the_client_is_what_it_says(yard: DecidingYard) -> None:
    await yard.lose(1)
    plan = await yard.to_create()
    yard.yard.world.server.faults.fail(502, path="Microsoft.NAV.create")
    with pytest.raises(OutcomeUnknown):
        await yard.yard.world.client.create(
            plan.records[0].mapping_id,
            Direction.TO_DATAVERSE,
            local_system_ids=["00000000-0000-4000-8000-000000000001"],
        )


# What is lost, and what is not.


async def test_a_coupled_record_is_not_lost(yard: DecidingYard) -> None:
    await yard.lose(1)
    yard.yard.fail(2, times=1)
    await yard.yard.read()
    found = await GivenUp(yard.yard.database).lost(yard.yard.scope, 100)
    assert [one.record_id for one in found] == ["Customer: N0"]


async def test_lines_are_not_lost(yard: DecidingYard) -> None:
    yard.yard.world.company.log_error(message=NEW, source="Sales Line: Order,1,10000")
    await yard.yard.read()
    assert await GivenUp(yard.yard.database).lost(yard.yard.scope, 100) == ()


async def test_a_run_that_broke_off_takes_the_record_again(yard: DecidingYard) -> None:
    """Its watermark has not passed the record."""
    await yard.lose(1)
    store = Synchronization(yard.yard.database)
    scope = yard.yard.scope
    (lost,) = await GivenUp(yard.yard.database).lost(scope, 10)
    mappings = await store.mappings(scope)
    await store.replace_mappings(scope, [replace(one, synched_until=None) for one in mappings])
    assert await GivenUp(yard.yard.database).lost(scope, 10) == ()
    before = lost.last_seen - timedelta(days=1)
    jobs = list(yard.yard.world.company.jobs.values())
    await store.replace_mappings(scope, [replace(one, synched_until=before) for one in mappings])
    assert len(await GivenUp(yard.yard.database).lost(scope, 10)) == 1, "that job has finished"
    stored = [await store.job(scope, job.id) for job in jobs]
    await store.store_jobs(scope, [replace(one, finished_at=None) for one in stored if one is not None])
    assert await GivenUp(yard.yard.database).lost(scope, 10) == ()


async def test_what_was_uncoupled_or_released_there_is_not_skipped_any_more(yard: DecidingYard) -> None:
    yard.yard.fail(3)
    await yard.yard.read()
    store, scope = GivenUp(yard.yard.database), yard.yard.scope
    assert await store.skipped_count(scope) == 3
    uncoupled, released, left = sorted(yard.there.couplings.now(), key=lambda one: one.record_id)
    now = yard.yard.world.clock.now()
    yard.there.couplings.remove(uncoupled.id, now)
    yard.there.couplings.change(released.id, now, skipped=False)
    await yard.yard.read()
    assert await store.skipped_ids(scope) == {left.id}
    stored = await Synchronization(yard.yard.database).couplings_of(scope, ["Customer: 10000"])
    assert stored == (), "the coupling is gone, and not only no longer skipped"


async def test_skipped_records_are_grouped_and_offered(
    yard: DecidingYard,
) -> None:
    yard.yard.fail(60)
    yard.there.fail("Item: 1000", "DKR-1: no unit.", times=2)
    await yard.yard.read()
    view = await yard.coupled.groups(yard.yard.scope)
    assert (view.skipped, view.mappings) == (61, (("CUSTOMER", 60), ("ITEM-PRODUCT", 1)))
    offer = await yard.yard.offer(Target(skipped=Skipped("CUSTOMER")))
    assert (offer.records, len(offer.choices)) == (60, 60)
    everything = await yard.yard.offer(Target(skipped=Skipped()))
    assert (everything.records, everything.mappings) == (61, ("CUSTOMER", "ITEM-PRODUCT"))
    assert TO_DATAVERSE.what == "lost:ToIntegrationTable:CUSTOMER"


async def test_a_job_of_another_table_names_no_mapping_of_the_record(yard: DecidingYard) -> None:
    yard.yard.fail(1)
    await yard.yard.read()
    store, scope = Synchronization(yard.yard.database), yard.yard.scope
    (coupling,) = await store.couplings_of(scope, ["Customer: 10000"])
    job = await store.job(scope, str(coupling.last_dataverse_job_id))
    assert job is not None
    await store.store_jobs(scope, [replace(job, mapping="CURRENCY")])
    view = await yard.coupled.groups(scope)
    assert view.mappings == (("CUSTOMER", 1),)


async def test_ten_thousand_skipped_records_are_shown_and_offered_in_part(yard: DecidingYard) -> None:
    await yard.yard.read()
    scope, now = yard.yard.scope, yard.yard.world.clock.now()
    rows = [
        StoredCoupling(
            id=f"c{number:05d}",
            is_option=False,
            table_number=18,
            record_id=f"Customer: {number}",
            local_system_id=str(UUID(int=number)),
            dataverse_id=str(UUID(int=10**6 + number)),
            integration_table=5341,
            last_result="",
            last_dataverse_result="Failure",
            last_job_id=None,
            last_dataverse_job_id=None,
            last_modified_on=None,
            last_dataverse_modified_on=None,
            skipped=True,
            modified_at=now,
        )
        for number in range(10_000)
    ]
    await Synchronization(yard.yard.database).store_couplings(scope, rows)
    view = await yard.coupled.groups(scope)
    assert (view.skipped, view.mappings, view.pages) == (10_000, (("CUSTOMER", 10_000),), 1)
    records = await yard.coupled.records(scope, view.groups[0].which, page=10**6)
    assert (records.count, len(records.records)) == (10_000, 4), "the last page for one beyond it"
    offer = await yard.yard.offer(Target(skipped=Skipped("CUSTOMER")))
    assert (offer.records, offer.left_over, len(offer.choices)) == (5_000, 5_000, 100)


@pytest.mark.parametrize(
    "which",
    [
        Skipped(),
        Skipped("CUSTOMER"),
        Skipped("A:B", "p1"),
        Skipped("CUSTOMER", ""),
        Skipped(coupling_ids=("c1",)),
    ],
)
def test_what_is_skipped_survives_a_button(which: Skipped) -> None:
    assert Skipped.of(which.what) == which
    assert Target.of(which.what) == Target(skipped=which)


def test_several_chosen_ones_are_kept_by_a_digest_that_takes_nothing() -> None:
    which = Skipped("CUSTOMER", coupling_ids=("c1", "c2"))
    again = Skipped.of(which.what)
    assert not again.takes("c1", "CUSTOMER", "p1")
    assert again.what == which.what
