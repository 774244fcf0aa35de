"""``$batch``: its form, one outcome for each part, and how quickly rows go."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import (
    BusinessCentralSimulator,
    Limits,
    PermissionSet,
    SimulatedCompany,
)
from bot.simulator.entra import EntraSimulator
from tests.simulator.businesscentral.wire import ENVIRONMENT, TENANT, Wire, error_of, new_token

GO_ON = {"Prefer": "odata.continue-on-error"}
NOBODY = "12345678-0000-4000-8000-000000000000"


def part(wire: Wire, row_id: str, **other: Any) -> dict[str, Any]:
    url = f"companies({wire.company.id})/syncErrors({row_id})"
    return {"method": "DELETE", "url": url, "headers": {"If-Match": "*"}, **other}


async def post(
    wire: Wire, parts: Any, api: str = "syncerrors/integration/v1.0", **headers: str
) -> httpx.Response:
    address = f"{wire.simulator.base_url}/api/{api}/$batch"
    return await wire.http.post(address, json={"requests": parts}, headers={**GO_ON, **headers})


async def statuses(wire: Wire, parts: Any, **headers: str) -> list[int]:
    response = await post(wire, parts, **headers)
    assert response.status_code == 200, response.text
    return [answer["status"] for answer in response.json()["responses"]]


def ids(wire: Wire, count: int) -> list[str]:
    wire.log(count)
    return [row.id for row in wire.company.errors]


async def test_a_hundred_parts_and_no_more(wire: Wire) -> None:
    rows = ids(wire, 101)
    _, text = error_of(await post(wire, [part(wire, row) for row in rows]), 400)
    assert "maximum number of '100'" in text
    assert len(await wire.numbers()) == 101
    assert await statuses(wire, [part(wire, row) for row in rows[:100]]) == [204] * 100
    assert await wire.numbers() == [101]


async def test_each_part_has_its_own_outcome(wire: Wire) -> None:
    rows = ids(wire, 3)
    response = await post(
        wire,
        [
            part(wire, rows[0], id="a"),
            part(wire, NOBODY, id="b"),
            part(wire, rows[1], id="c", headers={}),
            part(wire, rows[2]),
        ],
    )
    answers = response.json()["responses"]
    assert [(answer["id"], answer["status"]) for answer in answers] == [
        ("a", 204),
        ("b", 404),
        ("c", 400),
        (None, 204),
    ]
    assert answers[1]["body"]["error"]["code"] == "Internal_RecordNotFound"
    assert "body" not in answers[0]


async def test_a_failing_part_ends_the_batch_unless_it_is_to_go_on(wire: Wire) -> None:
    rows = ids(wire, 2)
    parts = [part(wire, rows[0]), part(wire, NOBODY), part(wire, rows[1])]
    assert await statuses(wire, parts, Prefer="return=minimal") == [204, 404]
    assert await wire.numbers() == [2]


async def test_parts_of_other_kinds(wire: Wire) -> None:
    row = ids(wire, 1)[0]
    there = wire.company.synchronization
    there.fail("Customer: 1", "Currency Code USD must be coupled.", times=2)
    coupling = there.couplings.of_record("Customer: 1")
    assert coupling is not None
    company = f"companies({wire.company.id})"
    response = await post(
        wire,
        [
            {"method": "GET", "url": f"{company}/syncErrors({row})?$select=number"},
            {"method": "POST", "url": f"{company}/couplings({coupling.id})/Microsoft.NAV.release"},
            {"method": "GET", "url": f"/{company}/maintenance"},
            {"method": "GET", "url": f"{company}/nothing"},
            {"method": "PATCH", "url": f"{company}/syncErrors({row})"},
        ],
    )
    answers = response.json()["responses"]
    assert [answer["status"] for answer in answers] == [200, 204, 404, 404, 405]
    assert answers[0]["body"]["number"] == 1
    released = there.couplings.of_record("Customer: 1")
    assert released is not None
    assert not released.skipped


async def test_the_standard_api_deletes_no_errors(wire: Wire) -> None:
    row = ids(wire, 1)[0]
    response = await post(wire, [part(wire, row)], api="v2.0")
    assert [answer["status"] for answer in response.json()["responses"]] == [404]
    assert await wire.numbers() == [1]


@pytest.mark.parametrize(
    "parts",
    [
        None,
        {},
        ["x"],
        [{"method": "DELETE"}],
        [{"method": "BREW", "url": "x"}],
        [{"method": "GET", "url": "x", "id": 1}],
        [{"method": "GET", "url": "x", "headers": {"If-Match": 1}}],
        [{"method": "GET", "url": "x", "id": "1"}, {"method": "GET", "url": "y", "id": "1"}],
    ],
)
async def test_what_is_no_batch_is_refused_whole(wire: Wire, parts: Any) -> None:
    error_of(await post(wire, parts), 400)


async def test_only_json_and_no_transactions(wire: Wire) -> None:
    error_of(await post(wire, [], **{"Content-Type": "multipart/mixed; boundary=batch"}), 415)
    error_of(await post(wire, [], Isolation="snapshot"), 400)


async def test_nobody_gets_in_without_a_token(wire: Wire) -> None:
    wire.http.headers.pop("Authorization")
    error_of(await post(wire, [part(wire, ids(wire, 1)[0])]), 401)
    assert len(wire.company.errors) == 1


async def test_a_missing_permission_set_stops_each_part(wire: Wire) -> None:
    rows = ids(wire, 2)
    wire.simulator.permission_sets = frozenset({PermissionSet.SYNC})
    assert await statuses(wire, [part(wire, row) for row in rows]) == [403, 403]


@pytest.mark.parametrize("parts_count", [False, True])
async def test_parts_may_count_against_the_limit(
    clock: ManualClock, entra: EntraSimulator, company: SimulatedCompany, *, parts_count: bool
) -> None:
    simulator = BusinessCentralSimulator(
        clock=clock,
        entra=entra,
        tenant=TENANT,
        environment=ENVIRONMENT,
        companies=[company],
        limits=Limits(requests=6, parts_count=parts_count),
    )
    headers = {"Authorization": f"Bearer {new_token(entra)}"}
    async with httpx.AsyncClient(transport=simulator.transport(), headers=headers) as http:
        wire = Wire(http, simulator, company)
        found = await statuses(wire, [part(wire, row) for row in ids(wire, 10)])
        assert found == ([204] * 5 + [429] * 5 if parts_count else [204] * 10)


async def test_rising_windows_do_not_look_again_at_what_is_deleted(wire: Wire, clock: ManualClock) -> None:
    wire.log(3_000)
    rows = wire.company.errors
    for start in range(0, 1_000, 100):
        await post(wire, [part(wire, row.id) for row in rows[start : start + 100]])
    for highest in (1_500, 2_000, 2_500):
        assert wire.company.delete_errors(clock.now(), highest) == 500
        assert wire.company._first_left == highest - 500
    wire.company.log_error(message="late", number=3_001)
    assert wire.company.delete_errors(clock.now(), 5_000) == 501
    assert await wire.numbers() == []


async def test_a_number_that_appears_late_is_deleted_too(wire: Wire, clock: ManualClock) -> None:
    wire.company.skip_numbers(5)
    wire.log(5)
    assert wire.company.delete_errors(clock.now(), 8) == 3
    assert wire.company.delete_errors(clock.now(), 8) == 0
    wire.company.log_error(message="late", number=2)
    assert wire.company.delete_errors(clock.now(), 9) == 2
    assert await wire.numbers() == [10]
