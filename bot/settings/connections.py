"""What the bot is told about each Business Central company that it reads. Frozen; secrets never show."""

from __future__ import annotations

from datetime import date

from pydantic import SecretStr

from bot.dataclass import dataclass
from bot.settings.roles import USUAL_ROLES, RoleSettings

AUTHORITY_HOST = "https://login.microsoftonline.com"
AUDIENCE = "https://api.businesscentral.dynamics.com"
"""Of tokens for Business Central online; on-premises usually too (``ValidAudiences`` of the server)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of an Entra application with its private key, both as PEM, the key unencrypted."""

    private_key: SecretStr
    certificate: str


@dataclass(frozen=True, slots=True)
class EntraSignIn:
    """An Entra application of the company's own tenant."""

    tenant: str
    client_id: str
    credential: SecretStr | Certificate
    """A client secret, or a certificate."""
    authority_host: str = AUTHORITY_HOST
    audience: str = AUDIENCE
    """For whom tokens for Business Central are; Dataverse's is its own address."""
    secret_expires: date | None = None
    """Last day of the client secret, where somebody wrote it down: nothing but Graph would tell."""


@dataclass(frozen=True, slots=True)
class BasicSignIn:
    """A user and a web service access key; on-premises only, gone online since October 2022."""

    username: str
    key: SecretStr


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One company of one environment."""

    name: str
    """As whoever runs the bot calls it; empty for the one that environment variables describe."""
    company_id: str
    sign_in: EntraSignIn | BasicSignIn
    tenant: str | None
    """Part of the address online; None on-premises where nobody told."""
    environment: str | None
    """None on-premises."""
    base_url: str | None
    """Another API server; never None on-premises."""
    web_url: str | None
    dataverse_url: str | None
    server_tenant: str | None = None
    """Tenant of a multitenant server on-premises: every address needs it (``?tenant=``)."""
    error_page: str | None = None
    """Service name of the published page 5339, where the extension cannot be installed."""
    roles: RoleSettings = USUAL_ROLES
    dataverse_application: EntraSignIn | None = None
    """Another application for Dataverse than for Business Central."""

    @property
    def dataverse_sign_in(self) -> EntraSignIn | None:
        """Who the bot is in Dataverse; None where nobody told, which takes basic authentication."""
        if self.dataverse_application is not None:
            return self.dataverse_application
        return self.sign_in if isinstance(self.sign_in, EntraSignIn) else None
