"""A world that goes on: runs happen as time passes, by Business Central's rules."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import (
    Kind,
    LastResult,
    SimulatedCompany,
    SimulatedCoupling,
    SynchDirection,
    Synchronization,
)

CUSTOMER = "Customer: 10000"
TEXT = "Currency Code USD must be coupled to a record in Dataverse."
TO, FROM = SynchDirection.TO_DATAVERSE, SynchDirection.FROM_DATAVERSE


@pytest.fixture
def there(company: SimulatedCompany) -> Synchronization:
    return company.synchronization


def coupling_of(there: Synchronization, record: str = CUSTOMER) -> SimulatedCoupling:
    found = there.couplings.of_record(record)
    assert found is not None
    return found


def wait(company: SimulatedCompany, clock: ManualClock, seconds: float = 60) -> None:
    clock.advance(seconds)
    company.catch_up()


def test_nothing_happens_by_itself(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail(CUSTOMER, TEXT)
    wait(company, clock, 86_400 * 40)
    assert (len(company.errors), len(company.jobs), there.log_entries) == (1, 1, [])


def test_a_failure_is_skipped_the_second_time(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail(CUSTOMER, TEXT)
    assert not coupling_of(there).skipped
    there.wake("CUSTOMER")
    wait(company, clock)
    assert coupling_of(there).skipped
    there.wake("CUSTOMER")
    wait(company, clock)
    assert len(company.errors) == 2
    last = company.jobs[company.errors[-1].job_id]
    assert (last.failed, last.skipped) == (
        0,
        1,
    )  # the run that begins to skip a record does not count it failed


def test_another_text_is_not_the_same_failure(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail(CUSTOMER, TEXT)
    clock.advance(60)
    there.fail(CUSTOMER, "Phone No. must not contain letters.")
    assert not coupling_of(there).skipped
    clock.advance(60)
    there.fail(CUSTOMER, "Phone No. must not contain letters.", direction=FROM)
    assert not coupling_of(there).skipped
    assert len(company.errors) == 3


def test_only_250_characters_are_compared(there: Synchronization, clock: ManualClock) -> None:
    there.fail(CUSTOMER, "x" * 250 + "one")
    clock.advance(60)
    there.fail(CUSTOMER, "x" * 250 + "two")
    assert coupling_of(there).skipped


def test_a_purge_between_two_runs_keeps_a_record_from_being_skipped(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    row = there.fail(CUSTOMER, TEXT)
    for _ in range(3):
        company.delete(row.id)
        there.wake("CUSTOMER")
        wait(company, clock)
        row = company.errors[-1]
    assert len(company.errors) == 4
    assert not coupling_of(there).skipped


def test_a_fixed_record_succeeds_in_the_next_run_in_which_it_is_taken(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail(CUSTOMER, TEXT, times=2, cause="currency")
    assert there.fix(cause="currency") == 1
    there.wake("CUSTOMER")
    wait(company, clock)
    assert coupling_of(there).result(TO) is LastResult.FAILURE  # skipped: no run takes it
    there.couplings.change(coupling_of(there).id, clock.now(), skipped=False)
    there.wake("CUSTOMER")
    wait(company, clock)
    after = coupling_of(there)
    assert after.result(TO) is LastResult.SUCCESS
    job = company.jobs[after.job(TO) or ""]
    assert (job.modified, job.failed) == (1, 0)
    assert after.last_dataverse_modified_on == job.started_at
    assert len(company.errors) == 2


def test_fixing_one_record_fixes_no_other(there: Synchronization) -> None:
    there.fail(CUSTOMER, TEXT, cause="currency")
    there.fail("Customer: 2", TEXT, cause="currency")
    there.fail("Customer: 3", TEXT, kind=Kind.BOTH_CHANGED)
    assert there.fix(record_id=CUSTOMER) == 1
    assert there.fix(record_id=CUSTOMER) == 0
    assert there.fix(words="NOTHING LIKE THAT") == 0
    there.fail("Customer: 4", TEXT)
    assert there.fix(words="customer: 4") == 1
    assert there.fix(words="currency code") == 1
    assert there.fix() == 0  # both changed needs a choice
    assert there.troubles.of("Customer: 3", TO) is not None


def test_a_run_takes_a_while(company: SimulatedCompany, there: Synchronization, clock: ManualClock) -> None:
    there.fail(CUSTOMER, TEXT)
    there.fix()
    there.wake("CUSTOMER")
    woken_at = clock.now()
    wait(company, clock, 6)
    assert coupling_of(there).result(TO) is LastResult.FAILURE
    wait(company, clock, 1)
    after = coupling_of(there)
    assert after.result(TO) is LastResult.SUCCESS
    assert company.jobs[after.job(TO) or ""].started_at == woken_at + timedelta(seconds=3)


def test_jobs_can_recur(company: SimulatedCompany, there: Synchronization, clock: ManualClock) -> None:
    there.recurs = True
    there.fail(CUSTOMER, TEXT)
    there.wake("CUSTOMER")
    wait(company, clock, 3600)
    assert [entry.started_at.minute for entry in there.log_entries] == [30, 0]
    assert len(company.errors) == 2
    assert coupling_of(there).skipped


def test_lines_are_never_marked(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail("Sales Line: Order,1001,10000", TEXT, times=3)
    line = coupling_of(there, "Sales Line: Order,1001,10000")
    assert (line.skipped, line.result(TO), line.last_dataverse_job_id) == (False, LastResult.NONE, None)
    assert len(company.errors) == 3


def test_a_run_on_command(company: SimulatedCompany, there: Synchronization, clock: ManualClock) -> None:
    there.fail(CUSTOMER, TEXT)
    there.fix()
    clock.advance(60)
    there.run("CUSTOMER")
    assert coupling_of(there).result(TO) is LastResult.SUCCESS
    assert there.mappings["CUSTOMER"].synched_until == clock.now()


def test_a_connection_that_is_on_again_lets_runs_happen_again(
    company: SimulatedCompany, there: Synchronization, clock: ManualClock
) -> None:
    there.fail(CUSTOMER, TEXT)
    there.fix()
    there.disable_connection("insufficient privileges")
    there.wake("CUSTOMER")
    wait(company, clock)
    assert coupling_of(there).result(TO) is LastResult.FAILURE
    there.enable_connection()
    there.wake("CUSTOMER")
    wait(company, clock)
    assert coupling_of(there).result(TO) is LastResult.SUCCESS
    assert [entry.status.value for entry in there.log_entries] == ["Error", "Success"]


@pytest.mark.parametrize("times", [0, -1])
def test_nonsense_is_refused(there: Synchronization, times: int) -> None:
    with pytest.raises(ValueError, match="never failed"):
        there.fail(CUSTOMER, TEXT, times=times)
    with pytest.raises(ValueError, match="no mapping"):
        there.couple("Item Unit of Measure: 1000,PCS")
