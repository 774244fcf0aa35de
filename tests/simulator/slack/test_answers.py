"""A person waits for the answer to what they did, whatever else appears on the screen before it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.slack import NothingHappened
from tests.simulator.slack.conftest import Stage, actions, button, modal, section


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """A bot that tells something else before it answers: a command, and buttons of four kinds."""
    stage.slack.invite_bot(stage.slack.general)

    async def tell_something_else() -> None:
        await stage.web.chat_postMessage(channel=stage.slack.general.id, text="something else")

    @stage.app.command("/probe")
    async def show(ack: Any, respond: Any) -> None:
        await ack()
        await tell_something_else()
        elements = actions(
            button("Answer", "answer"), button("Open", "open"), button("Rewrite", "rewrite"), button("Rest")
        )
        await respond(text="menu", blocks=[section("menu"), elements], response_type="in_channel")

    @stage.app.action("answer")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await tell_something_else()
        await respond(text="the answer", replace_original=False)

    @stage.app.action("open")
    async def open_modal(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await tell_something_else()
        await stage.web.views_open(trigger_id=body["trigger_id"], view=modal(section("the modal")))

    @stage.app.action("rewrite")
    async def rewrite(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await tell_something_else()
        await stage.web.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="the menu is closed"
        )

    @stage.app.action("press")
    async def rest(ack: Any) -> None:
        await ack()
        await tell_something_else()

    return stage


async def test_of_a_command_and_of_clicks(busy: Stage) -> None:
    kim = busy.slack.person()
    menu = await kim.command("/probe")
    assert menu.plain().startswith("menu")
    assert (await kim.click("Answer")).plain() == "the answer"
    assert (await kim.click("Open", message=menu)).ts == menu.ts
    assert kim.modal is not None
    assert (await kim.click("Rewrite", message=menu)).plain() == "the menu is closed"


async def test_what_is_answered_elsewhere_is_whatever_appears(busy: Stage) -> None:
    kim = busy.slack.person()
    menu = await kim.command("/probe")
    with pytest.raises(NothingHappened, match="an answer to \\[Rest\\]"):
        await kim.click("Rest", patience=0.01)
    assert (await kim.click("Rest", message=menu, beside=True)).plain() == "something else"
