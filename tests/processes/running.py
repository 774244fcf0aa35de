"""Real processes of the bot between a simulated Slack and a simulated Business Central of this one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from bot.cli.stage import manifest
from bot.clock import SystemClock
from bot.simulator.businesscentral import BusinessCentralSimulator, OnPremises, SimulatedCompany
from bot.simulator.serving import loopback, served
from bot.simulator.slack import SlackSimulator
from tests.cli.test_commands import environment

USER = "SYNCERRORS"
KEY = "web-service-key"
ERRORS = 5_100
"""One page of a pull, and a little of the next."""

PATIENCE = 60.0
"""Seconds of real time until something must have happened."""


class Held:
    """Business Central, which does not answer the request for a second page until ``release``."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._released = asyncio.Event()
        self._reached = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"skiptoken" in scope.get("query_string", b"") and not self._released.is_set():
            self._reached.set()
            await self._released.wait()
        await self._app(scope, receive, send)

    async def reached(self) -> None:
        """Wait until a pull is in its middle: one page is stored, the next was asked for."""
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    def release(self) -> None:
        """Answer from now on."""
        self._released.set()


@dataclass
class Process:
    """One command that runs."""

    process: asyncio.subprocess.Process
    events: list[dict[str, Any]] = field(default_factory=list)
    text: str = ""
    """What it said on standard error."""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _reader: asyncio.Task[None] | None = None

    async def read(self) -> None:
        """Follow the log to its end."""
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            line = raw.decode()
            self.text += line
            if line.startswith("{"):
                self.events.append(json.loads(line))
            async with self._changed:
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    async def said(self, event: str) -> dict[str, Any]:
        """The first log line of that event, once it is there."""
        async with asyncio.timeout(PATIENCE), self._changed:
            while True:
                for line in self.events:
                    if line.get("event") == event:
                        return line
                assert self.process.stderr is not None
                assert not self.process.stderr.at_eof(), f"no {event} in:\n{self.text}"
                await self._changed.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the exit code."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            if self._reader is not None:
                await self._reader
            return code


@dataclass
class Company:
    """Everything outside the bot, and where its processes run."""

    folder: Path
    database_url: str
    slack: SlackSimulator
    held: Held
    variables: dict[str, str]
    _stack: contextlib.AsyncExitStack

    async def start(self, *arguments: str, **variables: str) -> Process:
        """Run ``syncerrors`` with these arguments; it is killed at the end of the test."""
        process = Process(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *arguments,
                cwd=self.folder,
                env=environment(**self.variables | variables),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        )
        process._reader = asyncio.create_task(process.read())
        self._stack.push_async_callback(_end, process)
        return process

    async def start_web(self, **variables: str) -> tuple[Process, httpx.AsyncClient]:
        """A web process that is ready for Slack, and a client on it."""
        process = await self.start("web", "--port", "0", **variables)
        port = (await process.said("web.listening"))["port"]
        client = await self._stack.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}"))
        await process.said("web.ready")
        return process, client


async def _end(process: Process) -> None:
    if process.process.returncode is None:
        process.process.kill()
    await process.process.wait()
    if process._reader is not None:
        await process._reader


@contextlib.asynccontextmanager
async def company(folder: Path, database_url: str) -> AsyncIterator[Company]:
    """Slack, a Business Central on-premises with errors, and no process yet."""
    clock = SystemClock()
    simulated = SimulatedCompany(clock=clock)
    for number in range(ERRORS):
        simulated.log_error(
            message=f"Currency Code C{number % 3} must be coupled to a record in Dataverse.",
            source=f"Customer: {10000 + number % 700}",
        )
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(loopback())
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/BC270"
        source = BusinessCentralSimulator(
            clock=clock, companies=[simulated], on_premises=OnPremises(address, USER, KEY)
        )
        held = Held(source.app)
        await stack.enter_async_context(served(held, listener))
        stack.callback(held.release)
        slack = await stack.enter_async_context(SlackSimulator(manifest(), ack_seconds=10))
        variables = {
            "BC_BASE_URL": address,
            "BC_USERNAME": USER,
            "BC_WEB_SERVICE_KEY": KEY,
            "BC_COMPANY_ID": simulated.id,
            "DATABASE_URL": database_url,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
        }
        yield Company(folder, database_url, slack, held, variables, stack)
