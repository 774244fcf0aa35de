"""A worker is killed behind each thing that a support request does: it comes once, with both its files."""

from __future__ import annotations

import pytest

from bot.clock import SystemClock
from bot.simulator.businesscentral import SimulatedCompany
from tests.processes.stored import query
from tests.processes.workers import town

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
RECORDS = 5


async def test_a_support_request_comes_once_whatever_dies(database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    for number in range(RECORDS):
        company.log_error(message="DKR-0417: this customer waits.", source=f"Customer: {10000 + number}")
    async with town("support", company, database_url) as there:
        await there.workers.die(2)
        await there.workers.drain(there.gate, "syncErrorDetails")
        if not database_url.startswith("sqlite"):
            await there.workers.take_over()
        await there.workers.end_under_the_next_release(steps=1)
        await there.deliver(lambda: [message for message in there.kim.messages if message.files])
        (told,) = [message for message in there.kim.messages if message.files]
        names = [there.slack.file(file).name for file in told.files]
    assert sorted(name.rpartition(".")[2] for name in names) == ["md", "zip"]
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", RECORDS, 0)]
    lines = query(database_url, "SELECT act, outcome, count FROM activity WHERE act = 'support_request'")
    assert lines == [("support_request", "done", RECORDS)]
