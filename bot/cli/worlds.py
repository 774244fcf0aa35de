"""What a command works on: the real Business Central, or the simulated one."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.app import Core, Outside, open_core
from bot.clock import Clock, SystemClock
from bot.settings import Need, Settings, load_settings
from bot.simulator.businesscentral import AUDIENCE, BusinessCentralSimulator, believable_company
from bot.simulator.entra import EntraSimulator

TENANT = "9f0c8a52-6d3b-4f52-9f3e-7c1d2b5a4e10"
CLIENT_ID = "4c1b7a36-2f0e-4b4a-8f8d-5a9e3c7d1b20"
SECRET = "only-known-to-the-simulator"  # noqa: S105 # the simulator's own
ENVIRONMENT = "Production"


@dataclass(frozen=True, slots=True)
class World:
    """Settings, a core on them, and whether its store begins empty and must be filled first."""

    settings: Settings
    core: Core
    starts_empty: bool


@asynccontextmanager
async def real_world() -> AsyncIterator[World]:
    """What the environment variables describe."""
    settings = load_settings([Need.BUSINESS_CENTRAL])
    async with open_core(settings, Outside()) as core:
        yield World(settings, core, starts_empty=False)


@asynccontextmanager
async def demo_world(clock: Clock | None = None) -> AsyncIterator[World]:
    """A simulated company with thirty days of history, and a store of its own that goes away at the end."""
    clock = clock or SystemClock()
    company = believable_company(clock)
    entra = EntraSimulator(clock=clock)
    entra.register(TENANT, CLIENT_ID, SECRET, audience_scopes=[f"{AUDIENCE}/.default"])
    simulator = BusinessCentralSimulator(
        clock=clock, entra=entra, tenant=TENANT, environment=ENVIRONMENT, companies=[company]
    )
    with tempfile.TemporaryDirectory(prefix="syncerrors-") as folder:
        # Built without reading the environment: the demo must not depend on what happens to be set there.
        settings = Settings.model_construct(
            database_url=f"sqlite:///{Path(folder) / 'demo.db'}",
            azure_tenant_id=TENANT,
            azure_client_id=CLIENT_ID,
            azure_client_secret=SecretStr(SECRET),
            bc_environment=ENVIRONMENT,
            bc_company_id=company.id,
            dataverse_url=company.dataverse_url,
        )
        outside = Outside(business_central=simulator.transport(), entra=entra.transport(), clock=clock)
        async with open_core(settings, outside) as core:
            yield World(settings, core, starts_empty=True)


Opening = AbstractAsyncContextManager[World]
