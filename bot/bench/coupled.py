"""What became of the records of a filled store: a coupling for each that ever failed, and their jobs."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from bot.bench.stored import FILLED_UNTIL
from bot.store import Database
from bot.store.synchronization import StoredCoupling, StoredJob, Synchronization
from bot.store.tables import PROBLEM_RECORD, belongs
from bot.store.values import Scope

_JOBS = 1_000
_SLICE = 2_000


async def couple(database: Database, scope: Scope) -> None:
    """Of seven records two still fail, three synchronized some time in the last month, two after it all."""
    store = Synchronization(database)
    await store.store_jobs(scope, [_job(index) for index in range(_JOBS + 1)])
    first = 0
    async for records in _records(database, scope):
        couplings = [_coupling(first + index, record) for index, record in enumerate(records)]
        await store.store_couplings(scope, couplings)
        first += len(records)
    await store.succeed(scope, FILLED_UNTIL, retention_enabled=True, retention_period="1 Month")


async def _records(database: Database, scope: Scope) -> AsyncIterator[Sequence[str]]:
    last = ""
    while True:
        query = (
            select(PROBLEM_RECORD.c.record_id)
            .where(belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.record_id > last)
            .distinct()
            .order_by(PROBLEM_RECORD.c.record_id)
            .limit(_SLICE)
        )
        async with database.reading() as connection:
            found = (await connection.execute(query)).scalars().all()
        if not found:
            return
        yield found
        last = found[-1]


def _job(index: int) -> StoredJob:
    """The last one began after everything that failed."""
    started = FILLED_UNTIL - timedelta(days=30) * (1 - index / _JOBS) + timedelta(minutes=1)
    return StoredJob(
        id=_guid(index),
        started_at=started,
        finished_at=started,
        message="",
        mapping="CUSTOMER",
        direction="ToIntegrationTable",
        type="Synchronization",
        inserted=0,
        modified=1,
        deleted=0,
        unchanged=0,
        skipped=0,
        failed=0,
        coupled=0,
        uncoupled=0,
        job_queue_log_entry=0,
    )


def _coupling(index: int, record: str) -> StoredCoupling:
    kind = index % 7
    return StoredCoupling(
        id=_guid(index),
        is_option=False,
        table_number=18,
        record_id=record,
        local_system_id=None,
        dataverse_id=_guid(index),
        integration_table=5341,
        last_result="",
        last_dataverse_result="Failure" if kind == 0 else "Success",
        last_job_id=None,
        last_dataverse_job_id=_guid(_JOBS if kind > 4 else index % _JOBS),
        last_modified_on=None,
        last_dataverse_modified_on=None,
        skipped=kind == 1,
        modified_at=FILLED_UNTIL,
    )


def _guid(number: int) -> str:
    return str(uuid.UUID(int=number))
