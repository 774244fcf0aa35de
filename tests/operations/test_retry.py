"""Retrying in a simulated world: what is said before, what is done, what it is believed to have brought."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.failures import NotFound, NothingToRetry, RetryChanged
from bot.operations.durable.inline import InlineDurable
from bot.operations.retry import Hope, Target, enqueue_retry
from bot.simulator.businesscentral.couplings import LastResult
from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.troubles import Kind
from bot.store import Problems
from bot.store.activity import Outcome
from bot.store.retries import RecordState
from bot.store.runs import RunState
from bot.store.values import ProblemState
from tests.operations.retry_yard import (
    BOTH_CHANGED,
    DELETED,
    KIM,
    SANNE,
    UNCOUPLED,
    RetryYard,
    open_retry_yard,
)


@pytest.fixture
async def yard(migrated_sqlite_url: str) -> AsyncIterator[RetryYard]:
    async with open_retry_yard(migrated_sqlite_url) as yard:
        yield yard


async def test_ends_green_with_evidence(yard: RetryYard) -> None:
    yard.fail(3)
    await yard.read()
    yard.there.fix()
    run = await yard.retried()
    assert (run.state, run.total, run.done, run.failed, run.missed) == (RunState.DONE, 3, 3, 0, 0)
    assert set((await yard.states()).values()) == {RecordState.SYNCHRONIZED}
    [line] = await yard.lines()
    assert (line.outcome, line.count) == (Outcome.DONE, 3)
    assert await yard.postings() == [("progress", "U0KIM"), ("result", "U0KIM")]
    assert (yard.acts("releaseAll"), yard.acts("wake"), yard.runs()) == (1, 1, 1)
    assert yard.acts("synchronize") + yard.acts("create") == 0, "a retry is never forced"


async def test_names_what_still_fails(yard: RetryYard) -> None:
    yard.fail(3)
    await yard.read()
    yard.there.fix(record_id="Customer: 10000")
    run = await yard.retried()
    assert (run.state, run.done, run.failed, run.missed) == (RunState.DONE, 1, 2, 0)
    report = await yard.desk.report(yard.scope, run.id)
    [fails] = report.fails
    assert fails.records == ("Customer: 10001", "Customer: 10002")
    assert fails.line is not None
    assert fails.number > 6, "the new error, not the old one"
    [line] = await yard.lines()
    assert (line.outcome, line.count, line.facts["failed"]) == (Outcome.PARTLY, 1, 2)


async def test_without_evidence_it_says_so_after_half_an_hour(yard: RetryYard) -> None:
    yard.fail(2)
    await yard.read()
    yard.there.fix()
    yard.there.wake = lambda mapping: None  # type: ignore[method-assign]
    began = yard.world.clock.now()
    run = await yard.retried()
    assert (run.state, run.done, run.failed, run.missed) == (RunState.DONE, 0, 0, 2)
    assert 1_800 <= (yard.world.clock.now() - began).total_seconds() < 1_900
    [line] = await yard.lines()
    assert line.outcome is Outcome.NO_EVIDENCE
    assert (await yard.desk.report(yard.scope, run.id)).silent == ("Customer: 10000", "Customer: 10001")


async def test_a_success_of_a_job_from_before_proves_nothing(yard: RetryYard) -> None:
    """The coupling turns to Success during the watch, but its job started before the retry did."""
    yard.fail(1)
    await yard.read()
    yard.there.fix()
    coupling = yard.there.couplings.of_record("Customer: 10000")
    before = yard.world.company.begin_job("CUSTOMER", SynchDirection.TO_DATAVERSE, yard.world.clock.now())
    yard.world.clock.advance(1)
    yard.there.wake = lambda mapping: None  # type: ignore[method-assign]
    await yard.start()
    changed = coupling.ran(SynchDirection.TO_DATAVERSE, LastResult.SUCCESS, before.id, yard.world.clock.now())
    yard.there.couplings.change(coupling.id, yard.world.clock.now(), **changed)
    run = await yard.ended()
    assert (run.done, run.missed) == (0, 1)


async def test_a_failed_job_ends_it_at_once_with_its_text(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    yard.there.fix()
    await yard.start()
    yard.there.disable_connection("insufficient privileges")
    began = yard.world.clock.now()
    run = await yard.ended()
    assert (run.state, run.missed) == (RunState.DONE, 1)
    assert (yard.world.clock.now() - began).total_seconds() < 120
    [mapping] = (await yard.desk.report(yard.scope, run.id)).mappings
    assert (mapping.log_status, mapping.log_text) == ("Error", "The Dataverse connection is not enabled.")


async def test_says_beforehand_what_cannot_help(yard: RetryYard) -> None:
    yard.there.fail("Customer: 1", UNCOUPLED, times=2)
    yard.there.fail("Customer: 2", UNCOUPLED, kind=Kind.NEW_RECORD)
    yard.there.fail("Customer: 3", UNCOUPLED, times=2)
    await yard.read()
    yard.there.fix(record_id="Customer: 3")
    yard.there.run("CUSTOMER")
    yard.there.couplings.change(
        yard.there.couplings.of_record("Customer: 3").id, yard.world.clock.now(), skipped=False
    )
    yard.there.run("CUSTOMER")
    offer = await yard.offer()
    assert offer.hopes == {Hope.DEPENDENCY: 1, Hope.NOT_COUPLED: 1, Hope.SYNCHRONIZED: 1}
    assert offer.examples[Hope.NOT_COUPLED] == "Customer: 2"
    yard.there.couple("Currency: USD")
    yard.world.clock.advance(10)
    assert (await yard.offer()).hopes[Hope.READY] == 1


async def test_both_changed_needs_a_choice(yard: RetryYard) -> None:
    yard.fail(1, BOTH_CHANGED)
    await yard.read()
    target = await yard.target()
    assert (await yard.offer(target)).hopes == {Hope.BOTH_CHANGED: 1}
    with pytest.raises(NothingToRetry):
        await yard.start(target)
    yard.there.mappings["CUSTOMER"].update_conflict = "Get data update from integration table"
    assert (await yard.offer(target)).hopes == {Hope.READY: 1}


async def test_a_connection_that_is_off_is_told_before(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    yard.there.disable_connection("user lacks privileges")
    offer = await yard.offer()
    assert offer.hopeless is not None
    assert offer.hopeless.facts["guard"] == "ConnectionOff"
    assert (offer.reason, offer.can_start) == ("user lacks privileges", False)


async def test_never_more_than_was_confirmed(yard: RetryYard) -> None:
    yard.fail(3)
    await yard.read()
    with pytest.raises(RetryChanged) as caught:
        await yard.start(confirmed=2)
    assert caught.value.facts == {"records": 3, "confirmed": 2}
    assert yard.acts("releaseAll") == 0


async def test_two_people_at_once_share_one_run(yard: RetryYard) -> None:
    yard.fail(2)
    await yard.read()
    yard.there.fix()
    target = await yard.target()
    first = await yard.start(target)
    second = await yard.start(target, SANNE, run="run-2")
    assert second.id == first.id
    run = await yard.ended()
    assert run.done == 2
    assert await yard.postings() == [
        ("progress", "U0KIM"),
        ("progress", "U0SANNE"),
        ("result", "U0KIM"),
        ("result", "U0SANNE"),
    ]
    assert len(await yard.lines()) == 1


async def test_a_problem_turns_fixed_on_evidence_only(yard: RetryYard) -> None:
    yard.fail(2)
    await yard.read()
    problem = (await yard.problem()).id
    yard.there.fix(record_id="Customer: 10000")
    await yard.retried(Target(problem))
    assert (await Problems(yard.database).get(yard.scope, problem)).state is ProblemState.OPEN
    yard.there.fix()
    await yard.read()
    await yard.start(Target(problem), run="run-2")
    await yard.ended("run-2")
    assert (await Problems(yard.database).get(yard.scope, problem)).state is ProblemState.FIXED
    yard.fail(1)
    await yard.read()
    assert (await Problems(yard.database).get(yard.scope, problem)).state is ProblemState.OPEN


async def test_a_coupling_that_goes_meanwhile(yard: RetryYard) -> None:
    yard.fail(2)
    await yard.read()
    yard.there.fix()
    coupling = yard.there.couplings.of_record("Customer: 10000")
    target = await yard.target()
    await yard.start(target)
    yard.there.couplings.remove(coupling.id, yard.world.clock.now())
    run = await yard.ended()
    assert (await yard.states())["Customer: 10000"] is RecordState.GONE
    assert (run.done, run.missed, run.result["refused"]) == (1, 0, 1)


async def test_a_record_that_is_deleted_meanwhile_is_refused(yard: RetryYard) -> None:
    yard.fail(2)
    await yard.read()
    yard.there.fix()
    yard.there.delete_record("Customer: 10001")
    await yard.retried()
    assert await yard.states() == {
        "Customer: 10000": RecordState.SYNCHRONIZED,
        "Customer: 10001": RecordState.REFUSED,
    }


async def test_business_central_down_for_minutes(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    yard.there.fix()
    await yard.start()
    yard.world.server.faults.fail(503, times=12)
    run = await yard.ended()
    assert (run.state, run.done) == (RunState.DONE, 1)
    assert (yard.acts("releaseAll"), yard.runs()) == (1, 1)


async def test_stopping_ends_the_watch(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    yard.there.wake = lambda mapping: None  # type: ignore[method-assign]
    await yard.start()
    await yard.desk.stop(yard.scope, "run-1", SANNE)
    run = await yard.ended()
    assert (run.state, run.stop_asked_by) == (RunState.STOPPED, "slack:U0SANNE")
    await yard.desk.stop(yard.scope, "run-1", KIM)  # too late: she is not the one who stopped it
    lines = {(line.act, line.actor, line.outcome) for line in await yard.lines()}
    assert lines == {("retry", str(KIM), "stopped"), ("stop", str(SANNE), "done")}


async def test_coupled_to_a_deleted_record_is_doubtful(yard: RetryYard) -> None:
    yard.fail(1, DELETED)
    await yard.read()
    assert (await yard.offer()).hopes == {Hope.DELETED: 1}
    yard.there.mappings["CUSTOMER"].deletion_conflict = "Restore records"
    assert (await yard.offer()).hopes == {Hope.READY: 1}


async def test_what_was_taken_in_by_a_process_that_died_is_found(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    yard.there.fix()
    target, durable = await yard.target(), yard.durable

    class Dead(InlineDurable):
        async def enqueue(self, workflow: str, *args: object, **options: object) -> str:
            return "never"

    yard.durable = Dead()
    await yard.start(target)
    assert await yard.retry.left_behind() == ()
    yard.world.clock.advance(31)
    [(connection, run_id)] = await yard.retry.left_behind()
    yard.durable = durable
    await enqueue_retry(durable, connection, run_id)
    await enqueue_retry(durable, connection, run_id)
    assert (await yard.ended()).done == 1
    assert len(await yard.lines()) == 1


async def test_a_connection_that_is_removed_meanwhile_ends_it(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    target = await yard.target()
    await yard.start(target)
    gone = dict.fromkeys(())
    object.__setattr__(yard.retry, "clients", gone)
    object.__setattr__(yard.retry.ending, "clients", gone)
    run = await yard.ended()
    assert (run.state, run.failure_key) == (RunState.FAILED, "connection.gone")
    [line] = await yard.lines()
    assert (line.outcome, line.facts["failure"]) == (Outcome.FAILED, "connection.gone")


async def test_what_is_no_retry_and_what_is_not_there(yard: RetryYard) -> None:
    yard.fail(1)
    await yard.read()
    with pytest.raises(NotFound):
        await yard.desk.stop(yard.scope, "forged", SANNE)
    with pytest.raises(NotFound):
        await yard.desk.report(yard.scope, "forged")
    with pytest.raises(NotFound):
        await yard.desk.offer(yard.scope, Target("forged"))
    with pytest.raises(NotFound):
        await yard.desk.offer(yard.scope, Target(number=4711))
    with pytest.raises(ValueError, match="nonsense"):
        Target.of("nonsense:1")
