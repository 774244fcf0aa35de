"""Watching after a retry: the durable workflow that looks for evidence, and says so where there is none.

Evidence is positive only: the coupling's last result in the record's direction, from a job that started after
the run began. When that is, is told by Business Central's own clock: a job counts that started later than
every job that was there when the run began. Each watch has a partition of its own, so that nothing waits for
it, and goes on by itself after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.businesscentral.records import Direction
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceFailure, SourceMissing
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.lookout import Look as Look  # recorded by this name in watches that an upgrade finds
from bot.operations.lookout import Lookout, Still, changed_since, jobs_after, place, reached, since_of
from bot.operations.reading import FailureNote
from bot.operations.retry.ending import Ending, tell_progress
from bot.operations.retry.judging import shown_by
from bot.operations.retry.values import WATCHED_FOR
from bot.store import Database
from bot.store.retries import RecordState, Retries, RetryBook
from bot.store.runs import Run, RunBook
from bot.store.values import Scope

WATCH: Final = "retry.watch"

_ASKED_ONE_BY_ONE: Final = 100


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
        lookout = Lookout(self.workspace, self.database, self.clients, self.clock, self, self.watched_for)
        return await lookout.until_known(durable, steps, connection, run_id)

    # What a watcher does. Each is safe to repeat.

    async def take_note(
        self, scope: Scope, run: Run, client: BusinessCentralClient, *, is_last: bool
    ) -> Still:
        """Write down what the couplings that changed show."""
        await self._note(scope, run, client, is_last=is_last)
        return await self.still(scope, run)

    async def still(self, scope: Scope, run: Run) -> Still:
        """What is not known yet."""
        store = Retries(self.database)
        failed = await store.records(scope, run.id, [RecordState.FAILED])
        known = await store.errors_of(scope, failed) if failed else {}
        return Still((await store.tally(scope, run.id)).open, len(failed) - len(known))

    async def _note(self, scope: Scope, run: Run, client: BusinessCentralClient, *, is_last: bool) -> None:
        since = since_of(run)
        changed = await changed_since(client, since if is_last else place(run, since))
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
        if not (shown or gone or changed):
            return
        async with self.database.writing() as transaction:
            book = RetryBook(transaction, scope, run.id)
            for (state, job), record_ids in shown.items():
                await book.turn(record_ids, state, job_id=job)
            await book.turn(gone, RecordState.GONE)
            tally = await book.tally()
            await RunBook(transaction, scope).change(
                run.id, done=tally.synchronized, failed=tally.failed, **reached(changed)
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

    async def is_in_vain(self, scope: Scope, run: Run, client: BusinessCentralClient) -> bool:
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

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """Its last words."""
        return await self.ending.end(connection, run_id, failure)

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await tell_progress(transaction, scope, run_id, self.clock.now())


async def enqueue_watch(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run watched, in a partition of its own. Enqueued twice it is done once."""
    partition = f"{connection}/{run_id}"
    return await durable.enqueue(WATCH, connection, run_id, queue=Queue.ACT, partition=partition)
