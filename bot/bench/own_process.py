"""Measuring a worker in a process of its own: what it takes is what that process takes."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.app import share_memory
from bot.bench.place import Running
from bot.log import configure_logs

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Measured = TypeVar("Measured", bound=DataclassInstance)
else:
    Measured = TypeVar("Measured")


def in_its_own_process(module: str, measured: type[Measured], database_url: str, source: Running) -> Measured:
    """What the module measures there; its ``main`` is ``measure``. Raises RuntimeError where it fails."""
    command = [
        *(sys.executable, "-m", module),
        *("--database", database_url, "--source", source.address, "--company", source.company),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 # our own
    if done.returncode != 0:
        raise RuntimeError("the worker failed")
    return measured(**json.loads(done.stdout))


def measure(work: Callable[[str, Running], Awaitable[DataclassInstance]]) -> None:
    """Entry point of that process: do the work on a database and a source, and print what it measured."""
    parser = argparse.ArgumentParser()
    for name in ("database", "source", "company"):
        parser.add_argument(f"--{name}", required=True)
    wanted = parser.parse_args()
    configure_logs(logging.ERROR)
    share_memory()  # as "syncerrors worker" does

    async def whole() -> DataclassInstance:
        return await work(wanted.database, Running(wanted.source, wanted.company))

    sys.stdout.write(json.dumps(asdict(asyncio.run(whole()))) + "\n")


def peak_megabytes() -> float:
    """Of this process alone: on Linux ``ru_maxrss`` begins with what the parent had (fork)."""
    return _status("VmHWM") or _peak_of_family()


def resident_megabytes() -> float:
    """What is resident now; where nobody tells, the peak, which is never less: what comes on top counts."""
    return _status("VmRSS") or _peak_of_family()


def _status(name: str) -> float | None:
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return None


def _peak_of_family() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)
