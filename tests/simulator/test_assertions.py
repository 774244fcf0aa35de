"""Certificates at Entra's stand-in, with MSAL as the witness."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import msal
import pytest

from bot.clock import ManualClock
from bot.simulator.assertions import ASSERTION_TYPE
from bot.simulator.entra import BUSINESS_CENTRAL_SCOPE, EntraSimulator
from tests.certificates import KeyPair, self_signed
from tests.simulator.businesscentral.wire import CLIENT, SECRET, TENANT, request_token


@pytest.fixture(scope="module")
def registered() -> KeyPair:
    return self_signed("registered")


@pytest.fixture(scope="module")
def foreign() -> KeyPair:
    return self_signed("foreign")


@pytest.fixture
def entra(registered: KeyPair) -> EntraSimulator:
    simulator = EntraSimulator(clock=ManualClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC)))
    simulator.register(TENANT, CLIENT, None, certificates=[registered.certificate])
    return simulator


class FormsInText(httpx.Client):
    """MSAL gives the assertion as bytes, which httpx would send as ``b'...'``."""

    def post(self, url: Any, *, data: Any = None, **options: Any) -> httpx.Response:
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in data.items()}
        return super().post(url, data=form, **options)


def answer(entra: EntraSimulator, credential: object) -> dict[str, object]:
    application = msal.ConfidentialClientApplication(
        CLIENT,
        client_credential=credential,
        authority=f"https://login.microsoftonline.com/{TENANT}",
        http_client=FormsInText(transport=entra.transport()),
    )
    given: dict[str, object] = application.acquire_token_for_client([BUSINESS_CENTRAL_SCOPE])
    return given


def test_a_registered_certificate_gets_a_token(entra: EntraSimulator, registered: KeyPair) -> None:
    assert "access_token" in answer(entra, registered.for_msal())


def test_another_certificate_gets_none(entra: EntraSimulator, foreign: KeyPair) -> None:
    assert answer(entra, foreign.for_msal())["error_codes"] == [700027]


def test_another_key_behind_a_registered_certificate_gets_none(
    entra: EntraSimulator, registered: KeyPair, foreign: KeyPair
) -> None:
    forged = {"private_key": foreign.private_key, "public_certificate": registered.certificate}
    assert answer(entra, forged)["error_codes"] == [700027]


def test_a_thumbprint_of_sha_1_is_not_enough(entra: EntraSimulator, registered: KeyPair) -> None:
    old = {"private_key": registered.private_key, "thumbprint": "A1" * 20}
    assert answer(entra, old)["error_codes"] == [700027]


def test_a_secret_does_not_do_where_none_is_registered(entra: EntraSimulator) -> None:
    assert request_token(entra, client_secret=SECRET).json()["error_codes"] == [7000215]


def test_nothing_at_all_does_not_do(entra: EntraSimulator) -> None:
    with httpx.Client(transport=entra.transport()) as http:
        response = http.post(
            f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": CLIENT,
                "scope": BUSINESS_CENTRAL_SCOPE,
            },
        )
    assert response.json()["error_codes"] == [7000218]


@pytest.mark.parametrize(
    "assertion", ["", "a.b", "a.b.c", "....", "e30.e30.e30", "W10.W10.", "é.é.é", "x" * 20_000]
)
def test_nonsense_is_refused(entra: EntraSimulator, assertion: str) -> None:
    answer = request_token(entra, client_assertion=assertion, client_assertion_type=ASSERTION_TYPE).json()
    assert answer["error_codes"] == [700027]


@pytest.mark.parametrize("claim", ["aud", "iss", "sub", "jti", "exp"])
def test_every_claim_counts(entra: EntraSimulator, registered: KeyPair, claim: str) -> None:
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": registered.thumbprint}
    claims = {
        "aud": f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token",
        "iss": CLIENT,
        "sub": CLIENT,
        "jti": "1",
        "exp": 4_000_000_000,
    }

    def signed(claims: dict[str, object]) -> dict[str, object]:
        assertion = registered.sign(header, claims)
        told: dict[str, object] = request_token(
            entra, client_assertion=assertion, client_assertion_type=ASSERTION_TYPE
        ).json()
        return told

    assert "access_token" in signed(claims)
    del claims[claim]
    assert signed(claims)["error_codes"] == [700027]


def test_what_is_no_certificate_cannot_be_registered(entra: EntraSimulator) -> None:
    with pytest.raises(ValueError):
        entra.register(TENANT, CLIENT, None, certificates=["no certificate"])


def test_the_thumbprint_is_that_of_the_header(entra: EntraSimulator, registered: KeyPair) -> None:
    """Against MSAL's own, so that simulator and test do not merely agree with each other."""
    seen: list[str] = []

    def look(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            head = request.content.decode().partition("client_assertion=")[2].partition(".")[0]
            seen.append(json.loads(base64.urlsafe_b64decode(head + "=="))["x5t#S256"])
        return entra.transport().handle_request(request)

    application = msal.ConfidentialClientApplication(
        CLIENT,
        client_credential=registered.for_msal(),
        authority=f"https://login.microsoftonline.com/{TENANT}",
        http_client=FormsInText(transport=httpx.MockTransport(look)),
    )
    application.acquire_token_for_client([BUSINESS_CENTRAL_SCOPE])
    assert [thumbprint.rstrip("=") for thumbprint in seen] == [registered.thumbprint]
