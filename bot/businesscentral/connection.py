"""One Business Central company, as addresses.

Forms of the addresses: Microsoft's ``dev-itpro/webservices/api-endpoint-structure.md`` (API) and
``dev-itpro/developer/devenv-web-client-urls.md`` (web client).
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from bot.businesscentral.limits import ApplicationUser
from bot.dataclass import dataclass
from bot.settings import BasicSignIn, ConnectionSettings, EntraSignIn

API_ONLINE = "https://api.businesscentral.dynamics.com"
WEB_ONLINE = "https://businesscentral.dynamics.com"


@dataclass(frozen=True, slots=True)
class Connection:
    """One company of one environment, and the Dataverse environment that it synchronizes with."""

    key: str
    """16 hexadecimal digits, derived from where the company is: another environment is another key."""
    name: str
    """As whoever runs the bot calls it; empty where there is no other."""
    prefix: str
    """What every API address begins with, without a slash at the end."""
    company_id: str
    environment: str
    """Name as the tenant writes it; empty on-premises."""
    web_client: str | None
    """What links begin with; None on-premises without ``BC_WEB_URL``."""
    dataverse_url: str | None
    application_user: ApplicationUser
    """Whose request limits its client shares."""
    server_tenant: str | None = None
    """Of a multitenant server on-premises: goes with every address as ``tenant``."""
    error_page: str | None = None
    """Service name of page 5339, published: what errors are read from where there is no extension."""

    @property
    def standard_api(self) -> str:
        """The company in Microsoft's own API v2.0."""
        return f"{self.prefix}/api/v2.0/companies({self.company_id})"

    @property
    def companion_api(self) -> str:
        """The company in the companion extension's API."""
        return f"{self.companion_root}/companies({self.company_id})"

    @property
    def published_errors(self) -> str:
        """The published page; empty where the connection names none."""
        if self.error_page is None:
            return ""
        return f"{self.prefix}/ODataV4/Company(Id={self.company_id})/{self.error_page}"

    @property
    def companion_root(self) -> str:
        """The companion extension's API: its publisher, group and version."""
        return f"{self.prefix}/api/syncerrors/integration/v1.0"


def connection_from(settings: ConnectionSettings) -> Connection:
    """The company as addresses."""
    prefix = _prefix(settings)
    return Connection(
        key=_key(prefix, settings.company_id, settings.server_tenant),
        name=settings.name,
        prefix=prefix,
        company_id=settings.company_id,
        environment=settings.environment or "",
        web_client=_web_client(settings),
        dataverse_url=settings.dataverse_url,
        application_user=ApplicationUser(
            tenant=_tenant(settings, prefix),
            environment=(settings.environment or "").lower(),
            application=_application(settings.sign_in),
        ),
        server_tenant=settings.server_tenant,
        error_page=settings.error_page,
    )


def _prefix(settings: ConnectionSettings) -> str:
    if settings.environment is None:
        return settings.base_url or API_ONLINE
    server = settings.base_url or API_ONLINE
    return f"{server}/v2.0/{settings.tenant}/{quote(settings.environment, safe='')}"


def _web_client(settings: ConnectionSettings) -> str | None:
    if settings.web_url is not None or settings.environment is None:
        return settings.web_url
    return f"{WEB_ONLINE}/{settings.tenant}/{quote(settings.environment, safe='')}"


def _tenant(settings: ConnectionSettings, prefix: str) -> str:
    """Of whose limits: on-premises the server's, or that of its tenant."""
    if settings.environment is None:
        return f"{prefix}?tenant={settings.server_tenant}" if settings.server_tenant else prefix
    return settings.tenant or prefix


def _application(sign_in: EntraSignIn | BasicSignIn) -> str:
    return sign_in.client_id if isinstance(sign_in, EntraSignIn) else sign_in.username


def _key(prefix: str, company_id: str, server_tenant: str | None) -> str:
    """Environment names are case-insensitive, so the key is too."""
    place = f"{prefix.lower()}|{company_id.lower()}"
    if server_tenant is not None:
        place += f"|{server_tenant.lower()}"
    return hashlib.blake2s(place.encode(), digest_size=8).hexdigest()
