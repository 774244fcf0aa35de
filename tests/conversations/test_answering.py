"""The answer arrives: by the response_url while it lasts, else by a message of its own, and in a language."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from bot.operations.refresh import Refresh
from bot.operations.views import Freshness
from bot.simulator.slack import RESPONSE_URL
from bot.store.values import Scope
from handlers import languages
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    return stage


def answers(stage: Stage) -> list[str]:
    """What the bot sent to show something, in order."""
    shows = {RESPONSE_URL, "chat.postEphemeral", "chat.postMessage"}
    return [call.method for call in stage.slack.calls if call.method in shows and call.ok]


def slow_reading(stage: Stage, monkeypatch: pytest.MonkeyPatch, *, looks: int, seconds: float) -> None:
    """A pull that is looked at that often, with so much time in between."""

    async def follow(self: Refresh, scope: Scope) -> AsyncIterator[Freshness]:
        for _ in range(looks):
            yield await self.ask.freshness(scope)
            stage.clock.advance(seconds)

    monkeypatch.setattr(Refresh, "follow", follow)


async def test_reports_never_take_the_last_use_away_from_the_answer(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_reading(ordinary, monkeypatch, looks=9, seconds=10)
    await ordinary.kim.command("/syncerrors")
    ordinary.slack.calls.clear()
    await ordinary.kim.click("Refresh")
    await ordinary.kim.until("3 causes")
    assert answers(ordinary) == [RESPONSE_URL] * 5
    assert len(ordinary.kim.messages) == 1


async def test_an_answer_after_half_an_hour_is_a_direct_message(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_reading(ordinary, monkeypatch, looks=2, seconds=16 * 60)
    await ordinary.kim.command("/syncerrors")
    ordinary.slack.calls.clear()
    await ordinary.kim.click("Refresh")
    await ordinary.slack.until(lambda: "chat.postMessage" in answers(ordinary))
    ordinary.kim.visit_bot()
    message = await ordinary.kim.until("3 causes")
    assert answers(ordinary) == [RESPONSE_URL, RESPONSE_URL, "chat.postMessage"]
    assert not message.ephemeral
    assert "prvReadProject" in (await ordinary.kim.click("Details")).plain(), "its buttons work"


@pytest.mark.parametrize("status", ["404", "410", "500", "429"])
async def test_an_answer_that_the_response_url_does_not_take_appears_beside_the_question(
    ordinary: Stage, status: str
) -> None:
    ordinary.slack.invite_bot(ordinary.slack.general)
    if status == "429":
        ordinary.slack.faults.rate_limit(RESPONSE_URL, times=3, retry_after=5)
    else:
        ordinary.slack.faults.fail(RESPONSE_URL, status, times=3)
    message = await ordinary.kim.command("/syncerrors", beside=True)
    assert "3 causes" in message.plain()
    assert message.ephemeral
    assert answers(ordinary) == ["chat.postEphemeral"]
    assert ordinary.sanne.messages == []


async def test_where_the_bot_is_no_member_it_is_a_direct_message(ordinary: Stage) -> None:
    ordinary.slack.faults.fail(RESPONSE_URL, "404")
    await ordinary.kim.command("/syncerrors", beside=True)
    assert answers(ordinary) == ["chat.postMessage"]
    ordinary.kim.visit_bot()
    assert "3 causes" in ordinary.kim.messages[-1].plain()
    assert [refusal.error for refusal in ordinary.slack.refusals] == ["not_in_channel"]
    ordinary.slack.refusals.clear()


async def test_in_a_direct_conversation_it_stays_there(ordinary: Stage) -> None:
    ordinary.kim.visit_bot()
    ordinary.slack.faults.fail(RESPONSE_URL, "404")
    await ordinary.kim.command("/syncerrors", beside=True)
    assert answers(ordinary) == ["chat.postMessage"]
    assert "3 causes" in ordinary.kim.messages[-1].plain()


async def test_an_answer_that_is_lost_on_every_way_is_an_error_in_the_log(ordinary: Stage) -> None:
    ordinary.slack.invite_bot(ordinary.slack.general)
    ordinary.slack.faults.fail(RESPONSE_URL, "404")
    ordinary.slack.faults.fail("chat.postEphemeral", "is_archived")
    ordinary.slack.faults.fail("chat.postMessage", "messages_tab_disabled")
    with structlog.testing.capture_logs() as events:
        await ordinary.kim.send_command("/syncerrors")
        await ordinary.in_flight.drain(5)
    lost = next(event for event in events if event["event"] == "answer.lost")
    assert (lost["log_level"], lost["reason"]) == ("error", "messages_tab_disabled")


async def test_a_card_that_slack_does_not_take_still_tells_its_sentence(ordinary: Stage) -> None:
    ordinary.slack.faults.fail(RESPONSE_URL, "400")
    message = await ordinary.kim.command("/syncerrors")
    assert message.blocks == []
    assert "46 sync errors, 3 causes" in message.plain()


async def test_slack_s_wish_to_wait_is_honoured_for_every_call(ordinary: Stage) -> None:
    ordinary.slack.faults.rate_limit(RESPONSE_URL, times=2, retry_after=7)
    ordinary.slack.faults.rate_limit("users.info", times=1, retry_after=3)
    assert "3 oorzaken" in (await ordinary.sanne.command("/syncerrors")).plain()
    assert ordinary.clock.slept.count(7.0) == 2
    assert ordinary.clock.slept.count(3.0) == 1


async def test_a_wish_to_wait_too_long_is_not_waited_for(ordinary: Stage) -> None:
    ordinary.slack.invite_bot(ordinary.slack.general)
    ordinary.slack.faults.rate_limit(RESPONSE_URL, times=1, retry_after=3600)
    await ordinary.kim.command("/syncerrors", beside=True)
    assert answers(ordinary) == ["chat.postEphemeral"]
    assert ordinary.clock.slept == []


async def test_a_slow_word_about_the_language_is_there_the_next_time(
    ordinary: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "PATIENCE_SECONDS", 0.05)
    ordinary.slack.faults.slow("users.info", 0.5)
    assert "3 causes" in (await ordinary.sanne.command("/syncerrors")).plain()
    monkeypatch.setattr(languages, "PATIENCE_SECONDS", 30)
    await ordinary.slack.until(lambda: any(call.method == "users.info" for call in ordinary.slack.calls))
    ordinary.slack.faults.clear()
    assert "3 oorzaken" in (await ordinary.sanne.command("/syncerrors")).plain()
    assert [call.method for call in ordinary.slack.calls].count("users.info") == 1


async def test_several_questions_at_once_ask_for_the_language_once(ordinary: Stage) -> None:
    await asyncio.gather(*(ordinary.sanne.command("/syncerrors") for _ in range(5)))
    await ordinary.slack.until(lambda: len(ordinary.sanne.messages) == 5)
    assert [call.method for call in ordinary.slack.calls].count("users.info") == 1


async def test_the_word_payload_is_a_word_like_any_other(ordinary: Stage) -> None:
    """Bolt takes a form with it for an empty request: slack_bolt 1.30, ``parse_body``."""
    assert "payload" in (await ordinary.kim.command("/syncerrors payload=")).plain()
