"""Signing in with MSAL: off the event loop, each application with a cache of its own."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import ManualClock
from bot.failures import ENTRA, SignInRefused, SourceUnreachable
from bot.odata.authentication import ClientCredentials, client_credentials
from bot.settings import EntraSignIn
from bot.simulator.entra import BUSINESS_CENTRAL_SCOPE, EntraSimulator

ONE, OTHER = "11111111-2222-4333-8444-555555555555", "22222222-2222-4333-8444-555555555555"
APPLICATION = "99999999-8888-4777-8666-555555555555"


class Recorded(httpx.BaseTransport):
    """Entra, and from which threads it was asked."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.threads: list[int] = []
        self.tokens = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.threads.append(threading.get_ident())
        self.tokens += request.url.path.endswith("/token")
        return self._inner.handle_request(request)


@pytest.fixture
def entra() -> EntraSimulator:
    made = EntraSimulator(clock=ManualClock(datetime(2026, 11, 22, 10, 0, tzinfo=UTC)))
    made.register(ONE, APPLICATION, "secret of one")
    made.register(OTHER, APPLICATION, "secret of the other")
    return made


@pytest.fixture
def recorded(entra: EntraSimulator) -> Recorded:
    return Recorded(entra.transport())


def application(tenant: str, secret: str, transport: httpx.BaseTransport) -> ClientCredentials:
    sign_in = EntraSignIn(tenant, APPLICATION, SecretStr(secret))
    return client_credentials(sign_in, BUSINESS_CENTRAL_SCOPE, transport=transport)


async def test_msal_works_in_a_thread_and_keeps_its_token(recorded: Recorded) -> None:
    signing_in = application(ONE, "secret of one", recorded)
    headers = await asyncio.gather(*(signing_in.header() for _ in range(20)))
    assert len(set(headers)) == 1
    assert recorded.tokens == 1
    assert recorded.threads
    assert threading.get_ident() not in recorded.threads, "Slack is answered meanwhile"
    await signing_in.aclose()


async def test_each_application_has_its_own_tenant_secret_and_tokens(
    entra: EntraSimulator, recorded: Recorded
) -> None:
    one = application(ONE, "secret of one", recorded)
    other = application(OTHER, "secret of the other", recorded)
    wrong = application(OTHER, "secret of one", recorded)

    tenants = []
    for signing_in in (one, other):
        token = (await signing_in.header()).removeprefix("Bearer ")
        issued = entra.validate(token, BUSINESS_CENTRAL_SCOPE.removesuffix("/.default"))
        assert issued is not None
        tenants.append(issued.tenant)
    assert tenants == [ONE, OTHER]
    with pytest.raises(SignInRefused):
        await wrong.header()
    for signing_in in (one, other, wrong):
        await signing_in.aclose()


async def test_a_token_that_was_refused_is_forgotten_alone(recorded: Recorded) -> None:
    one = application(ONE, "secret of one", recorded)
    other = application(OTHER, "secret of the other", recorded)
    first, kept = await one.header(), await other.header()

    assert await one.renew()

    assert await one.header() != first
    assert await other.header() == kept
    assert recorded.tokens == 3
    await one.aclose()
    await other.aclose()


async def test_an_entra_that_gives_no_answer_is_named(entra: EntraSimulator, recorded: Recorded) -> None:
    entra.faults.unreachable(times=9)
    signing_in = application(ONE, "secret of one", recorded)
    with pytest.raises(SourceUnreachable) as caught:
        await signing_in.header()
    assert caught.value.facts["host"] == ENTRA
    entra.faults.heal()
    assert (await signing_in.header()).startswith("Bearer ")
    await signing_in.aclose()
