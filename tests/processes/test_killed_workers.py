"""Pulls survive what happens to the processes that do them."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from bot.operations.durable.slots import AdvisoryLocks, slot_of
from tests.processes.running import ERRORS, PATIENCE, Process, company
from tests.processes.stored import assert_everything_is_there_once, pulls, pulls_ended, query

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run


async def test_a_restart_and_a_pull_by_hand_share_one_sqlite_file(tmp_path: Path, sqlite_url: str) -> None:
    async with company(tmp_path, sqlite_url) as outside:
        socket = await outside.start("socket")
        await socket.said("socket.connected")
        await outside.held.reached()
        answer = await outside.slack.person("Kim").command("/syncerrors")
        assert "Refresh" in answer.plain(), "reading must not keep anybody waiting"
        assert await socket.stop(signal.SIGKILL) == -signal.SIGKILL
        assert pulls(sqlite_url) == [("PENDING", "worker-1")]
        worker, by_hand = await outside.start("worker"), await outside.start("pull")
        await worker.said("worker.ready")
        outside.held.release()
        assert await by_hand.ended() == 0
        await pulls_ended(sqlite_url)
        assert_everything_is_there_once(sqlite_url)
        assert pulls(sqlite_url)[0] == ("SUCCESS", "worker-1")
        assert await worker.stop() == 0


@pytest.mark.postgresql
async def test_two_workers_and_two_web_processes(tmp_path: Path, postgresql_url: str) -> None:
    async with company(tmp_path, postgresql_url) as outside:
        assert await (await outside.start("migrate")).ended() == 0
        (one, at_one), (other, at_other) = await asyncio.gather(outside.start_web(), outside.start_web())
        kim, sanne = outside.slack.person("Kim"), outside.slack.person("Sanne")
        outside.slack.connect_http(at_one)
        await kim.command("/syncerrors")
        refreshed = asyncio.create_task(kim.click("Refresh"))
        outside.slack.connect_http(at_other)
        await sanne.command("/syncerrors")
        await sanne.click("Refresh")
        await refreshed
        assert [status for status, _ in pulls(postgresql_url)] == ["ENQUEUED"], "two presses, one pull"

        workers = await asyncio.gather(outside.start("worker"), outside.start("worker"))
        await outside.held.reached()
        by_executor = {(await worker.said("worker.ready"))["executor"]: worker for worker in workers}
        assert sorted(by_executor) == ["worker-1", "worker-2"]
        [(status, holder)] = pulls(postgresql_url)
        assert status == "PENDING"
        dying: Process = by_executor.pop(str(holder))
        await dying.stop(signal.SIGKILL)
        [survivor] = by_executor
        async with asyncio.timeout(PATIENCE):
            while pulls(postgresql_url) != [("PENDING", survivor)]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        key = "SELECT deduplication_id IS NOT NULL FROM dbos.workflow_status WHERE name = 'pull'"
        assert query(postgresql_url, key) == [(True,)], "taken over, it still keeps a second pull out"
        outside.held.release()
        await pulls_ended(postgresql_url)
        assert_everything_is_there_once(postgresql_url)
        assert len(pulls(postgresql_url)) == 1
        assert f"{ERRORS:,} sync errors" in (await sanne.command("/syncerrors")).plain()

        with_its_slot = steal_slot(postgresql_url, survivor)
        try:
            assert await by_executor[survivor].ended() == 1
            assert f"Another process works as {survivor} now." in by_executor[survivor].text
        finally:
            with_its_slot.close()
        assert await asyncio.gather(one.stop(), other.stop()) == [0, 0]
        assert outside.slack.refusals == []


def steal_slot(database_url: str, executor: str) -> AdvisoryLocks:
    """End the session that holds an executor's slot, as a server does that restarts, and be quicker."""
    slot = slot_of(executor)
    assert slot is not None
    locks = AdvisoryLocks(database_url)
    holders = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objid = "
    query(database_url, f"{holders}{slot}")
    assert locks.try_hold(slot)
    return locks
