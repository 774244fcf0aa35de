"""Starting workers that die, between a simulated Slack and a simulated Business Central of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from bot.cli.stage import manifest
from bot.clock import SystemClock
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.serving import loopback, served
from bot.simulator.slack import SlackSimulator
from bot.simulator.slack.people import Person
from tests.cli.test_commands import environment
from tests.processes.running import KEY, PATIENCE, USER

ROOT = Path(__file__).parents[2]


class Gate:
    """Business Central, which holds back requests with one word in their address while it is closed; then it
    does what they ask, heard or not."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._word = ""
        self._open = asyncio.Event()
        self._open.set()
        self.reached = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._open.is_set() and self._word in scope["path"]:
            request = await receive()
            self.reached.set()
            await self._open.wait()
            await self._app(scope, _once(request), send)
            return
        await self._app(scope, receive, send)

    def close(self, word: str) -> None:
        self._word = word
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

    # What may happen to them.

    async def die(self, lives: int) -> None:
        """Behind the first thing that one does, then behind the second after that, and so on."""
        for life in range(lives):
            assert await self.run("dies", str(1 + life % 2)) == -signal.SIGKILL, f"life {life}"

    async def take_over(self) -> None:
        """One is killed; another one, which works beside it, goes on with what it leaves, and dies, too."""
        hanging = await self.start("hangs", "1")
        while (word := await self.line()) != "hangs":
            assert word
        survivor = await self.start("dies", "2")
        os.kill(hanging, signal.SIGKILL)
        assert await self.ended(hanging) == -signal.SIGKILL
        assert await self.ended(survivor) == -signal.SIGKILL

    async def drain(self, gate: Gate, word: str) -> None:
        """Told to end in the middle of a request, one ends, and leaves the rest for later."""
        gate.close(word)
        worker = await self.start("bot", "worker")
        async with asyncio.timeout(PATIENCE):
            await gate.reached.wait()
        os.kill(worker, signal.SIGTERM)
        assert await self.ended(worker) == 0
        gate.open()

    async def end_under_the_next_release(self, steps: int, lasts: int = 0) -> None:
        """A program with that many steps more ends what was begun without them.

        With ``lasts`` it is killed too: once behind so many effects, then behind the first, the second and so
        on to the very last, whatever that is.
        """
        deadly = lasts
        while deadly and await self.run("release", str(deadly)) == -signal.SIGKILL:
            deadly = 1 + deadly % 2
        assert deadly or await self.run("release") == 0
        assert self.heard.count("looked around") == steps


@dataclass
class Town:
    """Everything around the workers."""

    company: SimulatedCompany
    source: BusinessCentralSimulator
    gate: Gate
    slack: SlackSimulator
    kim: Person
    workers: Workers

    async def deliver(self, is_told: Callable[[], object]) -> None:
        """A whole worker posts what is to be told, until it is."""
        worker = await self.workers.start("bot", "worker")
        self.kim.visit_bot()
        await self.slack.until(lambda: bool(is_told()))
        os.kill(worker, signal.SIGTERM)
        assert await self.workers.ended(worker) == 0
        assert self.slack.refusals == []

    def has_told(self, last: str) -> bool:
        """The first message says that, and has a word in its thread."""
        messages = self.kim.messages
        return bool(messages) and last in messages[0].plain() and bool(self.kim.thread(messages[0]))


@contextlib.asynccontextmanager
async def town(deed: str, company: SimulatedCompany, database_url: str) -> AsyncIterator[Town]:
    """Somebody who asks for that deed, and a database that is prepared for it."""
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
                "DEED": deed,
            }
            async with _workers(variables) as workers:
                assert await workers.run("bot", "migrate") == 0
                yield Town(company, source, gate, slack, kim, workers)


@contextlib.asynccontextmanager
async def _workers(variables: dict[str, str]) -> AsyncIterator[Workers]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.processes.dying"),
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
