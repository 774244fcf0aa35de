"""Asking Business Central how it goes: what was asked a moment ago is not asked again, and what it last said
is kept for when it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from bot.businesscentral import BusinessCentralClient, JobQueueEntry, JobQueueLogEntry
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    ConnectionGone,
    Failure,
    SourceFailure,
    SourceMissing,
    SourceRefused,
    SourceUnreachable,
)
from bot.operations.status.values import ConnectionNote, JobNote, Part
from bot.operations.synchronization import RUNNING_AT_MOST, stored_job, stored_mapping
from bot.store import Database
from bot.store.live_states import LiveState, LiveStates
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

LIVES: Final = timedelta(minutes=2)
"""How long an answer will do for everybody who asks."""
AGAIN_AFTER: Final = timedelta(minutes=1)
"""After a failure, unless somebody presses Refresh."""
PATIENCE: Final = 15.0
"""Seconds that a person waits for one part."""
LOG_OF: Final = timedelta(days=14)
"""Runs that failed longer ago do not explain why a job stands still."""
FIRST_LOOK: Final = timedelta(days=2)
"""Of jobs, where none was ever read."""
PAGES: Final = 3
"""Of jobs that began since they were last read; the schedule reads the others."""
_TROUBLED: Final = frozenset({"Error", "On Hold"})


@dataclass(frozen=True, slots=True)
class Looking:
    """``clients`` is keyed by ``Connection.key``. A failure is noted and never raised."""

    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    async def look(self, scope: Scope, parts: tuple[Part, ...]) -> None:
        """Ask about these now, in turn; nobody is asked further who does not answer at all."""
        for part in parts:
            failure = await self._ask(scope, part)
            if failure is not None and not isinstance(failure, (SourceMissing, SourceRefused)):
                for other in parts[parts.index(part) + 1 :]:
                    await self._fail(scope, other, failure)
                return

    async def due(self, scope: Scope) -> tuple[Part, ...]:
        """What has to be asked about again for somebody who just looks."""
        known = await LiveStates(self.database).known(scope)
        due = [part for part in (Part.CONNECTIONS, Part.QUEUE) if self._is_due(known.get(part))]
        state = await Synchronization(self.database).read_so_far(scope)
        if state.succeeded_at is None and self._is_due(known.get(Part.MAPPINGS)):
            due.append(Part.MAPPINGS)
        return tuple(due)

    def _is_due(self, state: LiveState | None) -> bool:
        if state is None:
            return True
        now = self.clock.now()
        if state.failure_key is not None:
            return now - state.attempted_at >= AGAIN_AFTER
        return now - state.attempted_at >= LIVES

    async def _ask(self, scope: Scope, part: Part) -> Failure | None:
        client = self.clients.get(scope.connection)
        if client is None:
            return ConnectionGone()
        asking: Mapping[Part, Callable[[Scope, BusinessCentralClient], Awaitable[Mapping[str, Any]]]] = {
            Part.CONNECTIONS: self._connections,
            Part.MAPPINGS: self._mappings,
            Part.QUEUE: self._queue,
        }
        try:
            async with asyncio.timeout(PATIENCE):
                content = await asking[part](scope, client)
        except TimeoutError:
            late = SourceUnreachable(f"{part}: no answer in time")
            await self._fail(scope, part, late)
            return late
        except SourceFailure as failure:
            await self._fail(scope, part, failure)
            return failure
        await LiveStates(self.database).keep(scope, part, content, self.clock.now())
        return None

    async def _fail(self, scope: Scope, part: Part, failure: Failure) -> None:
        states = LiveStates(self.database)
        await states.fail(scope, part, self.clock.now(), failure.key, dict(failure.facts))

    async def _connections(self, scope: Scope, client: BusinessCentralClient) -> Mapping[str, Any]:
        rows = await client.connection_states()
        return {
            "rows": [
                asdict(
                    ConnectionNote(
                        name=row.name,
                        enabled=row.enabled,
                        user_name=row.user_name,
                        environment_url=row.environment_url,
                        ownership_model=row.ownership_model,
                        business_unit=row.business_unit,
                        disable_reason=row.disable_reason,
                    )
                )
                for row in rows
            ]
        }

    async def _queue(self, scope: Scope, client: BusinessCentralClient) -> Mapping[str, Any]:
        """The entries, and why those stopped that did: the log is read only where an entry is in trouble."""
        entries = [row for row in await client.job_queue_entries() if row.recurring and row.mapping]
        runs: tuple[JobQueueLogEntry, ...] = ()
        if any(row.status in _TROUBLED for row in entries):
            runs = await client.job_queue_failures(self.clock.now() - LOG_OF)
        return {"rows": {str(row.mapping): _noted(row, runs) for row in entries}}

    async def _mappings(self, scope: Scope, client: BusinessCentralClient) -> Mapping[str, Any]:
        """Mappings and the jobs that began since they were last read go where the schedule puts them."""
        store = Synchronization(self.database)
        mappings = await client.table_mappings()
        await store.replace_mappings(scope, [stored_mapping(row) for row in mappings])
        now = self.clock.now()
        known = await store.jobs_since(scope, now - RUNNING_AT_MOST)
        page = await client.sync_jobs(known or now - FIRST_LOOK)
        for _ in range(PAGES):
            await store.add_jobs(scope, [stored_job(row) for row in page.rows])
            if page.next_link is None:
                break
            page = await client.follow_sync_jobs(page.next_link)
        return {"mappings": len(mappings)}


def connections_of(state: LiveState | None) -> tuple[ConnectionNote, ...] | None:
    """As they were kept; None where they are not known."""
    if state is None or state.content is None:
        return None
    return tuple(ConnectionNote(**row) for row in state.content["rows"])


def jobs_of(state: LiveState | None) -> Mapping[str, JobNote] | None:
    """The job queue entries by mapping; None where they are not known."""
    if state is None or state.content is None:
        return None
    return {
        name: JobNote(
            status=row["status"],
            next_run_at=_moment(row["next_run_at"]),
            error=row["error"],
            failed_at=_moment(row["failed_at"]),
        )
        for name, row in state.content["rows"].items()
    }


def _noted(entry: JobQueueEntry, runs: tuple[JobQueueLogEntry, ...]) -> dict[str, str | None]:
    run = next((one for one in runs if one.entry_id is not None and one.entry_id == entry.entry_id), None)
    started = None if run is None else run.started_at
    return {
        "status": entry.status,
        "next_run_at": None if entry.earliest_start_at is None else entry.earliest_start_at.isoformat(),
        "error": entry.error_message or ("" if run is None else run.error_message),
        "failed_at": None if started is None else started.isoformat(),
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
