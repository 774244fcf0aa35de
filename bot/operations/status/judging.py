"""What is to be said of a mapping's numbers. Pure.

What Business Central counts and what it leaves out: microsoft/BCApps,
``Integration/Dataverse/CRMIntegrationRecord.Table.al`` (skipping), ``CRMIntegrationTableSynch.Codeunit.al``
(watermarks), ``Integration/SynchEngine/IntegrationTableSynch.Codeunit.al`` (counters).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.businesscentral.records import Direction
from bot.operations.status.values import JobNote, Remark, Still
from bot.store.synchronization import StoredJob, StoredMapping

STILL_AFTER: Final = timedelta(days=3)
"""A watermark is the time of the latest change that was taken. One that is so much older than the last run
either says that nothing changed, or that changes are not taken."""
OVERDUE_AFTER: Final = timedelta(hours=1)
BROKEN_AFTER: Final = timedelta(hours=6)
"""A run that began so long ago and has not finished broke off."""
RESTS: Final = "On Hold with Inactivity Timeout"


def remarks(
    mapping: StoredMapping | None,
    jobs: tuple[StoredJob, ...],
    job: JobNote | None,
    *,
    lacks_job: bool,
    still: Iterable[Still],
    now: datetime,
) -> Iterator[Remark]:
    """The most serious first. ``lacks_job``: the job queue was read, has none for it, and there should be
    one."""
    match job.status if job is not None else "":
        case "Error":
            yield Remark.JOB_FAILED
        case "On Hold":
            yield Remark.JOB_ON_HOLD
        case "Ready" if job is not None and is_overdue(job, now):
            yield Remark.JOB_OVERDUE
    if lacks_job:
        yield Remark.NO_JOB
    if jobs and broke_off(jobs[0], now):
        yield Remark.BROKE_OFF
    if any(True for _ in still):
        yield Remark.STILL
    if mapping is not None and mapping.skipped:
        yield Remark.SKIPPED
    if any(one.failed == 0 and one.skipped for one in jobs):
        yield Remark.FAILED_IS_NOT_ALL


def still_watermarks(mapping: StoredMapping | None, jobs: Iterable[StoredJob]) -> Iterator[Still]:
    """Those that stood still while runs in their direction went on."""
    if mapping is None:
        return
    marks = {
        Direction.TO_DATAVERSE: mapping.synched_until,
        Direction.FROM_DATAVERSE: mapping.dataverse_synched_until,
    }
    for direction in directions(mapping):
        mark = marks[direction]
        last = max((one.started_at for one in jobs if one.direction == direction), default=None)
        if mark is not None and last is not None and last - mark > STILL_AFTER:
            yield Still(direction, mark)


def its_own(mapping: StoredMapping | None, jobs: Iterable[StoredJob]) -> Iterator[StoredJob]:
    """The latest job of each direction in which the mapping goes now; of another direction (a run from before
    somebody turned it to one way) only what is newer than all of these, for then it is the last."""
    jobs = tuple(jobs)
    if mapping is None:
        yield from jobs
        return
    ways = {*directions(mapping), Direction.BIDIRECTIONAL, Direction.UNKNOWN}
    last = max((one.started_at for one in jobs if one.direction in ways), default=None)
    for one in jobs:
        if one.direction in ways or last is None or one.started_at > last:
            yield one


def directions(mapping: StoredMapping) -> tuple[Direction, ...]:
    """Those in which a mapping takes changes."""
    both = (Direction.TO_DATAVERSE, Direction.FROM_DATAVERSE)
    return tuple(
        one for one in both if mapping.direction in (one, Direction.BIDIRECTIONAL, Direction.UNKNOWN)
    )


def is_overdue(job: JobNote, now: datetime) -> bool:
    """Ready, due, and not started."""
    return job.next_run_at is not None and now - job.next_run_at > OVERDUE_AFTER


def broke_off(job: StoredJob, now: datetime) -> bool:
    """It began long ago and never said that it finished."""
    return job.finished_at is None and now - job.started_at > BROKEN_AFTER
