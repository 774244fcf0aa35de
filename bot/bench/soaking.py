"""Suite ``soak``: pulls, questions and faults mixed, for a long time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import structlog

from bot.app import Core, Outside, http_app, migrate, open_core, open_slack, open_worker, slack_app
from bot.bench.commands import BOT_TOKEN, SIGNING_SECRET, Typing
from bot.bench.databases import Databases
from bot.bench.figures import Figure, at_most, ratio_at_most
from bot.bench.place import settings_for
from bot.bench.sink import Sink, listening_sink
from bot.bench.source import in_its_own_process
from bot.operations.durable.port import Durable, OutcomeState
from bot.operations.pull import enqueue_pull

ERRORS = 20_000
MINUTES = 10.0
FAULTS = 0.15
"""Part of all requests to Business Central that go wrong."""
_WARM_UP = 0.3
"""Part of the time after which memory should be flat."""
_QUESTIONS = ("", "", "", "help", "1", "1250", "1300", "999999", "nonsense")
_PATIENCE = 120.0


class Unruly(httpx.AsyncBaseTransport):
    """A wire on which, now and then, something goes wrong."""

    def __init__(self, rng: random.Random) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._rng = rng
        self.faults = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._rng.random() >= FAULTS:
            return await self._inner.handle_async_request(request)
        self.faults += 1
        match self._rng.choice(("busy", "throttled", "defect", "html", "cut", "broken", "silent")):
            case "busy":
                return httpx.Response(503)
            case "throttled":
                return httpx.Response(429, headers={"Retry-After": "1"})
            case "defect":
                return httpx.Response(500, json={"error": {"code": "Internal_ServerError", "message": "?"}})
            case "html":
                return httpx.Response(200, html="<html>Sign in</html>")
            case "cut":
                answer = await self._inner.handle_async_request(request)
                body = await answer.aread()
                return httpx.Response(answer.status_code, content=body[: len(body) // 2])
            case "broken":
                raise httpx.ReadError("broken", request=request)
            case _:
                raise httpx.ReadTimeout("silent", request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(slots=True)
class Diary:
    """What happened."""

    questions: int = 0
    pulls: int = 0
    failed_pulls: int = 0
    """Ended by a failure that the bot knows and explains."""
    unexplained: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, and resident megabytes then."""


async def measure_soaking(databases: Databases, scale: float, minutes: float) -> list[Figure]:
    """``soak.memory``, ``soak.tasks`` and ``soak.unexplained``."""
    seconds = minutes * 60
    address = databases.create()
    diary = Diary()
    rng = random.Random(1)  # noqa: S311 # no secret
    wire = Unruly(rng)
    try:
        with in_its_own_process(max(1, round(ERRORS * scale)), seconds) as source, _watched_logs(diary):
            settings = settings_for(address, source.address, source.company)
            await migrate(settings)
            async with AsyncExitStack() as stack:
                sink = await stack.enter_async_context(listening_sink())
                core = await stack.enter_async_context(open_core(settings, Outside(business_central=wire)))
                durable = await stack.enter_async_context(open_worker(settings, core))
                app = await stack.enter_async_context(_web(core, durable, sink))
                left = await _mix(core, durable, Typing(app, sink), diary, seconds)
    finally:
        databases.drop(address)
    note = (
        f"{minutes:g} minutes, {diary.pulls} pulls ({diary.failed_pulls} failed and said why), "
        f"{diary.questions} questions, {wire.faults} faults"
    )
    early, late = _early_and_late(diary.memory, seconds)
    kind = databases.kind
    return [
        Figure(
            "soak.memory", late, "MB", ratio_at_most(1.1), kind, scale, early, "the same after a third", note
        ),
        Figure(
            "soak.tasks", left, "tasks", at_most(0), kind, scale, note="more at the end than at the beginning"
        ),
        Figure(
            "soak.unexplained",
            len(diary.unexplained),
            "errors",
            at_most(0),
            kind,
            scale,
            note="; ".join(sorted(set(diary.unexplained))[:5]),
        ),
    ]


@contextlib.asynccontextmanager
async def _web(core: Core, durable: Durable, sink: Sink) -> AsyncIterator[Any]:
    async with open_slack(BOT_TOKEN, SIGNING_SECRET, f"{sink.address}/api", core.clock) as slack:
        yield http_app(slack_app(core, durable, slack), slack, core.clock)


async def _mix(core: Core, durable: Durable, kim: Typing, diary: Diary, seconds: float) -> int:
    """Pull and ask until the time is over; gives how many tasks more there are than before."""
    await kim.once()
    tasks = len(asyncio.all_tasks())
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_pulling(core, durable, diary, begun + seconds))
        group.create_task(_keep_asking(kim, diary, begun, seconds))
    # What is under way when the last answer is out needs a moment to end.
    for _ in range(20):
        if len(asyncio.all_tasks()) <= tasks:
            break
        await asyncio.sleep(0.1)
    return max(0, len(asyncio.all_tasks()) - tasks)


async def _keep_pulling(core: Core, durable: Durable, diary: Diary, until: float) -> None:
    connection = next(iter(core.connections))
    while time.monotonic() < until:
        outcome = await durable.wait(await enqueue_pull(durable, connection), timeout=_PATIENCE)
        diary.pulls += 1
        if outcome is None:
            diary.unexplained.append("a pull that does not end")
        elif outcome.state is not OutcomeState.SUCCEEDED:
            diary.unexplained.append(f"a pull that ended by {outcome.error}")
        elif outcome.value.failure_key is not None:
            diary.failed_pulls += 1
        await asyncio.sleep(0.2)


async def _keep_asking(kim: Typing, diary: Diary, begun: float, seconds: float) -> None:
    rng = random.Random(2)  # noqa: S311 # no secret
    while (elapsed := time.monotonic() - begun) < seconds:
        await Typing(kim.app, kim.sink, rng.choice(_QUESTIONS)).once()
        diary.questions += 1
        if not diary.memory or elapsed - diary.memory[-1][0] >= seconds / 100:
            gc.collect()
            diary.memory.append((elapsed, resident_megabytes()))
        await asyncio.sleep(0.05)


def resident_megabytes() -> float:
    """What this process has in memory now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _early_and_late(memory: list[tuple[float, float]], seconds: float) -> tuple[float, float]:
    """Medians around the end of the warm-up and at the very end."""
    early = [size for at, size in memory if _WARM_UP * 0.8 <= at / seconds <= _WARM_UP * 1.2]
    return (
        statistics.median(early or [memory[0][1]]),
        statistics.median([size for at, size in memory if at / seconds >= 0.9] or [memory[-1][1]]),
    )


@contextlib.contextmanager
def _watched_logs(diary: Diary) -> Iterator[None]:
    """Write down every defect of ours and every error of a library."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            diary.unexplained.append(f"{record.name}: {record.filename}:{record.lineno}")

    def watch(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event.get("level") in {"error", "critical"}:
            diary.unexplained.append(f"{event.get('event')} {event.get('exception', '')}")
        raise structlog.DropEvent

    handler = Handler(logging.ERROR)
    logging.getLogger().addHandler(handler)
    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.add_log_level, watch])
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.getLogger().removeHandler(handler)
