"""The same button twice, two people at once, in the middle of a refresh: each wish once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.clock import ManualClock
from bot.operations.refresh import Refresh
from bot.operations.views import Freshness
from bot.simulator.slack import RESPONSE_URL, Element, Person
from bot.store.values import Scope
from handlers.presses import DOUBLE_CLICK_SECONDS, Press, Presses
from tests.conversations.conftest import NOW, Stage
from tests.conversations.samples import ordinary_day

PRESS = Press("U1", "1.1", "call_stack.show", "{}")


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    return stage


def button(person: Person, label: str) -> Element:
    return next(element for element in person.messages[-1].elements() if element.label == label)


def shown(stage: Stage) -> int:
    return len([call for call in stage.slack.calls if call.method == RESPONSE_URL])


async def test_a_double_click_that_asks_for_a_message_gets_one(ordinary: Stage) -> None:
    await ordinary.kim.command(f"/syncerrors {ordinary.company.errors[-1].number}")
    pressed = button(ordinary.kim, "Show error call stack")
    await asyncio.gather(*(ordinary.kim.press(pressed) for _ in range(3)))
    await ordinary.in_flight.drain(5)
    assert len([m for m in ordinary.kim.messages if "OnBeforeModify" in m.plain()]) == 1


async def test_a_double_click_that_replaces_replaces_once(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors")
    before = shown(ordinary)
    pressed = button(ordinary.kim, "Details")
    await asyncio.gather(ordinary.kim.press(pressed), ordinary.kim.press(pressed))
    await ordinary.in_flight.drain(5)
    assert shown(ordinary) == before + 1


async def test_refresh_pressed_again_and_again_reads_and_answers_once(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[Scope] = []
    end = asyncio.Event()

    async def follow(self: Refresh, scope: Scope) -> AsyncIterator[Freshness]:
        followed.append(scope)
        yield await self.ask.freshness(scope)
        await end.wait()

    monkeypatch.setattr(Refresh, "follow", follow)
    await ordinary.kim.command("/syncerrors")
    pressed = button(ordinary.kim, "Refresh")
    before = shown(ordinary)
    await ordinary.kim.press(pressed)
    ordinary.clock.advance(60)  # long after a double click, the same message still on another screen
    await resend(ordinary, pressed)
    end.set()
    await ordinary.in_flight.drain(5)
    assert len(followed) == 1
    assert shown(ordinary) == before + 2, "one report, one answer"


async def resend(stage: Stage, pressed: Element) -> None:
    """The same press, once more, from a screen that still shows the button."""
    try:
        await stage.kim.forge_click(pressed.action_id, pressed.value, patience=0.1)
    except TimeoutError:
        return
    raise AssertionError("something was shown")


async def test_two_people_are_two_wishes(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors")
    await ordinary.sanne.command("/syncerrors")
    asked = len(ordinary.source.requests)
    await asyncio.gather(ordinary.kim.click("Refresh"), ordinary.sanne.click("Vernieuwen"))
    await ordinary.kim.until("3 causes")
    await ordinary.sanne.until("3 oorzaken")
    await ordinary.in_flight.drain(5)
    assert (len(ordinary.kim.messages), len(ordinary.sanne.messages)) == (1, 1)
    pages = [request for request in ordinary.source.requests[asked:] if "syncErrors" in str(request)]
    assert len(pages) == 1, "both followed the same pull"


async def test_details_can_be_read_while_business_central_is_read(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = asyncio.Event()

    async def follow(self: Refresh, scope: Scope) -> AsyncIterator[Freshness]:
        yield await self.ask.freshness(scope)
        await end.wait()

    monkeypatch.setattr(Refresh, "follow", follow)
    first = await ordinary.kim.command("/syncerrors")
    second = await ordinary.kim.command("/syncerrors")
    await ordinary.kim.click("Refresh", message=first)
    details = await ordinary.kim.click("Details", message=second)
    assert "prvReadProject" in details.plain()
    end.set()
    await ordinary.in_flight.drain(5)
    assert ["3 causes" in message.plain() for message in ordinary.kim.messages] == [True, False]


def test_what_counts_as_the_same_wish() -> None:
    clock = ManualClock(NOW)
    presses = Presses(clock)

    def wanted(press: Press | None) -> bool:
        with presses.once(press) as first:
            return first

    other = Press("U1", "1.1", "overview.show", "{}")
    assert wanted(PRESS)
    assert not wanted(PRESS)
    clock.advance(DOUBLE_CLICK_SECONDS)
    assert wanted(PRESS)
    assert wanted(other), "another button"
    assert wanted(PRESS), "back and forth is no double click"
    assert wanted(Press("U2", "1.1", "call_stack.show", "{}")), "another person"
    assert wanted(Press("U1", "2.2", "call_stack.show", "{}")), "another message"
    assert wanted(None)
    assert wanted(None), "what tells no place is never taken for a double"


def test_a_press_that_is_worked_on_is_the_same_wish_for_as_long() -> None:
    clock = ManualClock(NOW)
    presses = Presses(clock)
    with presses.once(PRESS) as first:
        assert first
        clock.advance(3600)
        with presses.once(PRESS) as again:
            assert not again
    clock.advance(3600)
    with suppress(ZeroDivisionError), presses.once(PRESS):
        _ = 1 / 0
    clock.advance(1)
    with presses.once(PRESS) as after:
        assert after, "a failure does not block the button"


def test_only_so_many_places_are_remembered() -> None:
    presses = Presses(ManualClock(NOW))
    for number in range(5_000):
        with presses.once(Press("U1", str(number), "x", "")):
            pass
    assert len(presses._last) <= 1_000
