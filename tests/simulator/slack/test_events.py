"""Events and their repetitions, over HTTP and over Socket Mode, with slack_bolt on the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncBoltRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import ManualClock
from bot.simulator.slack import Refused, SlackSimulator
from tests.simulator.slack.conftest import SCOPES, Stage, manifest, stage_of
from tests.simulator.slack.test_socket_mode import connected

SUBSCRIBED = manifest(
    scopes=[*SCOPES, "app_mentions:read"],
    settings={"event_subscriptions": {"bot_events": ["app_mention", "app_home_opened"]}},
)


@pytest.fixture
async def stage(clock: ManualClock) -> AsyncIterator[Stage]:
    async with stage_of(SUBSCRIBED, clock=clock) as ready:
        ready.slack.invite_bot(ready.slack.general)
        yield ready


async def test_a_mention_is_told_once_when_it_is_heard(stage: Stage, clock: ManualClock) -> None:
    heard: list[dict[str, Any]] = []

    @stage.app.event("app_mention")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event)

    kim = stage.slack.person()
    told = await kim.mention("hello")
    await stage.slack.until(lambda: bool(heard))
    assert (told.heard, told.failures, clock.slept) == (True, (), [])
    assert heard[0]["text"] == f"<@{stage.slack.bot_user_id}> hello"
    assert heard[0]["user"] == kim.id
    assert "hello" in kim.messages[-1].plain()


async def test_the_home_is_opened(stage: Stage) -> None:
    told = await stage.slack.person().open_home()
    assert told.kind == "app_home_opened"
    assert not told.heard, "nobody listens: Bolt answers 404"
    assert stage.slack.events == [told]


async def answered_with(
    clock: ManualClock, *answers: Response
) -> tuple[list[tuple[str | None, str | None]], SlackSimulator, httpx.AsyncClient]:
    """A bot that gives these answers in turn; the retry headers that it saw."""
    seen: list[tuple[str | None, str | None]] = []
    waiting = list(answers)

    async def events(request: Request) -> Response:
        seen.append((request.headers.get("x-slack-retry-num"), request.headers.get("x-slack-retry-reason")))
        return waiting.pop(0)

    app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")
    slack = SlackSimulator(SUBSCRIBED, clock=clock)
    slack.connect_http(http)
    return seen, slack, http


async def test_what_is_not_heard_is_repeated_at_once_after_a_minute_and_after_five(
    clock: ManualClock,
) -> None:
    seen, slack, http = await answered_with(clock, *(Response(status_code=500) for _ in range(9)))
    async with http, slack:
        told = await slack.person().open_home()
    assert seen == [(None, None), *((str(n), "http_error") for n in (1, 2, 3))]
    assert clock.slept == [60.0, 300.0]
    assert (told.heard, told.failures) == (False, ("http_error",) * 4)


async def test_an_app_can_ask_for_no_repetition_or_hear_at_last(clock: ManualClock) -> None:
    enough = Response(status_code=503, headers={"x-slack-no-retry": "1"})
    seen, slack, http = await answered_with(clock, enough, Response(status_code=500), Response())
    async with http, slack:
        kim = slack.person()
        assert not (await kim.open_home()).heard
        assert len(seen) == 1
        second = await kim.open_home()
    assert (second.heard, second.failures) == (True, ("http_error",))


async def test_nobody_there_and_nobody_in_time(clock: ManualClock) -> None:
    async with SlackSimulator(SUBSCRIBED, clock=clock) as slack:
        assert set((await slack.person().open_home()).failures) == {"connection_failed"}


async def test_over_a_socket_the_repetition_stands_in_the_envelope(clock: ManualClock) -> None:
    async with stage_of(SUBSCRIBED, clock=clock, ack_seconds=0.1) as stage:
        seen: list[tuple[str, str]] = []

        @stage.app.middleware
        async def deaf_at_first(request: AsyncBoltRequest, ack: Any, next_: Any) -> None:
            retry = [request.headers.get(f"x-slack-retry-{name}", [""])[0] for name in ("num", "reason")]
            seen.append((retry[0], retry[1]))
            if len(seen) > 1:
                await ack()
                await next_()

        @stage.app.event("app_home_opened")
        async def hear() -> None:
            """Bolt acknowledges."""

        async with connected(stage.slack, stage.app):
            told = await stage.slack.person().open_home()
        assert (told.heard, told.failures) == (True, ("timeout",))
        assert seen[1] == ("1", "timeout")
        assert stage.slack.refusals == []


async def test_in_a_shared_channel_the_event_tells_whose_person_it_is(stage: Stage) -> None:
    heard: list[dict[str, Any]] = []

    @stage.app.event("app_mention")
    async def hear(body: dict[str, Any]) -> None:
        heard.append(body)

    guest = stage.slack.person("Mallory", team_id="T0ELSEWHERE")
    await guest.mention("hello")
    await stage.slack.until(lambda: bool(heard))
    assert heard[0]["team_id"] == stage.slack.team_id
    assert heard[0]["is_ext_shared_channel"] is True
    assert heard[0]["event"]["user_team"] == "T0ELSEWHERE"


async def test_slack_says_nothing_without_a_subscription_or_membership(clock: ManualClock) -> None:
    async with stage_of(clock=clock) as stage:
        stage.slack.invite_bot(stage.slack.general)
        with pytest.raises(Refused, match="does not subscribe"):
            await stage.slack.person().mention("hello")
    async with stage_of(SUBSCRIBED, clock=clock) as stage:
        with pytest.raises(Refused, match="is not in"):
            await stage.slack.person().mention("hello")


@pytest.mark.parametrize(
    ("kinds", "complaint"), [(["app_mention"], "scope 'app_mentions:read'"), (["no_such"], "does not know")]
)
def test_a_manifest_that_cannot_be_installed(kinds: list[str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SlackSimulator(manifest(settings={"event_subscriptions": {"bot_events": kinds}}))
