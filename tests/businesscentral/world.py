"""One simulated environment with a client on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import SecretStr

from bot.businesscentral import ApplicationUser, BusinessCentralClient, Connection, RequestLimits
from bot.businesscentral.authentication import SCOPE
from bot.businesscentral.connection import connection_from
from bot.clock import ManualClock
from bot.odata.authentication import ClientCredentials
from bot.settings import ConnectionSettings, Settings, single_connection
from bot.simulator.businesscentral import BusinessCentralSimulator, SimulatedCompany
from bot.simulator.entra import EntraSimulator

TENANT = "11111111-2222-4333-8444-555555555555"
APPLICATION = "99999999-8888-4777-8666-555555555555"
SECRET = "a secret"
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def settings(**values: object) -> ConnectionSettings:
    """Settings for the simulated environment; ``values`` replace or, with None, remove some."""
    usual: dict[str, object] = {
        "azure_tenant_id": TENANT,
        "azure_client_id": APPLICATION,
        "azure_client_secret": SecretStr(SECRET),
        "bc_environment": "Production",
        "bc_company_id": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "bc_base_url": None,
        "bc_web_url": None,
        "bc_error_page": None,
        "bc_username": None,
        "bc_web_service_key": None,
        "dataverse_url": "https://kleiweg.crm4.dynamics.com",
    }
    return single_connection(Settings.model_construct(**{**usual, **values}))


@dataclass
class World:
    """Business Central, Entra, and what talks to them."""

    clock: ManualClock
    entra: EntraSimulator
    companies: tuple[SimulatedCompany, ...]
    server: BusinessCentralSimulator
    connections: Mapping[str, Connection]
    clients: Mapping[str, BusinessCentralClient]

    @property
    def company(self) -> SimulatedCompany:
        return self.companies[0]

    @property
    def key(self) -> str:
        """The first company's connection."""
        return next(iter(self.connections))

    @property
    def client(self) -> BusinessCentralClient:
        return self.clients[self.key]

    @property
    def paths(self) -> list[str]:
        """What was asked for so far: the last segment of each path."""
        return [request.path.rsplit("/", 1)[-1].partition("(")[0] for request in self.server.requests]

    def log_errors(self, count: int, company: int = 0) -> None:
        """Let that many synchronizations fail now."""
        for number in range(count):
            self.companies[company].log_error(
                message=f"Currency Code C{number % 3} must be coupled to a record in Dataverse.",
                source=f"Customer: {10000 + number}",
                call_stack="Codeunit 5340 line 12",
            )

    async def aclose(self) -> None:
        for client in self.clients.values():
            await client.aclose()


def build_world(
    names: Sequence[str] = ("Kleiweg",), *, secret: str = SECRET, error_page: str | None = None
) -> World:
    """A world with these companies. ``secret`` is what the clients believe theirs is."""
    clock = ManualClock(START)
    entra = EntraSimulator(clock=clock)
    entra.register(TENANT, APPLICATION, SECRET, audience_scopes=[SCOPE])
    companies = tuple(SimulatedCompany(clock=clock, name=name) for name in names)
    server = BusinessCentralSimulator(
        clock=clock, entra=entra, tenant=TENANT, environment="Production", companies=companies
    )
    connections = [
        connection_from(settings(bc_company_id=company.id, bc_error_page=error_page)) for company in companies
    ]
    limit = RequestLimits().of(ApplicationUser(TENANT, "production", APPLICATION))
    clients = {
        connection.key: BusinessCentralClient(
            connection,
            ClientCredentials(
                TENANT, APPLICATION, SecretStr(secret), scope=SCOPE, transport=entra.transport()
            ),
            clock=clock,
            limit=limit,
            transport=server.transport(),
            jitter=lambda: 1.0,
        )
        for connection in connections
    }
    return World(clock, entra, companies, server, {item.key: item for item in connections}, clients)


def client_on(handler: httpx.MockTransport, *, clock: ManualClock | None = None) -> BusinessCentralClient:
    """A client whose answers a test writes itself."""
    entra_clock = ManualClock(START)
    entra = EntraSimulator(clock=entra_clock)
    entra.register(TENANT, APPLICATION, SECRET, audience_scopes=[SCOPE])
    return BusinessCentralClient(
        connection_from(settings()),
        ClientCredentials(TENANT, APPLICATION, SecretStr(SECRET), scope=SCOPE, transport=entra.transport()),
        clock=clock or entra_clock,
        limit=RequestLimits().of(ApplicationUser(TENANT, "production", APPLICATION)),
        transport=handler,
        jitter=lambda: 1.0,
    )
