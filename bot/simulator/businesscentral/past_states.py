"""What a believable past has left in couplings and jobs: who still fails, is skipped, or is in order again.

Follows from the past's errors, row by row, by the rules of ``synchronization_tables``; then some of what was
wrong has been mended: passing faults by the next run, the others by people, some days later.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.simulator.businesscentral.causes import Cause, Pace, SimulatedFailure
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import LastResult, SimulatedCoupling
from bot.simulator.businesscentral.population import Population
from bot.simulator.businesscentral.rows import JobType, SimulatedError, SimulatedJob, SynchDirection
from bot.simulator.businesscentral.synchronization import Synchronization
from bot.simulator.businesscentral.tables import SimulatedRecord, record
from bot.simulator.businesscentral.troubles import Kind, Trouble

_HEALTHY = 60
"""Couplings of each kind that never failed."""
_OPTIONS = ("14 DAGEN", "30 DAGEN", "60 DAGEN", "CONTANT")
_STANDS_STILL = "RESOURCE-PRODUCT"
"""A mapping whose watermark has not moved for days, which nothing else tells."""

_RESTS_UNTIL = timedelta(minutes=720)
"""Inactivity timeout of most jobs."""
_STOPPED = "CUSTPRCGRP-PRICE"
_STOPPED_BY = "There are no field mapping rows for the CUSTPRCGRP-PRICE Integration Table Mapping table."
"""An error outside the synchronization of a record stops the job and logs no row."""
_HELD = "SHIPPING AGENT"

_BOTH_CHANGED = "both changed"
_EDITS = {
    "Name": ("name", "{name}", "{name} (nieuw)"),
    "Phone No.": ("telephone1", "+31 10 413 7788", "+31 6 5555 0134"),
    "Address": ("address1_line1", "Havenstraat 12", "Havenstraat 12-14"),
}
"""Field in Business Central -> its column, what somebody wrote here, and somebody else there."""

_NOBODY_MENDED = frozenset(
    {"currency without rate", "currency of new customer", "order of new customer", "inactive unit group"}
)
"""Causes at the root of a chain, and what cannot be in order before its root is: the chain shows that they
last."""
_PASSING = frozenset({Pace.AT_NIGHT, Pace.IN_A_BURST})
"""What befalls everything for a while and is over: nobody fails of it any more."""
_OVER_BY = 0.65
"""A cause whose window ends before this part of the past has been found and mended by somebody."""


@dataclass(frozen=True, slots=True)
class Written:
    """One error of the past and where it comes from."""

    row: SimulatedError
    failure: SimulatedFailure
    cause: Cause


class PastStates:
    """Fills the synchronization of a company with what its past has left."""

    def __init__(
        self, company: SimulatedCompany, written: Sequence[Written], runs: Sequence[datetime], seed: int
    ) -> None:
        self._company = company
        self._written = written
        self._runs = runs
        self._people = Population(seed)
        self._rng = random.Random(f"states {seed}")
        self._remote_of = {
            local.record_id: remote
            for item in written
            if (local := _side(item.failure, is_dataverse=False)) is not None
            and (remote := _side(item.failure, is_dataverse=True)) is not None
        }

    def fill(self, synchronization: Synchronization) -> None:
        """Everything, once."""
        last: dict[tuple[str, SynchDirection], Written] = {}
        for item in self._written:
            trouble = self._replay(synchronization, item)
            if trouble is not None:
                last[trouble.key, trouble.direction] = item
        for (key, direction), item in last.items():
            self._mend(synchronization, key, direction, item)
        self._add_healthy(synchronization)
        for mapping in synchronization.mappings.values():
            if mapping.has_job and self._runs:
                behind = timedelta(days=9) if mapping.name == _STANDS_STILL else timedelta()
                mapping.synched_until = self._runs[-1] - behind
                mapping.dataverse_synched_until = self._runs[-1] - behind
        if self._runs:
            self._run_last(synchronization)

    def _run_last(self, synchronization: Synchronization) -> None:
        """The last runs of every job, and the two jobs that somebody would have to look at."""
        at = self._runs[-1]
        for name, entry in synchronization.entries.items():
            entry.due_at = at + _RESTS_UNTIL
            for direction in synchronization.mappings[name].directions:
                job = self._company.begin_job(name, direction, at)
                job.finished_at = job.finished_at or at + timedelta(seconds=20)
                job.unchanged += 3
        synchronization.stop_job(_STOPPED, at, _STOPPED_BY)
        synchronization.hold_job(_HELD)

    def _replay(self, synchronization: Synchronization, item: Written) -> Trouble | None:
        failure, row = item.failure, item.row
        job = self._company.jobs.get(row.job_id) or _deleted_job(row, failure)
        job.finished_at = max(job.finished_at or job.started_at, row.logged_at + timedelta(seconds=1))
        if failure.job_type is not JobType.SYNCHRONIZATION or not (failure.source or failure.destination):
            synchronization.record_failure(None, failure.direction, job, row)
            return None
        local = _side(failure, is_dataverse=False)
        coupling = None if local is None else self._coupling(synchronization, item, local)
        kind = Kind.BOTH_CHANGED if item.cause.key == _BOTH_CHANGED else Kind.ORDINARY
        trouble = Trouble(
            item.cause.key,
            Kind.NEW_RECORD if coupling is None else kind,
            failure.mapping,
            failure.direction,
            failure.message,
            failure.source,
            failure.destination,
            failure.call_stack,
        )
        synchronization.troubles.add(trouble)
        if trouble.waits_for and not record(trouble.waits_for).is_dataverse:
            synchronization.known(trouble.waits_for)
        if coupling is not None and kind is Kind.BOTH_CHANGED:
            self._change_both(synchronization, coupling, item)
        synchronization.record_failure(coupling, failure.direction, job, row)
        return trouble

    def _change_both(
        self, synchronization: Synchronization, coupling: SimulatedCoupling, item: Written
    ) -> None:
        """Two people wrote into the field that the text names, some time before the run."""
        found = re.search(r"between (.+?) field", item.failure.message)
        column, here, there = _EDITS.get(found[1] if found else "", _EDITS["Name"])
        name = item.failure.source.description if item.failure.source else ""
        synchronization.both_changed(
            synchronization.records[coupling.local_system_id],
            column,
            here.format(name=name),
            there.format(name=name),
            dataverse_by=self._people.person,
            at=item.row.logged_at - timedelta(minutes=47),
            dataverse_at=item.row.logged_at - timedelta(minutes=12),
        )

    def _coupling(
        self, synchronization: Synchronization, item: Written, local: SimulatedRecord
    ) -> SimulatedCoupling | None:
        """The record's coupling, from before the past began; None of one whose insert failed."""
        found = synchronization.couplings.of_record(local.record_id)
        if found is not None:
            return found
        remote = self._remote_of.get(local.record_id)
        is_insert = item.failure.destination is None and item.cause.pace is not Pace.UNTIL_SKIPPED
        if remote is None and is_insert:
            synchronization.known(local)
            return None
        first = self._runs[0] if self._runs else item.row.logged_at
        at = min(first, item.row.logged_at) - timedelta(days=self._rng.randrange(1, 400))
        return synchronization.couple(local, remote.system_id if remote else None, at=at)

    def _mend(
        self, synchronization: Synchronization, key: str, direction: SynchDirection, item: Written
    ) -> None:
        """Let a later run take the record where, by now, it would have."""
        coupling = synchronization.couplings.of_record(key)
        run = self._mended_by(item, is_coupled=coupling is not None)
        trouble = synchronization.troubles.of(key, direction)
        if run is None or trouble is None:
            return
        if coupling is None:
            if trouble.local is None:
                return
            coupling = synchronization.couple(trouble.local, at=run)
            synchronization.troubles.coupled(key)
        is_new = coupling.result(direction) is LastResult.NONE
        job = self._company.begin_job(coupling.mapping, direction, run)
        job.inserted += is_new
        job.modified += not is_new
        job.finished_at = max(job.finished_at or run, run + timedelta(seconds=50))
        other = next(way for way in _WAYS if way is not direction)
        stays_skipped = coupling.skipped and coupling.result(other) is LastResult.FAILURE
        ran = {**coupling.ran(direction, LastResult.SUCCESS, job.id, run), "skipped": stays_skipped}
        synchronization.couplings.change(coupling.id, run + timedelta(seconds=40), **ran)
        trouble.is_fixed = True

    def _mended_by(self, item: Written, *, is_coupled: bool) -> datetime | None:
        """The run that succeeded; None for what still fails."""
        after = bisect_right(self._runs, item.row.logged_at)
        cause = item.cause
        if not is_coupled:
            chance, later = 0.4, self._rng.randrange(8, 80)
        elif cause.pace is not Pace.UNTIL_SKIPPED:
            chance, later = (1.0 if cause.pace in _PASSING else 0.95), 0
        else:
            chance, later = (0.85 if cause.window[1] <= _OVER_BY else 0.25), self._rng.randrange(4, 70)
        if cause.key == _BOTH_CHANGED:
            chance /= 2
        if self._rng.random() >= chance or after + later >= len(self._runs) or cause.key in _NOBODY_MENDED:
            return None
        return self._runs[after + later]

    def _add_healthy(self, synchronization: Synchronization) -> None:
        people = self._people
        for index in range(_HEALTHY if self._runs else 0):
            far = 5_000 + index
            for pair in (people.customer(far), people.contact(far), people.item(far)):
                if synchronization.couplings.of_record(pair.local.record_id) is None:
                    self._succeeded(synchronization, pair.local, pair.remote)
        for code in _OPTIONS if self._runs else ():
            self._succeeded(synchronization, record(f"Payment Terms: {code}"), None)

    def _succeeded(
        self, synchronization: Synchronization, local: SimulatedRecord, remote: SimulatedRecord | None
    ) -> None:
        run = self._rng.choice(self._runs)
        coupling = synchronization.couple(local, remote.system_id if remote else None, at=run)
        job = self._company.begin_job(coupling.mapping, SynchDirection.TO_DATAVERSE, run)
        job.modified += 1
        job.finished_at = max(job.finished_at or run, run + timedelta(seconds=30))
        ran = coupling.ran(SynchDirection.TO_DATAVERSE, LastResult.SUCCESS, job.id, run)
        synchronization.couplings.change(coupling.id, run + timedelta(seconds=20), **ran)


_WAYS = (SynchDirection.TO_DATAVERSE, SynchDirection.FROM_DATAVERSE)


def _side(failure: SimulatedFailure, *, is_dataverse: bool) -> SimulatedRecord | None:
    sides = (side for side in (failure.source, failure.destination) if side is not None)
    return next((side for side in sides if side.is_dataverse is is_dataverse), None)


def _deleted_job(row: SimulatedError, failure: SimulatedFailure) -> SimulatedJob:
    """A job that was deleted since, whose id the coupling still carries."""
    return SimulatedJob(row.job_id, failure.mapping, failure.direction, failure.job_type, row.logged_at)
