"""A worker is killed behind each thing that a purge does: rows are deleted, archived and told of once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.simulator.businesscentral import SimulatedCompany
from tests.processes.stored import query
from tests.processes.workers import town

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
ENTRIES = 15


@pytest.mark.parametrize(
    ("deed", "request_word"), [("purge problem", "$batch"), ("purge all", "deleteErrors")]
)
async def test_a_purge_is_done_once_whatever_dies(deed: str, request_word: str, database_url: str) -> None:
    company = SimulatedCompany(clock=SystemClock())
    for number in range(ENTRIES):
        company.log_error(
            message="DKR-0417: this customer waits.",
            source=f"Customer: {10000 + number}",
            logged_at=SystemClock().now() - timedelta(hours=1),
        )
    async with town(deed, company, database_url) as there:
        await there.workers.die(6)  # through a whole window
        if not database_url.startswith("sqlite"):
            await there.workers.take_over()
        await there.workers.drain(there.gate, request_word)
        await there.workers.end_under_the_next_release(steps=1, lasts=8)  # almost to the end, then each
        await there.deliver(lambda: there.has_told(f"Over: {ENTRIES} of {ENTRIES} deleted."))
        (progress,) = there.kim.messages
        (told,) = there.kim.thread(progress)
        assert f"deleted {ENTRIES} entries in Business Central." in told.plain()
    everything_once(database_url, company, deed)


def everything_once(database_url: str, company: SimulatedCompany, deed: str) -> None:
    """Each row deleted once, archived once; one run, one activity line; nothing left that is about to be."""
    assert list(company.rows(SystemClock().now())) == []
    deleted = "SELECT count(*) FROM sync_error WHERE gone_at IS NOT NULL AND purge_run = 'run-1'"
    assert query(database_url, deleted) == [(ENTRIES,)]
    for table in ("problem", "problem_counter", "problem_record"):
        assert query(database_url, f"SELECT sum(gone) FROM {table}") == [(ENTRIES,)]  # noqa: S608
    assert query(database_url, "SELECT count(*) FROM purge_mark") == [(0,)]
    assert query(database_url, "SELECT state, done, failed FROM action_run") == [("done", ENTRIES, 0)]
    act = deed.replace(" ", ".")
    lines = f"SELECT act, outcome, count FROM activity WHERE act = '{act}'"  # noqa: S608 # our own
    assert query(database_url, lines) == [(act, "done", ENTRIES)]
