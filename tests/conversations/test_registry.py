"""Three lists that must be equal: ids that cards render, ids that somebody listens to, and the manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from slack_bolt.async_app import AsyncApp

from bot.cards.actions import Action
from bot.cards.purge_run import progress_of_purge, result_of_purge
from bot.cards.retry_run import progress_of_retry
from bot.cards.texts import Texts
from bot.cli.stage import manifest
from bot.operations.activity import PAGE, Deed
from bot.operations.actors import THE_BOT
from bot.operations.durable.inline import InlineSteps
from bot.operations.purging import PurgeReport
from bot.operations.retry import RetryReport, Target
from bot.operations.rights import Act
from bot.simulator.slack import RESPONSE_URL, Person
from bot.store.retries import Tally
from bot.store.runs import Run, RunKind, RunState
from handlers import Dependencies, register_all
from handlers.acts import ACTS, COMMANDS
from handlers.grammar import GRAMMAR, Request
from tests.conversations.conftest import Stage
from tests.conversations.given_up import buttons_of_deciding
from tests.conversations.samples import ordinary_day
from tests.conversations.several import practice_of
from tests.conversations.sharing import cards, share
from tests.conversations.test_conflicts import buttons_of_choosing
from tests.conversations.test_teaching import buttons_of_teaching
from tests.conversations.test_who_lacks_what import buttons_of_access

USED_BY_DELIVERY = {
    "conversations.history": "channels:history groups:history im:history mpim:history",
    "conversations.open": "im:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
}
"""After a crash, and for files; ``tests/delivery`` has each of them called."""


class Recorder:
    """Notes what is registered on a Bolt app."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str | re.Pattern[str]]] = {}

    def middleware(self, work: Callable[..., Any]) -> Callable[..., Any]:
        return work

    error = middleware

    _async_listeners: tuple[()] = ()
    """Bolt's own: this one makes none."""

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def listen(name: str | re.Pattern[str]) -> Callable[..., Any]:
            self.heard.setdefault(kind, []).append(name)
            return lambda work: work

        return listen

    def named(self, kind: str) -> list[str]:
        return [str(name) for name in self.heard[kind] if isinstance(name, str)]


def registered() -> Recorder:
    recorder = Recorder()
    absent = cast("Any", dict.fromkeys(field.name for field in fields(Dependencies)))
    register_all(cast("AsyncApp", recorder), Dependencies(**absent))
    return recorder


def test_every_button_has_exactly_one_listener() -> None:
    assert sorted(registered().named("action")) == sorted(str(action) for action in Action)


@pytest.mark.parametrize("kind", ["command", "action", "shortcut", "view", "view_closed", "options", "event"])
def test_whatever_slack_can_send_has_a_listener_of_last_resort(kind: str) -> None:
    last = registered().heard[kind][-1]
    assert isinstance(last, re.Pattern)
    assert last.fullmatch("of another version\n")


def test_the_manifest_declares_exactly_the_commands_that_are_listened_to() -> None:
    declared = [entry["command"] for entry in manifest()["features"]["slash_commands"]]
    assert declared == registered().named("command")
    assert all(command.usage.split()[0] in declared for command in GRAMMAR)


def test_every_button_and_every_command_is_in_the_table_of_rights() -> None:
    assert set(ACTS) == set(Action)
    assert set(COMMANDS) == set(get_args(Request))


def test_the_usage_hint_names_what_help_explains() -> None:
    hint = manifest()["features"]["slash_commands"][0]["usage_hint"]
    assert "help" in hint


async def test_every_button_is_rendered_somewhere(stage: Stage, tmp_path: Path) -> None:
    ordinary_day(stage.company, stage.clock)
    for index in range(6):
        stage.company.log_error(
            message=f"Currency Code X{index} must be coupled to a record in Dataverse.",
            source=f"Customer: {index}",
        )
    await stage.read()
    seen: set[str] = set()

    def look(person: Person = stage.kim) -> None:
        seen.update(e.action_id for m in person.messages for e in m.elements() if e.action_id)

    await stage.kim.command("/syncerrors")
    look()
    await stage.kim.click("Next")
    look()
    await stage.kim.click("Previous")
    await stage.kim.click("Details", nth=1)
    look()
    await stage.kim.click("Next")
    look()
    await stage.kim.command("/syncerrors customer since:7d")
    look()
    await stage.kim.click("Next")
    look()
    await share(stage, stage.kim)
    look()
    for pressed in ("Claim", "Release claim", "Mark fixed"):
        (card,) = cards(stage.kim)
        await stage.kim.click(pressed, message=card)
        await stage.kim.until(lambda one, before=card: cards(one)[0].updates > before.updates)
        look()
    await stage.kim.click("Details", message=cards(stage.kim)[0])
    await stage.kim.click("Show error call stack")
    look()
    for number in range(PAGE + 1):
        await stage.core.activity.add(stage.scope, Deed(str(number), THE_BOT, Act.RETRY))
    await stage.kim.command("/syncerrors activity")
    await stage.kim.until("Export as CSV")  # what Mark fixed began still changes the card meanwhile
    look()
    await stage.kim.click("Next")
    await stage.kim.until(lambda one: any("Previous" in m.plain() for m in one.messages[-3:]))
    look()
    await stage.kim.command("/syncerrors forget 'Customer: 20000'")
    await stage.kim.until("Remove for good")
    look()
    await stage.kim.command("/syncerrors status")
    look()
    await stage.kim.click("Next")
    look()
    seen |= await buttons_of_cleaning_up(stage)
    seen |= await buttons_of_teaching(stage)
    seen |= await buttons_of_choosing(stage)
    seen |= await buttons_of_deciding(stage)
    seen |= await buttons_of_access(stage)
    await stage.kim.command("/syncerrors doctor")
    look()
    practice = practice_of(tmp_path, [f"Customer {letter}" for letter in "ABCDEFGHIJK"])
    async with practice.bot() as many:
        await many.kim.command("/syncerrors")
        look(many.kim)
        await many.kim.click("All connections")
        look(many.kim)
        await many.kim.click("Next")
        look(many.kim)
    assert seen == {str(action) for action in Action}


async def buttons_of_cleaning_up(stage: Stage) -> set[str]:
    """The form, the messages about a run, the archive's pages."""
    stage.clock.advance(timedelta(days=10).total_seconds())
    await stage.read()
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Clean up…")
    await stage.kim.until(lambda kim: kim.modal is not None and "Delete all" in kim.modal.plain())
    assert stage.kim.modal is not None
    seen = {one.action_id for one in stage.kim.modal.elements() if one.action_id}
    await stage.kim.close_modal()
    offer = await stage.core.purging.offer(stage.scope)
    bounds, now = offer.choices[-1].bounds, stage.clock.now()
    run = Run("run", RunKind.PURGE, bounds.what, "slack:U1", now, bounds.stored(), state=RunState.RUNNING)
    report = PurgeReport(offer.connection, run, bounds)
    watched = RetryReport(offer.connection, run, Target(), Tally({}), ())
    seen |= {
        one["action_id"]
        for block in progress_of_retry(watched, Texts.for_locale("en")).blocks
        for one in block.get("elements", ())
        if "action_id" in one
    }
    for draw in (progress_of_purge, result_of_purge):
        for block in draw(report, Texts.for_locale("en")).blocks:
            seen |= {one["action_id"] for one in block.get("elements", ()) if "action_id" in one}
    stage.company.delete_entries(0)
    await stage.core.reconcile.workflow(InlineSteps(), stage.connection)
    await stage.kim.command("/syncerrors archive")
    await stage.kim.click("Next")
    return seen | {one.action_id for m in stage.kim.messages for one in m.elements() if one.action_id}


@pytest.mark.parametrize("roles", [{"role_viewers": "S0TEAM"}])
async def test_the_bot_asks_for_the_scopes_that_it_uses_and_no_other(stage: Stage) -> None:
    stage.slack.user_group("team", stage.kim, group_id="S0TEAM")
    await stage.kim.command("/syncerrors")
    # Both ways of answering beside the response_url: in the channel, and where the bot is no member of it.
    stage.slack.faults.fail(RESPONSE_URL, "404", times=2)
    await stage.kim.command("/syncerrors", beside=True)
    stage.slack.invite_bot(stage.slack.general)
    await stage.kim.command("/syncerrors", beside=True)
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await share(stage, stage.kim, stage.slack.channel("sales"))
    used: dict[str, str] = {
        "auth.test": "",
        "users.info": "users:read",
        "usergroups.users.list": "usergroups:read",
        "chat.postEphemeral": "chat:write",
        "chat.postMessage": "chat:write",
        "chat.getPermalink": "",
        "views.open": "",
        "conversations.info": "channels:read groups:read mpim:read",
        "conversations.join": "channels:join",
    }
    methods = {call.method for call in stage.slack.calls if "." in call.method}
    assert methods == set(used)
    declared = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert declared == {"commands", *" ".join((*used.values(), *USED_BY_DELIVERY.values())).split()}
    assert [refusal.error for refusal in stage.slack.refusals] == ["not_in_channel"]
    stage.slack.refusals.clear()
