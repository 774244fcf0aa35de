"""The engine on both databases: one launch for most of it, since a launch takes a second; a killed worker."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.failures import NotFound, SettingsInvalid, WorkersFull
from bot.operations.durable import OutcomeState, Queue, Steps
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.housekeeping import forget_ended
from bot.operations.durable.quiet import quieten
from bot.operations.durable.slots import (
    SLOTS,
    AdvisoryLocks,
    FileLocks,
    SlotLocks,
    at_work,
    first_free,
    slot_of,
)


async def test_queues_deduplication_schedule_and_end(database_url: str) -> None:
    engine = DbosDurable(database_url, tick_cron="* * * * * *")
    release = asyncio.Event()
    ticks: list[str] = []
    ticked = asyncio.Event()
    ran_on: list[asyncio.AbstractEventLoop] = []
    at_once: list[int] = []
    inside = 0

    async def slow(number: int) -> int:
        ran_on.append(asyncio.get_running_loop())
        await release.wait()
        return number * 2

    async def pull(steps: Steps, number: int) -> int:
        return await steps.run("slow", slow, number) + 1

    async def act_step() -> None:
        nonlocal inside
        inside += 1
        at_once.append(inside)
        await asyncio.sleep(0)
        inside -= 1

    async def act(steps: Steps) -> None:
        await steps.run("act", act_step)

    async def broken(steps: Steps) -> None:
        raise LookupError("something personal")

    async def tick(steps: Steps) -> None:
        ticks.append(await engine.enqueue("ticked", queue=Queue.ACT, partition="from the tick"))
        ticked.set()

    engine.register("pull", pull)

    async def by_the_tick(steps: Steps) -> None:
        """Not ``act``: another partition may well run beside the one that is counted."""

    engine.register("act", act)
    engine.register("ticked", by_the_tick)
    engine.register("broken", broken)
    engine.every_minute("tick", tick)
    await engine.start()
    try:
        assert engine.executor == "worker-1"
        first = await engine.enqueue("pull", 20, queue=Queue.PULL, partition="a", deduplication="pull:a")
        again = await engine.enqueue("pull", 20, queue=Queue.PULL, partition="a", deduplication="pull:a")
        other = await engine.enqueue("pull", 30, queue=Queue.PULL, partition="b", deduplication="pull:b")
        assert first == again != other
        assert await engine.wait(first, timeout=0.05) is None
        release.set()
        ended = await engine.wait(first, timeout=60)
        assert ended is not None
        assert (ended.state, ended.value) == (OutcomeState.SUCCEEDED, 41)
        assert set(ran_on) == {asyncio.get_running_loop()}
        later = await engine.enqueue("pull", 20, queue=Queue.PULL, partition="a", deduplication="pull:a")
        assert later != first, "a pull that has ended must not swallow the next one"

        acts = [await engine.enqueue("act", queue=Queue.ACT, partition="p") for _ in range(3)]
        failing = await engine.enqueue("broken", queue=Queue.ACT, partition="q")
        for act_id in acts:
            assert await engine.wait(act_id, timeout=60) is not None
        failed = await engine.wait(failing, timeout=60)
        assert failed is not None
        assert (failed.state, failed.error) == (OutcomeState.FAILED, "LookupError")

        await asyncio.wait_for(ticked.wait(), timeout=60)
        assert await engine.wait(ticks[0], timeout=60) is not None
        assert set(at_once) == {1}
    finally:
        await engine.stop()
    assert await asyncio.to_thread(int, "7") == 7, "threads of the loop must outlive the engine"


async def test_what_is_stopped_in_the_middle_goes_on_later(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'bot.db'}"
    begun = asyncio.Event()
    done: list[str] = []

    async def first() -> None:
        done.append("first")

    async def second(engine: DbosDurable) -> None:
        if engine is stopped:
            begun.set()
            await asyncio.Event().wait()
        done.append("second")

    def engine() -> DbosDurable:
        made = DbosDurable(address)

        async def body(steps: Steps) -> None:
            await steps.run("first", first)
            await steps.run("second", second, made)

        made.register("body", body)
        return made

    stopped = engine()
    await stopped.start()
    workflow = await stopped.enqueue("body", queue=Queue.DELIVER, partition="C1")
    await asyncio.wait_for(begun.wait(), timeout=60)
    await stopped.stop()
    resumed = engine()
    await resumed.start()
    try:
        outcome = await resumed.wait(workflow, timeout=60)
    finally:
        await resumed.stop()
    assert outcome is not None
    assert outcome.state is OutcomeState.SUCCEEDED
    assert done == ["first", "second"]


async def test_what_ended_long_ago_is_forgotten(tmp_path: Path) -> None:
    engine = DbosDurable(f"sqlite:///{tmp_path / 'bot.db'}")
    may_end = asyncio.Event()

    async def body(steps: Steps, patience: int) -> str:
        if patience:
            await may_end.wait()
        return "done"

    engine.register("body", body)
    await engine.start()
    try:
        ended = await engine.enqueue("body", 0, queue=Queue.ACT, partition="a")
        # In a partition of its own: of two that were enqueued in one millisecond either may come first.
        going_on = await engine.enqueue("body", 1, queue=Queue.ACT, partition="b")
        assert await engine.wait(ended, timeout=60) is not None
        await forget_ended(datetime.now(UTC) + timedelta(hours=1))
        with pytest.raises(NotFound):
            await engine.wait(ended, timeout=0)
        may_end.set()
        assert await engine.wait(going_on, timeout=60) is not None
    finally:
        await engine.stop()


async def test_nothing_that_a_workflow_says_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    quieten()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("dbos").error(
            "failed with %s", "something personal", exc_info=LookupError("something personal")
        )
    assert "personal" not in caplog.text
    assert "LookupError" in caplog.text


def test_slots_of_files(tmp_path: Path) -> None:
    _check_slots(lambda: FileLocks(tmp_path / "bot.db"))


@pytest.mark.postgresql
def test_slots_of_the_server(postgresql_url: str) -> None:
    _check_slots(lambda: AdvisoryLocks(postgresql_url))


def _check_slots(open_locks: Callable[[], SlotLocks]) -> None:
    one, other = open_locks(), open_locks()
    try:
        assert (first_free(one), first_free(other)) == (1, 2)
        assert not other.try_hold(1)
        assert one.still_held()
        one.close()
        assert other.try_hold(1)
        other.let_go(1)
    finally:
        other.close()


def test_a_thirty_third_worker_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    holders = [FileLocks(file) for _ in range(SLOTS)]
    try:
        assert at_work("", file) == 0
        assert [first_free(locks) for locks in holders] == list(range(1, SLOTS + 1))
        assert at_work("", file) == SLOTS
        with pytest.raises(WorkersFull) as caught:
            first_free(FileLocks(file))
        assert caught.value.facts == {"workers": SLOTS}
        holders[4].close()
        assert at_work("", file) == SLOTS - 1
        assert at_work("", file) == SLOTS - 1, "looking takes nothing"
    finally:
        for locks in holders:
            locks.close()


@pytest.mark.postgresql
def test_who_works_on_a_server_is_counted(postgresql_url: str) -> None:
    locks = AdvisoryLocks(postgresql_url)
    before = at_work(postgresql_url, None)
    first_free(locks)
    assert at_work(postgresql_url, None) == before + 1
    locks.close()


@pytest.mark.parametrize(
    ("executor", "slot"), [("worker-7", 7), ("local", None), ("worker-", None), ("worker-x", None)]
)
def test_slot_of_an_executor(executor: str, slot: int | None) -> None:
    assert slot_of(executor) == slot


def test_memory_is_no_place_for_durable_work() -> None:
    with pytest.raises(SettingsInvalid):
        DbosDurable("sqlite:///:memory:")


_WORKER = """
    import asyncio, sys
    from pathlib import Path
    from bot.operations.durable import Queue
    from bot.operations.durable.engine import DbosDurable

    async def main(folder, hold, take_over):
        log = Path(folder, "log")
        engine = DbosDurable(f"sqlite:///{folder}/bot.db", look_for_dead_seconds=0.2)

        async def note(word):
            with log.open("a") as file:
                file.write(word + "\\n")
            if word == "second" and hold:
                Path(folder, "begun").touch()
                await asyncio.sleep(600)

        async def body(steps):
            await steps.run("first", note, "first")
            await steps.run("second", note, "second")
            await steps.run("third", note, "third")

        engine.register("work", body)
        await engine.start()
        print(engine.executor, flush=True)
        if hold:
            print(await engine.enqueue("work", queue=Queue.ACT, partition="p"), flush=True)
            await asyncio.sleep(600)
        await engine.wait(take_over, timeout=60)
        await engine.stop()

    asyncio.run(main(sys.argv[1], sys.argv[2] == "hold", sys.argv[2]))
"""


def _worker(folder: Path, role: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", textwrap.dedent(_WORKER), str(folder), role],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


async def test_another_worker_finishes_what_a_killed_one_began(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    dying = _worker(tmp_path, "hold")
    survivor = None
    try:
        assert dying.stdout is not None
        assert await asyncio.to_thread(dying.stdout.readline) == "worker-1\n"
        workflow = (await asyncio.to_thread(dying.stdout.readline)).strip()
        async with asyncio.timeout(60):
            while not (tmp_path / "begun").exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.02)
        survivor = _worker(tmp_path, workflow)
        assert survivor.stdout is not None
        assert await asyncio.to_thread(survivor.stdout.readline) == "worker-2\n"
        assert log.read_text().splitlines() == ["first", "second"], "live work must not be stolen"
        os.kill(dying.pid, signal.SIGKILL)
        assert await asyncio.to_thread(survivor.wait, 60) == 0
    finally:
        for process in (dying, survivor):
            if process is not None:
                process.kill()
                process.communicate()
    assert log.read_text().splitlines() == ["first", "second", "second", "third"]
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        assert database.execute("SELECT status, executor_id FROM workflow_status").fetchall() == [
            ("SUCCESS", "worker-2")
        ]
