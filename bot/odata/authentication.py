"""Signing in to Microsoft's services.

Online: client credentials through MSAL. Business Central on-premises: basic authentication with a user and a
web service access key. Tokens and secrets are never logged.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx
import msal
from msal.exceptions import MsalServiceError
from pydantic import SecretStr

from bot.failures import ENTRA, SignInRefused, SourceUnreachable
from bot.settings import Certificate, EntraSignIn
from bot.trust import trusted

TIMEOUT_SECONDS = 20.0

_AADSTS = re.compile(r"AADSTS\d{4,8}")


class Authentication(Protocol):
    """Gives what goes into the ``Authorization`` header."""

    async def header(self) -> str:
        """The value of the header. Raises SignInRefused or SourceUnreachable."""

    async def renew(self) -> bool:
        """Told that the header was refused (401); True where asking again can give another one."""

    async def aclose(self) -> None:
        """Let go of connections."""


class ClientCredentials:
    """An Entra application with a secret or a certificate; one instance for each connection and service.

    MSAL is synchronous, does network I/O in its constructor and keeps the token itself, so everything of it
    runs in a thread, one call at a time.
    """

    def __init__(
        self,
        tenant: str,
        client_id: str,
        credential: SecretStr | Certificate,
        *,
        scope: str,
        authority_host: str = "https://login.microsoftonline.com",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._authority = f"{authority_host}/{tenant}"
        self._client_id = client_id
        self._credential = credential
        self._scope = scope
        self._transport = transport
        self._http: httpx.Client | None = None
        self._application: Any = None
        self._told = ""
        """Why the authority was not found, in Entra's number: MSAL keeps that to itself."""
        self._one_at_a_time = asyncio.Lock()

    async def header(self) -> str:
        """``Bearer`` and the token, from MSAL's cache while it is good for five more minutes."""
        async with self._one_at_a_time:
            return f"Bearer {await asyncio.to_thread(self._token)}"

    async def renew(self) -> bool:
        """Forget the token, with all that MSAL holds: its own way of forgetting may ask Entra first, which
        may be out of reach."""
        async with self._one_at_a_time:
            self._application = None
        return True

    async def aclose(self) -> None:
        """Close the connections to Entra."""
        if self._http is not None:
            await asyncio.to_thread(self._http.close)

    def _token(self) -> str:
        try:
            answer = self._built().acquire_token_for_client(scopes=[self._scope])
        except (MsalServiceError, httpx.HTTPError, json.JSONDecodeError) as error:
            raise SourceUnreachable("Entra gives no answer", host=ENTRA) from error
        except ValueError as error:
            # MSAL's word for a tenant that does not exist: 4xx while it looks for the authority.
            code = _code(str(error)) or self._told
            raise SignInRefused("no such tenant, or no Entra there", code=code) from None
        if not isinstance(answer, dict):
            raise SignInRefused("Entra gave no token", code="")
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise SignInRefused("Entra gave no token", code=_refusal(answer))
        return token

    def _built(self) -> Any:
        if self._http is None:
            self._http = httpx.Client(transport=self._transport, verify=trusted(), timeout=TIMEOUT_SECONDS)
        if self._application is None:
            self._application = msal.ConfidentialClientApplication(
                self._client_id,
                client_credential=_for_msal(self._credential),
                authority=self._authority,
                http_client=HttpForMsal(self._http, self._hear),
            )
        return self._application

    def _hear(self, code: str) -> None:
        self._told = code


class HttpForMsal:
    """An httpx client as MSAL uses one.

    MSAL hands over the client assertion of a certificate as bytes (MSAL 1.39, ``oauth2cli/assertion.py``),
    which requests sends as they are and httpx 0.28 as ``b'...'``. ``hear`` is told Entra's number where an
    authority is refused.
    """

    def __init__(self, http: httpx.Client, hear: Callable[[str], None]) -> None:
        self._http = http
        self._hear = hear

    def get(self, url: str, **options: Any) -> httpx.Response:
        """As httpx has it, for looking for the authority: MSAL takes any 4xx for a tenant that there is not.

        Raises httpx.HTTPStatusError for one that Entra did not give a number of its own: it is busy, or
        something in between answers.
        """
        answer = self._http.get(url, **options)
        if 400 <= answer.status_code < 500:
            code = _code(answer.text)
            if not code:
                raise httpx.HTTPStatusError("no authority", request=answer.request, response=answer)
            self._hear(code)
        return answer

    def post(self, url: str, *, data: Mapping[str, object] | None = None, **options: Any) -> httpx.Response:
        """As httpx has it, with bytes among the values of the form as text."""
        form = {
            name: value.decode("ascii") if isinstance(value, bytes) else value
            for name, value in (data or {}).items()
        }
        return self._http.post(url, data=form, **options)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class BasicAuthentication:
    """A user and a web service access key; on-premises only, gone online since October 2022."""

    def __init__(self, username: str, key: SecretStr) -> None:
        self._username = username
        self._key = key

    async def header(self) -> str:
        """As RFC 7617 has it, in UTF-8."""
        pair = f"{self._username}:{self._key.get_secret_value()}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"

    async def renew(self) -> bool:
        """A refused key stays refused."""
        return False

    async def aclose(self) -> None:
        """Nothing is held."""


def client_credentials(
    sign_in: EntraSignIn, scope: str, *, transport: httpx.BaseTransport | None = None
) -> ClientCredentials:
    """That application, for the service of ``scope``; ``transport`` replaces the network to Entra."""
    return ClientCredentials(
        sign_in.tenant,
        sign_in.client_id,
        sign_in.credential,
        scope=scope,
        authority_host=sign_in.authority_host,
        transport=transport,
    )


def _for_msal(credential: SecretStr | Certificate) -> str | dict[str, str]:
    """A certificate goes without thumbprint: MSAL then makes the SHA-256 one (MSAL for Python 1.35)."""
    if isinstance(credential, SecretStr):
        return credential.get_secret_value()
    return {
        "private_key": credential.private_key.get_secret_value(),
        "public_certificate": credential.certificate,
    }


def _code(text: str) -> str:
    found = _AADSTS.search(text)
    return found.group() if found else ""


def _refusal(answer: dict[str, Any]) -> str:
    """The AADSTS number, from the list where there is one, else from the description."""
    numbers = answer.get("error_codes")
    if isinstance(numbers, list) and numbers and isinstance(numbers[0], int):
        return f"AADSTS{numbers[0]}"
    return _code(str(answer.get("error_description", "")))
