"""Bound actions of the companion API: every guard of the extension, strictly."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import Kind, LastResult, MappingType, SimulatedCoupling, SynchDirection
from bot.simulator.businesscentral.job_queue import EntryStatus
from tests.simulator.businesscentral.wire import Wire, error_of

NOBODY = "12345678-0000-4000-8000-000000000000"
CUSTOMER = "Customer: 10000"
FROM = SynchDirection.FROM_DATAVERSE


async def post(wire: Wire, path: str, **body: Any) -> httpx.Response:
    return await wire.http.post(wire.companion(path), json=body)


def mapping_id(wire: Wire, name: str = "CUSTOMER") -> str:
    return wire.company.synchronization.mappings[name].id


def skipped(wire: Wire) -> SimulatedCoupling:
    """The coupling of a customer that failed twice."""
    there = wire.company.synchronization
    there.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
    coupling = there.couplings.of_record(CUSTOMER)
    assert coupling is not None
    assert coupling.skipped
    return coupling


def guarded(response: httpx.Response, guard: str) -> None:
    code, text = error_of(response, 400)
    assert code == "Application_DialogException"
    assert text.startswith(f"SYNCERRORS.{guard}: ")


async def forced(
    wire: Wire, name: str = "CUSTOMER", action: str = "synchronize", **body: Any
) -> httpx.Response:
    usual: dict[str, Any] = {"localSystemIds": "", "dataverseIds": "", "direction": 1}
    return await post(
        wire, f"tableMappings({mapping_id(wire, name)})/Microsoft.NAV.{action}", **{**usual, **body}
    )


@pytest.mark.parametrize("action", ["synchronize", "create"])
@pytest.mark.parametrize("direction", [0, 3, -1])
async def test_a_direction_is_one_or_two(wire: Wire, action: str, direction: int) -> None:
    guarded(await forced(wire, action=action, localSystemIds=NOBODY, direction=direction), "Direction")


async def test_a_direction_is_one_of_the_mapping(wire: Wire) -> None:
    guarded(await forced(wire, "CURRENCY", dataverseIds=NOBODY, direction=2), "Direction")


@pytest.mark.parametrize("action", ["synchronize", "create"])
@pytest.mark.parametrize("direction", [1, 2])
@pytest.mark.parametrize("empty", ["", "  "])
async def test_the_list_of_that_direction_is_never_empty(
    wire: Wire, action: str, direction: int, empty: str
) -> None:
    """An empty list filters nothing: it would take the whole table. The other list does not count."""
    other = "dataverseIds" if direction == 1 else "localSystemIds"
    its = "localSystemIds" if direction == 1 else "dataverseIds"
    response = await forced(wire, action=action, direction=direction, **{other: NOBODY, its: empty})
    guarded(response, "EmptySelection")


async def test_a_selection_to_release_is_never_empty(wire: Wire) -> None:
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.releaseAll"
    guarded(await post(wire, path, dataverseIds=""), "EmptySelection")


@pytest.mark.parametrize("ids", ["x", f"{NOBODY}|{NOBODY}", f"'{NOBODY}'", f"{NOBODY}..", "*"])
async def test_only_guids_are_ids(wire: Wire, ids: str) -> None:
    guarded(await forced(wire, localSystemIds=ids), "BadId")


async def test_at_most_a_hundred_ids(wire: Wire) -> None:
    guarded(await forced(wire, localSystemIds=",".join([NOBODY] * 101)), "TooMany")


async def test_records_outside_the_filter_are_refused(wire: Wire) -> None:
    coupling = skipped(wire)
    wire.company.synchronization.mappings["CUSTOMER"].outside_filter.add(coupling.local_system_id)
    guarded(await forced(wire, localSystemIds=coupling.local_system_id), "OutsideFilter")


async def test_records_of_another_mapping_are_refused(wire: Wire) -> None:
    """Customers and vendors are both accounts: the mapping is named, never guessed from the table."""
    coupling = skipped(wire)
    guarded(await forced(wire, "VENDOR", localSystemIds=coupling.local_system_id), "NotOfMapping")
    path = f"tableMappings({mapping_id(wire, 'VENDOR')})/Microsoft.NAV.releaseAll"
    guarded(await post(wire, path, dataverseIds=coupling.dataverse_id), "NotOfMapping")


ON_MAPPINGS = {
    "releaseAll": {"dataverseIds": NOBODY},
    "wake": {},
    "synchronize": {"localSystemIds": NOBODY, "dataverseIds": "", "direction": 1},
    "create": {"localSystemIds": NOBODY, "dataverseIds": "", "direction": 1},
    "couple": {"localSystemId": NOBODY, "dataverseId": NOBODY},
}


@pytest.mark.parametrize("action", list(ON_MAPPINGS))
async def test_master_data_management_is_refused(wire: Wire, action: str) -> None:
    wire.company.synchronization.mappings["CUSTOMER"].type = MappingType.MASTER_DATA
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.{action}"
    guarded(await post(wire, path, **ON_MAPPINGS[action]), "NotDataverse")
    rows = (await wire.get("tableMappings")).json()["value"]
    assert "CUSTOMER" not in {row["name"] for row in rows}


@pytest.mark.parametrize("action", list(ON_MAPPINGS))
async def test_temporary_clones_are_refused(wire: Wire, action: str) -> None:
    wire.company.synchronization.mappings["CUSTOMER"].is_clone = True
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.{action}"
    guarded(await post(wire, path, **ON_MAPPINGS[action]), "TemporaryMapping")


@pytest.mark.parametrize("action", [name for name in ON_MAPPINGS if name != "wake"])
async def test_options_go_their_own_way(wire: Wire, action: str) -> None:
    path = f"tableMappings({mapping_id(wire, 'PAYMENT TERMS')})/Microsoft.NAV.{action}"
    guarded(await post(wire, path, **ON_MAPPINGS[action]), "OptionMapping")


async def test_an_option_is_released_by_itself(wire: Wire) -> None:
    there = wire.company.synchronization
    there.fail("Payment Terms: 30 DAGEN", "no such option", times=2)
    coupling = there.couplings.of_record("Payment Terms: 30 DAGEN")
    assert coupling is not None
    assert (coupling.is_option, coupling.skipped, coupling.dataverse_id) == (True, True, None)
    response = await post(wire, f"couplings({coupling.id})/Microsoft.NAV.release")
    assert response.status_code == 204
    released = there.couplings.of_record("Payment Terms: 30 DAGEN")
    assert released is not None
    assert not released.skipped


async def test_a_coupling_whose_record_is_gone_is_not_released(wire: Wire) -> None:
    coupling = skipped(wire)
    wire.company.synchronization.delete_record(CUSTOMER)
    guarded(await post(wire, f"couplings({coupling.id})/Microsoft.NAV.release"), "RecordGone")


async def test_a_selection_is_released_whole_or_not_at_all(wire: Wire) -> None:
    coupling = skipped(wire)
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.releaseAll"
    guarded(await post(wire, path, dataverseIds=f"{coupling.dataverse_id},{NOBODY}"), "NotCoupled")
    still = wire.company.synchronization.couplings.of_record(CUSTOMER)
    assert still is not None
    assert still.skipped


async def test_a_job_that_is_not_accepted_is_an_error(wire: Wire, clock: ManualClock) -> None:
    coupling = skipped(wire)
    wire.simulator.faults.job_refused()
    guarded(await forced(wire, localSystemIds=coupling.local_system_id), "NotEnqueued")
    clock.advance(60)
    assert len((await wire.get("syncJobs")).json()["value"]) == 2
    assert wire.company.synchronization.couplings.of_record(CUSTOMER) == coupling


async def test_without_a_connection_nothing_is_forced(wire: Wire) -> None:
    coupling = skipped(wire)
    wire.company.synchronization.disable_connection("")
    guarded(await forced(wire, localSystemIds=coupling.local_system_id), "ConnectionOff")


async def test_skipped_goes_only_after_success(wire: Wire, clock: ManualClock) -> None:
    coupling = skipped(wire)
    response = await forced(wire, localSystemIds=coupling.local_system_id)
    assert response.status_code == 204
    clock.advance(60)
    wire.company.catch_up()
    failed = wire.company.synchronization.couplings.of_record(CUSTOMER)
    assert failed is not None
    assert (failed.skipped, failed.last_dataverse_result) == (True, LastResult.FAILURE)


async def test_what_is_coupled_is_not_created(wire: Wire) -> None:
    coupling = skipped(wire)
    guarded(await forced(wire, action="create", localSystemIds=coupling.local_system_id), "AlreadyCoupled")


async def test_creates_into_business_central_too(wire: Wire, clock: ManualClock) -> None:
    there = wire.company.synchronization
    row = there.fail(CUSTOMER, "number series", kind=Kind.NEW_RECORD, direction=FROM)
    assert row.destination is not None
    guarded(await forced(wire, action="create", dataverseIds=NOBODY, direction=2), "RecordGone")


async def test_one_record_is_coupled_once(wire: Wire) -> None:
    coupling = skipped(wire)
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.couple"
    body = {"localSystemId": coupling.local_system_id, "dataverseId": NOBODY}
    guarded(await post(wire, path, **body), "AlreadyCoupled")
    vendor = wire.company.synchronization.known("Vendor: 1")
    guarded(await post(wire, path, localSystemId=vendor.system_id, dataverseId=NOBODY), "NotOfMapping")


async def test_lines_have_no_job_to_wake(wire: Wire) -> None:
    path = f"tableMappings({mapping_id(wire, 'SOLINE-ORDERDETAIL')})/Microsoft.NAV.wake"
    guarded(await post(wire, path), "NoJob")


@pytest.mark.parametrize("action", ["release", "uncouple"])
@pytest.mark.parametrize("gone", ["", "local", "remote", "both"])
async def test_whatever_is_gone_can_be_uncoupled(wire: Wire, action: str, gone: str) -> None:
    coupling = skipped(wire)
    there = wire.company.synchronization
    there.gone |= {coupling.local_system_id} if gone in {"local", "both"} else set()
    there.gone |= {coupling.dataverse_id or ""} if gone in {"remote", "both"} else set()
    response = await post(wire, f"couplings({coupling.id})/Microsoft.NAV.{action}")
    expected = 400 if action == "release" and gone in {"local", "both"} else 204
    assert response.status_code == expected
    assert (there.couplings.of_record(CUSTOMER) is None) == (action == "uncouple")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"localSystemIds": NOBODY, "dataverseIds": ""}, 400),
        ({"localSystemIds": NOBODY, "dataverseIds": "", "direction": "1"}, 400),
        ({"localSystemIds": NOBODY, "dataverseIds": "", "direction": True}, 400),
        ({"localSystemIds": None, "dataverseIds": "", "direction": 1}, 400),
        ({"localSystemIds": NOBODY, "dataverseIds": "", "direction": 1, "force": True}, 400),
        ([], 400),
    ],
)
async def test_parameters_are_exactly_those_of_the_action(wire: Wire, body: Any, status: int) -> None:
    path = wire.companion(f"tableMappings({mapping_id(wire)})/Microsoft.NAV.synchronize")
    error_of(await wire.http.post(path, json=body), status)
    error_of(await wire.http.post(path, content=b"{"), 415)
    error_of(await wire.http.post(path, content=b"{", headers={"Content-Type": "application/json"}), 400)


async def test_an_action_has_its_full_name_and_its_own_target(wire: Wire) -> None:
    coupling = skipped(wire)
    error_of(await post(wire, f"couplings({coupling.id})/release"), 404)
    error_of(await post(wire, f"couplings({coupling.id})/Microsoft.NAV.wake"), 404)
    error_of(await post(wire, f"syncErrors({coupling.id})/Microsoft.NAV.release"), 404)
    error_of(await post(wire, f"couplings({NOBODY})/Microsoft.NAV.release"), 404)
    error_of(await wire.get(f"couplings({coupling.id})/Microsoft.NAV.release"), 405)


@pytest.mark.parametrize("bounds", [("2026-11-20T09:30:00Z", "4"), ("yesterday", 4), ("2026-11-20", 4)])
async def test_bounds_of_deletion_are_a_moment_and_a_number(wire: Wire, bounds: tuple[str, Any]) -> None:
    wire.log(3)
    path = "maintenance(53390000-0000-4000-8000-000000005339)/Microsoft.NAV.deleteErrors"
    error_of(await post(wire, path, loggedUntil=bounds[0], highestNumber=bounds[1]), 400)
    assert await wire.numbers() == [1, 2, 3]


async def test_both_bounds_of_deletion_include(wire: Wire, clock: ManualClock) -> None:
    for _ in range(4):
        wire.log()
        clock.advance(1)
    path = "maintenance(53390000-0000-4000-8000-000000005339)/Microsoft.NAV.deleteErrors"
    response = await post(wire, path, loggedUntil="2026-11-20T09:30:01.000Z", highestNumber=9)
    assert response.status_code == 204
    assert await wire.numbers() == [3, 4]
    await post(wire, path, loggedUntil="2026-11-20T10:00:00Z", highestNumber=3)
    assert await wire.numbers() == [4]


@pytest.mark.parametrize("status", [EntryStatus.ERROR, EntryStatus.ON_HOLD])
async def test_a_job_without_a_scheduled_task_is_not_woken(wire: Wire, status: EntryStatus) -> None:
    """A new task would run as whoever called: Business Central's own "restart" does that."""
    wire.company.synchronization.entries["CUSTOMER"].status = status
    guarded(await post(wire, f"tableMappings({mapping_id(wire)})/Microsoft.NAV.wake"), "NoJob")
    assert wire.company.synchronization.entries["CUSTOMER"].status is status


async def test_without_a_connection_nothing_is_coupled_or_uncoupled(wire: Wire) -> None:
    coupling = skipped(wire)
    for connection in wire.company.synchronization.connections:
        connection.enabled = False
    guarded(await post(wire, f"couplings({coupling.id})/Microsoft.NAV.uncouple"), "ConnectionOff")
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.couple"
    guarded(await post(wire, path, localSystemId=NOBODY, dataverseId=NOBODY), "ConnectionOff")


async def test_a_coupling_takes_one_record_on_each_side(wire: Wire) -> None:
    path = f"tableMappings({mapping_id(wire)})/Microsoft.NAV.couple"
    two = f"{NOBODY},{NOBODY.replace('12345678', '87654321')}"
    guarded(await post(wire, path, localSystemId=two, dataverseId=NOBODY), "BadId")
