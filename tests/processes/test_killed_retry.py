"""A worker is killed after each thing that a retry does: it is done, told and written down once."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bot.cli.stage import manifest
from bot.clock import SystemClock
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.serving import loopback, served
from bot.simulator.slack import SlackSimulator
from tests.cli.test_commands import environment
from tests.processes.dying_retry import KILLED_AFTER
from tests.processes.running import KEY, PATIENCE, USER
from tests.processes.stored import query

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
ROOT = Path(__file__).parents[2]
STATE = (
    "SELECT state, result, bounds FROM action_run",
    "SELECT record_id, state FROM retry_record",
    "SELECT mapping, state FROM retry_mapping",
)


async def test_a_retry_is_done_once_whatever_dies(database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    there = company.synchronization
    for number in range(3):
        there.fail(f"Customer: {10000 + number}", "DKR-0417: this customer waits.", times=2)
    there.fix()
    with loopback() as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/BC270"
        source = BusinessCentralSimulator(
            clock=SystemClock(), companies=[company], on_premises=OnPremises(address, USER, KEY)
        )
        async with served(source.app, listener), SlackSimulator(manifest()) as slack:
            kim = slack.person("Kim")
            variables = {
                "BC_BASE_URL": address,
                "BC_USERNAME": USER,
                "BC_WEB_SERVICE_KEY": KEY,
                "BC_COMPANY_ID": company.id,
                "DATABASE_URL": database_url,
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.bot_token,
            }

            async def run(*module: str) -> asyncio.subprocess.Process:
                return await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    *module,
                    cwd=ROOT,
                    env=environment(**variables),
                    stdout=asyncio.subprocess.PIPE,
                )

            async def ended(process: asyncio.subprocess.Process) -> int:
                try:
                    async with asyncio.timeout(2 * PATIENCE):
                        return await process.wait()
                except TimeoutError:
                    process.kill()
                    pytest.fail(str([query(database_url, statement) for statement in STATE]))

            async def worker(what: str) -> asyncio.subprocess.Process:
                return await run("tests.processes.dying_retry", what, kim.id)

            assert await (await run("bot", "migrate")).wait() == 0
            *first, last = KILLED_AFTER
            for what in first:
                assert await ended(await worker(what)) == -signal.SIGKILL, what
            dying = await worker(last)
            assert dying.stdout is not None
            await dying.stdout.readline()  # it works, and goes on with the watch: another one comes beside it
            survivor = await worker("never")
            assert await ended(dying) == -signal.SIGKILL
            assert await ended(survivor) == 0

            kim.visit_bot()
            (progress,) = kim.messages
            assert "Over: 3 of 3 synchronized" in progress.plain()
            (told,) = kim.thread(progress)
            assert "3 of 3 synchronized" in told.plain()
            assert slack.refusals == []
    entry = there.entries["CUSTOMER"]
    assert sum(run.entry_id == entry.entry_id for run in there.log_entries) == 1
    assert sum(request.path.endswith("releaseAll") for request in source.requests) == 1
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", 3, 0)]
    lines = query(database_url, "SELECT act, outcome, count FROM activity WHERE act = 'retry'")
    assert lines == [("retry", "done", 3)]
