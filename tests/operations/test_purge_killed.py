"""A purge that is killed behind each thing that it does, in the store and in the world, and goes on.

What kills is an exception that nothing catches, raised right behind a commit or behind the world's act,
before anything of it is recorded; going on is what the engine does: the workflow from its beginning, with the
results of the steps that were recorded. No process is killed here.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.operations.durable.inline import InlineDurable
from bot.store.purging import Purged
from bot.store.runs import RunState
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD
from tests.operations.purge_yard import Yard, open_yard

ENTRIES = 7


class Killed(BaseException):
    """SIGKILL."""


class Journal:
    """The steps that were recorded, as the engine keeps them."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self._next = 0

    def again(self) -> Journal:
        self._next = 0
        return self

    async def run(self, name: str, step: Callable[..., Awaitable[Any]], /, *args: Any, **kwargs: Any) -> Any:
        if self._next == len(self.results):
            self.results.append(await step(*args, **kwargs))
        self._next += 1
        return self.results[self._next - 1]

    async def changed(self, change: str) -> bool:
        return True


class Peril:
    """Counts effects, and kills behind one of them."""

    def __init__(self, deadly: int) -> None:
        self.deadly = deadly
        self.effects = 0

    def passed(self) -> None:
        self.effects += 1
        if self.effects == self.deadly:
            raise Killed

    def surround(self, yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every transaction of the store, and every deletion in Business Central."""
        writing = yard.database.writing

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

        client = yard.world.client
        monkeypatch.setattr(yard.database, "writing", perilous)
        monkeypatch.setattr(client, "delete_errors", after(client.delete_errors))
        monkeypatch.setattr(client, "delete_error_rows", after(client.delete_error_rows))


class NotYet(InlineDurable):
    """Takes work in and does not begin it."""

    async def enqueue(self, workflow: str, *args: object, **options: object) -> str:
        return "later"


@pytest.fixture
async def yard(migrated_url: str) -> AsyncIterator[Yard]:
    async with open_yard(migrated_url, rows_a_window=4, rows_by_id=3) as yard:
        yield yard


@pytest.mark.parametrize("what", [Purged.ALL, Purged.PROBLEM])
async def test_killed_behind_each_effect(yard: Yard, what: Purged, monkeypatch: pytest.MonkeyPatch) -> None:
    """One purge, killed behind its first effect, then behind the second after that, and so on to its end."""
    await yard.settled(ENTRIES, causes=1)
    offer = await yard.desk.offer(yard.scope)
    problem = offer.choices[-1].causes[0].line.id if what is Purged.PROBLEM else ""
    bounds = await yard.offer(what, problem)
    yard.durable = NotYet()
    await yard.start(bounds)
    journal, kills = Journal(), 0

    while True:
        with monkeypatch.context() as patch:
            Peril(deadly=1 + kills % 2).surround(yard, patch)
            try:
                state = await yard.purge.workflow(journal.again(), yard.world.key, "run-1")
                break
            except Killed:
                kills += 1
        assert kills < 100

    assert kills >= 8, "behind every other effect at least"
    assert state == RunState.DONE
    await everything_once(yard)


@pytest.mark.parametrize("deadly", range(1, 14))
async def test_killed_once(yard: Yard, deadly: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed behind one effect alone; then everything to the end."""
    await yard.settled(ENTRIES, causes=1)
    bounds = await yard.offer()
    yard.durable = NotYet()
    await yard.start(bounds)
    journal = Journal()
    with monkeypatch.context() as patch:
        Peril(deadly).surround(yard, patch)
        with contextlib.suppress(Killed):
            await yard.purge.workflow(journal.again(), yard.world.key, "run-1")

    await yard.purge.workflow(journal.again(), yard.world.key, "run-1")

    await everything_once(yard)


async def everything_once(yard: Yard) -> None:
    """Each row deleted once, archived once; one activity line; one message, with one last word."""
    assert yard.now_there == set()
    assert await yard.stored() == (ENTRIES, ENTRIES, ENTRIES)
    async with yard.database.reading() as connection:
        for table in (PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD):
            assert (await connection.execute(select(func.sum(table.c.gone)))).scalar_one() == ENTRIES
    run = await yard.ended()
    assert (run.state, run.done, run.failed) == (RunState.DONE, ENTRIES, 0)
    [line] = await yard.lines()
    assert (line.count, line.outcome) == (ENTRIES, "done")
    assert await yard.postings() == [("progress", "U0KIM"), ("result", "U0KIM")]
