"""A retry that is killed behind each thing that it does, in the store and in the world, and goes on.

No process is killed here: see ``tests.operations.dying``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.operations.retry import Target
from bot.store.outbox import Outbox, Place, Told
from bot.store.runs import Runs, RunState
from tests.operations.dying import Journal, Killed, NotYet, Peril
from tests.operations.retry_yard import RetryYard, open_retry_yard

RECORDS = 3
ACTS = ("release", "release_all", "wake")


@pytest.fixture
async def yard(migrated_url: str) -> AsyncIterator[RetryYard]:
    async with open_retry_yard(migrated_url) as yard:
        yard.fail(RECORDS)
        await yard.read()
        yard.there.fix()
        yield yard


async def share(yard: RetryYard) -> Target:
    target = await yard.target()
    async with yard.database.writing() as transaction:
        outbox = Outbox(transaction, yard.scope, yard.world.clock.now())
        await outbox.show(Told.PROBLEM, target.problem_id, Place("C0GENERAL"))
    return target


async def do(
    yard: RetryYard, monkeypatch: pytest.MonkeyPatch, deadly: Callable[[int], int], restart_seconds: float
) -> int:
    """Act and watch to the end, killed as ``deadly`` says of each life; how often that happened."""
    durable, kills = NotYet(), 0
    for name in ("retry", "watch"):
        workflow, journal = getattr(yard, name).workflow, Journal()
        while True:
            with monkeypatch.context() as patch:
                Peril(deadly(kills)).surround(yard.database, yard.world.client, ACTS, patch)
                try:
                    await workflow(durable, journal.again(), yard.world.key, "run-1")
                    break
                except Killed:
                    kills += 1
                    yard.world.clock.advance(restart_seconds)
            assert kills < 100
    assert any(taken[0] == "retry.watch" for taken in durable.taken)
    return kills


@pytest.mark.parametrize("restart_seconds", [0.0, 60.0])
async def test_killed_behind_every_other_effect(
    yard: RetryYard, monkeypatch: pytest.MonkeyPatch, restart_seconds: float
) -> None:
    target = await share(yard)
    yard.durable = NotYet()
    await yard.start(target)
    kills = await do(yard, monkeypatch, lambda lives: 1 + lives % 2, restart_seconds)
    assert kills >= 6, "behind every other effect at least"
    await everything_once(yard)


@pytest.mark.parametrize("deadly", range(1, 13))
async def test_killed_once(yard: RetryYard, deadly: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed behind one effect alone; then everything to the end."""
    target = await share(yard)
    yard.durable = NotYet()
    await yard.start(target)
    await do(yard, monkeypatch, lambda lives: deadly if lives == 0 else 0, 30.0)
    await everything_once(yard)


async def test_what_was_skipped_again_meanwhile_is_not_released_again(
    yard: RetryYard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right behind the release; before it goes on a run takes the record, which fails, and is skipped:
    whoever goes on sees that the release was done, and does not do it again."""
    yard.fail(1, times=2)
    target = await yard.target()
    yard.durable = NotYet()
    await yard.start(target)
    journal = Journal()
    with monkeypatch.context() as patch:
        client = yard.world.client
        release_all = client.release_all

        async def killed(*args: Any) -> None:
            await release_all(*args)
            raise Killed

        patch.setattr(client, "release_all", killed)
        with pytest.raises(Killed):
            await yard.retry.workflow(NotYet(), journal.again(), yard.world.key, "run-1")
    yard.world.clock.advance(30)
    yard.there.run("CUSTOMER")
    yard.world.clock.advance(30)
    await yard.retry.workflow(NotYet(), journal.again(), yard.world.key, "run-1")
    assert (yard.acts("releaseAll"), yard.acts("release")) == (1, 0)


async def everything_once(yard: RetryYard) -> None:
    """Each record released once, one run, one activity line, one message with one last word, one line in the
    thread."""
    run = await Runs(yard.database).get(yard.scope, "run-1")
    assert (run.state, run.done, run.failed, run.missed) == (RunState.DONE, RECORDS, 0, 0)
    assert (yard.acts("releaseAll"), yard.acts("release")) == (1, 0)
    assert yard.runs() == 1
    [line] = await yard.lines()
    assert (line.count, line.outcome) == (RECORDS, "done")
    assert await yard.postings() == [
        ("problem", "C0GENERAL"),
        ("progress", "U0KIM"),
        ("result", "U0KIM"),
        ("retried", "C0GENERAL"),
    ]
