"""Where a Business Central stands, and who gets in there.

Online: ``https://api.businesscentral.dynamics.com/v2.0/<tenant>/<environment>`` and a token of Entra.
On-premises: ``https://<server>:<port>/<instance>`` and, among others, basic authentication with a user and a
web service access key (MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/
api-endpoint-structure.md`` and ``web-services-authentication.md``).
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.simulator.businesscentral.refusal import credentials_rejected, tenant_missing
from bot.simulator.entra import EntraSimulator

AUDIENCE = "https://api.businesscentral.dynamics.com"


class SignIn(Protocol):
    """Decides about a caller."""

    def caller(self, authorization: str) -> str:
        """Whose limits the request counts against; raises Refusal (401)."""

    def within(self, query: bytes) -> bytes:
        """The query without what names a tenant of the server; raises Refusal (404) for another one."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Nobody has to sign in; all share one set of limits."""

    def caller(self, authorization: str) -> str:
        """One name for everybody."""
        return ""

    def within(self, query: bytes) -> bytes:
        """Everything."""
        return query


@dataclass(frozen=True, slots=True)
class ByEntra:
    """A bearer token for Business Central's audience, of that tenant."""

    entra: EntraSimulator
    tenant: str

    def caller(self, authorization: str) -> str:
        """The application's client id."""
        scheme, _, token = authorization.partition(" ")
        issued = self.entra.validate(token, AUDIENCE) if scheme.lower() == "bearer" else None
        if issued is None or issued.tenant != self.tenant.lower():
            raise credentials_rejected()
        return issued.client_id

    def within(self, query: bytes) -> bytes:
        """Everything: online the path names the tenant."""
        return query


@dataclass(frozen=True, slots=True)
class OnPremises:
    """An instance of one's own, such as ``http://127.0.0.1:7048/BC270``, with one user."""

    address: str
    username: str
    web_service_key: str
    tenant: str | None = None
    """Where the server has several tenants: every address has to name it (``?tenant=``)."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def root(self) -> str:
        """What every path begins with."""
        return urlsplit(self.address).path.rstrip("/")

    def caller(self, authorization: str) -> str:
        """The user's name (RFC 7617)."""
        scheme, _, pair = authorization.partition(" ")
        expected = f"{self.username}:{self.web_service_key}".encode()
        try:
            given = base64.b64decode(pair, validate=True) if scheme.lower() == "basic" else b""
        except binascii.Error:
            given = b""
        if not secrets.compare_digest(given, expected):
            raise credentials_rejected()
        return self.username

    def within(self, query: bytes) -> bytes:
        """Everything but the tenant, which has to be this one where the server has several.

        ``?tenant=``: ``dev-itpro/deployment/Multitenant-Deployment-Architecture.md``.
        """
        if self.tenant is None:
            return query
        options = parse_qsl(query.decode("ascii"), keep_blank_values=True)
        if [value for name, value in options if name == "tenant"] != [self.tenant]:
            raise tenant_missing()
        return urlencode([pair for pair in options if pair[0] != "tenant"]).encode("ascii")
