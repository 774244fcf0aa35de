"""Runs of mappings: scheduled ones, which go by all the rules, and forced ones, which overwrite.

Scheduled runs take coupled records that failed and are not skipped; the same failure twice in a row, in the
same direction, makes Business Central skip a record (microsoft/BCApps,
``Integration/Dataverse/CRMIntegrationRecord.Table.al``: ``IsSameFailureRepeatedTwice`` compares with the row
of the job before, so purging that row prevents it). New records whose insert failed are never taken again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.simulator.businesscentral.couplings import LastResult, SimulatedCoupling
from bot.simulator.businesscentral.job_queue import EntryStatus, LogStatus, SimulatedEntry, SimulatedLogEntry
from bot.simulator.businesscentral.mappings import FROM, TO, SimulatedMapping
from bot.simulator.businesscentral.rows import SimulatedError, SimulatedJob, SynchDirection
from bot.simulator.businesscentral.synchronization_tables import ErrorLog, SynchronizationTables
from bot.simulator.businesscentral.tables import SimulatedRecord, record
from bot.simulator.businesscentral.troubles import Kind, Trouble

STARTS_AFTER = timedelta(seconds=3)
"""From ready to running: the job queue looks every few seconds."""

RUN_TAKES = timedelta(seconds=4)

EVERY = timedelta(minutes=30)
"""Between two runs of a job that recurs."""


@dataclass(frozen=True, slots=True)
class Forced:
    """A manual run: a temporary clone of a mapping, for these records alone, in one direction."""

    mapping: str
    direction: SynchDirection
    due_at: datetime
    couplings: tuple[str, ...] = ()
    inserts: tuple[Trouble, ...] = ()


class Runs(SynchronizationTables):
    """Lets runs happen. Nothing here sleeps: what has come due happens when ``catch_up`` is called.

    Jobs rest (``On Hold with Inactivity Timeout``) until something wakes them, so that a company in which
    nobody does anything stays as it is.
    """

    def __init__(self, log: ErrorLog, clock: Clock, dataverse_url: str, rng: random.Random) -> None:
        super().__init__(log, clock, dataverse_url, rng)
        self.recurs = False
        """Whether jobs come due again after a run, instead of resting until they are woken."""
        self._forced: list[Forced] = []

    def wake(self, mapping: str) -> None:
        """Make the mapping's own job ready now, unless it runs already. Raises KeyError where it has none."""
        entry = self.entries[mapping]
        now = self._clock.now()
        if entry.status is not EntryStatus.READY or entry.due_at is None or entry.due_at > now + STARTS_AFTER:
            entry.status, entry.due_at, entry.modified_at = EntryStatus.READY, now + STARTS_AFTER, now
            entry.error_message = ""

    def force(self, forced: Forced) -> None:
        """Enqueue a manual run."""
        self._forced.append(forced)

    def run(self, mapping: str) -> None:
        """Let the mapping's scheduled run happen at this moment."""
        self._run(mapping, self._clock.now())

    def catch_up(self) -> None:
        """Let happen what has come due, in the order in which it came due: jobs run one at a time."""
        while True:
            finished_by = self._clock.now() - RUN_TAKES
            due = [
                (entry.due_at, entry.mapping)
                for entry in self.entries.values()
                if entry.status is EntryStatus.READY and entry.due_at is not None
            ]
            scheduled = min(due, default=None)
            forced = min(self._forced, key=lambda run: run.due_at, default=None)
            if forced is not None and (scheduled is None or forced.due_at <= scheduled[0]):
                if forced.due_at > finished_by:
                    return
                self._forced.remove(forced)
                self._run_forced(forced)
            elif scheduled is not None and scheduled[0] <= finished_by:
                self._run(scheduled[1], scheduled[0])
            else:
                return

    def _run(self, name: str, at: datetime) -> None:
        mapping, entry = self.mappings[name], self.entries.get(name)
        if not self.is_connected:
            if entry is not None:
                self._log_run(entry, at, "The Dataverse connection is not enabled.")
                entry.status, entry.due_at = EntryStatus.ERROR, None
            return
        number = len(self.log_entries) + 1
        for direction in mapping.directions:
            job = self._log.begin_job(name, direction, at)
            job.finished_at, job.log_entry = self._end(at), number
            of_mapping = [coupling for coupling in self.couplings.now() if coupling.mapping == name]
            for coupling in sorted(of_mapping, key=lambda coupling: coupling.record_id):
                if not coupling.skipped and coupling.result(direction) is LastResult.FAILURE:
                    self._by_rule(mapping, coupling, at)
                    self._attempt(coupling, direction, job, at)
            self._move_watermark(mapping, direction, at)
        if entry is not None:
            self._log_run(entry, at, "")
            rests = not self.recurs
            entry.status = EntryStatus.ON_HOLD_INACTIVE if rests else EntryStatus.READY
            entry.due_at = None if rests else at + EVERY

    def _run_forced(self, forced: Forced) -> None:
        at = forced.due_at
        if not self.is_connected:
            return
        job = self._log.begin_job(forced.mapping, forced.direction, at)
        job.finished_at = self._end(at)
        for coupling_id in forced.couplings:
            coupling = self.couplings.find(coupling_id, at)
            if coupling is None:
                continue
            self._choose(coupling, forced.direction, at)
            self._attempt(coupling, forced.direction, job, at)
        for trouble in forced.inserts:
            self._insert(trouble, job, at)

    def _by_rule(self, mapping: SimulatedMapping, coupling: SimulatedCoupling, at: datetime) -> None:
        """What *Resolve Update Conflicts* of the mapping says about a record that both sides changed."""
        winner = {"Send": TO, "Get": FROM}.get(mapping.update_conflict.partition(" ")[0])
        both = (self.troubles.of(coupling.record_id, way) for way in (TO, FROM))
        if winner and any(one is not None and one.kind is Kind.BOTH_CHANGED for one in both):
            self._choose(coupling, winner, at)

    def _choose(self, coupling: SimulatedCoupling, direction: SynchDirection, at: datetime) -> None:
        """One side wins: its values are taken over, and nothing contradicts any more."""
        trouble = self.troubles.of(coupling.record_id, direction)
        if trouble is not None and trouble.kind is not Kind.BOTH_CHANGED:
            return
        for way in (TO, FROM):
            trouble = self.troubles.of(coupling.record_id, way)
            if trouble is not None and trouble.kind is Kind.BOTH_CHANGED:
                trouble.is_fixed = True
        local = self.records.get(coupling.local_system_id)
        if local is not None and coupling.dataverse_id is not None:
            self.values.overwrite(local, coupling.dataverse_id, coupling.mapping, direction, self._end(at))

    def _end(self, at: datetime) -> datetime:
        """When a run that began then ended: nothing lies in the future."""
        return min(at + RUN_TAKES, self._clock.now())

    def _attempt(
        self, coupling: SimulatedCoupling, direction: SynchDirection, job: SimulatedJob, at: datetime
    ) -> None:
        trouble = self.troubles.of(coupling.record_id, direction)
        if trouble is not None:
            self._fail(trouble, coupling, job, at)
            return
        job.modified += 1
        ran = coupling.ran(direction, LastResult.SUCCESS, job.id, at)
        self.couplings.change(coupling.id, self._end(at), **ran)
        self._last_rows.pop((coupling.id, direction), None)

    def _fail(
        self, trouble: Trouble, coupling: SimulatedCoupling | None, job: SimulatedJob, at: datetime
    ) -> SimulatedError:
        row = self._log.log_error(
            message=trouble.message,
            source=trouble.source,
            destination=trouble.destination,
            call_stack=trouble.call_stack,
            logged_at=min(at + RUN_TAKES / 2, self._clock.now()),
            job=job,
        )
        self.record_failure(coupling, trouble.direction, job, row)
        return row

    def _insert(self, trouble: Trouble, job: SimulatedJob, at: datetime) -> None:
        if not trouble.is_fixed:
            self._fail(trouble, None, job, at)
            return
        job.inserted += 1
        self.troubles.remove(trouble.key)
        remote_id = trouble.remote.system_id if trouble.remote else None
        coupling = self.couple(trouble.local or self._created(trouble), remote_id, at=at)
        ran = coupling.ran(trouble.direction, LastResult.SUCCESS, job.id, at)
        self.couplings.change(coupling.id, self._end(at), **ran)
        self.joined(coupling)

    def _created(self, trouble: Trouble) -> SimulatedRecord:
        """The record that Business Central makes for a row of Dataverse, with a number of its own."""
        table = self.mappings[trouble.mapping].table_name
        name = trouble.remote.description if trouble.remote else ""
        return self.known(record(f"{table}: N{self._rng.randrange(10**6):06d}", description=name))

    def _log_run(self, entry: SimulatedEntry, at: datetime, error: str) -> None:
        self.log_entries.append(
            SimulatedLogEntry(
                id=self._new_guid(),
                number=len(self.log_entries) + 1,
                entry_id=entry.entry_id,
                description=entry.description,
                status=LogStatus.ERROR if error else LogStatus.SUCCESS,
                started_at=at,
                ended_at=self._end(at),
                user=entry.user,
                error_message=error,
            )
        )
        entry.error_message, entry.modified_at = error, at + RUN_TAKES

    def _move_watermark(self, mapping: SimulatedMapping, direction: SynchDirection, at: datetime) -> None:
        if direction is SynchDirection.TO_DATAVERSE:
            mapping.synched_until = at
        else:
            mapping.dataverse_synched_until = at
