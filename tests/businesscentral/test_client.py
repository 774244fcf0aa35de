"""The client against the simulator: what it asks, what it survives, and how it says what it does not."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.businesscentral import BusinessCentralClient, RequestLimits, connection_from
from bot.businesscentral.records import Direction
from bot.clock import ManualClock
from bot.failures import (
    ActionTargetGone,
    SignInRefused,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRefused,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)
from bot.odata.authentication import BasicAuthentication
from bot.odata.retrying import ATTEMPTS
from bot.simulator.businesscentral import ABSENT, NextLinkForm
from tests.businesscentral.world import SECRET, START, World, build_world, client_on, settings


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = build_world()
    yield world
    await world.aclose()


async def test_reads_a_row_as_the_contract_says(world: World) -> None:
    world.company.log_error(
        message="x" * 300,
        source="Customer: 10000",
        destination="CRM Account: {0A1B2C3D-0000-4000-8000-000000000001}",
        mapping="CUSTOMER",
    )
    (row,) = (await world.client.error_page(0, 100)).rows
    assert (row.number, row.message, row.logged_at) == (1, "x" * 300, START)
    assert (row.source_record_id, row.source_table) == ("Customer: 10000", 18)
    assert row.destination_table == 5341
    assert (row.mapping, row.direction, row.job_type) == (
        "CUSTOMER",
        Direction.TO_DATAVERSE,
        "Synchronization",
    )
    request = world.server.requests[-1]
    assert request.query["$filter"] == "number gt 0"
    assert request.query["$orderby"] == "number"
    assert "callStack" not in request.query["$select"]
    assert request.headers["prefer"] == "odata.maxpagesize=100"
    assert request.headers["accept-language"] == "en-US"


@pytest.mark.parametrize("form", list(NextLinkForm))
async def test_follows_next_links_of_every_form(world: World, form: NextLinkForm) -> None:
    world.log_errors(5)
    world.server.faults.relative_next_link(form)
    page = await world.client.error_page(0, 2)
    numbers = [row.number for row in page.rows]
    while page.next_link is not None:
        assert page.next_link.startswith(world.connections[world.key].prefix)
        page = await world.client.follow(page.next_link, 2)
        numbers += [row.number for row in page.rows]
    assert numbers == [1, 2, 3, 4, 5]


async def test_details_company_and_maintenance(world: World) -> None:
    world.log_errors(2)
    (first, _) = (await world.client.error_page(0, 10)).rows
    details = await world.client.details(first.id)
    assert (details.number, details.call_stack) == (1, "Codeunit 5340 line 12")
    company = await world.client.company()
    assert (company.id, company.name) == (world.company.id, "Kleiweg")
    there = await world.client.maintenance()
    assert (there.highest_number, there.error_count, there.retention_enabled) == (2, 2, True)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "http://api.businesscentral.dynamics.com/x",
        "https://api.businesscentral.dynamics.com:8443/x",
        "https://api.businesscentral.dynamics.com@evil.example/x",
        "https://me@api.businesscentral.dynamics.com/x",
        "https://[broken/x",
        "https://api.businesscentral.dynamics.com:port/x",
    ],
)
async def test_the_token_goes_to_no_other_host(world: World, link: str) -> None:
    with pytest.raises(SourceGarbled):
        await world.client.follow(link, 10)
    assert world.server.requests == []


@given(st.text() | st.text().map("https://api.businesscentral.dynamics.com".__add__))
async def test_any_link_leads_home_or_nowhere(link: str) -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(f"{request.url.scheme}://{request.url.netloc.decode()}")
        return httpx.Response(200, content=b'{"value": []}')

    connection = connection_from(settings())
    auth = BasicAuthentication("bot", SecretStr("key"))
    limit = RequestLimits().of(connection.application_user)
    transport = httpx.MockTransport(answer)
    client = BusinessCentralClient(
        connection, auth, clock=ManualClock(START), limit=limit, transport=transport
    )
    with contextlib.suppress(SourceGarbled):
        await client.follow(link, 10)
    assert set(hosts) <= {"https://api.businesscentral.dynamics.com"}


async def test_a_foreign_next_link_is_refused_when_it_arrives(world: World) -> None:
    world.log_errors(3)
    world.server.faults.foreign_next_link(times=2)
    with pytest.raises(SourceGarbled):
        await world.client.error_page(0, 2)


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
async def test_waits_longer_each_time_and_asks_again(world: World, status: int) -> None:
    world.log_errors(1)
    world.server.faults.fail(status, times=3)
    page = await world.client.error_page(0, 10)
    assert len(page.rows) == 1
    assert world.clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("status", "failure"), [(429, SourceThrottled), (503, SourceUnreachable)])
async def test_gives_up_in_the_end(world: World, status: int, failure: type[SourceFailure]) -> None:
    world.server.faults.fail(status, times=50)
    with pytest.raises(failure) as caught:
        await world.client.error_page(0, 10)
    assert caught.value.facts["status"] == status
    assert len(world.server.requests) == 5


async def test_honours_retry_after_in_both_forms(world: World) -> None:
    date = format_datetime(START + timedelta(seconds=47), usegmt=True)
    world.server.faults.fail(429, retry_after=7)
    world.server.faults.fail(503, retry_after=date)
    await world.client.error_page(0, 10)
    assert world.clock.slept == [7.0, 40.0]


async def test_does_not_come_back_before_it_may(world: World) -> None:
    world.server.faults.fail(429, retry_after=3600)
    with pytest.raises(SourceThrottled):
        await world.client.error_page(0, 10)
    assert world.clock.slept == []


async def test_survives_broken_connections_and_silence(world: World) -> None:
    world.log_errors(1)
    world.server.faults.drop()
    world.server.faults.timeout()
    assert len((await world.client.error_page(0, 10)).rows) == 1


async def test_a_slow_answer_is_no_answer(world: World) -> None:
    world.server.faults.slow(500, times=5)
    with pytest.raises(SourceUnreachable):
        await world.client.error_page(0, 10)


async def test_half_an_answer_is_asked_for_once_more(world: World) -> None:
    world.log_errors(1)
    world.server.faults.broken_json()
    assert len((await world.client.error_page(0, 10)).rows) == 1
    world.server.faults.broken_json(times=2)
    with pytest.raises(SourceGarbled):
        await world.client.error_page(0, 10)


async def test_a_page_of_html_is_an_outage(world: World) -> None:
    world.server.faults.html_body(502, times=9)
    with pytest.raises(SourceUnreachable):
        await world.client.company()


async def test_a_stale_token_is_renewed_once(world: World) -> None:
    world.log_errors(1)
    await world.client.error_page(0, 10)
    world.entra.expire_tokens()
    assert len((await world.client.error_page(0, 10)).rows) == 1
    assert [request.status for request in world.server.requests] == [200, 401, 200]


async def test_an_application_that_is_not_set_up(world: World) -> None:
    world.server.faults.unauthorized()
    with pytest.raises(SourceRefused) as caught:
        await world.client.error_page(0, 10)
    assert caught.value.facts == {"status": 401, "code": "Authentication_InvalidCredentials"}
    assert len(world.server.requests) == 2


async def test_what_is_missing_is_told_apart(world: World) -> None:
    world.server.faults.extension_missing()
    with pytest.raises(SourceMissing) as caught:
        await world.client.error_page(0, 10)
    assert caught.value.facts["what"] == "extension"
    world.server.faults.heal()
    with pytest.raises(SourceMissing) as caught:
        await world.client.details("00000000-0000-4000-8000-000000000001")
    assert caught.value.facts["what"] == "error"


@pytest.mark.parametrize(
    ("change", "what"),
    [({"company_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}, "company"), ({}, "environment")],
)
async def test_a_wrong_company_and_a_wrong_environment(
    world: World, change: dict[str, str], what: str
) -> None:
    connection = world.connections[world.key]
    if not change:
        change = {"prefix": connection.prefix.replace("Production", "Sandbox")}
    world.client._connection = dataclasses.replace(connection, **change)  # type: ignore[arg-type]  # by name
    for call in (world.client.error_page(0, 10), world.client.company()):
        with pytest.raises(SourceMissing) as caught:
            await call
        assert caught.value.facts["what"] == what


async def test_a_wrong_secret(caplog: pytest.LogCaptureFixture) -> None:
    world = build_world(secret="not the secret")
    with caplog.at_level(logging.DEBUG), pytest.raises(SignInRefused) as caught:
        await world.client.company()
    assert caught.value.facts["code"] == "AADSTS7000215"
    assert "not the secret" not in caplog.text
    await world.aclose()


async def test_nothing_secret_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await world.client.company()
    assert SECRET not in caplog.text
    (token,) = world.entra._tokens
    assert token not in caplog.text


async def test_entra_out_of_reach(world: World) -> None:
    """Waited for like the service itself: a moment without Entra costs nobody an answer, an hour ends."""
    world.entra.faults.unreachable(2)
    assert (await world.client.company()).id == world.company.id
    assert len(world.clock.slept) == 2
    world.entra.expire_tokens()
    world.entra.faults.unreachable(ATTEMPTS)
    with pytest.raises(SourceUnreachable) as caught:
        await world.client.company()
    assert caught.value.facts["host"] == "entra"
    assert (await world.client.company()).id == world.company.id


async def test_a_forced_run_is_sent_once_entra_is_back(world: World) -> None:
    world.entra.faults.unreachable(1)
    with pytest.raises(ActionTargetGone):
        await world.client.couple(*["12345678-0000-4000-8000-000000000000"] * 3)


async def test_entra_in_trouble(world: World) -> None:
    world.entra.faults.fail(503, times=2 * ATTEMPTS)
    with pytest.raises(SourceUnreachable):
        await world.client.company()
    assert len(world.clock.slept) == ATTEMPTS - 1


async def test_a_garbled_row_costs_nobody_else_anything(world: World) -> None:
    world.log_errors(3)
    world.server.faults.garbled_row(2, {"loggedAt": "yesterday", "errorMessage": ABSENT})
    page = await world.client.error_page(0, 10)
    assert [row.number for row in page.rows] == [1, 3]
    (bad,) = page.unreadable
    assert (bad.number, bad.reason) == (2, "loggedAt: not a date and time")


def _answers(status: int, content: bytes) -> BusinessCentralClient:
    return client_on(httpx.MockTransport(lambda _: httpx.Response(status, content=content)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"value": null}',
        b'{"value": {}}',
        b'{"value": [], "@odata.nextLink": 7}',
        b"[" * 100_000,
        b'{"value": [' + b"1" * 10_000,
        b"\xff\xfe",
    ],
)
async def test_what_is_not_the_contract_is_garbled(content: bytes) -> None:
    with pytest.raises(SourceGarbled):
        await _answers(200, content).error_page(0, 10)


async def test_absurd_numbers_cost_one_row() -> None:
    page = await _answers(200, b'{"value": [{"number": ' + b"9" * 6_000 + b'}, {"number": NaN}]}').error_page(
        0, 9
    )
    assert (page.rows, len(page.unreadable)) == ((), 2)


async def test_maintenance_has_exactly_one_row() -> None:
    with pytest.raises(SourceGarbled):
        await _answers(200, b'{"value": []}').maintenance()


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (400, b'{"error": {"code": "BadRequest", "message": "no"}}', SourceRejected),
        (
            400,
            (
                b'{"error": {"code": "Application_DialogException", "message": "Sorry, the current '
                b"permissions prevented the action "
                b'(TableData 5339 Integration Synch. Job Errors Read: SyncErrors)"}}'
            ),
            SourceRefused,
        ),
        (403, b"no", SourceRefused),
        (413, b"{}", SourceRejected),
        (500, b"", SourceUnreachable),
        (301, b"", SourceGarbled),
    ],
)
async def test_other_statuses(status: int, body: bytes, failure: type[SourceFailure]) -> None:
    with pytest.raises(failure) as caught:
        await _answers(status, body).error_page(0, 10)
    if b"TableData" in body:
        assert "5339" in str(caught.value.facts["permission"])


async def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.odata.exchange.LARGEST_BODY", 1_000)
    with pytest.raises(SourceGarbled, match="too large"):
        await _answers(200, b" " * 2_000).company()


async def test_five_at_a_time() -> None:
    inside: list[int] = []
    full = asyncio.Event()
    now = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 1
        inside.append(now)
        if now == 5:
            full.set()
        await full.wait()
        await asyncio.sleep(0)
        now -= 1
        return httpx.Response(200, content=b'{"value": []}')

    client = client_on(httpx.MockTransport(answer))
    await asyncio.gather(*(client.error_page(0, 10) for _ in range(20)))
    assert (len(inside), max(inside)) == (20, 5)
