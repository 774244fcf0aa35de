"""Reading what became of the records: couplings, jobs, mappings, connections (companion API's contract,
"Reading") and the job queue (Microsoft's API v2.0, which is only read: its ``restart`` would make the bot the
run-as user of a recurring job)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import quote

from bot.businesscentral import state_rows
from bot.businesscentral.asking import FROM_PRIMARY, Asking, paged
from bot.businesscentral.fields import Breach, Row, json_object
from bot.businesscentral.state_rows import State, states
from bot.businesscentral.states import (
    ConnectionState,
    Coupling,
    JobQueueEntry,
    JobQueueLogEntry,
    Page,
    Permission,
    SyncJob,
    TableMapping,
)
from bot.failures import SourceGarbled
from bot.odata.answers import page_of, parse_json

PAGE = 5_000
"""Rows of a page where the caller wants no other size."""

MOST_PAGES = 1_000
"""Of what is read to its end at once; a nextLink that never ends must."""

_JOB_RUNNER = 5339
"""Codeunit "Integration Synch. Job Runner", which every job queue entry of a mapping runs."""


class Freshness(Enum):
    """Which database a page is read from."""

    REPLICA = "replica"
    """May be seconds behind; costs the company's users nothing."""
    PRIMARY = "primary"
    """What is so now: before something is decided, and for evidence after it was done."""


class ReadingStates(Asking):
    """Couplings by the time of their last change, jobs by that of their start, the rest whole."""

    async def couplings(
        self,
        changed_since: datetime | None = None,
        page_size: int = PAGE,
        freshness: Freshness = Freshness.REPLICA,
    ) -> Page[Coupling]:
        """The first page of couplings of records and of options that changed at ``changed_since`` or later.

        In the order of ``modified_at``, so that the last row's is where to go on the next time; rows of that
        very moment come again.
        """
        url = f"{self._connection.companion_api}/couplings?{_since('lastModifiedDateTime', changed_since)}"
        return await self._page(url, state_rows.coupling, page_size, freshness)

    async def follow_couplings(
        self, next_link: str, page_size: int = PAGE, freshness: Freshness = Freshness.REPLICA
    ) -> Page[Coupling]:
        """The page behind a nextLink of ``couplings``."""
        base = f"{self._connection.companion_api}/couplings"
        return await self._page(self._own(base, next_link), state_rows.coupling, page_size, freshness)

    async def skipped_couplings(self, page_size: int = PAGE) -> Page[Coupling]:
        """The first page of couplings that are skipped now; ``follow_couplings`` gives the others.

        What was uncoupled, no time of change tells of.
        """
        url = f"{self._connection.companion_api}/couplings?$filter={quote('skipped eq true')}"
        return await self._page(url, state_rows.coupling, page_size, Freshness.PRIMARY)

    async def coupling(self, coupling_id: str) -> Coupling:
        """One coupling as it is now. Raises SourceMissing with ``what`` = ``coupling`` where it is gone."""
        url = f"{self._connection.companion_api}/couplings({quote(coupling_id, safe='')})"
        return await self._read(url, _one(state_rows.coupling), what="coupling", headers=FROM_PRIMARY)

    async def sync_jobs(
        self,
        started_since: datetime | None = None,
        page_size: int = PAGE,
        freshness: Freshness = Freshness.REPLICA,
    ) -> Page[SyncJob]:
        """The first page of jobs that started at ``started_since`` or later, in the order of their start."""
        url = f"{self._connection.companion_api}/syncJobs?{_since('startedAt', started_since)}"
        return await self._page(url, state_rows.sync_job, page_size, freshness)

    async def follow_sync_jobs(
        self, next_link: str, page_size: int = PAGE, freshness: Freshness = Freshness.REPLICA
    ) -> Page[SyncJob]:
        """The page behind a nextLink of ``sync_jobs``."""
        base = f"{self._connection.companion_api}/syncJobs"
        return await self._page(self._own(base, next_link), state_rows.sync_job, page_size, freshness)

    async def sync_job(self, job_id: str) -> SyncJob:
        """One job as it is now. Raises SourceMissing with ``what`` = ``job`` where it is gone."""
        url = f"{self._connection.companion_api}/syncJobs({quote(job_id, safe='')})"
        return await self._read(url, _one(state_rows.sync_job), what="job", headers=FROM_PRIMARY)

    async def table_mappings(self) -> tuple[TableMapping, ...]:
        """All mappings with Dataverse, without the temporary clones of manual runs; those that break the
        contract are left out."""
        url = f"{self._connection.companion_api}/tableMappings?$orderby=name"
        return await self._whole(url, state_rows.table_mapping)

    async def connection_states(self) -> tuple[ConnectionState, ...]:
        """The connections that are set up: to Dataverse, to Sales, both or none."""
        return await self._whole(
            f"{self._connection.companion_api}/connectionStates", state_rows.connection_state
        )

    async def permissions(self) -> tuple[Permission, ...]:
        """What the permission sets of the extension are for, and whether the bot's application has it.

        Raises SourceMissing with ``what`` = ``extension`` also for an extension that is too old to tell.
        """
        return await self._whole(f"{self._connection.companion_api}/permissions", state_rows.permission)

    async def job_queue_entries(self) -> tuple[JobQueueEntry, ...]:
        """The jobs that run mappings, from the standard API."""
        wanted = quote(f"objectIdToRun eq {_JOB_RUNNER}")
        url = f"{self._connection.standard_api}/jobQueueEntries?$filter={wanted}"
        return await self._whole(url, state_rows.job_queue_entry)

    async def job_queue_log_entries(self, started_since: datetime) -> tuple[JobQueueLogEntry, ...]:
        """The runs of jobs that run mappings since then, with their errors, from the standard API."""
        wanted = f"objectIdToRun eq {_JOB_RUNNER} and startDateTime ge {_literal(started_since)}"
        url = (
            f"{self._connection.standard_api}/jobQueueLogEntries?$filter={quote(wanted)}"
            "&$orderby=startDateTime"
        )
        return await self._whole(url, state_rows.job_queue_log_entry)

    async def job_queue_failures(
        self, started_since: datetime, most: int = 100
    ) -> tuple[JobQueueLogEntry, ...]:
        """The latest runs of jobs that run mappings which ended with an error, latest first."""
        wanted = (
            f"objectIdToRun eq {_JOB_RUNNER} and status eq 'Error' "
            f"and startDateTime ge {_literal(started_since)}"
        )
        url = (
            f"{self._connection.standard_api}/jobQueueLogEntries?$filter={quote(wanted)}"
            f"&$orderby={quote('startDateTime desc')}&$top={most}"
        )
        return (await self._page(url, state_rows.job_queue_log_entry, most, Freshness.PRIMARY)).rows

    async def _page(
        self, url: str, read: Callable[[Row], State], page_size: int, freshness: Freshness
    ) -> Page[State]:
        def parse(body: bytes) -> Page[State]:
            found, link = page_of(body)
            understood, unreadable = states(found, read)
            following = None if link is None else self._own(url, link)
            return Page(tuple(understood), tuple(unreadable), following)

        return await self._read(url, parse, headers={**paged(page_size), **_headers(freshness)})

    async def _whole(self, url: str, read: Callable[[Row], State]) -> tuple[State, ...]:
        """All pages: for what has some hundreds of rows at most. Read from the primary database."""
        page = await self._page(url, read, PAGE, Freshness.PRIMARY)
        rows = list(page.rows)
        for _ in range(MOST_PAGES):
            if page.next_link is None:
                return tuple(rows)
            page = await self._page(page.next_link, read, PAGE, Freshness.PRIMARY)
            rows += page.rows
        raise SourceGarbled("nextLink: no end")


def _headers(freshness: Freshness) -> Mapping[str, str]:
    return FROM_PRIMARY if freshness is Freshness.PRIMARY else {}


def _since(field: str, moment: datetime | None) -> str:
    condition = "" if moment is None else f"$filter={quote(f'{field} ge {_literal(moment)}')}&"
    return f"{condition}$orderby={field}"


def _literal(moment: datetime) -> str:
    """A moment as ``$filter`` has it. A DateTime there has milliseconds; cut, never rounded up, lest a row
    of the same moment be left out."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _one(read: Callable[[Row], State]) -> Callable[[bytes], State]:
    def parse(body: bytes) -> State:
        try:
            return read(json_object(parse_json(body)))
        except Breach as breach:
            raise SourceGarbled(str(breach)) from breach

    return parse
