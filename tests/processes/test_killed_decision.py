"""A worker is killed behind each thing that a decision does: it is done, told and written down once."""

from __future__ import annotations

import signal

import pytest

from bot.clock import SystemClock
from bot.simulator.businesscentral import SimulatedCompany
from bot.simulator.businesscentral.troubles import Kind
from tests.processes.stored import query
from tests.processes.workers import town

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
RECORDS = 3


async def test_a_creation_is_done_once_whatever_dies(database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    synchronization = company.synchronization
    for number in range(RECORDS):
        synchronization.fail(f"Customer: N{number}", "DKR-9: the first insert failed.", kind=Kind.NEW_RECORD)
    synchronization.run("CUSTOMER")
    synchronization.fix()
    async with town("create", company, database_url) as there:
        await there.workers.die(8)  # until it knows all records
        # Behind the creation, before that is written down: whoever goes on sees that a job began.
        for effects in ("2", "1", "1"):
            assert await there.workers.run("dies", effects) == -signal.SIGKILL
        if not database_url.startswith("sqlite"):
            await there.workers.take_over()
        assert await there.workers.run("release") == 0
        await there.deliver(lambda: there.has_told(f"Over: {RECORDS} of {RECORDS} created"))
        (progress,) = there.kim.messages
        (told,) = there.kim.thread(progress)
        assert f"{RECORDS} of {RECORDS} created" in told.plain()
        created = [request for request in there.source.requests if request.path.endswith("NAV.create")]
    assert len(created) == 1
    assert len(list(synchronization.couplings.now())) == RECORDS
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", RECORDS, 0)]
    lines = query(database_url, "SELECT act, outcome, count FROM activity WHERE act = 'create'")
    assert lines == [("create", "done", RECORDS)]
