"""The believable past."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import (
    BusinessCentralSimulator,
    SimulatedCompany,
    SynchDirection,
    believable_company,
)
from bot.simulator.businesscentral.history import CAUSES
from bot.simulator.businesscentral.population import ODD_NAMES
from tests.simulator.businesscentral.wire import ENVIRONMENT, TENANT

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def history() -> SimulatedCompany:
    return believable_company(ManualClock(NOW))


def texts(company: SimulatedCompany) -> list[str]:
    return [error.text for error in company.errors]


def test_the_same_seed_gives_the_same_past() -> None:
    """Of two that nobody has looked at: looking at a company lets its jobs go on."""
    one, again, other = (believable_company(ManualClock(NOW), seed=seed) for seed in (1, 1, 2))
    assert again.errors == one.errors
    assert again.jobs == one.jobs
    assert again.id == one.id
    assert other.errors != one.errors


@pytest.mark.parametrize("errors", [0, 1, 37, 505, 4000])
def test_there_are_as_many_errors_as_asked_for(errors: int) -> None:
    assert len(believable_company(ManualClock(NOW), errors=errors).errors) == errors


def test_it_spans_the_days_before_now(history: SimulatedCompany) -> None:
    times = [error.logged_at for error in history.errors]
    assert timedelta(days=28) < NOW - min(times) <= timedelta(days=30)
    assert NOW - max(times) < timedelta(hours=2)
    assert len({moment.date() for moment in times}) > 25


@pytest.mark.parametrize("moment", [NOW, datetime(2026, 11, 22, 3, 0, tzinfo=UTC)])
@pytest.mark.parametrize("days", [1, 2, 365])
def test_nothing_lies_in_the_future_or_before_the_span(moment: datetime, days: int) -> None:
    company = believable_company(ManualClock(moment), days=days, errors=300)
    assert all(moment - timedelta(days=days) <= error.logged_at <= moment for error in company.errors)


def test_records_are_of_their_mappings_tables_and_go_its_way(history: SimulatedCompany) -> None:
    for error in history.errors:
        job = history.jobs.get(error.job_id)
        if job is None:
            continue
        mapping = history.synchronization.mappings[job.mapping]
        assert mapping.direction.value in {"Bidirectional", job.direction.value}, error
        tables = [mapping.table, mapping.integration_table]
        if job.direction is SynchDirection.FROM_DATAVERSE:
            tables.reverse()
        found = [None if record is None else record.table for record in (error.source, error.destination)]
        assert all(one in {None, table} for one, table in zip(found, tables, strict=True)), error


def test_numbers_rise_with_time_and_have_gaps(history: SimulatedCompany) -> None:
    numbers = [error.number for error in history.errors]
    assert numbers == sorted(set(numbers))
    assert [error.logged_at for error in history.errors] == sorted(
        error.logged_at for error in history.errors
    )
    assert numbers[-1] - numbers[0] > len(numbers) * 1.05


def test_there_are_more_than_twenty_causes_with_a_long_tail(history: SimulatedCompany) -> None:
    stable_words = {
        "prvReadbcbi_projecttask": 400,
        "prvWriteAccount": 100,
        "Principal team (": 50,
        "Read Privilege Check For Owner failed": 10,
        "Hoofdgebruiker (Id=": 20,
        "SecLib::AccessCheckEx[2] failed": 5,
        "Currency Code ": 200,
        "Salesperson Code ": 100,
        "Base Unit of Measure ": 50,
        "Company No. ": 100,
        "coupled to a deleted record": 100,
        "bi-directional, and one or both values": 100,
        "when it is in Admin Only mode": 100,
        "RegisterTableConnection or cmdlet": 20,
        "already exists. Identification fields": 20,
        "The length of the string is": 50,
        "Blocked must be equal to 'No'  in Item": 50,
        "exceeded the limit of": 20,
        "timeout expired": 5,
        "ISV code aborted the operation": 50,
        "from the number series DEB": 10,
        "Cannot synchronize the product": 30,
        "There is no company with external ID": 10,
        "fehlt Berechtigung": 2,
        "mangler prvReadUoM-rettighed": 2,
        "ne dispose pas du privilège": 2,
        "Modifying Dataverse Account failed.": 2,
        "Toll class missing": 2,
        "An unexpected error occurred.": 2,
    }
    everything = texts(history)
    found = {words: sum(words in text for text in everything) for words in stable_words}
    assert {words: count for words, count in found.items() if count < stable_words[words]} == {}
    assert found["prvReadbcbi_projecttask"] == max(found.values())


def test_the_privilege_message_has_its_current_shape(history: SimulatedCompany) -> None:
    text = next(text for text in texts(history) if "prvReadbcbi_projecttask" in text)
    assert text.startswith("An error occurred when communicating with Dataverse.\r\nDetailed description: Pr")
    assert "(root business unit (name: kleiweg))), is missing prvReadbcbi_projecttask privilege (Id=" in text
    assert "on OTC=10844 for entity 'bcbi_projecttask' (LocalizedName='Project Task')" in text


def test_wrappers_come_single_and_nested(history: SimulatedCompany) -> None:
    everything = texts(history)
    start = "Modifying Dataverse Account failed because of the following error: "
    twice = start + "An error occurred when communicating with Dataverse.\r\n"
    three = start + "The data could not be updated because of the following error: An error occurred"
    assert any(text.startswith("The data could not be updated because") for text in everything)
    assert any(text.startswith(twice) for text in everything)
    assert any(text.startswith(three) for text in everything)
    assert not any(text.endswith("..") for text in everything)


def test_a_record_fails_twice_before_it_is_skipped(history: SimulatedCompany) -> None:
    conflicts = [error for error in history.errors if "bi-directional" in error.text]
    by_record: dict[str, list[datetime]] = {}
    for error in conflicts:
        assert error.source is not None
        by_record.setdefault(error.source.record_id, []).append(error.logged_at)
    pauses = Counter(times[1] - times[0] for times in by_record.values() if len(times) > 1)
    half_hours = sum(count for pause, count in pauses.items() if pause < timedelta(minutes=31))
    assert half_hours > len(pauses) / 2
    assert max(map(len, by_record.values())) > 2


def test_rows_that_are_never_skipped_repeat_all_day(history: SimulatedCompany) -> None:
    repeats = Counter(
        error.source.record_id
        for error in history.errors
        if error.source is not None and "Blocked must be equal" in error.text
    )
    assert repeats.most_common(1)[0][1] > 5


def test_admin_mode_lasts_two_hours_of_one_night(history: SimulatedCompany) -> None:
    times = [error.logged_at for error in history.errors if "Admin Only" in error.text]
    assert max(times) - min(times) < timedelta(hours=2)
    assert {moment.hour for moment in times} <= {22, 23}


def test_a_product_fails_in_the_minute_of_its_invoice(history: SimulatedCompany) -> None:
    parents = set()
    for index, error in enumerate(history.errors):
        if error.text.startswith("Cannot synchronize the product"):
            near = history.errors[max(0, index - 20) : index]
            product = error.text.removeprefix("Cannot synchronize the product ").rstrip(".")
            assert any(row.source and row.source.record_id == f"Item: {product}" for row in near), (
                error.number
            )
            parents.add(error.source.table_name if error.source else "")
    assert parents == {"Sales Invoice Header", "Price List Line"}


def test_what_waits_for_a_record_has_that_record_fail_too(history: SimulatedCompany) -> None:
    failing = {error.source.record_id for error in history.errors if error.source}
    awaited = {
        match[1]
        for error in history.errors
        if (match := re.search(r"error: Customer (D\d+) must be coupled", error.text))
    }
    assert len(awaited) > 1
    assert {f"Customer: {no}" for no in awaited} <= failing
    assert {"Currency: USD", "Unit of Measure: DOOS"} <= failing


def test_rows_of_older_versions_end_at_250(history: SimulatedCompany) -> None:
    old = [error for error in history.errors if not error.error_message]
    assert old
    assert {len(error.text) for error in old} == {250}
    assert not any("prvAppendContact" in error.text for error in old)
    for error in history.errors:
        if error.error_message:
            assert error.error_message.startswith(error.message.rstrip("\ufffd"))


def test_odd_names_are_there(history: SimulatedCompany) -> None:
    everything = "\n".join(texts(history))
    for name in ("<!channel>", "<https://", "*Sterk*", "شركة", "🚀", "C:\\temp", "\u202e", "株式会社"):
        assert name in everything, name
    assert max(map(len, ODD_NAMES)) > 150
    assert "\\\\You can change" in everything


def test_call_stacks_are_of_every_kind(history: SimulatedCompany) -> None:
    stacks = {error.call_stack for error in history.errors}
    assert "" in stacks
    assert any("\x00" in stack for stack in stacks)
    assert any("by Dekker Software B.V." in stack for stack in stacks)
    assert any(" - " not in stack for stack in stacks if stack)
    assert all("\r" not in stack for stack in stacks)


def test_some_jobs_are_gone_and_the_others_are_shared(history: SimulatedCompany) -> None:
    orphans = [error for error in history.errors if error.job_id not in history.jobs]
    assert 0 < len(orphans) < len(history.errors) / 20
    rows_of_job = Counter(error.job_id for error in history.errors)
    assert max(rows_of_job.values()) > 5
    assert len({job.mapping for job in history.jobs.values()}) > 6


def test_every_cause_has_its_own_key() -> None:
    assert len({cause.key for cause in CAUSES}) == len(CAUSES)


@pytest.mark.parametrize("arguments", [{"days": 0}, {"errors": -1}])
def test_nonsense_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        believable_company(ManualClock(NOW), **arguments)


async def test_the_whole_past_can_be_read_page_by_page(history: SimulatedCompany) -> None:
    clock = ManualClock(NOW)
    simulator = BusinessCentralSimulator(
        clock=clock, entra=None, tenant=TENANT, environment=ENVIRONMENT, companies=[history]
    )
    base = f"{simulator.base_url}/api/syncerrors/integration/v1.0/companies({history.id})"
    address, numbers = f"{base}/syncErrors?$orderby=number&$filter=number%20gt%200", []
    async with httpx.AsyncClient(transport=simulator.transport()) as http:
        while address:
            page = (await http.get(address, headers={"Prefer": "odata.maxpagesize=1500"})).json()
            numbers += [row["number"] for row in page["value"]]
            address = page.get("@odata.nextLink", "")
    assert numbers == [error.number for error in history.errors]


def test_four_thousand_rows_take_no_time() -> None:
    begun = time.process_time()
    believable_company(ManualClock(NOW))
    assert time.process_time() - begun < 1.0
