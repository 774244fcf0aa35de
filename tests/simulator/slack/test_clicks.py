"""Buttons and menus in messages, response_urls, and what their payloads carry."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bot.clock import ManualClock
from bot.simulator.slack import NothingHappened, OperationTimeout, Refused
from tests.simulator.slack.conftest import MANIFEST, Stage, actions, button, manifest, section, stage_of


def offers(stage: Stage, *elements: dict[str, Any], public: bool = False) -> list[dict[str, Any]]:
    """The app answers /probe with these elements; the bodies of all presses are collected."""
    pressed: list[dict[str, Any]] = []

    @stage.app.command("/probe")
    async def show(ack: Any) -> None:
        kind = "in_channel" if public else "ephemeral"
        await ack(text="menu", blocks=[section("menu"), actions(*elements)], response_type=kind)

    @stage.app.action("press")
    async def press(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        pressed.append(body)
        await respond(text=f"pressed {len(pressed)}", replace_original=True)

    return pressed


async def test_a_click_replaces_the_message(stage: Stage) -> None:
    offers(stage, button("Go"))
    kim = stage.slack.person()
    before = await kim.command("/probe")
    after = await kim.click("Go")
    assert (after.ts, after.plain(), after.updates) == (before.ts, "pressed 1", 1)
    assert after.ephemeral
    assert len(kim.messages) == 1
    assert stage.slack.refusals == []


async def test_an_ephemeral_click_carries_no_message(stage: Stage) -> None:
    pressed = offers(stage, button("Go", value="v1", style="primary"))
    kim = stage.slack.person()
    message = await kim.command("/probe")
    await kim.click("Go")
    body = pressed[0]
    assert "message" not in body
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": stage.slack.general.id,
        "is_ephemeral": True,
    }
    action = body["actions"][0]
    assert (action["action_id"], action["value"], action["type"]) == ("press", "v1", "button")
    assert action["block_id"] == message.elements()[0].block_id
    assert body["user"]["team_id"] == stage.slack.team_id


async def test_a_click_on_a_public_message_carries_it(stage: Stage) -> None:
    pressed = offers(stage, button("Go"), public=True)
    kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
    message = await kim.command("/probe")
    await lee.click("Go")
    assert pressed[0]["message"]["ts"] == message.ts
    assert pressed[0]["message"]["bot_id"]
    assert pressed[0]["container"]["is_ephemeral"] is False
    assert pressed[0]["user"]["id"] == lee.id


async def test_people_of_another_organization_are_told_apart(stage: Stage) -> None:
    pressed = offers(stage, button("Go"), public=True)
    await stage.slack.person("Kim").command("/probe")
    guest = stage.slack.person("Gus", team_id="T0OTHER")
    await guest.click("Go")
    assert pressed[0]["user"]["team_id"] == "T0OTHER"
    assert pressed[0]["team"]["id"] == stage.slack.team_id


async def test_only_what_is_on_the_screen_can_be_pressed(stage: Stage) -> None:
    offers(stage, button("Go"))
    kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
    message = await kim.command("/probe")
    with pytest.raises(Refused, match="no 'Stop'"):
        await kim.click("Stop")
    with pytest.raises(Refused):
        await kim.click("Go", nth=1)
    with pytest.raises(Refused):
        await lee.click("Go")
    with pytest.raises(Refused, match="no longer"):
        await lee.press(message.elements()[0])


async def test_the_newest_message_is_pressed_and_an_older_one_on_request(stage: Stage) -> None:
    pressed = offers(stage, button("Go", value="x"))
    kim = stage.slack.person()
    first = await kim.command("/probe")
    second = await kim.command("/probe")
    assert (await kim.click("Go")).ts == second.ts
    assert (await kim.click("Go", message=first)).ts == first.ts
    assert len(pressed) == 2


async def test_a_double_click_arrives_twice(stage: Stage) -> None:
    pressed = offers(stage, button("Go"))
    kim = stage.slack.person()
    await kim.command("/probe")
    await asyncio.gather(kim.click("Go"), kim.click("Go"))
    await kim.until("pressed 2")
    assert len(pressed) == 2
    assert pressed[0]["response_url"] != pressed[1]["response_url"]


async def test_menus_send_the_chosen_option_and_keep_it(stage: Stage) -> None:
    options = [
        {"text": {"type": "plain_text", "text": label}, "value": label.lower()} for label in ("Red", "Blue")
    ]
    menu = {"type": "static_select", "action_id": "press", "options": options}
    more = {"type": "overflow", "action_id": "more", "options": options[:1]}
    pressed = offers(stage, menu, more)
    kim = stage.slack.person()
    message = await kim.command("/probe")
    assert message.plain() == "menu\n[…] […]"
    await kim.choose("Blue")
    assert pressed[0]["actions"][0]["selected_option"]["value"] == "blue"
    chosen = pressed[0]["state"]["values"][message.elements()[0].block_id]["press"]
    assert chosen["selected_option"]["value"] == "blue"
    with pytest.raises(Refused):
        await kim.choose("Green")


async def test_a_link_button_is_acknowledged_and_changes_nothing(stage: Stage) -> None:
    clicked = asyncio.Event()

    @stage.app.action("link")
    async def link(ack: Any) -> None:
        await ack()
        clicked.set()

    offers(stage, button("Open", "link", url="https://example.com/page"))
    kim = stage.slack.person()
    message = await kim.command("/probe")
    assert message.plain() == "menu\n[Open] <https://example.com/page>"
    assert await kim.click("Open") == message
    await clicked.wait()


async def test_a_late_click_is_an_operation_timeout() -> None:
    async with stage_of(ack_seconds=0.05) as stage:
        offers(stage, button("Go", "slow"))

        @stage.app.action("slow")
        async def slow(ack: Any) -> None:
            await asyncio.Event().wait()

        kim = stage.slack.person()
        await kim.command("/probe")
        with pytest.raises(OperationTimeout):
            await kim.click("Go")


async def test_forged_clicks_reach_the_bot(stage: Stage) -> None:
    pressed = offers(stage, button("Go"))
    kim = stage.slack.person()
    await kim.command("/probe")
    await kim.forge_click("press", "tampered")
    assert pressed[0]["actions"][0]["value"] == "tampered"
    with pytest.raises(NothingHappened):
        await stage.slack.person("Lee").forge_click("press", None, patience=0.2)
    assert stage.slack.refusals[-1].error == "message_not_found"  # there was nothing to replace


async def test_without_interactivity_nothing_can_be_pressed() -> None:
    async with stage_of(manifest(settings={"interactivity": {"is_enabled": False}})) as stage:
        offers(stage, button("Go"))
        kim = stage.slack.person()
        await kim.command("/probe")
        with pytest.raises(Refused, match="interactivity"):
            await kim.click("Go")


async def test_a_click_acknowledged_with_a_body_is_refused(stage: Stage) -> None:
    offers(stage, button("Go", "chatty"))

    @stage.app.action("chatty")
    async def chatty(ack: Any, respond: Any) -> None:
        await ack("this is lost")
        await respond("done")

    kim = stage.slack.person()
    await kim.command("/probe")
    await kim.click("Go")
    assert [refusal.error for refusal in stage.slack.refusals] == ["body_ignored"]


class TestResponseUrl:
    """Five uses in thirty minutes; replacing, deleting, posting anew."""

    @pytest.fixture
    async def url(self, stage: Stage) -> str:
        pressed = offers(stage, button("Go"))
        self.kim = stage.slack.person("Kim")
        await self.kim.command("/probe")
        await self.kim.click("Go")  # the first use
        return str(pressed[0]["response_url"])

    async def post(self, url: str, **body: Any) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(url, json=body)

    async def test_five_uses(self, stage: Stage, url: str) -> None:
        for number in range(2, 6):
            answer = await self.post(url, text=f"use {number}")
            assert (answer.status_code, answer.json()) == (200, {"ok": True})
        answer = await self.post(url, text="use 6")
        assert (answer.status_code, answer.json()["error"]) == (404, "used_url")
        assert stage.slack.refusals[-1].error == "used_url"
        assert self.kim.messages[-1].plain() == "use 5"

    async def test_thirty_minutes(self, clock: ManualClock, url: str) -> None:
        clock.advance(30 * 60)
        assert (await self.post(url, text="just in time")).status_code == 200
        clock.advance(1)
        answer = await self.post(url, text="too late")
        assert (answer.status_code, answer.json()["error"]) == (404, "expired_url")

    async def test_the_default_is_ephemeral_and_new(self, stage: Stage, url: str) -> None:
        lee = stage.slack.person("Lee")
        await self.post(url, text="for you")
        assert self.kim.messages[-1].ephemeral
        assert len(self.kim.messages) == 2
        await self.post(url, text="for all", response_type="in_channel")
        assert [message.plain() for message in lee.messages] == ["for all"]

    async def test_delete_original(self, url: str) -> None:
        await self.post(url, delete_original=True)
        assert self.kim.messages == []
        assert (await self.post(url, text="x", replace_original=True)).status_code == 400

    async def test_a_refused_post_is_no_use(self, stage: Stage, url: str) -> None:
        for body, error in (
            ({}, "no_text"),
            ({"text": " "}, "no_text"),
            ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
            ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
            ({"text": "x", "response_type": "public"}, "invalid_arguments"),
            ({"text": "x", "colour": "red"}, "invalid_arguments"),
        ):
            answer = await self.post(url, **body)
            assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert len(stage.slack.refusals) == 6
        for _ in range(4):
            assert (await self.post(url, text="fine")).status_code == 200

    async def test_an_unknown_url(self, stage: Stage, url: str) -> None:
        assert (await self.post(url[:-1] + "~", text="x")).status_code == 404

    async def test_a_body_that_is_no_json(self, url: str) -> None:
        async with httpx.AsyncClient() as client:
            answer = await client.post(url, content=b"{", headers={"Content-Type": "application/json"})
        assert answer.json()["error"] == "invalid_json"


async def test_a_commands_response_url_replaces_nothing(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def show(ack: Any, respond: Any) -> None:
        await ack()
        await respond("one moment")
        await respond(text="the answer", replace_original=True)

    kim = stage.slack.person()
    await kim.command("/probe")
    await kim.until("the answer")
    assert [message.plain() for message in kim.messages] == ["one moment", "the answer"]
    assert [refusal.error for refusal in stage.slack.refusals] == ["nothing_to_replace"]


async def test_a_visibility_cannot_be_changed_by_replacing(stage: Stage) -> None:
    @stage.app.action("publish")
    async def publish(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="now public?", replace_original=True, response_type="in_channel")

    offers(stage, button("Go", "publish"))
    kim = stage.slack.person()
    await kim.command("/probe")
    assert (await kim.click("Go")).ephemeral
    assert stage.slack.person("Lee").messages == []


async def test_requests_are_signed_and_a_bad_signature_is_refused_by_bolt(stage: Stage) -> None:
    offers(stage, button("Go"))
    kim = stage.slack.person()
    body = b"&".join(f"{k}={v}".encode() for k, v in kim.command_payload("/probe").items())
    good = stage.slack.signed_headers(body)
    assert (await stage.slack.send_raw(body, good)).status_code == 200
    assert (await stage.slack.send_raw(body + b"x", good)).status_code == 401
    assert (await stage.slack.send_raw(body, stage.slack.signed_headers(body, 1))).status_code == 401
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
