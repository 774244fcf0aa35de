"""Watching after a decision: whether each record shows, by its coupling, that it was carried out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.businesscentral import BusinessCentralClient, Coupling, SyncJob
from bot.businesscentral.records import Direction
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceMissing
from bot.operations.deciding.ending import Ending, tell_progress
from bot.operations.deciding.evidence import Seen
from bot.operations.deciding.values import WATCHED_FOR
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.lookout import Lookout, Still, changed_since, jobs_after, place, reached, since_of
from bot.operations.reading import FailureNote
from bot.operations.retry import enqueue_retry
from bot.operations.synchronization import stored_coupling, stored_job
from bot.store import Database
from bot.store.columns import as_key
from bot.store.decisions import WATCHED, DecidedRecord, DecidedState, DecisionBook, Decisions, Step
from bot.store.runs import Run, RunBook
from bot.store.synchronization import Synchronization, drop_couplings, keep_couplings
from bot.store.values import Scope

WATCH: Final = "decision.watch"
_ASKED_ONE_BY_ONE: Final = 100
_FORCED: Final = (Step.CREATE, Step.SYNCHRONIZE)


@dataclass(frozen=True)
class WatchDecision:
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
        """Look until everything is known, time is over, or somebody says stop; then retry what waited."""
        lookout = Lookout(self.workspace, self.database, self.clients, self.clock, self, self.watched_for)
        state = await lookout.until_known(durable, steps, connection, run_id)
        for retry in await steps.run("what follows", self.ending.what_follows, connection, run_id):
            await enqueue_retry(durable, connection, retry)
        return state

    # What a watcher does. Each is safe to repeat.

    async def take_note(
        self, scope: Scope, run: Run, client: BusinessCentralClient, *, is_last: bool
    ) -> Still:
        """Write down what couplings, jobs and the errors that were read show."""
        store = Decisions(self.database)
        records = await store.records(scope, run.id, WATCHED)
        numberless = await self._numberless(scope, run)
        since = since_of(run)
        gone = await self._uncoupled(client, records)
        changed: list[Coupling] = []
        jobs: Sequence[SyncJob] = ()
        if len(gone) < len(records):
            changed = await changed_since(client, since if is_last else place(run, since))
            # Jobs after couplings: whichever wrote one of these couplings is there by now.
            jobs = await jobs_after(client, since)
        troubled = {job.id: job for job in jobs if job.finished_at is not None and job.failed + job.skipped}
        failures = await store.failures(scope, list(troubled), 0)
        seen = Seen(changed, {job.id for job in jobs})
        # So that whoever looks at an error sees that it is over before the next reading.
        proving = {coupling.job(way) for coupling in changed for way in Direction}
        await Synchronization(self.database).add_jobs(
            scope, [stored_job(job) for job in jobs if job.id in proving and job.finished_at is not None]
        )
        async with self.database.writing() as transaction:
            book = DecisionBook(transaction, scope, run.id)
            for record in records:
                if record.position in gone:
                    await book.turn([record.position], DecidedState.DONE)
                    await drop_couplings(transaction, scope, [record.decided.coupling_id or ""])
                elif (shown := seen.shown(record.decided)) is not None:
                    coupling = shown.coupling
                    await book.turn(
                        [record.position],
                        shown.state,
                        job_id=shown.job_id,
                        coupling_id=coupling.id if coupling else record.decided.coupling_id,
                        new_number=_number(record, shown.job_id, failures),
                    )
                    if coupling is not None:
                        await keep_couplings(transaction, scope, [stored_coupling(coupling)])
                elif job := _failed_with(record, troubled, failures):
                    await book.turn(
                        [record.position],
                        DecidedState.FAILED,
                        job_id=job,
                        new_number=_number(record, job, failures),
                    )
            for record in numberless:
                if number := _number(record, record.job_id, failures):
                    await book.turn([record.position], DecidedState.FAILED, new_number=number)
            tally = await book.tally()
            await RunBook(transaction, scope).change(
                run.id, done=tally.done, failed=tally.failed, **reached(changed)
            )
            await tell_progress(transaction, scope, run.id, self.clock.now())
        return await self._still(scope, run, troubled)

    async def still(self, scope: Scope, run: Run) -> Still:
        """What is not known yet, where Business Central did not answer."""
        return Still((await Decisions(self.database).tally(scope, run.id)).watched)

    async def is_in_vain(self, scope: Scope, run: Run, client: BusinessCentralClient) -> bool:
        """A forced run is a job of its own, which may wait for others: only time tells."""
        return False

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """Its last words."""
        return await self.ending.end(connection, run_id, failure)

    async def change(self, scope: Scope, run_id: str, **values: object) -> None:
        """Write columns of the run, and have its progress told."""
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, **values)
            await tell_progress(transaction, scope, run_id, self.clock.now())

    async def _uncoupled(
        self, client: BusinessCentralClient, records: Sequence[DecidedRecord]
    ) -> Collection[int]:
        """Those whose couplings are there no more: of these no change tells."""
        gone = set()
        asked = [record for record in records if record.decided.step is Step.UNCOUPLE]
        for record in asked[:_ASKED_ONE_BY_ONE]:
            try:
                await client.coupling(record.decided.coupling_id or "")
            except SourceMissing as missing:
                if missing.facts.get("what") != "coupling":
                    raise
                gone.add(record.position)
        return gone

    async def _still(self, scope: Scope, run: Run, troubled: Mapping[str, SyncJob]) -> Still:
        """Errors are unread while a job of these mappings failed and records of it are open or have no No."""
        store = Decisions(self.database)
        waiting = await store.records(scope, run.id, WATCHED)
        numberless = await self._numberless(scope, run)
        mappings = {(job.mapping, str(job.direction)) for job in troubled.values()}
        unread = len(numberless) + sum(
            (record.decided.mapping, record.decided.direction) in mappings for record in waiting
        )
        return Still(len(waiting), unread)

    async def _numberless(self, scope: Scope, run: Run) -> list[DecidedRecord]:
        """Those that failed with an error that was not read yet."""
        failed = await Decisions(self.database).records(scope, run.id, [DecidedState.FAILED])
        return [record for record in failed if not record.new_number]


async def enqueue_watch(durable: Durable, connection: str, run_id: str) -> str:
    """Have a run watched, in a partition of its own. Enqueued twice it is done once."""
    partition = f"{connection}/{run_id}"
    return await durable.enqueue(WATCH, connection, run_id, queue=Queue.ACT, partition=partition)


Failures = Mapping[tuple[str, str], tuple[int, str]]


def _failed_with(record: DecidedRecord, troubled: Mapping[str, SyncJob], failures: Failures) -> str | None:
    """The job since then that wrote an error about a record that was forced."""
    decided = record.decided
    if decided.step not in _FORCED:
        return None
    for job in troubled.values():
        if (job.mapping, str(job.direction)) == (decided.mapping, decided.direction) and _number(
            record, job.id, failures
        ):
            return job.id
    return None


def _number(record: DecidedRecord, job_id: str | None, failures: Failures) -> int:
    """No. of the error that a job wrote about a record; 0 where none was read."""
    if job_id is None:
        return 0
    names = (record.decided.record_id, record.decided.other_record)
    return max((failures.get((job_id, as_key(name)), (0, ""))[0] for name in names if name), default=0)
