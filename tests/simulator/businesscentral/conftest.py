"""A small simulated environment and a bare httpx client on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import BusinessCentralSimulator, SimulatedCompany
from bot.simulator.entra import EntraSimulator
from tests.simulator.businesscentral.wire import ENVIRONMENT, TENANT, Wire, new_token


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


@pytest.fixture
def entra(clock: ManualClock) -> EntraSimulator:
    return EntraSimulator(clock=clock)


@pytest.fixture
def company(clock: ManualClock) -> SimulatedCompany:
    return SimulatedCompany(clock=clock)


@pytest.fixture
def simulator(
    clock: ManualClock, entra: EntraSimulator, company: SimulatedCompany
) -> BusinessCentralSimulator:
    return BusinessCentralSimulator(
        clock=clock, entra=entra, tenant=TENANT, environment=ENVIRONMENT, companies=[company]
    )


@pytest.fixture
async def wire(
    simulator: BusinessCentralSimulator, entra: EntraSimulator, company: SimulatedCompany
) -> AsyncIterator[Wire]:
    headers = {"Authorization": f"Bearer {new_token(entra)}"}
    async with httpx.AsyncClient(transport=simulator.transport(), headers=headers) as http:
        yield Wire(http, simulator, company)
