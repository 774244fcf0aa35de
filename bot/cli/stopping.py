"""How a process that runs for long ends: told to stop, or unable to go on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:  # a worker has none, and does not load what speaks with Slack
    from handlers.listening import InFlight

DRAIN_SECONDS = 7.0
"""For interactions under way; telling people what was cut off takes up to two more (``handlers.listening``).
Hosts kill 10 (Docker) to 30 seconds (Heroku, Kubernetes) after SIGTERM."""

log = structlog.get_logger()


def told_to_stop() -> asyncio.Event:
    """Set by SIGINT or SIGTERM. A second SIGINT ends the process at once, as people expect."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin() -> None:
        log.info("stopping")
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, begin)
    return stop


async def first_of(*works: Coroutine[Any, Any, object]) -> None:
    """Wait until one of them has ended, and abandon the others; raises what that one raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ended = [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def drain(in_flight: InFlight) -> None:
    """Let the interactions under way end, at most ``DRAIN_SECONDS``."""
    left = await in_flight.drain(DRAIN_SECONDS)
    log.info("drained", left=left)
