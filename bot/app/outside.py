"""How the outside is reached: settings become clients, one for each connection."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import field
from datetime import timedelta

import httpx

from bot.businesscentral import BusinessCentralClient, Connection, RequestLimits
from bot.businesscentral.authentication import authentication_from
from bot.businesscentral.connection import connection_from
from bot.clock import Clock, SystemClock
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient, Environment, environment_of
from bot.odata.authentication import client_credentials
from bot.operations.retry.values import WATCHED_FOR
from bot.settings import ConnectionSettings, RoleSettings, Settings, connections_of


@dataclass(frozen=True, slots=True)
class Outside:
    """How the outside is reached. Tests and the demo put stand-ins here; None is the real network."""

    business_central: httpx.AsyncBaseTransport | None = None
    dataverse: httpx.AsyncBaseTransport | None = None
    entra: httpx.BaseTransport | None = None
    clock: Clock = field(default_factory=SystemClock)
    watched_for: timedelta = WATCHED_FOR
    """How long evidence of a retry is waited for; the demo has less patience."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The connections of the settings, all by key and in their order."""

    told: Mapping[str, ConnectionSettings]
    connections: Mapping[str, Connection]
    clients: Mapping[str, BusinessCentralClient]
    roles: Mapping[str, RoleSettings]


def open_clients(settings: Settings, outside: Outside, stack: AsyncExitStack) -> Opened:
    """A client for each connection, closed with ``stack``; all by key, in the order of the settings.

    Companies of one environment that use the same application share its request limits.
    """
    limits = RequestLimits()
    connections: dict[str, Connection] = {}
    clients: dict[str, BusinessCentralClient] = {}
    roles: dict[str, RoleSettings] = {}
    as_told: dict[str, ConnectionSettings] = {}
    for told in connections_of(settings):
        connection = connection_from(told)
        client = BusinessCentralClient(
            connection,
            authentication_from(told.sign_in, transport=outside.entra),
            transport=outside.business_central,
            clock=outside.clock,
            limit=limits.of(connection.application_user),
        )
        stack.push_async_callback(client.aclose)
        connections[connection.key] = connection
        clients[connection.key] = client
        roles[connection.key] = told.roles
        as_told[connection.key] = told
    return Opened(as_told, connections, clients, roles)


def open_dataverse(
    settings: Settings, outside: Outside, stack: AsyncExitStack
) -> Mapping[str, DataverseClient]:
    """A client for each environment, by key of the connection: companies of one environment share it where
    they sign in as the same application with the same secret or certificate."""
    by_place: dict[Environment, DataverseClient] = {}
    clients: dict[str, DataverseClient] = {}
    for told in connections_of(settings):
        environment = environment_of(told)
        if environment is None:
            continue
        if environment not in by_place:
            by_place[environment] = DataverseClient(
                environment,
                client_credentials(environment.sign_in, environment.scope, transport=outside.entra),
                transport=outside.dataverse,
                clock=outside.clock,
            )
            stack.push_async_callback(by_place[environment].aclose)
        clients[connection_from(told).key] = by_place[environment]
    return clients
