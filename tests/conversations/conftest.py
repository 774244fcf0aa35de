"""The whole bot between a simulated Slack and a simulated Business Central, in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.app import Core, Outside, open_core
from bot.cli.stage import staged
from bot.clock import ManualClock
from bot.delivery import Pace
from bot.operations.durable.inline import InlineDurable, InlineSteps
from bot.settings import WORKSPACE, Settings
from bot.simulator.businesscentral import AUDIENCE, BusinessCentralSimulator, SimulatedCompany
from bot.simulator.dataverse import DataverseSimulator, believable_organization
from bot.simulator.entra import EntraSimulator
from bot.simulator.slack import Person, Rank, SlackSimulator
from bot.store.values import Scope
from handlers.listening import InFlight
from tests.conversations.several import practice as practice
from tests.conversations.several import several as several
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import sqlite_url as sqlite_url

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
DATAVERSE = "https://cronus.crm4.dynamics.com"
COMPANY = "99999999-8888-4777-8666-555555555555"
AT_ONCE = Pace(look=0.01, between=0.0)
PATIENCE = 30.0
"""Seconds of real time in which Slack is acknowledged, on a machine that is busy with other things, too."""
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@dataclass
class Stage:
    """Everybody on it."""

    slack: SlackSimulator
    source: BusinessCentralSimulator
    company: SimulatedCompany
    dataverse: DataverseSimulator
    entra: EntraSimulator
    core: Core
    clock: ManualClock
    in_flight: InFlight
    kim: Person
    sanne: Person

    @property
    def connection(self) -> str:
        return next(iter(self.core.connections))

    @property
    def scope(self) -> Scope:
        return Scope(WORKSPACE, self.connection)

    async def read(self) -> None:
        """Pull once, as the schedule does."""
        report = await self.core.pull.workflow(InlineSteps(), self.connection)
        assert report.failure_key is None


@pytest.fixture
def enterprise_id() -> str | None:
    """The Enterprise organization that the workspace is part of."""
    return None


@pytest.fixture
def roles() -> Mapping[str, str]:
    """Settings that say who has which role, such as ``role_admins``."""
    return {}


@pytest.fixture
async def stage(
    migrated_sqlite_url: str, enterprise_id: str | None, roles: Mapping[str, str]
) -> AsyncIterator[Stage]:
    clock = ManualClock(NOW)
    entra = EntraSimulator(clock=clock)
    scopes = [f"{AUDIENCE}/.default", f"{DATAVERSE}/.default"]
    entra.register(TENANT, CLIENT, "secret", audience_scopes=scopes)
    company = SimulatedCompany(
        company_id=COMPANY,
        name="CRONUS Demo",
        display_name="CRONUS Demo BV",
        clock=clock,
        dataverse_url=DATAVERSE,
    )
    organization = believable_organization(company, clock, seed=1, application=CLIENT)
    dataverse = DataverseSimulator(organization, clock=clock, entra=entra, tenant=TENANT)
    source = BusinessCentralSimulator(
        clock=clock, entra=entra, tenant=TENANT, environment="Production", companies=[company]
    )
    settings = Settings.model_construct(
        database_url=migrated_sqlite_url,  # a copy, since making a new file takes a quarter of a second
        azure_tenant_id=TENANT,
        azure_client_id=CLIENT,
        azure_client_secret=SecretStr("secret"),
        bc_environment="Production",
        bc_company_id=COMPANY,
        dataverse_url=DATAVERSE,
        **roles,
    )
    async with AsyncExitStack() as stack:
        outside = Outside(
            business_central=source.transport(),
            entra=entra.transport(),
            dataverse=dataverse.transport(),
            clock=clock,
        )
        core = await stack.enter_async_context(open_core(settings, outside))
        in_flight = InFlight()
        durable = InlineDurable()
        core.pull.register(durable)
        core.rediagnose.register(durable)
        core.delivery.register(durable)
        core.purge.register(durable)
        core.retry.register(durable)
        core.watch.register(durable)
        core.decide.register(durable)
        core.watch_decision.register(durable)
        core.prepare_support.register(durable)
        stack.push_async_callback(durable.stop)
        slack = await stack.enter_async_context(
            staged(core, durable, in_flight, enterprise_id, AT_ONCE, ack_seconds=PATIENCE)
        )
        yield Stage(
            slack=slack,
            source=source,
            company=company,
            dataverse=dataverse,
            entra=entra,
            core=core,
            clock=clock,
            in_flight=in_flight,
            kim=slack.person("Kim", rank=Rank.ADMIN),
            sanne=slack.person("Sanne", locale="nl-NL"),
        )
        await in_flight.drain(5)
        assert slack.refusals == [], "the bot sent something that Slack refuses"


async def skipped(stage: Stage, count: int) -> None:
    """That many customers that Business Central skips, all of it half an hour old and read."""
    for index in range(count):
        stage.company.synchronization.fail(
            f"Customer: {10000 + index}", "DKR-0417: this customer waits.", times=2
        )
    stage.clock.advance(timedelta(minutes=30).total_seconds())
    await stage.read()
    assert await stage.core.synchronization.workflow(InlineSteps(), stage.connection) is None
