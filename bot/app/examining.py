"""The doctor with everything that it examines; also without a store that answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from bot.app.manifest import bot_scopes
from bot.app.outside import Outside, open_clients, open_dataverse
from bot.businesscentral import BusinessCentralClient, authentication_from, connection_from
from bot.dataverse import DataverseClient, environment_of
from bot.delivery.probe import Probe
from bot.odata.authentication import client_credentials
from bot.operations.doctor.connection import ConnectionChecks
from bot.operations.doctor.doctor import Doctor
from bot.operations.doctor.house import HouseChecks
from bot.operations.doctor.slack import SlackChecks
from bot.settings import WORKSPACE, ConnectionSettings, Settings
from bot.store import Database
from bot.store.values import Scope


def doctor_of(
    settings: Settings,
    told: Mapping[str, ConnectionSettings],
    database: Database,
    clients: Mapping[str, BusinessCentralClient],
    dataverse: Mapping[str, DataverseClient],
    outside: Outside,
) -> Doctor:
    """A doctor for those connections; all mappings by key."""
    slack = SlackChecks(settings, _probe(settings), bot_scopes(), database, WORKSPACE, outside.clock)
    return Doctor(
        house=HouseChecks(settings, told, database, slack, WORKSPACE),
        connections={
            key: _checks(settings, one, database, clients[key], dataverse.get(key), outside)
            for key, one in told.items()
        },
        clock=outside.clock,
    )


@asynccontextmanager
async def open_doctor(settings: Settings, outside: Outside) -> AsyncIterator[Doctor]:
    """A doctor by himself: connects to nothing yet, and migrates nothing.

    Raises SettingsInvalid where the settings describe no connection, or no database.
    """
    async with AsyncExitStack() as stack:
        database = Database.open(settings.database_url)
        stack.push_async_callback(database.close)
        opened = open_clients(settings, outside, stack)
        dataverse = open_dataverse(settings, outside, stack)
        yield doctor_of(settings, opened.told, database, opened.clients, dataverse, outside)


def _checks(
    settings: Settings,
    told: ConnectionSettings,
    database: Database,
    client: BusinessCentralClient,
    dataverse: DataverseClient | None,
    outside: Outside,
) -> ConnectionChecks:
    connection = connection_from(told)
    environment = environment_of(told)
    to_dataverse = (
        None
        if environment is None
        else partial(client_credentials, environment.sign_in, environment.scope, transport=outside.entra)
    )
    return ConnectionChecks(
        scope=Scope(WORKSPACE, connection.key),
        told=told,
        connection=connection,
        client=client,
        dataverse=dataverse,
        sign_in=partial(authentication_from, told.sign_in, transport=outside.entra),
        sign_in_to_dataverse=to_dataverse,
        limit=client.limit,
        database=database,
        clock=outside.clock,
        pull_interval=timedelta(minutes=settings.pull_interval_minutes),
        kept_days=settings.retention_days,
    )


def _probe(settings: Settings) -> Probe | None:
    if settings.slack_bot_token is None:
        return None
    app_token = settings.slack_app_token
    return Probe(
        settings.slack_bot_token.get_secret_value(),
        app_token.get_secret_value() if app_token is not None else None,
        settings.slack_api_url,
    )
