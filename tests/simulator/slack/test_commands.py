"""Slash commands: what arrives at the bot, what the person sees, and the three seconds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.simulator.slack import ChannelKind, DispatchFailed, NothingHappened, OperationTimeout, Refused
from tests.simulator.slack.conftest import MANIFEST, Stage, manifest, section, stage_of


async def test_an_acknowledgement_with_text_is_an_ephemeral_message(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any, command: dict[str, str]) -> None:
        await ack(f"you said {command['text']}")

    kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
    message = await kim.command("/probe  hello there ")
    assert message.plain() == "you said hello there"
    assert message.ephemeral
    assert lee.messages == []
    assert stage.slack.refusals == []


async def test_the_payload_has_slacks_fields_and_all_are_strings(stage: Stage) -> None:
    seen: dict[str, Any] = {}

    @stage.app.command("/probe")
    async def answer(ack: Any, body: dict[str, Any]) -> None:
        seen.update(body)
        await ack("ok")

    kim = stage.slack.person("Kim")
    await kim.command("/probe 4711")
    assert seen["command"] == "/probe"
    assert seen["text"] == "4711"
    assert seen["team_id"] == stage.slack.team_id
    assert seen["user_id"] == kim.id
    assert seen["channel_name"] == "general"
    assert seen["is_enterprise_install"] == "false"
    assert seen["response_url"].startswith("http://127.0.0.1:")
    assert "thread_ts" not in seen
    assert all(isinstance(value, str) for value in seen.values())


async def test_a_public_acknowledgement_is_seen_by_all(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any) -> None:
        await ack(text="for all", blocks=[section("for *all*")], response_type="in_channel")

    kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
    message = await kim.command("/probe")
    assert not message.ephemeral
    assert [seen.plain() for seen in lee.messages] == ["for all"]


async def test_a_late_acknowledgement_is_an_operation_timeout_and_the_bot_goes_on() -> None:
    async with stage_of(ack_seconds=0.05) as stage:
        release = asyncio.Event()

        @stage.app.command("/probe")
        async def answer(ack: Any, respond: Any) -> None:
            await release.wait()
            await ack()
            await respond("late, but here")

        kim = stage.slack.person()
        with pytest.raises(OperationTimeout, match='/probe failed with the error "operation_timeout"'):
            await kim.command("/probe")
        assert kim.messages[-1].plain() == '/probe failed with the error "operation_timeout"'
        release.set()
        assert (await kim.until("late, but here")).ephemeral


async def test_an_acknowledgement_in_time_is_none(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await respond("done")

    assert (await stage.slack.person().command("/probe")).plain() == "done"


async def test_an_answer_other_than_200_is_told_to_the_person(stage: Stage) -> None:
    kim = stage.slack.person()
    with pytest.raises(DispatchFailed, match="status code 404") as caught:
        await kim.command("/probe")  # nobody listens in the app
    assert caught.value.status == 404
    assert "status code 404" in kim.messages[-1].plain()


async def test_a_command_works_where_the_bot_is_no_member(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any, respond: Any, command: dict[str, str]) -> None:
        await ack()
        await respond(f"in {command['channel_name']}")

    kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
    kim.visit(stage.slack.channel("finance", kind=ChannelKind.PRIVATE))
    assert (await kim.command("/probe")).plain() == "in privategroup"
    kim.visit_bot()
    assert (await kim.command("/probe")).plain() == "in directmessage"
    assert [message.plain() for message in kim.messages] == ["in directmessage"]
    assert lee.messages == []


async def test_without_a_listener_nothing_can_be_dispatched() -> None:
    async with stage_of() as stage:
        stage.slack._delivery.listener = None
        with pytest.raises(DispatchFailed, match="dispatch_failed"):
            await stage.slack.person().command("/probe")


async def test_only_declared_commands_exist(stage: Stage) -> None:
    with pytest.raises(Refused, match="/other is not a valid command"):
        await stage.slack.person().command("/other")


async def test_people_of_another_organization_have_no_command(stage: Stage) -> None:
    guest = stage.slack.person("Gus", team_id="T0OTHER")
    with pytest.raises(Refused):
        await guest.command("/probe")


async def test_a_command_needs_its_scope() -> None:
    with pytest.raises(ValueError, match="commands"):
        async with stage_of(manifest(scopes=["users:read"])):
            pass


async def test_a_broken_acknowledgement_is_refused(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any) -> None:
        await ack(text="x", blocks=[{"type": "section"}])

    kim = stage.slack.person()
    with pytest.raises(DispatchFailed, match="invalid_command_response"):
        await kim.command("/probe")
    assert [refusal.error for refusal in stage.slack.refusals] == ["invalid_blocks"]


async def test_nothing_happened_tells_what_was_on_the_screen(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def answer(ack: Any) -> None:
        await ack()

    with pytest.raises(NothingHappened, match="Kim waited"):
        await stage.slack.person("Kim").command("/probe", patience=0.05)


async def test_names_are_escaped_when_the_manifest_asks_for_it() -> None:
    declared = manifest(
        features={"slash_commands": [{"command": "/probe", "description": "x", "should_escape": True}]}
    )
    async with stage_of(declared) as stage:
        lee, kim = stage.slack.person("Lee"), stage.slack.person("Kim")
        text = kim.command_payload("/probe @lee in #general")["text"]
        assert text == f"<@{lee.id}|lee> in <#{stage.slack.general.id}|general>"
    async with stage_of(MANIFEST) as stage:
        kim = stage.slack.person("Kim")
        assert kim.command_payload("/probe @kim")["text"] == "@kim"
