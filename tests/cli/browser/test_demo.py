"""The bot in Socket Mode, drawing for local-slack; the strict Slack stand-in listens."""

from __future__ import annotations

from contextlib import AsyncExitStack
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import open_slack
from bot.cli.browser import demo
from bot.cli.browser.demo import in_socket_mode, run_browser_demo, surface_for
from bot.cli.browser.server import Colleague
from bot.cli.filling import fill
from bot.cli.stage import manifest
from bot.cli.worlds import demo_world
from bot.operations.durable.inline import InlineDurable
from bot.simulator.slack import SlackSimulator


async def test_each_colleague_gets_the_details_in_their_language_and_drawn_plainly() -> None:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(demo_world())
        await fill(world.core, Console(file=StringIO()))
        durable = InlineDurable()
        world.core.pull.register(durable)
        stack.push_async_callback(durable.stop)
        slack = await stack.enter_async_context(SlackSimulator(manifest()))
        # As at local-slack, nobody's locale is told by Slack.
        kim, sanne = slack.person("Kim", locale=""), slack.person("Sanne", locale="")
        people = [Colleague(sanne.id, "Sanne", "nl-NL", "business-central-nl")]
        access = await stack.enter_async_context(open_slack(slack.bot_token, "", slack.api_url))
        surface = surface_for(world.core, people)
        await stack.enter_async_context(in_socket_mode(world.core, durable, access, slack.app_token, surface))

        for person, words in ((kim, "What to do"), (sanne, "Wat te doen")):
            overview = await person.command("/syncerrors")
            details = await person.click("Details", message=overview)
            assert words in details.plain()
            blocks = slack.calls[-1].arguments["blocks"]
            assert "rich_text" not in {block["type"] for block in blocks}
            assert any(block.get("text", {}).get("text", "").startswith("> ") for block in blocks)
            assert "<!date" not in str(blocks)
            assert slack.calls[-1].arguments["response_type"] == "ephemeral"
        assert slack.sockets == 1
        assert slack.refusals == []


async def test_without_npm_it_says_what_helps_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(demo, "home_of_package", lambda: tmp_path / "home")
    said = StringIO()
    assert await run_browser_demo(Console(file=said)) == 1
    assert "needs npm" in said.getvalue()
    assert "Reading Business Central" not in said.getvalue()
