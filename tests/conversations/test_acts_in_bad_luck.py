"""Retry, purge and support request where people and machines do the unexpected.

Which test holds what (files of ``tests/``: c = conversations, o = operations, p = processes):

================================ =============================== ================================ ==============================
what happens                     purge                           retry                            support request
================================ =============================== ================================ ==============================
stale button, forged id          here                            here                             here
foreign user's button            here; rights in c/test_purging  here; rights in c/test_retry     here; rights in c/test_support
double click, sent off twice     here; two processes in          here; two processes in           c/test_support
                                 o/test_two_processes            o/test_two_processes
connection removed meanwhile     o/test_purge                    o/test_retry                     o/test_support
Business Central down            o/test_purge                    o/test_retry, c/test_retry       o/test_support, c/test_support
429 for minutes                  here                            here                             c/test_support
half a batch failing             o/test_purge                    refused records: o/test_retry    some call stacks: c/test_support
somebody purges there meanwhile  o/test_purge                    nothing is deleted               c/test_support
retention running                c/test_purging                  nothing is deleted               c/test_support
numbers that appear late         o/test_purge                    goes by couplings, not numbers   reads the store alone
clock in another zone            c/test_purging                  o/test_retry (evidence by        every time is UTC and says so:
                                                                 Business Central's clock)        cards/test_support_files
company renamed                  c/test_purging                  names no company                 names it as now
environment restored or copied   o/test_purge                    o/test_retry (couplings that     o/test_support (by id)
                                                                 are gone, old jobs)
a process dies, or is told to    p/test_killed_purge             p/test_killed_retry              p/test_killed_support
what was refused is written down c/test_refused                  c/test_refused                   c/test_refused
================================ =============================== ================================ ==============================
"""  # noqa: E501 # a table

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from bot.cards.actions import Action, ButtonValue
from tests.conversations.conftest import Stage, skipped

ACTS = [Action.PURGE_OPEN, Action.PURGE_STOP, Action.RETRY_OPEN, Action.RETRY_STOP, Action.SUPPORT_OPEN]
CHANGES = ("Microsoft.NAV.", "$batch")


@pytest.fixture
async def failing(stage: Stage) -> Stage:
    """Five customers that Business Central skips, all of it half an hour old and read."""
    await skipped(stage, 5)
    await stage.kim.command("/syncerrors")
    return stage


def changes(stage: Stage) -> list[str]:
    """What Business Central was asked to do."""
    return [one.path for one in stage.source.requests if any(word in one.path for word in CHANGES)]


@pytest.mark.parametrize("action", ACTS)
@pytest.mark.parametrize(
    "value",
    [
        "not json",
        json.dumps({"v": 99, "connection": "x"}),
        json.dumps({"v": 1, "connection": "elsewhere", "problem": "p", "run": "r"}),
    ],
)
async def test_a_stale_or_forged_button_does_nothing(failing: Stage, action: Action, value: str) -> None:
    told = await failing.kim.forge_click(action, value)
    assert "out of date" in told.plain()
    assert failing.kim.modal is None
    assert changes(failing) == []


@pytest.mark.parametrize("action", ACTS)
async def test_an_id_that_nothing_has_does_nothing(failing: Stage, action: Action) -> None:
    value = ButtonValue(connection=failing.connection, problem="nobody", run="nobody").encoded()
    await failing.kim.forge_click(action, value)
    await failing.in_flight.drain(5)
    modal = failing.kim.modal
    assert modal is None or modal.submit_label is None
    assert changes(failing) == []


@pytest.mark.parametrize("action", ACTS)
async def test_strangers_are_refused_every_act(failing: Stage, action: Action) -> None:
    mallory = failing.slack.person("Mallory", team_id="T0ELSEWHERE")
    value = ButtonValue(connection=failing.connection, problem="p", run="r").encoded()
    told = await mallory.forge_click(action, value)
    assert "Only members of the organization" in told.plain()
    assert mallory.modal is None
    assert changes(failing) == []


async def test_a_retry_pressed_and_sent_off_twice_is_one(failing: Stage) -> None:
    failing.company.synchronization.fix()
    await failing.kim.click("Details")
    button = next(one for one in failing.kim.messages[-1].elements() if one.label == "Retry…")
    await asyncio.gather(failing.kim.press(button), failing.kim.press(button))
    await failing.kim.until(lambda kim: kim.modal is not None and kim.modal.submit_label is not None)
    await asyncio.gather(failing.kim.submit(), failing.kim.submit(), return_exceptions=True)
    failing.kim.visit_bot()
    await failing.kim.until(lambda kim: any("5 of 5 synchronized" in one.plain() for one in kim.messages))
    assert sum(path.endswith("releaseAll") for path in changes(failing)) == 1
    assert sum(path.endswith("wake") for path in changes(failing)) == 1


async def test_a_purge_pressed_and_sent_off_twice_is_one(failing: Stage) -> None:
    count = len(list(failing.company.rows(failing.clock.now())))
    await failing.kim.click("Details")
    button = next(one for one in failing.kim.messages[-1].elements() if one.label == "Clean up…")
    await asyncio.gather(failing.kim.press(button), failing.kim.press(button))
    await failing.kim.until(lambda kim: kim.modal is not None and "of this problem" in kim.modal.plain())
    await asyncio.gather(failing.kim.submit(), failing.kim.submit(), return_exceptions=True)
    failing.kim.visit_bot()
    over = f"Over: {count} of {count} deleted."
    await failing.kim.until(lambda kim: any(over in one.plain() for one in kim.messages))
    assert sum("deleted (" in one.plain() or over in one.plain() for one in failing.kim.messages) == 1
    assert sum(path.endswith("$batch") for path in changes(failing)) == 1


@pytest.mark.parametrize("path", ["$batch", "releaseAll"])
async def test_429_for_minutes_is_waited_for_and_said(failing: Stage, path: str) -> None:
    failing.company.synchronization.fix()
    failing.source.faults.fail(429, times=25, path=path)
    await failing.kim.click("Details")
    await failing.kim.click("Clean up…" if path == "$batch" else "Retry…")
    await failing.kim.until(lambda kim: kim.modal is not None and kim.modal.submit_label is not None)
    began = failing.clock.now()
    await failing.kim.submit()
    failing.kim.visit_bot()
    await failing.kim.until(lambda kim: any("Over:" in one.plain() for one in kim.messages))
    assert failing.clock.now() - began > timedelta(minutes=2)
    [progress] = [one for one in failing.kim.messages if "Over:" in one.plain()]
    await failing.slack.until(lambda: bool(failing.kim.thread(progress)))
    assert "10 of 10 deleted" in progress.plain() or "5 of 5 synchronized" in progress.plain()
    assert any("too busy" in str(call.arguments) for call in failing.slack.calls)
