"""One Business Central company, as addresses.

Forms of the addresses: Microsoft's ``dev-itpro/webservices/api-endpoint-structure.md`` (API) and
``dev-itpro/developer/devenv-web-client-urls.md`` (web client).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from bot.businesscentral.limits import ApplicationUser
from bot.failures import SettingsInvalid
from bot.settings import Settings

API_ONLINE = "https://api.businesscentral.dynamics.com"
WEB_ONLINE = "https://businesscentral.dynamics.com"


@dataclass(frozen=True, slots=True)
class Connection:
    """One company of one environment, and the Dataverse environment that it synchronizes with."""

    key: str
    """16 hexadecimal digits, derived from where the company is: another environment is another key."""
    prefix: str
    """What every API address begins with, without a slash at the end."""
    company_id: str
    environment: str
    """Name as the tenant writes it; empty on-premises."""
    web_client: str | None
    """What links begin with; None on-premises without ``BC_WEB_URL``."""
    dataverse_url: str | None

    @property
    def standard_api(self) -> str:
        """The company in Microsoft's own API v2.0."""
        return f"{self.prefix}/api/v2.0/companies({self.company_id})"

    @property
    def companion_api(self) -> str:
        """The company in the companion extension's API (its publisher, group and version)."""
        return f"{self.prefix}/api/syncerrors/integration/v1.0/companies({self.company_id})"

    def application_user(self, settings: Settings) -> ApplicationUser:
        """Whose request limits its client shares."""
        return ApplicationUser(
            tenant=settings.azure_tenant_id or self.prefix,
            environment=self.environment.lower(),
            application=settings.azure_client_id or settings.bc_username or "",
        )


def connection_from(settings: Settings) -> Connection:
    """The connection that the settings describe.

    Raises SettingsInvalid where they do not describe one; ``load_settings`` with
    ``Need.BUSINESS_CENTRAL`` says so earlier and more completely.
    """
    if settings.bc_company_id is None:
        raise SettingsInvalid(("BC_COMPANY_ID: missing. Id of the company (a GUID)",))
    prefix = _prefix(settings)
    return Connection(
        key=_key(prefix, settings.bc_company_id),
        prefix=prefix,
        company_id=settings.bc_company_id,
        environment=settings.bc_environment or "",
        web_client=_web_client(settings),
        dataverse_url=settings.dataverse_url,
    )


def _prefix(settings: Settings) -> str:
    if settings.bc_environment is None:
        if settings.bc_base_url is None:
            raise SettingsInvalid(("BC_ENVIRONMENT: missing. Name of the environment, such as Production",))
        return settings.bc_base_url
    if settings.azure_tenant_id is None:
        raise SettingsInvalid(("AZURE_TENANT_ID: missing. Directory (tenant) id in Entra",))
    server = settings.bc_base_url or API_ONLINE
    return f"{server}/v2.0/{settings.azure_tenant_id}/{quote(settings.bc_environment, safe='')}"


def _web_client(settings: Settings) -> str | None:
    if settings.bc_web_url is not None or settings.bc_environment is None:
        return settings.bc_web_url
    return f"{WEB_ONLINE}/{settings.azure_tenant_id}/{quote(settings.bc_environment, safe='')}"


def _key(prefix: str, company_id: str) -> str:
    """Environment names are case-insensitive, so the key is too."""
    place = f"{prefix.lower()}|{company_id.lower()}"
    return hashlib.blake2s(place.encode(), digest_size=8).hexdigest()
