"""A stand-in for Microsoft Entra: client credentials only, strict, with Entra's own error codes.

Meant to sit behind MSAL: ``msal.ConfidentialClientApplication(...,
http_client=httpx.Client(transport=entra.transport()))``. Error codes: learn.microsoft.com, "Microsoft Entra
authentication and authorization error codes".
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import httpx

from bot.clock import Clock
from bot.simulator.assertions import (
    ASSERTION_TYPE,
    AssertionRefusedError,
    RegisteredCertificate,
    check_assertion,
)
from bot.simulator.network import refuse_foreign_host

DEFAULT_SUFFIX = "/.default"
BUSINESS_CENTRAL_SCOPE = f"https://api.businesscentral.dynamics.com{DEFAULT_SUFFIX}"
_TOKEN_PATH = "/oauth2/v2.0/token"
_DISCOVERY_PATH = "/v2.0/.well-known/openid-configuration"
_INSTANCES_PATH = "/common/discovery/instance"


@dataclass(frozen=True, slots=True)
class Application:
    """An app registration."""

    tenant: str
    client_id: str
    secret: str | None
    """None where only a certificate will do."""
    scopes: frozenset[str]
    """Scopes that it may ask for, each ending in ``/.default``."""
    certificates: tuple[RegisteredCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What stands behind an access token; clients must treat the token itself as opaque."""

    tenant: str
    client_id: str
    audience: str
    """The scope without ``/.default``."""
    expires_at: datetime


class _Refusal(Exception):
    """An OAuth error answer with its AADSTS number."""

    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.error = error
        self.code = code
        self.text = text


class EntraFaults:
    """Faults that can be switched on; each ``fail`` lasts for one or more token requests."""

    def __init__(self) -> None:
        self._statuses: deque[int] = deque()
        self._unreachable: deque[None] = deque()
        self._refusal: tuple[int, str, str] | None = None

    def refuse(self, number: int, error: str = "invalid_client", text: str = "A simulated refusal.") -> None:
        """Refuse every token request with that AADSTS number, until ``heal``."""
        self._refusal = number, error, text

    @property
    def refusal(self) -> tuple[int, str, str] | None:
        """Number, error and text of what every request is refused with, if it is."""
        return self._refusal

    def fail(self, status: int, times: int = 1) -> None:
        """Answer the next ``times`` requests with that 5xx status and no JSON."""
        self._statuses.extend([status] * times)

    def unreachable(self, times: int = 1) -> None:
        """Let the next ``times`` requests meet httpx.ConnectError."""
        self._unreachable.extend([None] * times)

    def heal(self) -> None:
        """Switch every fault off."""
        self._statuses.clear()
        self._unreachable.clear()
        self._refusal = None

    def next_status(self) -> int | None:
        """Take the status for this request, if one is pending."""
        return self._statuses.popleft() if self._statuses else None

    def next_is_unreachable(self) -> bool:
        """Take the broken connection for this request, if one is pending."""
        if not self._unreachable:
            return False
        self._unreachable.popleft()
        return True


class EntraSimulator:
    """Issues and validates tokens. MSAL is synchronous, hence a synchronous transport.

    ``lifetime`` is in seconds; Entra's usual answer is a little under an hour.
    """

    def __init__(
        self, *, clock: Clock, host: str = "login.microsoftonline.com", lifetime: int = 3599
    ) -> None:
        self._clock = clock
        self._host = host.lower()
        self._lifetime = lifetime
        self._applications: dict[tuple[str, str], Application] = {}
        self._tenants: set[str] = set()
        self._expired: set[tuple[str, str]] = set()
        self._tokens: dict[str, IssuedToken] = {}
        self._serial = itertools.count(1)
        self.faults = EntraFaults()

    @property
    def tokens_issued(self) -> int:
        """How many tokens were issued and still are known."""
        return len(self._tokens)

    def register(
        self,
        tenant: str,
        client_id: str,
        secret: str | None,
        *,
        audience_scopes: Sequence[str] = (BUSINESS_CENTRAL_SCOPE,),
        certificates: Sequence[str] = (),
    ) -> None:
        """Add an app registration, or replace it (a new secret makes the old one wrong).

        ``certificates`` are PEM. Raises ValueError for a scope that does not end in ``/.default``, and for
        what is no certificate with an RSA key.
        """
        for scope in audience_scopes:
            if not scope.endswith(DEFAULT_SUFFIX):
                raise ValueError(f"client credentials need a scope that ends in {DEFAULT_SUFFIX}: {scope}")
        application = Application(
            tenant.lower(),
            client_id.lower(),
            secret,
            frozenset(audience_scopes),
            tuple(RegisteredCertificate.from_pem(pem) for pem in certificates),
        )
        self._tenants.add(application.tenant)
        self._applications[application.tenant, application.client_id] = application

    def expire_secret(self, tenant: str, client_id: str) -> None:
        """Let the client secret of an application be over: it is right, and no longer taken."""
        self._expired.add((tenant.lower(), client_id.lower()))

    def renew_secret(self, tenant: str, client_id: str) -> None:
        """Let it be good again, as a new one would be."""
        self._expired.discard((tenant.lower(), client_id.lower()))

    def validate(self, token: str, audience: str) -> IssuedToken | None:
        """What the token says, or None where it is unknown, expired, revoked or meant for somebody else."""
        issued = self._tokens.get(token)
        if issued is None or issued.audience != audience or issued.expires_at <= self._clock.now():
            return None
        return issued

    def expire_tokens(self) -> None:
        """Make every token issued so far worthless; clients learn it by a 401."""
        self._tokens.clear()

    def transport(self) -> httpx.MockTransport:
        """For ``httpx.Client``; refuses other hosts with httpx.ConnectError."""
        return httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        refuse_foreign_host(request, {self._host})
        if self.faults.next_is_unreachable():
            raise httpx.ConnectError("the simulated Entra is out of reach", request=request)
        path = request.url.path
        if request.method == "GET" and path == _INSTANCES_PATH:
            return httpx.Response(200, json=self._instances())
        tenant = path.lstrip("/").split("/", 1)[0].lower()
        try:
            if request.method == "GET" and path.endswith(_DISCOVERY_PATH):
                return httpx.Response(200, json=self._configuration(tenant))
            if request.method == "POST" and path.endswith(_TOKEN_PATH):
                return self._answer_token_request(tenant, request)
        except _Refusal as refusal:
            return self._refuse(refusal)
        return httpx.Response(404, text="")

    def _instances(self) -> dict[str, object]:
        group = {"preferred_network": self._host, "preferred_cache": self._host, "aliases": [self._host]}
        return {
            "tenant_discovery_endpoint": f"https://{self._host}/common{_DISCOVERY_PATH}",
            "api-version": "1.1",
            "metadata": [group],
        }

    def _configuration(self, tenant: str) -> dict[str, object]:
        if tenant not in self._tenants and tenant != "common":
            raise _Refusal(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        base = f"https://{self._host}/{tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}{_TOKEN_PATH}",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
        }

    def _answer_token_request(self, tenant: str, request: httpx.Request) -> httpx.Response:
        status = self.faults.next_status()
        if status is not None:
            return httpx.Response(status, text="<html><body>Service unavailable</body></html>")
        if self.faults.refusal is not None:
            number, error, text = self.faults.refusal
            raise _Refusal(400, error, number, text)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        application = self._authenticate(tenant, form)
        audience = _audience(form.get("scope", ""), application)
        token = self._issue(application, audience)
        answer = {
            "token_type": "Bearer",
            "expires_in": self._lifetime,
            "ext_expires_in": self._lifetime,
            "access_token": token,
        }
        return httpx.Response(200, json=answer)

    def _authenticate(self, tenant: str, form: dict[str, str]) -> Application:
        if tenant not in self._tenants:
            raise _Refusal(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise _Refusal(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
            )
        client_id = form.get("client_id", "").lower()
        application = self._applications.get((tenant, client_id))
        if application is None:
            text = f"Application with identifier '{client_id}' was not found in the directory '{tenant}'."
            raise _Refusal(400, "unauthorized_client", 700016, text)
        if "client_assertion" in form or "client_assertion_type" in form:
            self._check_assertion(application, form)
        elif "client_secret" not in form:
            text = "The request body must contain the parameter: 'client_assertion' or 'client_secret'."
            raise _Refusal(401, "invalid_client", 7000218, text)
        elif form["client_secret"] != application.secret:
            text = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client "
                f"secret value, not the client secret ID, for a secret added to app '{client_id}'."
            )
            raise _Refusal(401, "invalid_client", 7000215, text)
        elif (tenant, client_id) in self._expired:
            text = (
                f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal "
                "to create new keys for your app."
            )
            raise _Refusal(401, "invalid_client", 7000222, text)
        return application

    def _check_assertion(self, application: Application, form: dict[str, str]) -> None:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise _Refusal(400, "invalid_request", 900144, "The client assertion type is not supported.")
        try:
            check_assertion(
                form.get("client_assertion", ""),
                application.certificates,
                client_id=application.client_id,
                audience=f"https://{self._host}/{application.tenant}{_TOKEN_PATH}",
            )
        except AssertionRefusedError as refused:
            raise _Refusal(401, "invalid_client", 700027, str(refused)) from None

    def _issue(self, application: Application, audience: str) -> str:
        serial = next(self._serial)
        material = f"{serial}|{application.tenant}|{application.client_id}|{audience}"
        token = f"simulated.{hashlib.sha256(material.encode()).hexdigest()}"
        expires_at = self._clock.now() + timedelta(seconds=self._lifetime)
        self._tokens[token] = IssuedToken(application.tenant, application.client_id, audience, expires_at)
        return token

    def _refuse(self, refusal: _Refusal) -> httpx.Response:
        now = self._clock.now()
        trace, correlation = (uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}{next(self._serial)}") for kind in "tc")
        description = (
            f"AADSTS{refusal.code}: {refusal.text} Trace ID: {trace} Correlation ID: {correlation} "
            f"Timestamp: {now:%Y-%m-%d %H:%M:%SZ}"
        )
        body = {
            "error": refusal.error,
            "error_description": description,
            "error_codes": [refusal.code],
            "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}",
            "trace_id": str(trace),
            "correlation_id": str(correlation),
        }
        return httpx.Response(refusal.status, json=body)


def _audience(scope: str, application: Application) -> str:
    """The resource that a ``/.default`` scope names. MSAL adds no reserved scopes to client credentials."""
    scopes = scope.split()
    if len(scopes) != 1 or not scopes[0].endswith(DEFAULT_SUFFIX):
        text = (
            f"The provided value for scope {scope} is not valid. Client credential flows must have a scope "
            "value with /.default suffixed to the resource identifier (application ID URI)."
        )
        raise _Refusal(400, "invalid_scope", 1002012, text)
    if scopes[0] not in application.scopes:
        resource = scopes[0].removesuffix(DEFAULT_SUFFIX)
        text = (
            f"The resource principal named {resource} was not found in the tenant named {application.tenant}."
        )
        raise _Refusal(400, "invalid_resource", 500011, text)
    return scopes[0].removesuffix(DEFAULT_SUFFIX)
