"""A purge that is killed behind each thing that it does, in the store and in the world, and goes on.

No process is killed here: see ``tests.operations.dying``.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.store.purging import Purged
from bot.store.runs import RunState
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD
from tests.operations.dying import Journal, Killed, NotYet, Peril
from tests.operations.purge_yard import Yard, open_yard

ENTRIES = 7
ACTS = ("delete_errors", "delete_error_rows")


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
            Peril(deadly=1 + kills % 2).surround(yard.database, yard.world.client, ACTS, patch)
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
        Peril(deadly).surround(yard.database, yard.world.client, ACTS, patch)
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
