"""What the contract tests share: addresses, a token, short ways to ask and to expect a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from bot.simulator.businesscentral import BusinessCentralSimulator, SimulatedCompany
from bot.simulator.entra import BUSINESS_CENTRAL_SCOPE, EntraSimulator

TENANT = "9f0c8a52-6d3b-4f52-9f3e-7c1d2b5a4e10"
ENVIRONMENT = "Production"
CLIENT = "4c1b7a36-2f0e-4b4a-8f8d-5a9e3c7d1b20"
SECRET = "s3cret"
TOKEN_ADDRESS = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"


def request_token(entra: EntraSimulator, **form: str) -> httpx.Response:
    """Ask for a token with the registered application's values, replaced where ``form`` says so."""
    usual = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scope": BUSINESS_CENTRAL_SCOPE,
    }
    with httpx.Client(transport=entra.transport()) as http:
        return http.post(TOKEN_ADDRESS, data={**usual, **form})


def new_token(entra: EntraSimulator, scope: str = BUSINESS_CENTRAL_SCOPE) -> str:
    """Register the application for that scope and sign it in."""
    entra.register(TENANT, CLIENT, SECRET, audience_scopes=[scope])
    token = request_token(entra, scope=scope).json()["access_token"]
    assert isinstance(token, str)
    return token


@dataclass
class Wire:
    """A signed-in client."""

    http: httpx.AsyncClient
    simulator: BusinessCentralSimulator
    company: SimulatedCompany

    def companion(self, path: str) -> str:
        """An address of the companion API in the company."""
        base = f"{self.simulator.base_url}/api/syncerrors/integration/v1.0"
        return f"{base}/companies({self.company.id})/{path}"

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """GET below the company; ``_`` in a header's name stands for ``-``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.get(self.companion(path), headers=sent)

    async def page(self, options: str = "", **headers: str) -> dict[str, Any]:
        """One page of syncErrors."""
        response = await self.get(f"syncErrors{'?' if options else ''}{options}", **headers)
        assert response.status_code == 200, response.text
        body = response.json()
        assert isinstance(body, dict)
        return body

    async def numbers(self, options: str = "$orderby=number", **headers: str) -> list[int]:
        """The numbers of one page."""
        return [row["number"] for row in (await self.page(options, **headers))["value"]]

    def log(self, count: int = 1) -> None:
        """That many plain errors."""
        for index in range(count):
            self.company.log_error(message=f"Error {index}", source=f"Customer: {10000 + index}")


def error_of(response: httpx.Response, status: int) -> tuple[str, str]:
    """Code and message of a refusal in Business Central's form."""
    assert response.status_code == status, response.text
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"code", "message"}
    text, _, correlation = error["message"].partition("  CorrelationId:  ")
    assert len(correlation) == 37
    assert correlation.endswith(".")
    return error["code"], text
