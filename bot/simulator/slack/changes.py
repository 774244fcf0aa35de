"""Waiting for what can be seen, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """A counter of visible changes that can be awaited. One event loop only."""

    def __init__(self) -> None:
        self.number = 0
        self._next = asyncio.Event()

    def mark(self) -> int:
        """Record a change; gives its number, which rises by one each time."""
        self.number += 1
        event, self._next = self._next, asyncio.Event()
        event.set()
        return self.number

    async def wait_for(self, look: Callable[[], T | None], seconds: float) -> T:
        """Wait until ``look`` gives something; raises TimeoutError after ``seconds`` of real time."""
        async with asyncio.timeout(seconds):
            while True:
                found = look()
                if found is not None:
                    return found
                await self._next.wait()
