"""A worker is killed behind each thing that a retry does: it is done, told and written down once."""

from __future__ import annotations

import pytest

from bot.clock import SystemClock
from bot.simulator.businesscentral import SimulatedCompany
from tests.processes.stored import query
from tests.processes.workers import town

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
RECORDS = 3


async def test_a_retry_is_done_once_whatever_dies(database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    synchronization = company.synchronization
    for number in range(RECORDS):
        synchronization.fail(f"Customer: {10000 + number}", "DKR-0417: this customer waits.", times=2)
    synchronization.fix()
    async with town("retry", company, database_url) as there:
        await there.workers.die(2)  # then twice more, before it has started the job
        if database_url.startswith("sqlite"):
            await there.workers.die(2)
        else:
            await there.workers.take_over()
        await there.workers.drain(there.gate, "Microsoft.NAV.wake")
        # Acting and watching are two workflows, and the next release changes both.
        await there.workers.end_under_the_next_release(steps=2, lasts=1)
        await there.deliver(lambda: there.has_told(f"Over: {RECORDS} of {RECORDS} synchronized"))
        (progress,) = there.kim.messages
        (told,) = there.kim.thread(progress)
        assert f"{RECORDS} of {RECORDS} synchronized" in told.plain()
        released = [request for request in there.source.requests if request.path.endswith("releaseAll")]
    assert len(released) == 1
    entry = synchronization.entries["CUSTOMER"]
    assert sum(run.entry_id == entry.entry_id for run in synchronization.log_entries) == 1
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", RECORDS, 0)]
    lines = query(database_url, "SELECT act, outcome, count FROM activity WHERE act = 'retry'")
    assert lines == [("retry", "done", RECORDS)]
