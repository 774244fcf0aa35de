"""One simulated Dataverse environment with a client on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.clock import ManualClock
from bot.dataverse import DataverseClient, Environment
from bot.odata.authentication import client_credentials
from bot.settings import EntraSignIn
from bot.simulator.dataverse import DataverseSimulator, Depth, Protection, SimulatedOrganization
from bot.simulator.dataverse.believable import NEEDED
from bot.simulator.entra import EntraSimulator

TENANT = "11111111-2222-4333-8444-555555555555"
APPLICATION = "99999999-8888-4777-8666-555555555555"
SECRET = "a secret"
URL = "https://kleiweg.crm4.dynamics.com"
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
READS = ("prvReadAccount", "prvReadContact", "prvReadProduct", "prvReadTransactionCurrency", "prvReadOrder")


@dataclass
class World:
    """Dataverse, Entra, and what talks to them."""

    clock: ManualClock
    entra: EntraSimulator
    organization: SimulatedOrganization
    server: DataverseSimulator
    client: DataverseClient
    bot_user: str
    bot_role: str

    @property
    def paths(self) -> list[str]:
        """What was asked for so far."""
        return [request.path for request in self.server.requests]

    async def aclose(self) -> None:
        await self.client.aclose()


def build_world(*, secret: str = SECRET, protection: Protection | None = None, url: str = URL) -> World:
    """An environment in which the bot's application may read what it needs."""
    clock = ManualClock(START)
    entra = EntraSimulator(clock=clock)
    entra.register(TENANT, APPLICATION, SECRET, audience_scopes=[f"{url}/.default"])
    organization = SimulatedOrganization(clock, url)
    grants = dict.fromkeys((*NEEDED, *READS), Depth.Global)
    role = organization.add_role("Sync Errors bot", grants=grants)
    user = organization.add_user("Sync Errors bot", application_id=APPLICATION)
    organization.assign(role, user=user)
    server = DataverseSimulator(
        organization, clock=clock, entra=entra, tenant=TENANT, protection=protection or Protection()
    )
    sign_in = EntraSignIn(TENANT, APPLICATION, SecretStr(secret))
    environment = Environment(url, sign_in)
    client = DataverseClient(
        environment,
        client_credentials(sign_in, environment.scope, transport=entra.transport()),
        clock=clock,
        transport=server.transport(),
        jitter=lambda: 1.0,
    )
    return World(clock, entra, organization, server, client, user, role)
