"""Watching after a retry: the durable workflow that looks for evidence, and says so where there is none.

Evidence is positive only: the coupling's last result in the record's direction, from a job that started after
the run began. When that is, is told by Business Central's own clock: a job counts that started later than
every job that was there when the run began. Each watch has a partition of its own, so that nothing waits for
it, and goes on by itself after a crash.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from bot.businesscentral import BusinessCentralClient, Coupling, Freshness
from bot.businesscentral.records import Direction
from bot.clock import Clock
from bot.failures import ConnectionGone, NotFound, SourceFailure, SourceMissing, StoreUnavailable
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.pull import enqueue_pull
from bot.operations.reading import FailureNote, note_of
from bot.operations.retry.ending import Ending, tell_progress
from bot.operations.retry.judging import shown_by
from bot.operations.retry.releasing import jobs_after, since_of
from bot.operations.retry.values import WATCHED_FOR
from bot.store import Database
from bot.store.retries import RecordState, Retries, RetryBook
from bot.store.runs import Run, RunBook, Runs
from bot.store.values import Scope

WATCH: Final = "retry.watch"

SOON: Final = (12, 3.0)
"""So many looks, so many seconds apart; a job that was woken runs within seconds."""
LATER: Final = (16, 10.0)
SELDOM: Final = 30.0
LOOK: Final = 5.0
"""Seconds between looks for *Stop watching*."""
FIRST_LOOK_AT_JOBS: Final = 3
OVERLAP: Final = timedelta(minutes=2)
"""A coupling's time of change is taken before its transaction is committed."""
READING_LOOKS: Final = 10
"""So often it is looked whether the new errors were read, once every record is decided."""
PULLS: Final = 3
MOST_LOOKS: Final = 2_000
_PAGES: Final = 200
_ASKED_ONE_BY_ONE: Final = 100
STORE_TRIES: Final = 120

T = TypeVar("T")
_log = logging.getLogger("bot.retry")


@dataclass(frozen=True, slots=True)
class Look:
    """What one look showed."""

    open: int = 0
    """Records of which nothing is known."""
    unread: int = 0
    """Records that failed with an error that was not read yet."""
    is_last: bool = False
    failure: FailureNote | None = None


@dataclass(frozen=True)
class Watch:
    """The workflow. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    ending: Ending
    watched_for: timedelta = WATCHED_FOR

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(WATCH, partial(self.workflow, durable))

    async def workflow(self, durable: Durable, steps: Steps, connection: str, run_id: str) -> str:
        """Look until everything is known, time is over, or somebody says stop."""
        pulls = decided = 0
        look = Look()
        for number in range(MOST_LOOKS):
            step = partial(self._look, connection, run_id, number)
            look = await steps.run("look", self._whatever_the_store, step)
            if look.unread and pulls < PULLS:
                pulls += 1
                await enqueue_pull(durable, connection)
            decided += look.open == 0
            is_told = look.open == 0 and (look.unread == 0 or decided > READING_LOOKS)
            if look.is_last or is_told:
                break
        end = partial(self.ending.end, connection, run_id, look.failure if look.is_last else None)
        state = await steps.run("end", self._whatever_the_store, end)
        if connection in self.clients:
            await enqueue_pull(durable, connection)
        return state

    # Steps. Each is safe to repeat.

    async def _whatever_the_store(self, step: Callable[[], Awaitable[T]]) -> T:
        """Do a step again while the store does not answer: a run that has begun must come to an end."""
        for _ in range(STORE_TRIES):
            try:
                return await step()
            except StoreUnavailable:
                _log.warning("the store does not answer; watching goes on later")
                await self.clock.sleep(LOOK)
        return await step()

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
            await self._take_note(scope, run, client, is_last=is_last)
            if not is_last and number >= FIRST_LOOK_AT_JOBS:
                is_last = await self._no_job_runs(scope, run, client)
        except SourceFailure as failure:
            note = note_of(failure)
            await self._change(scope, run_id, failure_key=note.key, failure_facts=dict(note.facts))
            open_ = (await Retries(self.database).tally(scope, run_id)).open
            return Look(open=max(1, open_), is_last=is_last or not failure.retry_helps, failure=note)
        if run.failure_key is not None:
            await self._change(scope, run_id, failure_key=None, failure_facts=None)
        store = Retries(self.database)
        failed = await store.records(scope, run_id, [RecordState.FAILED])
        known = await store.errors_of(scope, failed) if failed else {}
        return Look((await store.tally(scope, run_id)).open, len(failed) - len(known), is_last)

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

    async def _take_note(
        self, scope: Scope, run: Run, client: BusinessCentralClient, *, is_last: bool
    ) -> None:
        """Write down what the couplings that changed show."""
        since = since_of(run)
        changed = await _changed_since(client, since if is_last else _place(run, since))
        # Jobs after couplings: whichever wrote one of these couplings is there by now.
        jobs = {job.id for job in await jobs_after(client, since)}
        store = Retries(self.database)
        records = await store.of_couplings(scope, run.id, [coupling.id for coupling in changed])
        shown: dict[tuple[RecordState, str | None], list[str]] = {}
        for coupling in changed:
            record = records.get(coupling.id)
            if record is None:
                continue
            direction = Direction(record.direction)
            state = shown_by(coupling, direction, jobs)
            if state is not RecordState.RELEASED and (state, coupling.job(direction)) != (
                record.state,
                record.job_id,
            ):
                shown.setdefault((state, coupling.job(direction)), []).append(record.record_id)
        gone = await self._gone(scope, run, client) if is_last else []
        latest = max((coupling.modified_at for coupling in changed), default=None)
        if not (shown or gone or latest):
            return
        async with self.database.writing() as transaction:
            book = RetryBook(transaction, scope, run.id)
            for (state, job), record_ids in shown.items():
                await book.turn(record_ids, state, job_id=job)
            await book.turn(gone, RecordState.GONE)
            tally = await book.tally()
            reached = {} if latest is None else {"reached": int(latest.timestamp() * 1_000_000)}
            await RunBook(transaction, scope).change(
                run.id, done=tally.synchronized, failed=tally.failed, **reached
            )
            if shown or gone:
                await tell_progress(transaction, scope, run.id, self.clock.now())

    async def _gone(self, scope: Scope, run: Run, client: BusinessCentralClient) -> list[str]:
        """Records whose couplings are there no more: of these no change tells."""
        gone = []
        store = Retries(self.database)
        for record in await store.records(scope, run.id, [RecordState.RELEASED], limit=_ASKED_ONE_BY_ONE):
            try:
                await client.coupling(record.coupling_id)
            except SourceMissing as missing:
                if missing.facts.get("what") != "coupling":
                    raise
                gone.append(record.record_id)
        return gone

    async def _no_job_runs(self, scope: Scope, run: Run, client: BusinessCentralClient) -> bool:
        """Whether the jobs of all that is still open have ended in error: nothing will come any more."""
        records = await Retries(self.database).records(scope, run.id, [RecordState.RELEASED])
        open_ = {record.mapping for record in records}
        if not open_:
            return False
        try:
            entries = await client.job_queue_entries()
        except SourceFailure:
            return False
        broken = {entry.mapping for entry in entries if entry.status == "Error"}
        return open_ <= broken

    async def _change(self, scope: Scope, run_id: str, **values: object) -> None:
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await tell_progress(transaction, scope, run_id, self.clock.now())


async def enqueue_watch(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run watched, in a partition of its own. Enqueued twice it is done once."""
    partition = f"{connection}/{run_id}"
    return await durable.enqueue(WATCH, connection, run_id, queue=Queue.ACT, partition=partition)


def pause(number: int) -> float:
    """Seconds before that look: often at first, seldom later."""
    if number < SOON[0]:
        return SOON[1]
    return LATER[1] if number < SOON[0] + LATER[0] else SELDOM


async def _changed_since(client: BusinessCentralClient, moment: datetime) -> list[Coupling]:
    page = await client.couplings(moment, freshness=Freshness.PRIMARY)
    rows = list(page.rows)
    for _ in range(_PAGES):
        if page.next_link is None:
            break
        page = await client.follow_couplings(page.next_link, freshness=Freshness.PRIMARY)
        rows += page.rows
    return rows


def _place(run: Run, since: datetime) -> datetime:
    """From where to read couplings: a little before the last change that was seen."""
    if not run.reached:
        return since
    return max(since, datetime.fromtimestamp(run.reached / 1_000_000, since.tzinfo) - OVERLAP)
