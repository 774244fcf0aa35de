"""The process is about to end: work in flight ends or is explained, new work is refused kindly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.operations.refresh import Refresh
from bot.operations.views import Freshness
from bot.store.values import Scope
from handlers.listening import InFlight
from tests.conversations.conftest import Stage


async def test_work_in_flight_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    end = follow_until(monkeypatch)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    draining = asyncio.create_task(stage.in_flight.drain(5))
    await asyncio.sleep(0)
    assert not draining.done()
    end.set()
    assert await draining == 0
    assert "Nothing read" in stage.kim.messages[-1].plain()


async def test_who_waits_for_work_that_is_cut_off_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_until(monkeypatch)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    assert await stage.in_flight.drain(0.01) == 1
    assert "being restarted" in stage.kim.messages[-1].plain()


async def test_new_work_is_refused_kindly(stage: Stage) -> None:
    await stage.in_flight.drain(0)
    assert "being restarted" in (await stage.kim.command("/syncerrors")).plain()
    assert "opnieuw gestart" in (await stage.sanne.forge_click("overview.refresh", "{}")).plain()


async def test_what_arrives_during_the_drain_is_waited_for_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.listening.LAST_WORDS_SECONDS", 0)
    end = follow_until(monkeypatch)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    draining = asyncio.create_task(stage.in_flight.drain(5))
    await asyncio.sleep(0)
    stage.slack.faults.slow("users.info", 0.1)
    await stage.sanne.send_command("/syncerrors")
    end.set()
    await draining
    assert "opnieuw gestart" in stage.sanne.messages[-1].plain()


async def test_nothing_in_flight_takes_no_time() -> None:
    began = asyncio.get_running_loop().time()
    assert await InFlight().drain(60) == 0
    assert asyncio.get_running_loop().time() - began < 30


async def test_work_that_will_not_end_does_not_hold_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.listening.LAST_WORDS_SECONDS", 0.01)
    in_flight = InFlight()

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if over.is_set():
                    raise

    over = asyncio.Event()
    task = in_flight.start(in_flight_of(in_flight, stubborn()))
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        assert await in_flight.drain(0.01) == 1
    over.set()
    task.cancel()


async def in_flight_of(in_flight: InFlight, work: object) -> None:
    await in_flight.ended(work)  # type: ignore[arg-type]  # a coroutine


def follow_until(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """*Refresh* takes until the event is set."""
    end = asyncio.Event()

    async def follow(self: Refresh, scope: Scope) -> AsyncIterator[Freshness]:
        yield await self.ask.freshness(scope)
        await end.wait()

    monkeypatch.setattr(Refresh, "follow", follow)
    return end
