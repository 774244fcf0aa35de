"""What the believable past has left in couplings, jobs and mappings fits its errors."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import LastResult, SimulatedCompany, SimulatedError, believable_company
from bot.simulator.businesscentral.runs import Forced
from bot.simulator.businesscentral.troubles import Kind
from bot.simulator.dataverse import activate_what_is_inactive, believable_organization
from bot.simulator.dataverse.values import ACTIVE, INACTIVE

CLIENT = "4c1b7a36-2f0e-4b4a-8f8d-5a9e3c7d1b20"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def past() -> SimulatedCompany:
    company = believable_company(ManualClock(NOW))
    assert company.synchronization.mappings
    return company


def state_of(company: SimulatedCompany, row: SimulatedError) -> str:
    """Of the record that the row names, in the row's direction."""
    couplings = company.synchronization.couplings
    for side in (row.source, row.destination):
        coupling = couplings.of_record(side.record_id) if side else None
        job = company.jobs.get(row.job_id)
        if coupling is not None and job is not None:
            return coupling.result(job.direction).value.strip() or "Unknown"
    return "Unknown"


def test_the_same_seed_leaves_the_same(past: SimulatedCompany) -> None:
    again = believable_company(ManualClock(NOW))
    assert list(again.synchronization.couplings.now()) == list(past.synchronization.couplings.now())
    assert again.jobs == past.jobs


def test_asking_for_it_changes_no_error(past: SimulatedCompany) -> None:
    assert believable_company(ManualClock(NOW)).errors == past.errors


def test_a_purge_changes_nothing_that_was_before_it(past: SimulatedCompany) -> None:
    clock = ManualClock(NOW)
    purged = believable_company(clock)
    clock.advance(60)
    assert purged.delete_entries(0) == len(past.errors)
    assert list(purged.synchronization.couplings.now()) == list(past.synchronization.couplings.now())


def test_some_rows_still_matter_some_do_not_and_of_some_it_is_unknown(past: SimulatedCompany) -> None:
    states = Counter(state_of(past, row) for row in past.errors)
    assert states["Failure"] > 1_000
    assert states["Success"] > 500
    assert states["Unknown"] > 50


def test_who_fails_has_an_error_and_who_succeeded_did_so_after_the_last_one(past: SimulatedCompany) -> None:
    last: dict[tuple[str, str], SimulatedError] = {}
    for row in past.errors:
        job = past.jobs.get(row.job_id)
        for side in (row.source, row.destination):
            if side is not None and job is not None:
                last[side.record_id, job.direction.value] = row
    for coupling in past.synchronization.couplings.now():
        for direction in ("ToIntegrationTable", "FromIntegrationTable"):
            row = last.get((coupling.record_id, direction))
            if row is None:
                continue
            job = past.jobs[row.job_id]
            result = coupling.result(job.direction)
            if result is LastResult.SUCCESS:
                assert past.jobs[coupling.job(job.direction) or ""].started_at >= row.logged_at
            else:
                assert result in {LastResult.FAILURE, LastResult.NONE}


def test_who_is_skipped_fails(past: SimulatedCompany) -> None:
    skipped = [row for row in past.synchronization.couplings.now() if row.skipped]
    assert len(skipped) > 100
    assert all(LastResult.FAILURE in {row.last_result, row.last_dataverse_result} for row in skipped)


def test_nothing_lies_in_the_future(past: SimulatedCompany) -> None:
    assert all(row.modified_at <= NOW for row in past.synchronization.couplings.now())
    assert all(job.finished_at is not None and job.finished_at <= NOW for job in past.jobs.values())


def test_every_job_counts_its_rows(past: SimulatedCompany) -> None:
    rows = Counter(row.job_id for row in past.errors)
    assert all(job.failed + job.skipped == rows[job.id] for job in past.jobs.values())


def test_one_watermark_stands_still(past: SimulatedCompany) -> None:
    mappings = [mapping for mapping in past.synchronization.mappings.values() if mapping.has_job]
    still = [mapping.name for mapping in mappings if (NOW - (mapping.synched_until or NOW)).days > 5]
    assert still == ["RESOURCE-PRODUCT"]


@pytest.mark.parametrize("errors", [0, 1, 40])
def test_small_companies_have_states_too(errors: int) -> None:
    company = believable_company(ManualClock(NOW), errors=errors, causes=3)
    assert len(list(company.synchronization.couplings.now())) > 100


@pytest.mark.parametrize("currency", ["GBP", "SEK", "USD"])
def test_who_couples_a_currency_sees_everything_that_waited_for_it_synchronize(currency: str) -> None:
    """What is created first, and the orders of new customers after them; then what was coupled already."""
    clock = ManualClock(NOW)
    world = believable_company(clock, errors=2_000).synchronization
    world.couple(f"Currency: {currency}")
    world.troubles.coupled(f"Currency: {currency}")
    waiting = [one for one in world.troubles if one.waits_for == f"Currency: {currency}"]
    assert waiting
    new = [one for one in waiting if one.kind is Kind.NEW_RECORD]
    names = {one.key for one in new}
    orders = [one for one in world.troubles if one.waits_for in names]
    assert bool(new) is bool(orders) is (currency == "USD")
    for inserts in (new, orders):
        for trouble in inserts:
            world.force(Forced(trouble.mapping, trouble.direction, clock.now(), inserts=(trouble,)))
        clock.advance(60)
        world.catch_up()
    for trouble in (*waiting, *orders):
        coupling = world.couplings.of_record(trouble.key)
        assert coupling is not None
        world.couplings.change(coupling.id, clock.now(), skipped=False)
    clock.advance(60)
    world.run("CUSTOMER")
    for trouble in (*waiting, *orders):
        coupling = world.couplings.of_record(trouble.key)
        assert coupling is not None
        assert coupling.result(trouble.direction) is LastResult.SUCCESS, trouble.key
        assert LastResult.FAILURE not in {coupling.last_result, coupling.last_dataverse_result}, trouble.key


def test_who_couples_a_salesperson_can_have_created_what_its_owner_made_in_dataverse() -> None:
    """New contacts of a user who is no salesperson yet; they have rows in Dataverse and nothing else."""
    clock = ManualClock(NOW)
    company = believable_company(clock, errors=2_000)
    world = company.synchronization
    organization = believable_organization(company, clock, seed=1, application=CLIENT)
    (user,) = [row for row in organization.rows("systemuser") if row["fullname"] == "Bart Visser"]
    owner = f"CRM Systemuser: {{{str(user['systemuserid']).upper()}}}"
    new = [one for one in world.troubles if one.waits_for == owner and one.kind is Kind.NEW_RECORD]
    assert len(new) > 3
    for one in new:
        assert one.local is None
        assert one.remote is not None
        assert one.remote.system_id is not None
        assert world.couplings.of_dataverse(one.remote.system_id) is None
        row = organization.row("contact", one.remote.system_id)
        assert row is not None
        assert row["fullname"] == one.remote.description
        assert "@" in row["emailaddress1"]
    world.joined(world.couple("Salesperson/Purchaser: BV", str(user["systemuserid"])))
    for one in new:
        world.force(Forced(one.mapping, one.direction, clock.now(), inserts=(one,)))
    clock.advance(60)
    world.catch_up()
    for one in new:
        assert one.remote is not None
        coupling = world.couplings.of_dataverse(one.remote.system_id or "")
        assert coupling is not None
        assert coupling.last_result is LastResult.SUCCESS
        assert world.records[coupling.local_system_id].description == one.remote.description


def test_what_befell_everything_for_a_night_is_over(past: SimulatedCompany) -> None:
    """Otherwise the next run would say that the whole environment is closed, while all else goes well."""
    left = [one for one in past.synchronization.troubles if "Admin Only" in one.message and not one.is_fixed]
    assert not left


def test_each_row_of_dataverse_is_of_the_table_that_its_record_goes_to(past: SimulatedCompany) -> None:
    mappings = past.synchronization.mappings
    for row in past.errors:
        if "Admin Only" in row.message or row.source is None or row.destination is None:
            continue
        local, remote = sorted((row.source, row.destination), key=lambda side: side.is_dataverse)
        its = next(mapping for mapping in mappings.values() if mapping.table == local.table)
        assert remote.table == its.integration_table, row.message


def test_what_the_errors_call_inactive_is_inactive_until_somebody_activates_it(
    past: SimulatedCompany,
) -> None:
    (said,) = {row.message for row in past.errors if "Unit Group" in row.message}
    assert "it is inactive" in said
    organization = believable_organization(past, ManualClock(NOW), seed=1, application=CLIENT)

    def group() -> object:
        return next(row["statecode"] for row in organization.rows("uomschedule") if row["name"] in said)

    activate_what_is_inactive(organization, "currency")
    assert group() == INACTIVE
    activate_what_is_inactive(organization, "inactive")
    assert group() == ACTIVE
