"""Workers are killed while they diagnose stored errors anew; another one goes on, and the sums are right."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from bot.store import Database
from bot.store.rediagnosis import Phase, Rediagnoses
from tests.databases import database_url as database_url
from tests.databases import migrated_postgresql as migrated_postgresql
from tests.databases import migrated_postgresql_url as migrated_postgresql_url
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import migrated_url as migrated_url
from tests.operations.rediagnosing_dying import SCOPE
from tests.operations.test_rediagnosing import TEMPLATES, TEXTS, Bench, check_counters

pytestmark = pytest.mark.timeout(300)  # processes start slowly where many run
ERRORS = 60


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = Database.open(migrated_url)
    yield database
    await database.close()


async def worker(database_url: str, when: str, count: int = 0) -> int:
    command = ("-m", "tests.operations.rediagnosing_dying", database_url, when, str(count))
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    async with asyncio.timeout(60):
        return await process.wait()


async def test_another_process_goes_on(database: Database, migrated_url: str) -> None:
    bench = Bench(database, SCOPE)
    await bench.store([(at, TEXTS[at % 6], f"Customer: {at % 4}", at) for at in range(1, ERRORS + 1)])
    await bench.run()
    for template in (TEMPLATES[0], TEMPLATES[3]):
        await bench.teach(template)
    store = Rediagnoses(database)

    assert await worker(migrated_url, "before", 2) == -signal.SIGKILL
    first = await store.state(SCOPE)
    assert (first.phase, first.examined) == (Phase.ERRORS, 7), "what was not committed was not done"
    assert await worker(migrated_url, "behind", 3) == -signal.SIGKILL
    second = await store.state(SCOPE)
    assert (second.phase, second.examined) == (Phase.ERRORS, 28), "it went on where the first one died"
    assert second.moved > 0
    assert await worker(migrated_url, "never") == 0

    ended = await store.state(SCOPE)
    assert (ended.phase, ended.examined) == (Phase.DONE, ERRORS)
    await check_counters(bench)
