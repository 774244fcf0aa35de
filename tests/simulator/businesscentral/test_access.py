"""Who gets in, where to, and how often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import BusinessCentralSimulator, Limits, SimulatedCompany
from bot.simulator.entra import EntraSimulator
from tests.simulator.businesscentral.wire import ENVIRONMENT, TENANT, Wire, error_of, new_token


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer nonsense", "Basic dTpw"])
async def test_without_a_good_token_nobody_gets_in(wire: Wire, authorization: str) -> None:
    code, text = error_of(await wire.get("syncErrors", Authorization=authorization), 401)
    assert code == "Authentication_InvalidCredentials"
    assert text == "The server has rejected the client credentials."


async def test_a_token_for_somebody_else_is_refused(wire: Wire, entra: EntraSimulator) -> None:
    token = new_token(entra, "https://kleiweg.crm4.dynamics.com/.default")
    error_of(await wire.get("syncErrors", Authorization=f"Bearer {token}"), 401)


async def test_a_token_of_another_tenant_is_refused(clock: ManualClock, entra: EntraSimulator) -> None:
    simulator = BusinessCentralSimulator(
        clock=clock, entra=entra, tenant="other.example", environment=ENVIRONMENT, companies=[]
    )
    headers = {"Authorization": f"Bearer {new_token(entra)}"}
    async with httpx.AsyncClient(transport=simulator.transport(), headers=headers) as http:
        error_of(await http.get(f"{simulator.base_url}/api/v2.0/companies"), 401)


async def test_a_token_runs_out(wire: Wire, clock: ManualClock) -> None:
    clock.advance(3598)
    assert (await wire.get("syncErrors")).status_code == 200
    clock.advance(1)
    error_of(await wire.get("syncErrors"), 401)


async def test_without_entra_nobody_has_to_sign_in(clock: ManualClock, company: SimulatedCompany) -> None:
    simulator = BusinessCentralSimulator(
        clock=clock, entra=None, tenant=TENANT, environment=ENVIRONMENT, companies=[company]
    )
    async with httpx.AsyncClient(transport=simulator.transport()) as http:
        assert (await http.get(f"{simulator.base_url}/api/v2.0/companies")).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (f"/{ENVIRONMENT}/", "/Sandbox/", "NoEnvironment"),
        (TENANT, "contoso.example", "NoEnvironment"),
        ("companies(", "companies(0", "Internal_CompanyNotFound"),
        ("/syncErrors", "/couplinks", "BadRequest_NotFound"),
        ("/syncErrors", "/syncErrors/", "BadRequest_NotFound"),
        ("v1.0", "v1.1", "BadRequest_NotFound"),
        ("/api/syncerrors/integration/v1.0", "/api/v2.0", "BadRequest_NotFound"),
    ],
)
async def test_what_is_not_there(wire: Wire, old: str, new: str, code: str) -> None:
    address = wire.companion("syncErrors").replace(old, new)
    assert error_of(await wire.http.get(address), 404)[0] == code


async def test_an_environment_without_the_extension(wire: Wire) -> None:
    wire.simulator.faults.extension_missing()
    code, text = error_of(await wire.get("syncErrors"), 404)
    assert code == "BadRequest_NotFound"
    assert text.startswith("No HTTP resource was found that matches the request URI 'https://")
    assert (await wire.http.get(f"{wire.simulator.base_url}/api/v2.0/companies")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "syncErrors", 405),
        ("PATCH", "syncErrors({id})", 405),
        ("DELETE", "syncErrors", 405),
        ("DELETE", "syncErrorDetails({id})", 405),
        ("DELETE", "maintenance", 405),
        ("POST", "maintenance", 405),
        ("POST", "syncErrors({id})/Microsoft.NAV.retry", 404),
        ("POST", "maintenance(53390000-0000-4000-8000-000000005339)/Microsoft.NAV.deleteEverything", 404),
        ("POST", "couplings({id})/Microsoft.NAV.releaseEverything", 404),
    ],
)
async def test_nothing_else_can_be_done(wire: Wire, method: str, path: str, status: int) -> None:
    wire.log()
    address = wire.companion(path.format(id=wire.company.errors[0].id))
    error_of(await wire.http.request(method, address, headers={"If-Match": "*"}), status)
    assert await wire.numbers() == [1]


async def test_deleting_one_row(wire: Wire) -> None:
    wire.log(3)
    row = (await wire.page("$filter=number%20eq%202"))["value"][0]
    address = wire.companion(f"syncErrors({row['id']})")
    assert error_of(await wire.http.delete(address), 400)[0] == "BadRequest_InvalidToken"
    changed = await wire.http.delete(address, headers={"If-Match": 'W/"bm90IHRoaXM="'})
    assert error_of(changed, 409)[0] == "Request_EntityChanged"
    assert (await wire.http.delete(address, headers={"If-Match": row["@odata.etag"]})).status_code == 204
    error_of(await wire.http.delete(address, headers={"If-Match": "*"}), 404)
    assert await wire.numbers() == [1, 3]


async def test_another_host_does_not_exist(wire: Wire) -> None:
    with pytest.raises(httpx.ConnectError):
        await wire.http.get("https://example.com/v2.0")
    with pytest.raises(httpx.ConnectError):
        await wire.http.get(wire.companion("syncErrors").replace("https://", "http://"))


async def test_requests_are_remembered_without_the_token(wire: Wire) -> None:
    await wire.get("syncErrors?$top=1", Prefer="odata.maxpagesize=5")
    await wire.get("nowhere")
    first, second = wire.simulator.requests
    assert (first.method, first.query, first.status, second.status) == ("GET", {"$top": "1"}, 200, 404)
    assert first.headers["prefer"] == "odata.maxpagesize=5"
    assert "simulated." not in repr(wire.simulator.requests)


class GateClock(ManualClock):
    """Lets nobody wake up before the gate opens."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.reached.set()
        await self.gate.wait()


def limited(clock: ManualClock, limits: Limits) -> BusinessCentralSimulator:
    company = SimulatedCompany(clock=clock)
    return BusinessCentralSimulator(
        clock=clock, entra=None, tenant=TENANT, environment=ENVIRONMENT, companies=[company], limits=limits
    )


async def test_five_work_and_ninety_five_wait() -> None:
    clock = GateClock()
    simulator = limited(clock, Limits())
    simulator.faults.slow(1, times=200)
    async with httpx.AsyncClient(transport=simulator.transport()) as http:
        address = f"{simulator.base_url}/api/v2.0/companies"
        asked = [asyncio.create_task(http.get(address)) for _ in range(101)]
        done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert [error_of(task.result(), 429)[0] for task in done] == ["Application_TooManyRequests"]
        assert len(waiting) == 100
        clock.gate.set()
        answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}
    assert simulator.most_at_once == 5


async def test_waiting_for_eight_minutes_is_too_long() -> None:
    clock = GateClock()
    simulator = limited(clock, Limits(processed=1))
    simulator.faults.slow(1)
    async with httpx.AsyncClient(transport=simulator.transport(), timeout=3600) as http:
        address = f"{simulator.base_url}/api/v2.0/companies"
        working = asyncio.create_task(http.get(address))
        await clock.reached.wait()
        waiting = asyncio.create_task(http.get(address))
        for _ in range(10):
            await asyncio.sleep(0)
        clock.advance(481)
        clock.gate.set()
        assert [(await task).status_code for task in (working, waiting)] == [408, 503]


async def test_the_window_slides(clock: ManualClock) -> None:
    simulator = limited(clock, Limits(requests=3))
    async with httpx.AsyncClient(transport=simulator.transport()) as http:
        address = f"{simulator.base_url}/api/v2.0/companies"
        statuses = []
        for wait in (0, 100, 100, 99, 1, 0):
            clock.advance(wait)
            statuses.append((await http.get(address)).status_code)
        refused = await http.get(address)
    assert statuses == [200, 200, 200, 429, 200, 429]
    assert "retry-after" not in refused.headers


def test_the_documented_numbers() -> None:
    limits = Limits()
    assert (limits.requests, limits.window_seconds, limits.processed, limits.queued) == (6000, 300, 5, 95)
