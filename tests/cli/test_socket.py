"""``syncerrors socket`` as a process of its own, in Socket Mode against the simulated Slack."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.cli.stage import manifest
from bot.simulator.slack import SlackSimulator
from bot.simulator.slack.faults import RESPONSE_URL
from tests.cli.test_commands import GOOD, environment


@asynccontextmanager
async def socket_process(
    folder: Path, slack: SlackSimulator, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "socket",
        cwd=folder,
        env=environment(
            **GOOD,
            **{
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
                "AZURE_AUTHORITY_HOST": "https://127.0.0.1:9",
            }
            | variables,
        ),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def connected(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    async with asyncio.timeout(60):
        async for line in process.stderr:
            if b"socket.connected" in line:
                return
    raise AssertionError("the bot never connected")


async def test_it_answers_and_stops_when_told_to(tmp_path: Path) -> None:
    async with SlackSimulator(manifest()) as slack, socket_process(tmp_path, slack) as process:
        await connected(process)
        kim = slack.person("Kim")
        answer = await kim.command("/syncerrors")
        assert "Refresh" in answer.plain()
        slack.faults.slow(RESPONSE_URL, 1.0)
        shown = len(kim.messages)
        await kim.send_command("/syncerrors help")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
        assert len(kim.messages) == shown + 1, "the answer under way must arrive"
        assert slack.refusals == []


@pytest.mark.parametrize("variable", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses_is_named(tmp_path: Path, variable: str) -> None:
    wrong = {"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong"}[variable]
    async with (
        SlackSimulator(manifest()) as slack,
        socket_process(tmp_path, slack, **{variable: wrong}) as process,
    ):
        async with asyncio.timeout(60):
            _, errors = await process.communicate()
        assert process.returncode == 2
        assert f"{variable}: Slack refuses it (invalid_auth)" in errors.decode()
        assert "Traceback" not in errors.decode()
