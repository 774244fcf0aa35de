"""Looking out for what comes of a run that has done its part, and saying so where nothing does.

Evidence is positive only, and whose clock it goes by is Business Central's: a job counts that started later
than every job that was there when the run began. Each watch has a partition of its own, so that nothing waits
for it, and goes on by itself after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from bot.businesscentral import BusinessCentralClient, Coupling, Freshness, SyncJob
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, NotFound, SourceFailure
from bot.operations.durable.port import Durable, Steps
from bot.operations.outage import despite_the_store
from bot.operations.pull import enqueue_pull
from bot.operations.reading import FailureNote, note_of
from bot.store import Database
from bot.store.runs import Run, Runs
from bot.store.values import Scope

SOON: Final = (12, 3.0)
"""So many looks, so many seconds apart; a job that was started runs within seconds."""
LATER: Final = (16, 10.0)
SELDOM: Final = 30.0
LOOK: Final = 5.0
"""Seconds between looks for *Stop watching*."""
FIRST_LOOK_AT_JOBS: Final = 3
OVERLAP: Final = timedelta(minutes=2)
"""A coupling's time of change is taken before its transaction is committed."""
READING_LOOKS: Final = 10
"""So often it is looked whether the new errors were read, once every record is decided."""
LOOK_BACK: Final = timedelta(days=1)
"""Jobs that started longer ago are not read to find the latest one."""
PULLS: Final = 3
MOST_LOOKS: Final = 2_000
_PAGES: Final = 200


@dataclass(frozen=True, slots=True)
class Still:
    """What is not known yet."""

    open: int = 0
    """Records of which nothing is known."""
    unread: int = 0
    """Errors, at least, that were written since and not read yet."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look showed."""

    open: int = 0
    unread: int = 0
    is_last: bool = False
    failure: FailureNote | None = None


class Watcher(Protocol):
    """What a kind of run looks for. Every step is safe to repeat."""

    async def take_note(
        self, scope: Scope, run: Run, client: BusinessCentralClient, *, is_last: bool
    ) -> Still:
        """Write down what shows now; raises what the client raises."""

    async def still(self, scope: Scope, run: Run) -> Still:
        """What is not known yet, where Business Central did not answer."""

    async def is_in_vain(self, scope: Scope, run: Run, client: BusinessCentralClient) -> bool:
        """Whether nothing will come any more."""

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """The run's last words; answers its state."""

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""


@dataclass(frozen=True)
class Lookout:
    """Leads a watcher through its looks. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    watcher: Watcher
    watched_for: timedelta

    async def until_known(self, durable: Durable, steps: Steps, connection: str, run_id: str) -> str:
        """Look until everything is known, time is over, or somebody says stop; answers the run's state."""
        pulls = decided = 0
        look = Look()
        for number in range(MOST_LOOKS):
            step = partial(self._look, connection, run_id, number)
            look = await steps.run("look", despite_the_store, self.clock, step)
            if look.unread and pulls < PULLS:
                pulls += 1
                await enqueue_pull(durable, connection)
            decided += look.open == 0
            is_told = look.open == 0 and (look.unread == 0 or decided > READING_LOOKS)
            if look.is_last or is_told:
                break
        end = partial(self.watcher.end, connection, run_id, look.failure if look.is_last else None)
        state = await steps.run("end", despite_the_store, self.clock, end)
        if connection in self.clients:
            await enqueue_pull(durable, connection)
        return state

    async def _look(self, connection: str, run_id: str, number: int) -> Look:
        scope = Scope(self.workspace, connection)
        client = self.clients.get(connection)
        if client is None:
            return Look(is_last=True, failure=note_of(ConnectionGone()))
        try:
            if await self._is_stopped_within(pause(number), scope, run_id):
                return Look(is_last=True)
            run = await Runs(self.database).get(scope, run_id)
        except NotFound:
            return Look(is_last=True)
        is_last = self._is_time_over(run)
        try:
            still = await self.watcher.take_note(scope, run, client, is_last=is_last)
            if not is_last and number >= FIRST_LOOK_AT_JOBS:
                is_last = await self.watcher.is_in_vain(scope, run, client)
        except SourceFailure as failure:
            note = note_of(failure)
            await self.watcher.change(scope, run_id, failure_key=note.key, failure_facts=dict(note.facts))
            open_ = (await self.watcher.still(scope, run)).open
            return Look(open=max(1, open_), is_last=is_last or not failure.retry_helps, failure=note)
        if run.failure_key is not None:
            await self.watcher.change(scope, run_id, failure_key=None, failure_facts=None)
        return Look(still.open, still.unread, is_last)

    async def _is_stopped_within(self, seconds: float, scope: Scope, run_id: str) -> bool:
        """Wait; whether somebody asked to stop meanwhile, or the run is over."""
        while True:
            run = await Runs(self.database).get(scope, run_id)
            if run.state.is_over or run.stop_asked_by:
                return True
            if seconds <= 0:
                return False
            await self.clock.sleep(min(seconds, LOOK))
            seconds -= LOOK

    def _is_time_over(self, run: Run) -> bool:
        began = datetime.fromisoformat(str((run.result or {})["watching_since"]))
        return self.clock.now() - began >= self.watched_for


def pause(number: int) -> float:
    """Seconds before that look: often at first, seldom later."""
    if number < SOON[0]:
        return SOON[1]
    return LATER[1] if number < SOON[0] + LATER[0] else SELDOM


async def changed_since(client: BusinessCentralClient, moment: datetime) -> list[Coupling]:
    """All couplings that changed then or later, from the primary database."""
    page = await client.couplings(moment, freshness=Freshness.PRIMARY)
    rows = list(page.rows)
    for _ in range(_PAGES):
        if page.next_link is None:
            break
        page = await client.follow_couplings(page.next_link, freshness=Freshness.PRIMARY)
        rows += page.rows
    return rows


async def jobs_after(client: BusinessCentralClient, since: datetime) -> tuple[SyncJob, ...]:
    """All jobs that started after that moment, from the primary database."""
    page = await client.sync_jobs(since, freshness=Freshness.PRIMARY)
    rows = list(page.rows)
    for _ in range(_PAGES):
        if page.next_link is None:
            break
        page = await client.follow_sync_jobs(page.next_link, freshness=Freshness.PRIMARY)
        rows += page.rows
    return tuple(job for job in rows if job.started_at > since)


async def latest_job(client: BusinessCentralClient, now: datetime) -> datetime:
    """Start of the latest job there is, by Business Central's clock: jobs after it are evidence."""
    floor = now - LOOK_BACK
    return max((job.started_at for job in await jobs_after(client, floor)), default=floor)


def since_of(run: Run) -> datetime:
    """``latest_job`` of before the run began, as it keeps it."""
    return datetime.fromisoformat(str(run.bounds["since"]))


def place(run: Run, since: datetime) -> datetime:
    """From where to read couplings: a little before the last change that was seen."""
    if not run.reached:
        return since
    return max(since, datetime.fromtimestamp(run.reached / 1_000_000, since.tzinfo) - OVERLAP)


def reached(couplings: list[Coupling]) -> dict[str, int]:
    """What a run keeps of the last change that was seen, for ``place``."""
    latest = max((coupling.modified_at for coupling in couplings), default=None)
    return {} if latest is None else {"reached": int(latest.timestamp() * 1_000_000)}
