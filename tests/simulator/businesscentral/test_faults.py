"""Each switch does what it says, for as long as it says."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.businesscentral import ABSENT
from tests.simulator.businesscentral.wire import Wire, error_of


async def test_a_status_for_some_requests(wire: Wire) -> None:
    wire.simulator.faults.fail(429, times=2, retry_after=7)
    for _ in range(2):
        response = await wire.get("syncErrors")
        assert error_of(response, 429)[0] == "Application_TooManyRequests"
        assert response.headers["Retry-After"] == "7"
    assert (await wire.get("syncErrors")).status_code == 200


async def test_a_status_for_one_path(wire: Wire) -> None:
    wire.simulator.faults.fail(500, path="maintenance")
    assert (await wire.get("syncErrors")).status_code == 200
    error_of(await wire.get("maintenance"), 500)
    assert (await wire.get("maintenance")).status_code == 200


async def test_a_gateway_answers_in_html(wire: Wire) -> None:
    wire.simulator.faults.html_body(503)
    response = await wire.get("syncErrors")
    assert (response.status_code, response.headers["content-type"]) == (503, "text/html; charset=utf-8")


async def read_into(received: bytearray, wire: Wire) -> None:
    async with wire.http.stream("GET", wire.companion("syncErrors")) as response:
        assert response.status_code == 200
        async for piece in response.aiter_bytes():
            received += piece


async def test_a_connection_breaks_in_the_middle(wire: Wire) -> None:
    wire.log(3)
    wire.simulator.faults.drop()
    received = bytearray()
    with pytest.raises(httpx.ReadError):
        await read_into(received, wire)
    assert received.startswith(b'{"@odata.context"')
    assert await wire.numbers() == [1, 2, 3]


async def test_no_answer_but_it_was_done(wire: Wire) -> None:
    wire.log()
    wire.simulator.faults.timeout()
    address = wire.companion(f"syncErrors({wire.company.errors[0].id})")
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.delete(address, headers={"If-Match": "*"})
    assert await wire.numbers() == []


async def test_slow_answers_take_time(wire: Wire, clock: ManualClock) -> None:
    wire.simulator.faults.slow(4)
    before = clock.now()
    assert (await wire.get("syncErrors")).status_code == 200
    assert clock.now() - before == timedelta(seconds=4)


async def test_a_client_gives_up_after_its_own_timeout(wire: Wire) -> None:
    wire.simulator.faults.slow(31)
    with pytest.raises(httpx.ReadTimeout):
        await wire.http.get(wire.companion("syncErrors"), timeout=30)


async def test_work_of_more_than_eight_minutes_is_cancelled(wire: Wire) -> None:
    wire.simulator.faults.slow(481)
    response = await wire.http.get(wire.companion("syncErrors"), timeout=3600)
    error_of(response, 408)


async def test_broken_json(wire: Wire) -> None:
    wire.log()
    wire.simulator.faults.broken_json()
    response = await wire.get("syncErrors")
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()
    assert await wire.numbers() == [1]


async def test_a_garbled_row(wire: Wire) -> None:
    wire.log(2)
    wire.simulator.faults.garbled_row(2, {"loggedAt": "yesterday", "errorMessage": ABSENT, "number": None})
    good, bad = (await wire.page("$orderby=number"))["value"]
    assert good["loggedAt"] == "2026-11-20T09:30:00Z"
    assert (bad["loggedAt"], bad["number"], "errorMessage" in bad) == ("yesterday", None, False)


async def test_the_replica_lags_behind(wire: Wire, clock: ManualClock) -> None:
    wire.log()
    clock.advance(60)
    wire.simulator.faults.replica_lag(10)
    wire.log()
    newest = wire.company.errors[1].id
    assert await wire.numbers() == [1]
    assert await wire.numbers(Data_Access_Intent="ReadWrite") == [1, 2]
    error_of(await wire.get(f"syncErrorDetails({newest})"), 404)
    assert (await wire.get("maintenance")).json()["value"][0]["highestNumber"] == 1
    clock.advance(10)
    assert await wire.numbers() == [1, 2]


async def test_the_replica_still_shows_what_was_deleted(wire: Wire, clock: ManualClock) -> None:
    wire.log(2)
    clock.advance(60)
    wire.simulator.faults.replica_lag(10)
    wire.company.delete(wire.company.errors[0].id)
    assert await wire.numbers() == [1, 2]
    assert await wire.numbers(Data_Access_Intent="ReadWrite") == [2]


async def test_read_only_intent_does_not_go_with_deleting(wire: Wire) -> None:
    wire.log()
    address = wire.companion(f"syncErrors({wire.company.errors[0].id})")
    headers = {"If-Match": "*", "Data-Access-Intent": "ReadOnly"}
    error_of(await wire.http.delete(address, headers=headers), 400)


async def test_everybody_is_refused_until_healed(wire: Wire) -> None:
    wire.simulator.faults.unauthorized()
    error_of(await wire.get("syncErrors"), 401)
    wire.simulator.faults.heal()
    assert (await wire.get("syncErrors")).status_code == 200
