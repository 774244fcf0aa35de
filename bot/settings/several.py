"""The connections of an installation: those of a file, or the one that environment variables describe."""

from __future__ import annotations

import os

from bot.failures import SettingsInvalid
from bot.settings.connections import AUDIENCE, BasicSignIn, ConnectionSettings, EntraSignIn
from bot.settings.connections_file import read_connections
from bot.settings.environment import Settings


def connections_of(settings: Settings) -> tuple[ConnectionSettings, ...]:
    """All connections, at least one, in the order of the file; reads the file.

    Raises SettingsInvalid; ``load_settings`` with ``Need.BUSINESS_CENTRAL`` says so earlier, together with
    everything else that is wrong.
    """
    if settings.connections_file is not None:
        return read_connections(settings.connections_file, os.environ, settings.roles)
    return (single_connection(settings),)


def single_connection(settings: Settings) -> ConnectionSettings:
    """The connection of ``BC_COMPANY_ID``; raises SettingsInvalid where the variables describe none."""
    if settings.bc_company_id is None:
        raise SettingsInvalid(("BC_COMPANY_ID: missing. Id of the company (a GUID)",))
    if settings.bc_environment is None and settings.bc_base_url is None:
        raise SettingsInvalid(("BC_ENVIRONMENT: missing. Name of the environment, such as Production",))
    if settings.bc_environment is not None and settings.bc_server_tenant is not None:
        raise SettingsInvalid(("BC_SERVER_TENANT: is for on-premises; leave it or BC_ENVIRONMENT out",))
    if settings.bc_environment is not None and settings.azure_tenant_id is None:
        raise SettingsInvalid(("AZURE_TENANT_ID: missing. Directory (tenant) id in Entra",))
    return ConnectionSettings(
        name="",
        company_id=settings.bc_company_id,
        sign_in=_sign_in(settings),
        tenant=settings.azure_tenant_id,
        environment=settings.bc_environment,
        base_url=settings.bc_base_url,
        web_url=settings.bc_web_url,
        dataverse_url=settings.dataverse_url,
        server_tenant=settings.bc_server_tenant,
        error_page=settings.bc_error_page,
        roles=settings.roles,
        dataverse_application=_dataverse_application(settings),
    )


def _dataverse_application(settings: Settings) -> EntraSignIn | None:
    """An application of its own for Dataverse; where Business Central takes a user and a key, ``AZURE_*``."""
    client_id, secret = settings.dataverse_client_id, settings.dataverse_client_secret
    if (client_id is None) is not (secret is None):
        raise SettingsInvalid(("DATAVERSE_CLIENT_ID and DATAVERSE_CLIENT_SECRET: both or neither",))
    if client_id is None and settings.uses_basic_authentication:
        client_id, secret = settings.azure_client_id, settings.azure_client_secret
    if client_id is None or secret is None or settings.azure_tenant_id is None:
        return None
    return EntraSignIn(settings.azure_tenant_id, client_id, secret, settings.azure_authority_host)


def _sign_in(settings: Settings) -> EntraSignIn | BasicSignIn:
    if settings.uses_basic_authentication:
        if settings.bc_username is None or settings.bc_web_service_key is None:
            raise SettingsInvalid(("BC_USERNAME and BC_WEB_SERVICE_KEY: both or neither",))
        return BasicSignIn(settings.bc_username, settings.bc_web_service_key)
    tenant, client_id, secret = (
        settings.azure_tenant_id,
        settings.azure_client_id,
        settings.azure_client_secret,
    )
    if tenant is None or client_id is None or secret is None:
        raise SettingsInvalid(
            ("AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET: all three are needed",)
        )
    return EntraSignIn(
        tenant,
        client_id,
        secret,
        settings.azure_authority_host,
        settings.bc_audience or AUDIENCE,
        settings.azure_client_secret_expires,
    )
