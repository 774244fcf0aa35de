"""A consultant's bot: several customers, each in a tenant of its own, between the simulators."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import Core, Outside, open_core
from bot.cli.stage import staged
from bot.clock import ManualClock
from bot.operations.durable.inline import InlineDurable, InlineSteps
from bot.operations.pull import enqueue_pull
from bot.operations.views import PullReport
from bot.settings import WORKSPACE, Settings
from bot.simulator.businesscentral import (
    AUDIENCE,
    BusinessCentralSimulator,
    Environments,
    SimulatedCompany,
)
from bot.simulator.entra import EntraSimulator
from bot.simulator.slack import Person, SlackSimulator
from bot.store.values import Scope

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
INTERVAL = timedelta(minutes=5)
CLIENT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@dataclass
class Customer:
    """One simulated company with its own tenant."""

    name: str
    number: int
    company: SimulatedCompany
    server: BusinessCentralSimulator

    @property
    def tenant(self) -> str:
        return tenant(self.number)

    def entry(self, **changed: str | None) -> str:
        """Its part of the connections file."""
        values: dict[str, str | None] = {
            "name": self.name,
            "tenant_id": self.tenant,
            "client_id": CLIENT,
            "secret_file": "entra.secret",
            "environment": "Production",
            "company_id": self.company.id,
            "dataverse_url": self.company.dataverse_url,
        }
        lines = [f'{key} = "{value}"' for key, value in (values | changed).items() if value is not None]
        return "\n".join(["[[connection]]", *lines, ""])


def tenant(number: int) -> str:
    return f"{number:08d}-2222-4333-8444-555555555555"


@dataclass
class Practice:
    """Everything outside the bot: it stays while the bot is stopped and started anew."""

    folder: Path
    clock: ManualClock
    entra: EntraSimulator
    customers: dict[str, Customer]

    def write(self, *names: str, **changed: str) -> None:
        """Write a connections file with these customers."""
        (self.folder / "entra.secret").write_text("secret\n")
        entries = [self.customers[name].entry(**changed) for name in names]
        (self.folder / "connections.toml").write_text("\n".join(entries))

    @property
    def settings(self) -> Settings:
        return Settings.model_construct(
            database_url=f"sqlite:///{self.folder / 'practice.db'}",
            connections_file=self.folder / "connections.toml",
        )

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[Several]:
        """The bot as the connections file says now, and a fresh Slack with the same people."""
        environments = Environments([customer.server for customer in self.customers.values()])
        outside = Outside(business_central=environments, entra=self.entra.transport(), clock=self.clock)
        async with AsyncExitStack() as stack:
            core = await stack.enter_async_context(open_core(self.settings, outside))
            durable = InlineDurable()
            core.pull.register(durable)
            core.pull.schedule(durable, INTERVAL)
            stack.push_async_callback(durable.stop)
            slack = await stack.enter_async_context(staged(core, durable))
            kim, sanne = slack.person("Kim"), slack.person("Sanne", locale="nl-NL")
            yield Several(self, slack, core, durable, kim, sanne)
            assert slack.refusals == [], "the bot sent something that Slack refuses"


@dataclass
class Several:
    """The running bot and who talks to it."""

    practice: Practice
    slack: SlackSimulator
    core: Core
    durable: InlineDurable
    kim: Person
    sanne: Person

    def company(self, name: str) -> SimulatedCompany:
        return self.practice.customers[name].company

    def scope(self, name: str) -> Scope:
        return Scope(WORKSPACE, self.core.selection.named(name))

    async def read(self, *names: str) -> list[PullReport]:
        """Pull once, as the schedule does; all connections unless named."""
        keys = [self.scope(name).connection for name in names] or list(self.core.connections)
        return [await self.core.pull.workflow(InlineSteps(), key) for key in keys]

    async def tick(self) -> None:
        """Let the schedule's minute come, and whatever it enqueues end."""
        await self.durable.tick()
        for key in self.core.connections:
            await self.durable.wait(await enqueue_pull(self.durable, key), timeout=10)


def practice_of(folder: Path, names: Sequence[str]) -> Practice:
    """Customers of these names, all in the connections file."""
    clock = ManualClock(NOW)
    entra = EntraSimulator(clock=clock)
    customers = {}
    for number, name in enumerate(names, start=1):
        entra.register(tenant(number), CLIENT, "secret", audience_scopes=[f"{AUDIENCE}/.default"])
        company = SimulatedCompany(
            clock=clock,
            name=f"{name} B.V.",
            dataverse_url=f"https://customer{number}.crm4.dynamics.com",
        )
        server = BusinessCentralSimulator(
            clock=clock, entra=entra, tenant=tenant(number), environment="Production", companies=[company]
        )
        customers[name] = Customer(name, number, company, server)
    practice = Practice(folder, clock, entra, customers)
    practice.write(*names)
    return practice


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """Bakker, Van Dijk and Zwart."""
    return practice_of(tmp_path, ["Bakker", "Van Dijk", "Zwart"])


@pytest.fixture
async def several(practice: Practice) -> AsyncIterator[Several]:
    """The bot of that practice."""
    async with practice.bot() as several:
        yield several
