"""An instance of one's own: basic authentication, addresses without tenant and environment."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.serving import loopback, served
from tests.simulator.businesscentral.wire import error_of


@pytest.fixture
async def address(clock: ManualClock, company: SimulatedCompany) -> AsyncIterator[str]:
    """Where the instance is served, on a real port."""
    for index in range(3):
        company.log_error(message=f"Error {index}", source="Customer: 10000")
    with loopback() as listener:
        place = OnPremises(f"http://127.0.0.1:{listener.getsockname()[1]}/BC270", "SYNC", "k:ey")
        simulator = BusinessCentralSimulator(clock=clock, companies=[company], on_premises=place)
        async with served(simulator.app, listener):
            yield f"{simulator.base_url}/api/syncerrors/integration/v1.0/companies({company.id})"


async def test_pages_follow_each_other_on_the_same_address(address: str) -> None:
    async with httpx.AsyncClient(auth=("SYNC", "k:ey"), headers={"Prefer": "odata.maxpagesize=2"}) as http:
        first = (await http.get(f"{address}/syncErrors?$orderby=number")).json()
        assert first["@odata.nextLink"].startswith(f"{address}/syncErrors?")
        second = (await http.get(first["@odata.nextLink"])).json()
        assert [row["number"] for row in first["value"] + second["value"]] == [1, 2, 3]
        outside = address.replace("/BC270/", "/BC/")
        assert (await http.get(f"{outside}/syncErrors")).status_code == 404


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ???",
        "Bearer nonsense",
        f"Basic {base64.b64encode(b'SYNC:key').decode()}",
        f"Bearer {base64.b64encode(b'SYNC:k:ey').decode()}",
    ],
)
async def test_another_key_opens_nothing(address: str, authorization: str) -> None:
    async with httpx.AsyncClient() as http:
        response = await http.get(f"{address}/syncErrors", headers={"Authorization": authorization})
    assert error_of(response, 401)[0] == "Authentication_InvalidCredentials"
