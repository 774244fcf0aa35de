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
from urllib.parse import urlsplit

from bot.simulator.businesscentral.refusal import credentials_rejected
from bot.simulator.entra import EntraSimulator

AUDIENCE = "https://api.businesscentral.dynamics.com"


class SignIn(Protocol):
    """Decides about a caller."""

    def caller(self, authorization: str) -> str:
        """Whose limits the request counts against; raises Refusal (401)."""


@dataclass(frozen=True, slots=True)
class Anybody:
    """Nobody has to sign in; all share one set of limits."""

    def caller(self, authorization: str) -> str:
        """One name for everybody."""
        return ""


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


@dataclass(frozen=True, slots=True)
class OnPremises:
    """An instance of one's own, such as ``http://127.0.0.1:7048/BC270``, with one user."""

    address: str
    username: str
    web_service_key: str

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
