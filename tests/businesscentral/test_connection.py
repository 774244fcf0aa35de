"""Settings become addresses, a way to sign in, and shared limits."""

from __future__ import annotations

import asyncio
import base64
import math
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.businesscentral import (
    ApplicationUser,
    BusinessCentralClient,
    RequestLimits,
    authentication_from,
    connection_from,
)
from bot.businesscentral.limits import BURST, REQUESTS_PER_WINDOW, WINDOW_SECONDS
from bot.clock import ManualClock
from bot.failures import SettingsInvalid, SourceRefused
from bot.odata.authentication import BasicAuthentication
from bot.odata.retrying import BUDGET_SECONDS, Patience, seconds_asked
from tests.businesscentral.world import START, TENANT, settings


def test_online() -> None:
    connection = connection_from(settings(bc_environment="Test & Co"))
    assert connection.prefix == f"https://api.businesscentral.dynamics.com/v2.0/{TENANT}/Test%20%26%20Co"
    assert connection.web_client == f"https://businesscentral.dynamics.com/{TENANT}/Test%20%26%20Co"
    assert connection.companion_api.startswith(
        f"{connection.prefix}/api/syncerrors/integration/v1.0/companies("
    )


def test_another_server_online() -> None:
    connection = connection_from(settings(bc_base_url="https://127.0.0.1:8080"))
    assert connection.prefix == f"https://127.0.0.1:8080/v2.0/{TENANT}/Production"


def test_on_premises() -> None:
    connection = connection_from(
        settings(bc_environment=None, bc_base_url="https://erp:7048/BC", bc_web_url="https://erp/BC")
    )
    assert (connection.prefix, connection.web_client) == ("https://erp:7048/BC", "https://erp/BC")
    assert connection_from(settings(bc_environment=None, bc_base_url="https://erp/BC")).web_client is None


def test_the_key_is_the_place() -> None:
    here = connection_from(settings()).key
    assert connection_from(settings(bc_environment="PRODUCTION")).key == here
    assert connection_from(settings(bc_environment="Sandbox")).key != here
    assert connection_from(settings(bc_company_id="0" * 8 + "-0000-4000-8000-" + "0" * 12)).key != here


@pytest.mark.parametrize(
    "missing", [{"bc_company_id": None}, {"bc_environment": None}, {"azure_tenant_id": None}]
)
def test_settings_that_describe_none(missing: dict[str, None]) -> None:
    with pytest.raises(SettingsInvalid):
        settings(**missing)


@pytest.mark.parametrize("missing", ["azure_tenant_id", "azure_client_id", "azure_client_secret"])
def test_settings_without_a_way_to_sign_in(missing: str) -> None:
    with pytest.raises(SettingsInvalid):
        settings(**{missing: None})
    with pytest.raises(SettingsInvalid):
        settings(bc_username="bot")


async def test_basic_authentication_is_sent_and_not_repeated() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(401)

    values = settings(
        bc_environment=None,
        bc_base_url="https://erp:7048/BC",
        bc_username="bøt",
        bc_web_service_key=SecretStr("key"),
    )
    auth = authentication_from(values.sign_in)
    assert isinstance(auth, BasicAuthentication)
    client = BusinessCentralClient(
        connection_from(values),
        auth,
        clock=ManualClock(START),
        limit=RequestLimits().of(connection_from(values).application_user),
        transport=httpx.MockTransport(answer),
    )
    with pytest.raises(SourceRefused):
        await client.company()
    await client.aclose()
    assert seen == ["Basic " + base64.b64encode("bøt:key".encode()).decode()]


async def test_limits_hang_on_the_application_user() -> None:
    limits = RequestLimits()
    one = limits.of(ApplicationUser("t", "production", "a"))
    assert limits.of(ApplicationUser("t", "production", "a")) is one
    assert limits.of(ApplicationUser("t", "sandbox", "a")) is not one
    inside = most = 0

    async def request() -> None:
        nonlocal inside, most
        async with one.request():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(request() for _ in range(50)))
    assert most == 5


async def test_no_window_of_five_minutes_gets_more_than_its_allowance() -> None:
    bucket = RequestLimits().of(ApplicationUser("t", "e", "a"))._bucket
    assert bucket.max_rate + WINDOW_SECONDS * bucket.max_rate / bucket.time_period == REQUESTS_PER_WINDOW
    assert bucket.max_rate == BURST


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("0", 0.0),
        (" 12 ", 12.0),
        ("9" * 400, math.inf),
        (format_datetime(START + timedelta(seconds=30), usegmt=True), 30.0),
        (format_datetime(START - timedelta(seconds=30), usegmt=True), 0.0),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, START) == seconds


@given(st.text())
def test_retry_after_may_be_anything(header: str) -> None:
    seconds = seconds_asked(header, START)
    assert seconds is None or seconds >= 0


@given(
    st.lists(
        st.none() | st.floats(min_value=0, allow_nan=False, allow_infinity=True), min_size=9, max_size=9
    ),
    st.floats(min_value=0, max_value=1),
)
def test_patience_ends(asked: list[float | None], jitter: float) -> None:
    patience = Patience()
    waits = [patience.next_wait(seconds, jitter) for seconds in asked]
    spent = [wait for wait in waits if wait is not None]
    assert len(spent) < 5
    assert sum(spent) <= BUDGET_SECONDS
