"""Answers kept for a while, and questions asked once however many ask them at the same time.

A thousand cards do not mean a thousand calls. What could not be answered is remembered too, for a shorter
while: a Dataverse that does not answer is not asked again for every card.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar, cast

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import DataverseFailure

FAILURE_SECONDS: Final = 30.0
MOST: Final = 5_000
"""Answers; the ones longest not used go first."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    value: Any
    failure: DataverseFailure | None = None


class Remembering:
    """Answers by question. For one event loop."""

    def __init__(self, clock: Clock, most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Task[Any]] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        """Those that were forgotten meanwhile, too: the event loop alone keeps no task alive."""

    async def answer(self, question: Hashable, seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer, at most that old; raises the DataverseFailure that ``ask`` raised.

        Whoever asks while the question is under way waits for the same answer; somebody who stops waiting
        takes it from nobody.
        """
        kept = self._kept.get(question)
        if kept is not None and kept.until > self._clock.monotonic():
            self._kept.move_to_end(question)
            if kept.failure is not None:
                raise _again(kept.failure)
            return cast("T", kept.value)
        asking = self._asking.get(question)
        if asking is None:
            asking = asyncio.create_task(self._ask(question, seconds, ask))
            self._asking[question] = asking
            self._under_way.add(asking)
            asking.add_done_callback(self._done)
        return cast("T", await asyncio.shield(asking))

    def forget(self) -> None:
        """Ask anew from now on; what is under way goes on for those who wait."""
        self._kept.clear()
        self._asking.clear()

    async def aclose(self) -> None:
        """Stop asking."""
        under_way = list(self._under_way)
        self._asking.clear()
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)

    def _done(self, task: asyncio.Task[Any]) -> None:
        """Nobody may be waiting any more for what it raised."""
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()

    async def _ask(self, question: Hashable, seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            value = await ask()
        except DataverseFailure as failure:
            self._keep(question, _Kept(self._clock.monotonic() + FAILURE_SECONDS, None, failure))
            raise
        else:
            self._keep(question, _Kept(self._clock.monotonic() + seconds, value))
            return value
        finally:
            if self._asking.get(question) is asyncio.current_task():
                del self._asking[question]

    def _keep(self, question: Hashable, kept: _Kept) -> None:
        if self._asking.get(question) is not asyncio.current_task():
            return  # forgotten meanwhile
        self._kept[question] = kept
        self._kept.move_to_end(question)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _again(failure: DataverseFailure) -> DataverseFailure:
    """The same failure, without the traceback of who met it first."""
    return type(failure)(failure.detail, **failure.facts)
