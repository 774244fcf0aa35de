"""One simulated company: its error rows (table 5339) and synchronization jobs (table 5338).

Field lengths and behaviour: microsoft/BCApps, ``Integration/SynchEngine/IntegrationSynchJobErrors.Table.al``
and ``IntegrationSynchJob.Table.al``.
"""

from __future__ import annotations

import random
import uuid
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, takewhile

from bot.clock import Clock
from bot.simulator.businesscentral.retention import STANDARD_RETENTION, RetentionPolicy
from bot.simulator.businesscentral.rows import (
    JobType,
    SimulatedError,
    SimulatedJob,
    SynchDirection,
    WrittenBy,
)
from bot.simulator.businesscentral.synchronization import Synchronization
from bot.simulator.businesscentral.tables import SimulatedRecord, record

MESSAGE_LENGTH = 250
ERROR_MESSAGE_LENGTH = 2048


class SimulatedCompany:
    """A company that synchronizes with one Dataverse environment.

    ``rng`` makes the ids; the default is seeded with the name, so that the same company has the same ids.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        name: str = "Kleiweg & Zonen B.V.",
        display_name: str | None = None,
        company_id: str | None = None,
        dataverse_url: str = "https://kleiweg.crm4.dynamics.com",
        retention: RetentionPolicy = STANDARD_RETENTION,
        rng: random.Random | None = None,
    ) -> None:
        self._clock = clock
        self._rng = rng or random.Random(f"company {name}")
        self.id = company_id.lower() if company_id else self.new_guid()
        self.name = name
        self.display_name = display_name or name
        self.dataverse_url = dataverse_url
        self.retention = retention
        self.extension_version = "1.0.0.0"
        self.application_version = "26.3.36158.0"
        self.created_at = clock.now()
        self.jobs: dict[str, SimulatedJob] = {}
        self._rows: list[SimulatedError] = []
        self._by_id: dict[str, SimulatedError] = {}
        self._job_of_run: dict[tuple[str, SynchDirection, JobType, datetime], SimulatedJob] = {}
        self._last_number = 0
        self._first_left = 0
        """All rows before this index are deleted: rising windows need not look at them again."""
        self._synchronization: Synchronization | None = None
        self._recall: Callable[[Synchronization], None] = _nothing

    @property
    def synchronization(self) -> Synchronization:
        """Couplings, mappings, the job queue, and what is wrong; made when somebody first asks for it."""
        if self._synchronization is None:
            rng = random.Random(f"synchronization {self.id}")
            self._synchronization = Synchronization(self, self._clock, self.dataverse_url, rng)
            self._recall(self._synchronization)
            self._recall = _nothing
        return self._synchronization

    def remember(self, recall: Callable[[Synchronization], None]) -> None:
        """Fill the synchronization with ``recall`` when it is made."""
        self._recall = recall

    def catch_up(self) -> None:
        """Let the runs happen that have come due."""
        if self._synchronization is not None:
            self._synchronization.catch_up()

    @property
    def errors(self) -> Sequence[SimulatedError]:
        """Every row ever written, by rising number; deleted ones too."""
        return self._rows

    def new_guid(self) -> str:
        """A GUID from the company's own randomness, lower case."""
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def begin_job(
        self,
        mapping: str,
        direction: SynchDirection,
        started_at: datetime,
        job_type: JobType = JobType.SYNCHRONIZATION,
    ) -> SimulatedJob:
        """The job of that mapping that started then; a new one where there is none yet."""
        run = (mapping, direction, job_type, started_at)
        job = self._job_of_run.get(run)
        if job is None:
            job = SimulatedJob(self.new_guid(), mapping, direction, job_type, started_at)
            self._job_of_run[run] = job
            self.jobs[job.id] = job
        return job

    def log_error(
        self,
        *,
        message: str,
        source: SimulatedRecord | str | None = None,
        destination: SimulatedRecord | str | None = None,
        mapping: str = "CUSTOMER",
        direction: SynchDirection = SynchDirection.TO_DATAVERSE,
        call_stack: str = "",
        logged_at: datetime | None = None,
        number: int | None = None,
        visible_at: datetime | None = None,
        job: SimulatedJob | None = None,
        written_by: WrittenBy = WrittenBy.CURRENT,
    ) -> SimulatedError:
        """Write one row, as ``LogSynchError`` does.

        ``number`` is taken from the auto-increment, or given: then a low number appears late, as when a long
        transaction commits after a short one. ``visible_at`` (default: when logged) is the commit.
        Raises ValueError for a number that is taken or a table that is not known.
        """
        moment = _milliseconds(logged_at or self._clock.now())
        job = job or self.begin_job(mapping, direction, moment)
        row = SimulatedError(
            id=self.new_guid(),
            number=self._take(number),
            job_id=job.id,
            logged_at=moment,
            message=cut(message, MESSAGE_LENGTH),
            error_message="" if written_by is not WrittenBy.CURRENT else cut(message, ERROR_MESSAGE_LENGTH),
            source=record(source) if isinstance(source, str) else source,
            destination=record(destination) if isinstance(destination, str) else destination,
            call_stack=call_stack,
            visible_at=visible_at or moment,
        )
        insort(self._rows, row, key=_number)
        if self._first_left:
            self._first_left = min(self._first_left, bisect_left(self._rows, row.number, key=_number))
        self._by_id[row.id] = row
        return row

    def skip_numbers(self, count: int) -> None:
        """Lose that many numbers, as a rolled back transaction does."""
        self._last_number += count

    def delete(self, row_id: str) -> None:
        """Delete one row. Raises KeyError where there is none."""
        self._by_id[row_id].deleted_at = self._clock.now()

    def apply_retention(self, now: datetime) -> int:
        """Run the retention policy, as its job does at night; answers how many rows it deleted."""
        expired = self.retention.expires_before(now)
        if expired is None:
            return 0
        return self._delete_all(row for row in self.rows(now) if row.logged_at < expired)

    def delete_entries(self, days_old: int) -> int:
        """*Delete Entries Older Than 7 Days* (7) or *Delete All Entries* (0) of page 5339, by somebody there.

        Up to this same clock time so many days ago (``DeleteEntries``). Answers how many rows it deleted.
        """
        now = self._clock.now()
        until = now - timedelta(days=days_old)
        return self._delete_all(row for row in self.rows(now) if row.logged_at <= until)

    def delete_errors(self, logged_until: datetime, highest_number: int) -> int:
        """``deleteErrors`` of the bot's extension: both bounds include. Answers how many rows it deleted."""
        rows = self._rows
        while self._first_left < len(rows) and rows[self._first_left].deleted_at is not None:
            self._first_left += 1
        until = bisect_right(rows, highest_number, key=_number)
        window = islice(rows, self._first_left, until) if self._first_left < until else iter(())
        now = self._clock.now()
        return self._delete_all(row for row in window if row.logged_at <= logged_until and row.exists_at(now))

    def restore(self, to: datetime) -> None:
        """Put the database back to what it was at ``to``, as restoring an environment does.

        Rows written since are gone and their numbers are given again, to rows with other ids; rows deleted
        since are there again. Raises ValueError for a time that has not come yet.
        """
        now = self._clock.now()
        if to > now:
            raise ValueError("nothing can be restored to the future")
        was_there = [row for row in self._rows if row.exists_at(to)]
        self._delete_all(self.rows(now))
        for row in was_there:
            row.deleted_at = None
        self._first_left = 0
        self._last_number = max((row.number for row in self._rows if row.logged_at <= to), default=0)

    def delete_job(self, job_id: str) -> None:
        """Delete a job without its rows, as *Delete Entries Older Than 7 Days* on page 5338 does.

        The rows stay as orphans: their mapping and direction can no longer be told. Raises KeyError.
        """
        job = self.jobs.pop(job_id)
        del self._job_of_run[job.mapping, job.direction, job.type, job.started_at]

    def find(self, row_id: str, moment: datetime) -> SimulatedError | None:
        """The row with that SystemId, as of ``moment``."""
        row = self._by_id.get(row_id)
        return row if row is not None and row.exists_at(moment) else None

    def rows(self, moment: datetime, *, above: int = 0) -> Iterator[SimulatedError]:
        """Rows with a number higher than ``above``, by rising number, as of ``moment``."""
        return (row for row in self._rows_from(above + 1) if row.exists_at(moment))

    def _rows_from(self, number: int) -> Iterator[SimulatedError]:
        """Rows ever written with that number or a higher one, by rising number."""
        for index in range(bisect_left(self._rows, number, key=_number), len(self._rows)):
            yield self._rows[index]

    def _delete_all(self, rows: Iterable[SimulatedError]) -> int:
        deleted = list(rows)
        for row in deleted:
            row.deleted_at = self._clock.now()
        return len(deleted)

    def _take(self, number: int | None) -> int:
        """A number that was given before is free where a restore took its row away."""
        if number is None:
            self._last_number += 1
            return self._last_number
        same = takewhile(lambda row: row.number == number, self._rows_from(number))
        if any(row.deleted_at is None for row in same):
            raise ValueError(f"number {number} is taken")
        self._last_number = max(self._last_number, number)
        return number


def _nothing(_: Synchronization) -> None:
    """A company without a past."""


def _number(row: SimulatedError) -> int:
    return row.number


def _milliseconds(moment: datetime) -> datetime:
    """A DateTime keeps milliseconds."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def cut(text: str, length: int) -> str:
    """``CopyStr(text, 1, length)``: counts UTF-16 units, so an emoji takes two and may be cut in half."""
    if len(text) * 2 <= length:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= length * 2:
        return text
    return units[: length * 2].decode("utf-16-le", "replace")
