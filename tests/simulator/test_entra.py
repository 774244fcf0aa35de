"""Entra's stand-in, alone and behind MSAL."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import msal
import pytest

from bot.clock import ManualClock
from bot.simulator.entra import BUSINESS_CENTRAL_SCOPE, EntraSimulator
from tests.simulator.businesscentral.wire import CLIENT, SECRET, TENANT, request_token

AUDIENCE = "https://api.businesscentral.dynamics.com"
DATAVERSE = "https://kleiweg.crm4.dynamics.com"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


@pytest.fixture
def entra(clock: ManualClock) -> EntraSimulator:
    simulator = EntraSimulator(clock=clock)
    scopes = [BUSINESS_CENTRAL_SCOPE, f"{DATAVERSE}/.default"]
    simulator.register(TENANT, CLIENT, SECRET, audience_scopes=scopes)
    return simulator


def application(entra: EntraSimulator, **values: str) -> msal.ConfidentialClientApplication:
    usual = {"tenant": TENANT, "client_id": CLIENT, "client_credential": SECRET}
    chosen = {**usual, **values}
    return msal.ConfidentialClientApplication(
        chosen["client_id"],
        client_credential=chosen["client_credential"],
        authority=f"https://login.microsoftonline.com/{chosen['tenant']}",
        http_client=httpx.Client(transport=entra.transport()),
    )


def test_msal_gets_a_token_for_each_audience(entra: EntraSimulator) -> None:
    app = application(entra)
    first = app.acquire_token_for_client([BUSINESS_CENTRAL_SCOPE])["access_token"]
    assert app.acquire_token_for_client([BUSINESS_CENTRAL_SCOPE])["access_token"] == first
    second = app.acquire_token_for_client([f"{DATAVERSE}/.default"])["access_token"]
    issued = entra.validate(first, AUDIENCE)
    assert issued is not None
    assert (issued.tenant, issued.client_id) == (TENANT, CLIENT)
    assert entra.validate(second, AUDIENCE) is None
    assert entra.validate(second, DATAVERSE) is not None
    assert entra.tokens_issued == 2


@pytest.mark.parametrize(
    ("values", "scope", "code"),
    [
        ({"client_credential": "wrong"}, BUSINESS_CENTRAL_SCOPE, 7000215),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, BUSINESS_CENTRAL_SCOPE, 700016),
        ({}, "https://other.example/.default", 500011),
        ({}, "https://api.businesscentral.dynamics.com/Financials.ReadWrite.All", 1002012),
    ],
)
def test_msal_hears_why_not(entra: EntraSimulator, values: dict[str, str], scope: str, code: int) -> None:
    answer = application(entra, **values).acquire_token_for_client([scope])
    assert answer["error_codes"] == [code]
    assert answer["error_description"].startswith(f"AADSTS{code}: ")
    assert SECRET not in str(answer)


def test_an_unknown_tenant_stops_msal_at_once(entra: EntraSimulator) -> None:
    with pytest.raises(ValueError, match="tenant"):
        application(entra, tenant="unknown.example")


def test_an_unknown_tenant_at_the_token_endpoint(entra: EntraSimulator) -> None:
    with httpx.Client(transport=entra.transport()) as http:
        response = http.post("https://login.microsoftonline.com/unknown.example/oauth2/v2.0/token", data={})
    assert (response.status_code, response.json()["error_codes"]) == (400, [90002])


def test_another_way_to_sign_in_is_refused(entra: EntraSimulator) -> None:
    assert request_token(entra, grant_type="password").json()["error_codes"] == [70003]


def test_a_renewed_secret_makes_the_old_one_wrong(entra: EntraSimulator) -> None:
    entra.register(TENANT, CLIENT, "renewed", audience_scopes=[BUSINESS_CENTRAL_SCOPE])
    assert request_token(entra).status_code == 401
    assert request_token(entra, client_secret="renewed").status_code == 200


def test_tokens_end(entra: EntraSimulator, clock: ManualClock) -> None:
    token = request_token(entra).json()["access_token"]
    clock.advance(3598.9)
    assert entra.validate(token, AUDIENCE) is not None
    clock.advance(0.1)
    assert entra.validate(token, AUDIENCE) is None


def test_tokens_can_be_revoked(entra: EntraSimulator) -> None:
    token = request_token(entra).json()["access_token"]
    entra.expire_tokens()
    assert entra.validate(token, AUDIENCE) is None
    assert request_token(entra).json()["access_token"] != token


def test_server_errors_and_silence(entra: EntraSimulator) -> None:
    entra.faults.fail(503)
    entra.faults.unreachable()
    with pytest.raises(httpx.ConnectError):
        request_token(entra)
    assert request_token(entra).status_code == 503
    assert request_token(entra).status_code == 200


def test_healing_switches_faults_off(entra: EntraSimulator) -> None:
    entra.faults.fail(500, times=3)
    entra.faults.heal()
    assert request_token(entra).status_code == 200


@pytest.mark.parametrize("address", ["https://example.com/", "http://login.microsoftonline.com/"])
def test_other_hosts_are_out_of_reach(entra: EntraSimulator, address: str) -> None:
    with httpx.Client(transport=entra.transport()) as http, pytest.raises(httpx.ConnectError):
        http.get(address)


def test_a_scope_must_be_a_default_one(entra: EntraSimulator) -> None:
    with pytest.raises(ValueError):
        entra.register(TENANT, CLIENT, SECRET, audience_scopes=[AUDIENCE])
