"""Suite ``start``: from the start of a process to its first answer.

Each side starts as it is: the bot as its command does, whose garbage collector waits until it is ready, and
the libraries as Python imports them, whose collector does not wait (a tenth of a second of theirs).
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass

from bot.app import migrate
from bot.bench.databases import Databases
from bot.bench.figures import Figure, ratio_at_most
from bot.bench.place import settings_for
from bot.bench.rounds import Plan, side_by_side
from bot.bench.sink import Sink, listening_sink

_PLAN = Plan(rounds=5, turns=1)
_QUICK = Plan(rounds=1, turns=1)
_LONGEST_LINE = 1_000_000
"""Bytes: the names of all modules."""


@dataclass(slots=True)
class _Processes:
    address: str
    sink: Sink
    libraries: bytes = b""

    async def bot(self) -> float:
        """Seconds until a process could answer its first request."""
        seconds, output = await _run(b"", "--database", self.address, "--slack", f"{self.sink.address}/api")
        self.libraries = output
        return seconds

    async def imports(self) -> float:
        """Seconds until a process has imported the same libraries."""
        seconds, _ = await _run(self.libraries)
        return seconds


async def measure_starting(databases: Databases, scale: float) -> list[Figure]:
    """``start.ready``."""
    address = databases.create()
    try:
        await migrate(settings_for(address))
        async with listening_sink() as sink:
            processes = _Processes(address, sink)
            seconds = await side_by_side(
                {"bot": processes.bot, "imports": processes.imports}, _PLAN if scale >= 1 else _QUICK
            )
    finally:
        databases.drop(address)
    return [
        Figure(
            "start.ready",
            seconds["bot"],
            "s",
            ratio_at_most(1.5),
            databases.kind,
            scale,
            seconds["imports"],
            against="importing the same libraries",
            note=f"{len(processes.libraries.split()):,} modules of installed packages; the bot's garbage "
            "collector waits until it is ready, as with its command, the libraries' is Python's own",
        )
    ]


async def _run(stdin: bytes, *arguments: str) -> tuple[float, bytes]:
    """Seconds until the process says that it is ready, and what else it says.

    Compiled modules are kept, whatever the environment says: the libraries' were compiled when installed.
    """
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.bench.ready", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    )
    assert process.stdin is not None  # noqa: S101 # both were asked for
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(stdin)
    process.stdin.close()
    line = await process.stdout.readline()
    seconds = time.perf_counter() - begun
    await process.wait()
    if not line.startswith(b"ready"):
        raise RuntimeError("the process that gets ready failed")
    return seconds, line.removeprefix(b"ready")
