"""Reading the next page while one is being stored: the network and the database work at the same time.

What was read ahead is kept in memory alone. A step that is repeated after a crash reads for itself.

A server's work goes on beside ours. SQLite works in this very process, row by row under the interpreter's
lock: reading and storing at once was a tenth slower there than in turns, so that the next page is read while
the last one is committed, which is one call without that lock.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """At most one thing under way for each key; whoever takes it gets its result or its failure."""

    def __init__(self) -> None:
        self._under_way: dict[str, tuple[object, asyncio.Task[T]]] = {}

    def begin(self, key: str, what: object, read: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start reading ``what``; the key must have nothing under way."""
        self._under_way[key] = (what, asyncio.create_task(read(), name=f"read-ahead {key}"))

    async def take(self, key: str, what: object, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What was read ahead where that is ``what``, else it is read now. Raises what reading does."""
        if key in self._under_way and self._under_way[key][0] == what:
            return await self._under_way.pop(key)[1]
        await self.drop(key)
        return await read()

    async def drop(self, key: str) -> None:
        """Forget what nobody will take."""
        if key in self._under_way:
            task = self._under_way.pop(key)[1]
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not report it
