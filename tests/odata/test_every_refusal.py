"""Signing in against the simulated Entra: every number that people are told in words, and other answers."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from bot.cards.aadsts import REFUSALS
from bot.cards.failure import failure_words
from bot.cards.texts import Texts
from bot.clock import ManualClock
from bot.failures import SignInRefused, SourceUnreachable
from bot.odata.authentication import client_credentials
from bot.settings import EntraSignIn
from bot.simulator.entra import BUSINESS_CENTRAL_SCOPE, EntraSimulator

TENANT, APPLICATION = "11111111-2222-4333-8444-555555555555", "99999999-8888-4777-8666-555555555555"
ENGLISH = Texts.for_locale("en")


@pytest.fixture
def entra() -> EntraSimulator:
    made = EntraSimulator(clock=ManualClock(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)))
    made.register(TENANT, APPLICATION, "secret")
    return made


async def refusal_of(entra: EntraSimulator, tenant: str = TENANT) -> SignInRefused:
    """Of an application that has asked nothing yet: MSAL repeats a refusal for a minute without asking."""
    sign_in = EntraSignIn(tenant, APPLICATION, SecretStr("secret"))
    signing_in = client_credentials(sign_in, BUSINESS_CENTRAL_SCOPE, transport=entra.transport())
    with pytest.raises(SignInRefused) as caught:
        await signing_in.header()
    await signing_in.aclose()
    return caught.value


async def test_each_number_reaches_whoever_is_told_its_words(entra: EntraSimulator) -> None:
    unknown = failure_words(SignInRefused.key, {"code": "AADSTS1"}, ENGLISH)
    for number in REFUSALS:
        entra.faults.refuse(int(number))
        refusal = await refusal_of(entra)
        assert refusal.facts["code"] == f"AADSTS{number}"
        words = failure_words(refusal.key, refusal.facts, ENGLISH)
        assert words.next_step
        assert words.next_step != unknown.next_step, number


async def test_a_number_without_words_and_a_tenant_that_there_is_not(entra: EntraSimulator) -> None:
    entra.faults.refuse(999999)
    assert (await refusal_of(entra)).facts["code"] == "AADSTS999999"
    entra.faults.heal()
    stranger = await refusal_of(entra, "00000000-0000-4000-8000-000000000000")
    assert stranger.facts["code"] == "AADSTS90002"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_an_entra_in_trouble_refuses_nobody(entra: EntraSimulator, status: int) -> None:
    sign_in = EntraSignIn(TENANT, APPLICATION, SecretStr("secret"))
    signing_in = client_credentials(sign_in, BUSINESS_CENTRAL_SCOPE, transport=entra.transport())
    entra.faults.fail(status, times=99)
    with pytest.raises(SourceUnreachable):
        await signing_in.header()
    await signing_in.aclose()


@pytest.mark.parametrize("status", [403, 407, 429])
async def test_whoever_stands_before_entra_is_not_taken_for_it(status: int) -> None:
    """A proxy's page says nothing of a tenant."""
    sign_in = EntraSignIn(TENANT, APPLICATION, SecretStr("secret"))
    proxy = httpx.MockTransport(lambda _: httpx.Response(status, text="<html>Blocked</html>"))
    signing_in = client_credentials(sign_in, BUSINESS_CENTRAL_SCOPE, transport=proxy)
    with pytest.raises(SourceUnreachable):
        await signing_in.header()
    await signing_in.aclose()
