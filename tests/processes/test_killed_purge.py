"""A worker is killed behind each thing that a purge does: rows are deleted, archived and told of once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from bot.cli.stage import manifest
from bot.clock import SystemClock
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.serving import loopback, served
from bot.simulator.slack import SlackSimulator
from tests.cli.test_commands import environment
from tests.processes.running import KEY, PATIENCE, USER
from tests.processes.stored import query

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
ROOT = Path(__file__).parents[2]
ENTRIES = 15


class Gate:
    """Business Central, which holds batches back while it is closed; then it does them, heard or not."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._open = asyncio.Event()
        self._open.set()
        self.reached = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith("$batch") and not self._open.is_set():
            request = await receive()
            self.reached.set()
            await self._open.wait()
            await self._app(scope, _once(request), send)
            return
        await self._app(scope, receive, send)

    def close(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()


def _once(request: Message) -> Receive:
    async def receive() -> Message:
        return request

    return receive


class Workers:
    """Starts processes, and tells how they end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.heard: list[str] = []

    async def start(self, *role: str) -> int:
        """The id of a new process."""
        return int(await self._ask("start", *role))

    async def ended(self, process: int) -> int:
        """The exit code of a process, or the negative number of the signal that killed it."""
        return int((await self._ask("wait", str(process))).split()[1])

    async def run(self, *role: str) -> int:
        """Start it and wait for its end."""
        return await self.ended(await self.start(*role))

    async def line(self) -> str:
        """The next thing that any of them says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().strip()

    async def _ask(self, *words: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{' '.join(words)}\n".encode())
        while not (answer := await self.line()).startswith(("ended", *"0123456789")):
            assert answer, "nobody is there any more"
            self.heard.append(answer)
        return answer


@contextlib.asynccontextmanager
async def workers(variables: dict[str, str]) -> AsyncIterator[Workers]:
    """Somebody who starts processes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.processes.dying_purge"),
        cwd=ROOT,
        env=environment(**variables),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield Workers(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def test_a_purge_is_done_once_whatever_dies(database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    for number in range(ENTRIES):
        company.log_error(
            message="DKR-0417: this customer waits.",
            source=f"Customer: {10000 + number}",
            logged_at=SystemClock().now() - timedelta(hours=1),
        )
    with loopback() as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/BC270"
        source = BusinessCentralSimulator(
            clock=SystemClock(), companies=[company], on_premises=OnPremises(address, USER, KEY)
        )
        gate = Gate(source.app)
        async with served(gate, listener), SlackSimulator(manifest()) as slack:
            kim = slack.person("Kim")
            variables = {
                "BC_BASE_URL": address,
                "BC_USERNAME": USER,
                "BC_WEB_SERVICE_KEY": KEY,
                "BC_COMPANY_ID": company.id,
                "DATABASE_URL": database_url,
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "PERSON": kim.id,
            }
            async with workers(variables) as them:
                assert await them.run("bot", "migrate") == 0
                await through_one_window(them)
                if not database_url.startswith("sqlite"):
                    await taken_over(them)
                await drained(them, gate)
                assert await them.run("release") == 0
                assert them.heard[-1] == "looked around"
                worker = await them.start("bot", "worker")
                kim.visit_bot()
                await slack.until(lambda: bool(kim.messages) and "Over:" in kim.messages[0].plain())
                await slack.until(lambda: bool(kim.thread(kim.messages[0])))
                os.kill(worker, signal.SIGTERM)
                assert await them.ended(worker) == 0
            (progress,) = kim.messages
            assert f"Over: {ENTRIES} of {ENTRIES} deleted." in progress.plain()
            (told,) = kim.thread(progress)
            assert f"deleted {ENTRIES} entries in Business Central." in told.plain()
            assert slack.refusals == []
    everything_once(database_url, company)


async def through_one_window(them: Workers) -> None:
    """Dies behind the first thing it does, then behind the second after that, through a whole window."""
    for kills in range(6):
        assert await them.run("dies", str(1 + kills % 2)) == -signal.SIGKILL


async def taken_over(them: Workers) -> None:
    """One that works beside it goes on with what it leaves."""
    hanging = await them.start("hangs", "1")
    while (word := await them.line()) != "hangs":
        assert word
    survivor = await them.start("dies", "2")
    os.kill(hanging, signal.SIGKILL)
    assert await them.ended(hanging) == -signal.SIGKILL
    assert await them.ended(survivor) == -signal.SIGKILL


async def drained(them: Workers, gate: Gate) -> None:
    """Told to end in the middle of a batch, it ends, and leaves the rest for later."""
    gate.close()
    worker = await them.start("bot", "worker")
    async with asyncio.timeout(PATIENCE):
        await gate.reached.wait()
    os.kill(worker, signal.SIGTERM)
    assert await them.ended(worker) == 0
    gate.open()


def everything_once(database_url: str, company: SimulatedCompany) -> None:
    """Each row deleted once, archived once; one run, one activity line."""
    assert list(company.rows(SystemClock().now())) == []
    deleted = "SELECT count(*) FROM sync_error WHERE gone_at IS NOT NULL AND purge_run = 'run-1'"
    assert query(database_url, deleted) == [(ENTRIES,)]
    for table in ("problem", "problem_counter", "problem_record"):
        assert query(database_url, f"SELECT sum(gone) FROM {table}") == [(ENTRIES,)]  # noqa: S608
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", ENTRIES, 0)]
    lines = "SELECT act, outcome, count FROM activity WHERE act = 'purge.problem'"
    assert query(database_url, lines) == [("purge.problem", "done", ENTRIES)]
