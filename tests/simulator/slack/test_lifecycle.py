"""Starting quickly, ending cleanly, importing little."""

from __future__ import annotations

import ast
import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

import bot.simulator.slack
from bot.simulator.slack import DispatchFailed, SlackSimulator
from tests.simulator.slack.conftest import MANIFEST, stage_of


async def test_it_starts_in_less_than_a_fifth_of_a_second() -> None:
    taken: list[float] = []
    while len(taken) < 50 and min(taken, default=1.0) >= 0.2:  # whatever else the machine does
        began = time.perf_counter()
        async with SlackSimulator(MANIFEST) as slack:
            assert slack.api_url.startswith("http://127.0.0.1:")
            taken.append(time.perf_counter() - began)
    assert min(taken) < 0.2


async def test_nothing_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with stage_of(ack_seconds=0.05) as stage:
        stage.slack.faults.slow("auth.test", 30)

        @stage.app.command("/probe")
        async def never(ack: Any) -> None:
            await ack()

        with pytest.raises(DispatchFailed):
            await stage.slack.person().command("/probe")  # Bolt waits for auth.test
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()


async def test_two_can_run_at_once() -> None:
    async with SlackSimulator(MANIFEST) as one, SlackSimulator(MANIFEST, team_id="T0SIM0002") as two:
        assert one.api_url != two.api_url
        assert one.bot_token != two.bot_token


def test_the_address_is_known_while_it_runs() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        _ = SlackSimulator(MANIFEST).api_url


def test_it_imports_nothing_of_the_bot_but_the_clock() -> None:
    imported: set[str] = set()
    for path in Path(bot.simulator.slack.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    foreign = {name for name in imported if name.startswith(("bot", "slack_", "handlers"))}
    assert {name for name in foreign if not name.startswith("bot.simulator.slack")} == {"bot.clock"}
