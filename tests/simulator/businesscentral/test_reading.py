"""What a page of errors, one error and its details look like."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.clock import ManualClock
from bot.simulator.businesscentral import JobType, RetentionPolicy, SynchDirection, WrittenBy
from tests.simulator.businesscentral.wire import Wire, error_of

FIELDS = {
    "@odata.etag", "id", "number", "jobId", "loggedAt", "errorMessage", "sourceRecordId", "sourceTableNumber",
    "destinationRecordId", "destinationTableNumber", "mappingName", "direction", "jobType",
    "lastModifiedDateTime",
}  # fmt: skip
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


async def test_a_row_has_the_fields_of_the_contract_and_no_others(wire: Wire, clock: ManualClock) -> None:
    account = "CRM Account: {5F4D3C2B-1A09-4876-9543-21FEDCBA9876}"
    wire.company.log_error(
        message="Modifying Dataverse Account failed.",
        source="Customer: 10000",
        destination=account,
        mapping="CUSTOMER",
        direction=SynchDirection.TO_DATAVERSE,
        logged_at=clock.now() + timedelta(microseconds=-879_999),
    )
    body = await wire.page()
    (row,) = body["value"]
    assert set(row) == FIELDS
    assert re.fullmatch(GUID, row["id"])
    assert re.fullmatch(GUID, row["jobId"])
    assert row["loggedAt"] == row["lastModifiedDateTime"] == "2026-11-20T09:29:59.12Z"
    assert (row["sourceRecordId"], row["sourceTableNumber"]) == ("Customer: 10000", 18)
    assert (row["destinationRecordId"], row["destinationTableNumber"]) == (account, 5341)
    assert (row["mappingName"], row["direction"], row["jobType"]) == (
        "CUSTOMER",
        "ToIntegrationTable",
        "Synchronization",
    )
    assert row["@odata.etag"].startswith('W/"')
    assert body["@odata.context"].endswith(f"v1.0/$metadata#companies({wire.company.id})/syncErrors")


async def test_whole_seconds_carry_no_fraction(wire: Wire) -> None:
    wire.log()
    assert (await wire.page())["value"][0]["loggedAt"] == "2026-11-20T09:30:00Z"


async def test_an_error_without_records_has_empty_ids(wire: Wire) -> None:
    wire.company.log_error(message="Failed to couple 3 record(s)", mapping="VENDOR")
    (row,) = (await wire.page())["value"]
    assert (row["sourceRecordId"], row["sourceTableNumber"], row["destinationRecordId"]) == ("", 0, "")


async def test_an_orphan_has_neither_mapping_nor_direction(wire: Wire) -> None:
    error = wire.company.log_error(message="An error")
    wire.company.delete_job(error.job_id)
    (row,) = (await wire.page())["value"]
    assert (row["mappingName"], row["direction"], row["jobType"]) == ("", "", "")
    assert row["jobId"] == error.job_id


async def test_the_full_text_goes_before_the_250_characters(wire: Wire) -> None:
    long = "x" * 3000
    wire.company.log_error(message=long)
    wire.company.log_error(message=long, written_by=WrittenBy.BEFORE_ERROR_MESSAGE)
    texts = [row["errorMessage"] for row in (await wire.page("$orderby=number"))["value"]]
    assert [len(text) for text in texts] == [2048, 250]


async def test_cutting_counts_an_emoji_twice_and_may_halve_it(wire: Wire) -> None:
    wire.company.log_error(message="a" + "🚀" * 200, written_by=WrittenBy.BEFORE_ERROR_MESSAGE)
    (row,) = (await wire.page())["value"]
    assert row["errorMessage"] == "a" + "🚀" * 124 + "\ufffd"


async def test_one_error_by_its_id(wire: Wire) -> None:
    error = wire.company.log_error(message="An error", mapping="VENDOR")
    response = await wire.get(f"syncErrors({error.id})")
    assert response.status_code == 200
    assert response.json()["mappingName"] == "VENDOR"
    assert error_of(await wire.get(f"syncErrors({wire.company.id})"), 404)[0] == "Internal_RecordNotFound"
    error_of(await wire.get("syncErrors(4711)"), 400)


async def test_details_of_one_row(wire: Wire) -> None:
    stack = (
        '"Customer"(Table 18).OnModify(Trigger) line 4 - Base Application by Microsoft version 26.3.36158.0'
    )
    error = wire.company.log_error(
        message="An error",
        source="Customer: 10000",
        destination="CRM Account: {5F4D3C2B-1A09-4876-9543-21FEDCBA9876}",
        call_stack=stack,
    )
    response = await wire.get(f"syncErrorDetails({error.id})")
    details = response.json()
    assert set(details) - {"@odata.context", "@odata.etag"} == {
        "id", "number", "callStack", "sourceSystemId", "destinationSystemId", "sourceUrl", "destinationUrl",
        "sourceDescription", "destinationDescription", "sourceState", "destinationState",
    }  # fmt: skip
    assert details["callStack"] == stack
    assert details["destinationSystemId"] == "5f4d3c2b-1a09-4876-9543-21fedcba9876"
    assert details["destinationUrl"].startswith("https://kleiweg.crm4.dynamics.com/main.aspx?")
    assert "etn=account" in details["destinationUrl"]


async def test_a_record_that_is_gone_has_no_link(wire: Wire) -> None:
    error = wire.company.log_error(message="An error", source="Customer: 10000")
    details = (await wire.get(f"syncErrorDetails({error.id})")).json()
    assert (details["sourceUrl"], details["sourceSystemId"]) == ("", "00000000-0000-0000-0000-000000000000")


async def test_details_come_one_row_at_a_time(wire: Wire) -> None:
    assert error_of(await wire.get("syncErrorDetails"), 405)[0] == "BadRequest_MethodNotAllowed"


async def test_maintenance_is_one_row(wire: Wire, clock: ManualClock) -> None:
    empty = (await wire.get("maintenance")).json()["value"]
    assert [(row["highestNumber"], row["errorCount"]) for row in empty] == [(0, 0)]
    assert empty[0]["oldestLoggedAt"] == "0001-01-01T00:00:00Z"
    wire.log(3)
    wire.company.retention = RetentionPolicy(enabled=False, period="")
    clock.advance(60)
    wire.log(1)
    (row,) = (await wire.get("maintenance")).json()["value"]
    assert {name: row[name] for name in row if not name.startswith("@") and name != "id"} == {
        "highestNumber": 4,
        "errorCount": 4,
        "oldestLoggedAt": "2026-11-20T09:30:00Z",
        "retentionEnabled": False,
        "retentionPeriod": "",
        "extensionVersion": "1.0.0.0",
        "applicationVersion": "26.3.36158.0",
    }


async def test_companies_of_the_standard_api(wire: Wire) -> None:
    base = f"{wire.simulator.base_url}/api/v2.0/companies"
    (company,) = (await wire.http.get(base)).json()["value"]
    assert company["id"] == wire.company.id
    assert company["name"] == "Kleiweg & Zonen B.V."
    assert (await wire.http.get(f"{base}({wire.company.id})")).json()["displayName"] == company["displayName"]
    by_name = await wire.http.get(base, params={"$filter": "name eq 'Kleiweg & Zonen B.V.'", "$select": "id"})
    assert by_name.json()["value"] == [{"id": wire.company.id}]


async def test_numbers_have_gaps_and_a_low_one_may_come_late(wire: Wire, clock: ManualClock) -> None:
    wire.log(2)
    wire.company.skip_numbers(2)
    wire.log(1)
    late = wire.company.log_error(message="late", number=3, visible_at=clock.now() + timedelta(seconds=30))
    assert await wire.numbers() == [1, 2, 5]
    clock.advance(30)
    assert await wire.numbers() == [1, 2, 3, 5]
    assert late.logged_at < late.visible_at
    wire.log(1)
    assert (await wire.numbers())[-1] == 6


async def test_job_types_are_texts(wire: Wire, clock: ManualClock) -> None:
    job = wire.company.begin_job("VENDOR", SynchDirection.FROM_DATAVERSE, clock.now(), JobType.COUPLING)
    wire.company.log_error(message="An error", job=job)
    (row,) = (await wire.page())["value"]
    assert (row["jobType"], row["direction"]) == ("Coupling", "FromIntegrationTable")
