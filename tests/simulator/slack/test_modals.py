"""Modals and the home tab: triggers, stack, hashes, forms."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.clock import ManualClock
from bot.simulator.slack import DispatchFailed, OperationTimeout, Refused
from tests.simulator.slack.conftest import (
    Stage,
    actions,
    button,
    manifest,
    modal,
    section,
    stage_of,
)

SUBMIT = {"type": "plain_text", "text": "Send"}


def text_input(label: str, block_id: str, **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "text", **more.pop("element", {})}
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        **more,
    }


async def trigger(stage: Stage, who: Any) -> str:
    """A trigger id, as a command brings it."""
    return str(who.command_payload("/probe")["trigger_id"])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_command_opens_a_modal(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def show(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await stage.web.views_open(trigger_id=body["trigger_id"], view=modal(section("hello")))

    kim = stage.slack.person()
    await kim.send_command("/probe")
    opened = await kim.modal_opened()
    assert (opened.title, opened.plain()) == ("Probe", "Probe\nhello")
    assert stage.slack.person("Lee").modal is None
    await kim.close_modal()
    assert kim.modal is None
    with pytest.raises(Refused):
        await kim.close_modal()


async def test_a_click_that_opens_a_modal_gives_the_pressed_message(stage: Stage) -> None:
    @stage.app.command("/probe")
    async def show(ack: Any) -> None:
        await ack(text="menu", blocks=[actions(button("More"))])

    @stage.app.action("press")
    async def more(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await stage.web.views_open(trigger_id=body["trigger_id"], view=modal(section("details")))

    kim = stage.slack.person()
    message = await kim.command("/probe")
    assert await kim.click("More") == message
    assert kim.modal is not None


class TestTriggers:
    async def test_three_seconds(self, stage: Stage, clock: ManualClock) -> None:
        kim = stage.slack.person()
        in_time, late = await trigger(stage, kim), await trigger(stage, kim)
        clock.advance(3)
        await stage.web.views_open(trigger_id=in_time, view=modal(section("x")))
        clock.advance(0.1)
        assert await refused(stage.web.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"

    async def test_single_use(self, stage: Stage) -> None:
        kim = stage.slack.person()
        once = await trigger(stage, kim)
        await stage.web.views_open(trigger_id=once, view=modal(section("x")))
        again = stage.web.views_open(trigger_id=once, view=modal(section("x")))
        assert await refused(again) == "exchanged_trigger_id"
        unknown = stage.web.views_open(trigger_id="1.2.3", view=modal(section("x")))
        assert await refused(unknown) == "invalid_trigger_id"

    async def test_a_refused_view_leaves_the_trigger(self, stage: Stage) -> None:
        kim = stage.slack.person()
        once = await trigger(stage, kim)
        assert (
            await refused(stage.web.views_open(trigger_id=once, view={"type": "modal"}))
            == "invalid_arguments"
        )
        await stage.web.views_open(trigger_id=once, view=modal(section("x")))


class TestViews:
    async def test_the_stack_holds_three(self, stage: Stage) -> None:
        kim = stage.slack.person()
        push = stage.web.views_push(trigger_id=await trigger(stage, kim), view=modal())
        assert await refused(push) == "not_found"
        await stage.web.views_open(trigger_id=await trigger(stage, kim), view=modal(section("1")))
        for number in ("2", "3"):
            pushed = await stage.web.views_push(
                trigger_id=await trigger(stage, kim), view=modal(section(number))
            )
            assert pushed["view"]["previous_view_id"]
        push = stage.web.views_push(trigger_id=await trigger(stage, kim), view=modal(section("4")))
        assert await refused(push) == "push_limit_reached"
        await kim.close_modal()
        assert kim.modal is not None
        assert kim.modal.plain() == "Probe\n2"

    async def test_update_by_either_id_with_a_hash(self, stage: Stage) -> None:
        kim = stage.slack.person()
        view = modal(section("loading"), external_id="mine")
        opened = (await stage.web.views_open(trigger_id=await trigger(stage, kim), view=view))["view"]
        fresh = await stage.web.views_update(
            view_id=opened["id"], hash=opened["hash"], view=modal(section("done"), external_id="mine")
        )
        assert fresh["view"]["hash"] != opened["hash"]
        stale = stage.web.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("no")))
        assert await refused(stale) == "hash_conflict"
        await stage.web.views_update(external_id="mine", view=modal(section("by external id")))
        assert kim.modal is not None
        assert kim.modal.plain() == "Probe\nby external id"
        assert await refused(stage.web.views_update(view_id="V0NONE", view=modal())) == "not_found"

    async def test_an_external_id_is_unique(self, stage: Stage) -> None:
        kim, lee = stage.slack.person("Kim"), stage.slack.person("Lee")
        view = modal(section("x"), external_id="mine")
        await stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)
        await stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)  # replaces
        twice = stage.web.views_open(trigger_id=await trigger(stage, lee), view=view)
        assert await refused(twice) == "duplicate_external_id"

    async def test_a_view_has_a_size(self, stage: Stage) -> None:
        kim = stage.slack.person()
        view = modal(*[section("x" * 2900)] * 90)
        call = stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)
        assert await refused(call) == "view_too_large"

    async def test_an_input_needs_a_submit_button(self, stage: Stage) -> None:
        kim = stage.slack.person()
        view = modal(text_input("Name", "name"))
        call = stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)
        with pytest.raises(SlackApiError, match="needs `submit`"):
            await call


class TestForms:
    @pytest.fixture
    async def sent(self, stage: Stage) -> list[dict[str, Any]]:
        self.kim = stage.slack.person("Kim")
        view = modal(
            text_input("Name", "name", element={"max_length": 5}),
            text_input("Note", "note", optional=True),
            actions(button("Peek", "peek")),
            callback_id="form",
            private_metadata="m",
            submit=SUBMIT,
            notify_on_close=True,
        )
        sent: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {}

        @stage.app.view("form")
        async def submitted(ack: Any, body: dict[str, Any]) -> None:
            sent.append(body)
            await ack(**self.answer)

        @stage.app.view_closed("form")
        async def closed(ack: Any, body: dict[str, Any]) -> None:
            sent.append(body)
            await ack()

        @stage.app.action("peek")
        async def peek(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            sent.append(body)
            update = modal(*view["blocks"], section("peeked"), callback_id="form", submit=SUBMIT)
            await stage.web.views_update(view_id=body["view"]["id"], view=update)

        await stage.web.views_open(trigger_id=await trigger(stage, self.kim), view=view)
        return sent

    async def test_a_submission_carries_the_values_and_closes(self, sent: list[dict[str, Any]]) -> None:
        with pytest.raises(Refused, match="required: Name"):
            await self.kim.submit()
        with pytest.raises(Refused, match="0 to 5"):
            self.kim.fill("Name", "too long")
        self.kim.fill("Name", "Anna")
        assert await self.kim.submit() is None
        view = sent[0]["view"]
        assert sent[0]["type"] == "view_submission"
        assert view["state"]["values"]["name"]["text"] == {"type": "plain_text_input", "value": "Anna"}
        assert view["state"]["values"]["note"]["text"]["value"] is None
        assert (view["callback_id"], view["private_metadata"]) == ("form", "m")

    async def test_errors_stay_under_the_inputs(self, sent: list[dict[str, Any]]) -> None:
        self.answer = {"response_action": "errors", "errors": {"name": "Unknown"}}
        self.kim.fill("Name", "Anna")
        shown = await self.kim.submit()
        assert shown is not None
        assert shown.errors == {"name": "Unknown"}
        self.answer = {"response_action": "errors", "errors": {"nowhere": "x"}}
        with pytest.raises(DispatchFailed, match="trouble connecting"):
            await self.kim.submit()

    async def test_update_push_and_clear(self, sent: list[dict[str, Any]]) -> None:
        self.kim.fill("Name", "Anna")
        self.answer = {
            "response_action": "push",
            "view": modal(section("2"), callback_id="form", submit=SUBMIT),
        }
        pushed = await self.kim.submit()
        assert pushed is not None
        assert pushed.plain() == "Probe\n2"
        self.answer = {
            "response_action": "update",
            "view": modal(section("3"), callback_id="form", submit=SUBMIT),
        }
        updated = await self.kim.submit()
        assert updated is not None
        assert updated.plain() == "Probe\n3"
        self.answer = {"response_action": "clear"}
        assert await self.kim.submit() is None

    async def test_a_click_inside_carries_the_view_and_keeps_the_values(
        self, sent: list[dict[str, Any]]
    ) -> None:
        self.kim.fill("Name", "Anna")
        shown = await self.kim.modal_click("Peek")
        assert shown is not None
        assert "peeked" in shown.plain()
        body = sent[0]
        assert body["container"] == {"type": "view", "view_id": shown.view_id}
        assert body["view"]["state"]["values"]["name"]["text"]["value"] == "Anna"
        assert "message" not in body
        assert "response_url" not in body
        assert shown.values["name"]["text"]["value"] == "Anna"

    async def test_closing_is_told_when_asked_for(self, sent: list[dict[str, Any]]) -> None:
        await self.kim.close_modal()
        assert (sent[0]["type"], sent[0]["is_cleared"]) == ("view_closed", False)
        assert "trigger_id" not in sent[0]


class TestHome:
    async def test_publish_and_click(self, stage: Stage) -> None:
        seen: list[dict[str, Any]] = []

        @stage.app.action("press")
        async def press(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            seen.append(body)
            await stage.web.views_publish(
                user_id=body["user"]["id"], view={"type": "home", "blocks": [section("new")]}
            )

        kim = stage.slack.person()
        home = {"type": "home", "blocks": [section("old"), actions(button("Go"))]}
        first = await stage.web.views_publish(user_id=kim.id, view=home)
        assert kim.home is not None
        assert kim.home.plain() == "old\n[Go]"
        after = await kim.home_click("Go")
        assert after is not None
        assert after.plain() == "new"
        assert seen[0]["view"]["type"] == "home"
        stale = stage.web.views_publish(user_id=kim.id, view=home, hash=first["view"]["hash"])
        assert await refused(stale) == "hash_conflict"
        assert await refused(stage.web.views_publish(user_id=kim.id, view=modal())) == "invalid_arguments"

    async def test_the_manifest_must_enable_it(self) -> None:
        async with stage_of(manifest(features={"app_home": {"home_tab_enabled": False}})) as stage:
            kim = stage.slack.person()
            home = {"type": "home", "blocks": []}
            assert await refused(stage.web.views_publish(user_id=kim.id, view=home)) == "not_enabled"


async def test_a_late_acknowledgement_leaves_the_form_open() -> None:
    async with stage_of(ack_seconds=0.05) as stage:
        kim = stage.slack.person()

        @stage.app.view("form")
        async def never(ack: Any) -> None:
            await asyncio.Event().wait()

        view = modal(section("x"), callback_id="form", submit=SUBMIT)
        await stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)
        with pytest.raises(OperationTimeout):
            await kim.submit()
        assert kim.modal is not None


async def test_a_snapshot_keeps_what_it_showed(stage: Stage) -> None:
    kim = stage.slack.person()
    view = modal(text_input("Name", "name"), submit=SUBMIT)
    await stage.web.views_open(trigger_id=await trigger(stage, kim), view=view)
    before = kim.modal
    kim.fill("Name", "Anna")
    assert before is not None
    assert before.values["name"]["text"]["value"] is None
