"""What a command works on: the real Business Central, or the simulated one."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.app import Core, Outside, open_core
from bot.cli.unhurried import ENTRIES_AT_ONCE, Unhurried
from bot.clock import Clock, SystemClock
from bot.dataclass import dataclass
from bot.settings import Need, Settings, load_settings
from bot.simulator import dataverse
from bot.simulator.businesscentral import (
    AUDIENCE,
    BusinessCentralSimulator,
    Environments,
    SimulatedCompany,
    believable_company,
)
from bot.simulator.entra import EntraSimulator

CLIENT_ID = "4c1b7a36-2f0e-4b4a-8f8d-5a9e3c7d1b20"
SECRET = "only-known-to-the-simulator"  # noqa: S105 # the simulator's own
SECRET_FILE = "entra.secret"  # noqa: S105 # its name
_GOOD_FOR = timedelta(days=200)
"""A secret's, from the start of a demo on."""
WATCHED_FOR = timedelta(minutes=1)
"""Nobody waits half an hour at a demo for evidence that does not come."""


@dataclass(frozen=True, slots=True)
class World:
    """Settings, a core on them, and whether its store begins empty and must be filled first."""

    settings: Settings
    core: Core
    starts_empty: bool
    fix: Callable[[str], int] | None = None
    """Mends, in a simulated world, what has these words in its text; answers how many records it helps."""


@asynccontextmanager
async def real_world() -> AsyncIterator[World]:
    """What the environment variables describe."""
    settings = load_settings([Need.BUSINESS_CENTRAL])
    async with open_core(settings, Outside()) as core:
        yield World(settings, core, starts_empty=False)


@asynccontextmanager
async def demo_world(clock: Clock | None = None) -> AsyncIterator[World]:
    """Simulated companies with thirty days of history, and a store of their own that goes away at the end."""
    clock = clock or SystemClock()
    entra = EntraSimulator(clock=clock)
    companies = [simulated(customer, clock, entra) for customer in CUSTOMERS]
    with tempfile.TemporaryDirectory(prefix="syncerrors-") as folder:
        file = Path(folder) / "connections.toml"
        file.write_text("\n".join(company.entry for company in companies), encoding="utf-8")
        (file.parent / SECRET_FILE).write_text(SECRET, encoding="utf-8")
        # Built without reading the environment: the demo must not depend on what happens to be set there.
        settings = Settings.model_construct(
            database_url=f"sqlite:///{Path(folder) / 'demo.db'}", connections_file=file
        )
        business_central = Environments([company.server for company in companies])
        outside = Outside(
            business_central=Unhurried(business_central, clock),
            dataverse=dataverse.Environments([company.dataverse for company in companies]),
            entra=entra.transport(),
            clock=clock,
            watched_for=WATCHED_FOR,
        )
        async with open_core(settings, outside) as opened:
            core = replace(opened, purge=replace(opened.purge, rows_a_window=ENTRIES_AT_ONCE))

            def fix(words: str) -> int:
                for company in companies:
                    dataverse.grant_what_is_missing(company.organization, words)
                    dataverse.activate_what_is_inactive(company.organization, words)
                worlds = [company.company.synchronization for company in companies]
                helped = sum(world.fix(words=words) for world in worlds)
                if words.casefold() == dataverse.TOO_SHORT.casefold():  # no text of theirs names it
                    helped += sum(world.fix(cause=dataverse.REFUSED_RECORDS) for world in worlds)
                return helped

            yield World(settings, core, starts_empty=True, fix=fix)


@dataclass(frozen=True, slots=True)
class Customer:
    """A company of the demo, in a tenant of its own."""

    name: str
    tenant: str
    environment: str
    company_name: str
    dataverse_url: str
    seed: int
    errors: int
    causes: int | None = None
    """None is all that are simulated."""


CUSTOMERS = (
    Customer(
        name="Kleiweg",
        tenant="9f0c8a52-6d3b-4f52-9f3e-7c1d2b5a4e10",
        environment="Production",
        company_name="Kleiweg & Zonen B.V.",
        dataverse_url="https://kleiweg.crm4.dynamics.com",
        seed=1,
        errors=4_000,
    ),
    Customer(
        name="Korenaar",
        tenant="2d7e4b19-0c5a-4e83-b6f1-8a90c3d2e514",
        environment="Productie",
        company_name="Bakkerij De Korenaar B.V.",
        dataverse_url="https://korenaar.crm4.dynamics.com",
        seed=7,
        errors=180,
        causes=7,
    ),
    Customer(
        name="Northgate",
        tenant="b83f5a60-e1d4-4c97-a2be-6f05d7194c38",
        environment="Sandbox",
        company_name="Northgate Marine Supplies Ltd.",
        dataverse_url="https://northgate.crm11.dynamics.com",
        seed=12,
        errors=40,
        causes=3,
    ),
)
"""What a consultant looks after: one large company and two small ones. The first is looked at first."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A customer's Business Central and Dataverse."""

    company: SimulatedCompany
    server: BusinessCentralSimulator
    organization: dataverse.SimulatedOrganization
    dataverse: dataverse.DataverseSimulator
    entry: str
    """Its part of the connections file."""


def simulated(customer: Customer, clock: Clock, entra: EntraSimulator) -> Simulated:
    """That customer, whose application signs in with the simulator's own secret."""
    company = believable_company(
        clock,
        seed=customer.seed,
        errors=customer.errors,
        causes=customer.causes,
        name=customer.company_name,
        dataverse_url=customer.dataverse_url,
    )
    scopes = [f"{AUDIENCE}/.default", f"{customer.dataverse_url}/.default"]
    entra.register(customer.tenant, CLIENT_ID, SECRET, audience_scopes=scopes)
    organization = dataverse.believable_organization(
        company, clock, seed=customer.seed, application=CLIENT_ID, unit=customer.name.lower()
    )
    environment = dataverse.DataverseSimulator(organization, clock=clock, entra=entra, tenant=customer.tenant)
    server = BusinessCentralSimulator(
        clock=clock,
        entra=entra,
        tenant=customer.tenant,
        environment=customer.environment,
        companies=[company],
    )
    lines = {
        "name": customer.name,
        "tenant_id": customer.tenant,
        "client_id": CLIENT_ID,
        "secret_file": SECRET_FILE,
        "secret_expires": f"{clock.now() + _GOOD_FOR:%Y-%m-%d}",
        "environment": customer.environment,
        "company_id": company.id,
        "dataverse_url": customer.dataverse_url,
    }
    entry = "".join(f'{key} = "{value}"\n' for key, value in lines.items())
    return Simulated(company, server, organization, environment, f"[[connection]]\n{entry}")


Opening = AbstractAsyncContextManager[World]
