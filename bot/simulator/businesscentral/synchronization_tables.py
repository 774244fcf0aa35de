"""The tables that one simulated company's synchronization consists of, beside errors and jobs."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.simulator.businesscentral.couplings import Couplings, LastResult, SimulatedCoupling
from bot.simulator.businesscentral.field_values import FieldValues
from bot.simulator.businesscentral.job_queue import SimulatedEntry, SimulatedLogEntry
from bot.simulator.businesscentral.mappings import (
    MAPPING_OF_TABLE,
    STANDARD,
    STATELESS_TABLES,
    SimulatedMapping,
    standard_mappings,
)
from bot.simulator.businesscentral.rows import JobType, SimulatedError, SimulatedJob, SynchDirection
from bot.simulator.businesscentral.tables import DATAVERSE_TABLES, SimulatedRecord, record
from bot.simulator.businesscentral.troubles import Kind, Trouble, Troubles

JOB_USER = "BC-INTEGRATIE"
"""Who the recurring jobs run as; nothing that the bot does may change it."""


class ErrorLog(Protocol):
    """The part of a company that a run writes to."""

    def begin_job(
        self,
        mapping: str,
        direction: SynchDirection,
        started_at: datetime,
        job_type: JobType = ...,
    ) -> SimulatedJob: ...

    def log_error(
        self,
        *,
        message: str,
        source: SimulatedRecord | str | None = ...,
        destination: SimulatedRecord | str | None = ...,
        mapping: str = ...,
        direction: SynchDirection = ...,
        call_stack: str = ...,
        logged_at: datetime | None = ...,
        job: SimulatedJob | None = ...,
    ) -> SimulatedError: ...


@dataclass(slots=True)
class SimulatedConnection:
    """Table 7200 "CDS Connection Setup", or 5330 "CRM Connection Setup"."""

    name: str
    environment_url: str
    user_name: str = "bc-integration@kleiweg.onmicrosoft.com"
    ownership_model: str = "Team"
    business_unit: str = "kleiweg"
    enabled: bool = True
    disable_reason: str = ""


class SynchronizationTables:
    """Couplings, mappings, jobs, connections, and what is wrong with the records."""

    def __init__(self, log: ErrorLog, clock: Clock, dataverse_url: str, rng: random.Random) -> None:
        self._log = log
        self._clock = clock
        self._rng = rng
        self.couplings = Couplings()
        self.troubles = Troubles()
        ids = {standard.name: self._new_guid() for standard in STANDARD}
        self.mappings = {mapping.name: mapping for mapping in standard_mappings(ids)}
        self.entries = {
            name: SimulatedEntry(self._new_guid(), self._new_guid(), name, JOB_USER)
            for name, mapping in self.mappings.items()
            if mapping.has_job
        }
        self.log_entries: list[SimulatedLogEntry] = []
        self.connections = [SimulatedConnection("Dataverse", dataverse_url)]
        self.records: dict[str, SimulatedRecord] = {}
        """Local records that are known, by SystemId."""
        self._known: dict[str, str] = {}
        """SystemIds by the record's text."""
        self.gone: set[str] = set()
        """SystemIds and row ids of records that were deleted."""
        self.values = FieldValues(clock.now())
        """What stands in the mapped fields, on both sides."""
        self._last_rows: dict[tuple[str, SynchDirection], SimulatedError] = {}

    def couple(
        self,
        local: SimulatedRecord | str,
        dataverse_id: str | None = None,
        *,
        at: datetime | None = None,
    ) -> SimulatedCoupling:
        """A coupling that was never synchronized; one of an option has no row in Dataverse."""
        local = self.known(local)
        mapping = self.mapping_of(local)
        remote = None if mapping.is_option else (dataverse_id or self._new_guid()).strip("{}").lower()
        return self.couplings.add(
            SimulatedCoupling(
                id=self._new_guid(),
                mapping=mapping.name,
                table=local.table,
                record_id=local.record_id,
                local_system_id=local.system_id or "",
                dataverse_id=remote,
                integration_table=mapping.integration_table,
                modified_at=at or self._clock.now(),
                is_option=mapping.is_option,
            )
        )

    def joined(self, coupling: SimulatedCoupling) -> None:
        """What waited for either of the two need wait no longer."""
        for record_id in self._both(coupling):
            self.troubles.coupled(record_id)

    def uncouple(self, coupling: SimulatedCoupling) -> None:
        """Take the coupling away; what needs either of the two waits for it again."""
        self.couplings.remove(coupling.id, self._clock.now())
        for record_id in self._both(coupling):
            self.troubles.uncoupled(record_id)

    def _both(self, coupling: SimulatedCoupling) -> tuple[str, ...]:
        remote = remote_record(self.mappings[coupling.mapping], coupling)
        return (coupling.record_id,) if remote is None else (coupling.record_id, remote.record_id)

    def known(self, local: SimulatedRecord | str) -> SimulatedRecord:
        """A local record with a SystemId, which it is given where it has none yet."""
        local = record(local) if isinstance(local, str) else local
        if local.system_id is None:
            coupling = self.couplings.of_record(local.record_id)
            known = self._known.get(local.record_id) if coupling is None else coupling.local_system_id
            system_id = known or self._new_guid()
            local = replace(local, system_id=system_id)
        if local.system_id is not None:
            self.records.setdefault(local.system_id, local)
            self._known.setdefault(local.record_id, local.system_id)
        return local

    def never_tried(
        self, system_id: str, mapping: SimulatedMapping, direction: SynchDirection
    ) -> Trouble | None:
        """The insert of a record of Business Central with which nothing is wrong; None where there is none
        such."""
        local = self.records.get(system_id)
        if local is None or direction is not SynchDirection.TO_DATAVERSE:
            return None
        name = MAPPING_OF_TABLE.get(local.table, mapping.name)
        return Trouble("", Kind.NEW_RECORD, name, direction, "", local, None, is_fixed=True)

    def _new_guid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    @property
    def is_connected(self) -> bool:
        """Whether runs can reach Dataverse."""
        return all(connection.enabled for connection in self.connections)

    def mapping_of(self, local: SimulatedRecord) -> SimulatedMapping:
        """The mapping of that record's table. Raises ValueError where none synchronizes it."""
        name = MAPPING_OF_TABLE.get(local.table)
        if name is None:
            raise ValueError(f"no mapping synchronizes {local.table_name}")
        return self.mappings[name]

    def record_failure(
        self,
        coupling: SimulatedCoupling | None,
        direction: SynchDirection,
        job: SimulatedJob,
        row: SimulatedError,
    ) -> None:
        """Write down a failure that was logged (``SetLastSynchResultFailed``)."""
        if coupling is None or coupling.table in STATELESS_TABLES:
            job.failed += 1
            return
        before = self._last_rows.get((coupling.id, direction))
        was_there = before is not None and before.exists_at(row.logged_at)
        is_repeated = was_there and before is not None and before.message == row.message
        self._last_rows[coupling.id, direction] = row
        job.skipped += is_repeated
        job.failed += not is_repeated
        ran = coupling.ran(direction, LastResult.FAILURE, job.id, row.logged_at)
        self.couplings.change(coupling.id, row.logged_at, **ran, skipped=is_repeated)


def remote_record(mapping: SimulatedMapping, coupling: SimulatedCoupling) -> SimulatedRecord | None:
    """The coupled row of Dataverse, as an error names it."""
    if coupling.dataverse_id is None:
        return None
    name = next(name for name, (number, _) in DATAVERSE_TABLES.items() if number == mapping.integration_table)
    return record(f"{name}: {{{coupling.dataverse_id.upper()}}}")
