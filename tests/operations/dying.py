"""Work that dies in the middle and goes on, without a process that is killed.

What kills is an exception that nothing catches, raised before a step is recorded or right behind a commit or
behind the world's act; going on is what the engine does: the workflow from its beginning, with the results of
the steps that were recorded.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.businesscentral import BusinessCentralClient
from bot.operations.durable.inline import InlineDurable
from bot.store import Database


class Killed(BaseException):
    """SIGKILL."""


class Journal:
    """The steps that were recorded, as the engine keeps them.

    ``dies_at`` is the number of a step, from 1, that is done and never recorded.
    """

    def __init__(self, dies_at: int = 0) -> None:
        self.results: list[Any] = []
        self._dies_at = dies_at
        self._next = 0

    def again(self) -> Journal:
        """For another life, which lasts."""
        self._next = self._dies_at = 0
        return self

    async def run(self, name: str, step: Callable[..., Awaitable[Any]], /, *args: Any, **kwargs: Any) -> Any:
        """Replay what is recorded, then do the rest."""
        if self._next == len(self.results):
            result = await step(*args, **kwargs)
            if self._next + 1 == self._dies_at:
                raise Killed
            self.results.append(result)
        self._next += 1
        return self.results[self._next - 1]

    async def changed(self, change: str) -> bool:
        """As for a workflow that began with this version."""
        return True


class Peril:
    """Counts effects, and kills behind one of them."""

    def __init__(self, deadly: int) -> None:
        self.deadly = deadly
        self.effects = 0

    def passed(self) -> None:
        """One more; raises Killed."""
        self.effects += 1
        if self.effects == self.deadly:
            raise Killed

    def surround(
        self,
        database: Database,
        client: BusinessCentralClient,
        acts: Iterable[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Every transaction of the store, and those acts in Business Central."""
        writing = database.writing

        @contextlib.asynccontextmanager
        async def perilous() -> AsyncIterator[AsyncConnection]:
            async with writing() as connection:
                yield connection
            self.passed()

        def after(act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
            async def acting(*args: Any) -> Any:
                answer = await act(*args)
                self.passed()
                return answer

            return acting

        monkeypatch.setattr(database, "writing", perilous)
        for name in acts:
            monkeypatch.setattr(client, name, after(getattr(client, name)))


class NotYet(InlineDurable):
    """Takes work in and does not begin it; remembers what."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[str, ...]] = []

    async def enqueue(self, workflow: str, *args: object, **options: object) -> str:
        self.taken.append((workflow, *map(str, args)))
        return "later"
