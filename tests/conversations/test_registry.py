"""Three lists that must be equal: ids that cards render, ids that somebody listens to, and the manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from slack_bolt.async_app import AsyncApp

from bot.cards.actions import Action
from bot.cli.stage import manifest
from handlers import Dependencies, register_all
from handlers.grammar import GRAMMAR
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


class Recorder:
    """Notes what is registered on a Bolt app."""

    def __init__(self) -> None:
        self.actions: list[str | re.Pattern[str]] = []
        self.commands: list[str] = []

    def middleware(self, work: Callable[..., Any]) -> Callable[..., Any]:
        return work

    error = middleware

    def action(self, action_id: str | re.Pattern[str]) -> Callable[..., Any]:
        self.actions.append(action_id)
        return lambda work: work

    def command(self, name: str) -> Callable[..., Any]:
        self.commands.append(name)
        return lambda work: work


def registered() -> Recorder:
    recorder = Recorder()
    absent = cast("Any", None)
    deps = Dependencies(
        visits=absent, ask=absent, refresh=absent, call_stacks=absent, in_flight=absent, team_id=""
    )
    register_all(cast("AsyncApp", recorder), deps)
    return recorder


def test_every_button_has_exactly_one_listener_and_stale_ones_the_last() -> None:
    actions = registered().actions
    assert [a for a in actions if isinstance(a, str)] == sorted(
        (a for a in actions if isinstance(a, str)), key=actions.index
    )
    assert sorted(str(a) for a in actions if isinstance(a, str)) == sorted(str(a) for a in Action)
    assert isinstance(actions[-1], re.Pattern)


def test_the_manifest_declares_exactly_the_commands_that_are_listened_to() -> None:
    declared = [entry["command"] for entry in manifest()["features"]["slash_commands"]]
    assert declared == registered().commands
    assert all(command.usage.split()[0] in declared for command in GRAMMAR)


def test_the_usage_hint_names_what_help_explains() -> None:
    hint = manifest()["features"]["slash_commands"][0]["usage_hint"]
    assert "help" in hint


async def test_every_button_is_rendered_somewhere(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    for index in range(6):
        stage.company.log_error(
            message=f"Currency Code X{index} must be coupled to a record in Dataverse.",
            source=f"Customer: {index}",
        )
    await stage.read()
    seen: set[str] = set()

    def look() -> None:
        seen.update(e.action_id for m in stage.kim.messages for e in m.elements() if e.action_id)

    await stage.kim.command("/syncerrors")
    look()
    await stage.kim.click("Next")
    look()
    await stage.kim.click("Previous")
    await stage.kim.click("Details", nth=1)
    look()
    await stage.kim.click("Next")
    look()
    assert seen == {str(action) for action in Action}


async def test_the_bot_asks_for_the_scopes_that_it_uses_and_no_other(stage: Stage) -> None:
    await stage.kim.command("/syncerrors")
    used = {"auth.test": None, "users.info": "users:read"}
    methods = {call.method for call in stage.slack.calls if "." in call.method}
    assert methods == set(used)
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == {"commands"} | {s for s in used.values() if s}
