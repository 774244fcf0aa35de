"""Couplings of one simulated company: tables 5331 "CRM Integration Record" and 5334 "CRM Option Mapping".

Fields and rules: microsoft/BCApps, ``Integration/Dataverse/CRMIntegrationRecord.Table.al``. A coupling is a
row of values; each change makes a new version of it, so that a replica can be behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.simulator.businesscentral.rows import SynchDirection


class LastResult(StrEnum):
    """Option "Last Synch. Result"."""

    NONE = " "
    SUCCESS = "Success"
    FAILURE = "Failure"


@dataclass(frozen=True, slots=True)
class SimulatedCoupling:
    """One row. "Last" results and jobs are of the last run INTO Business Central, those with "dataverse" in
    their name of the last run INTO Dataverse."""

    id: str
    mapping: str
    """Not a field of the table: the mapping that its records belong to."""
    table: int
    record_id: str
    """As ``Format(RecordId)`` gives it."""
    local_system_id: str
    dataverse_id: str | None
    """None of option mappings."""
    integration_table: int
    modified_at: datetime
    is_option: bool = False
    last_result: LastResult = LastResult.NONE
    last_dataverse_result: LastResult = LastResult.NONE
    last_job_id: str | None = None
    last_dataverse_job_id: str | None = None
    last_modified_on: datetime | None = None
    last_dataverse_modified_on: datetime | None = None
    skipped: bool = False

    def result(self, direction: SynchDirection) -> LastResult:
        """Of the last run in that direction."""
        into_dataverse = direction is SynchDirection.TO_DATAVERSE
        return self.last_dataverse_result if into_dataverse else self.last_result

    def job(self, direction: SynchDirection) -> str | None:
        """Id of the last job in that direction."""
        into_dataverse = direction is SynchDirection.TO_DATAVERSE
        return self.last_dataverse_job_id if into_dataverse else self.last_job_id

    def ran(self, direction: SynchDirection, result: LastResult, job_id: str, at: datetime) -> dict[str, Any]:
        """What a run in that direction changes."""
        into_dataverse = direction is SynchDirection.TO_DATAVERSE
        fields = ("last_dataverse_result", "last_dataverse_job_id", "last_dataverse_modified_on")
        if not into_dataverse:
            fields = ("last_result", "last_job_id", "last_modified_on")
        changed: dict[str, Any] = {fields[0]: result, fields[1]: job_id}
        if result is LastResult.SUCCESS:
            changed |= {fields[2]: at, "skipped": False}
        return changed


@dataclass(slots=True)
class _Versions:
    rows: list[SimulatedCoupling]
    deleted_at: datetime | None = None

    def at(self, moment: datetime) -> SimulatedCoupling | None:
        """The row as a session finds it that sees the database as of ``moment``."""
        if self.deleted_at is not None and self.deleted_at <= moment:
            return None
        return next((row for row in reversed(self.rows) if row.modified_at <= moment), None)


class Couplings:
    """All couplings, by what they can be asked for."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Versions] = {}
        self._of_record: dict[str, str] = {}
        self._of_dataverse: dict[str, str] = {}
        self._of_local: dict[str, str] = {}

    def add(self, coupling: SimulatedCoupling) -> SimulatedCoupling:
        """Write a new row."""
        self._by_id[coupling.id] = _Versions([coupling])
        self._of_record[coupling.record_id] = coupling.id
        self._of_local[coupling.local_system_id] = coupling.id
        if coupling.dataverse_id is not None:
            self._of_dataverse[coupling.dataverse_id] = coupling.id
        return coupling

    def change(self, coupling_id: str, at: datetime, **fields: Any) -> SimulatedCoupling:
        """Write these fields. Raises KeyError where there is no such row."""
        versions = self._by_id[coupling_id]
        changed = replace(versions.rows[-1], modified_at=max(at, versions.rows[-1].modified_at), **fields)
        versions.rows.append(changed)
        return changed

    def remove(self, coupling_id: str, at: datetime) -> None:
        """Delete a row. Raises KeyError where there is none."""
        versions = self._by_id[coupling_id]
        versions.deleted_at = at
        row = versions.rows[-1]
        self._of_record.pop(row.record_id, None)
        self._of_local.pop(row.local_system_id, None)
        self._of_dataverse.pop(row.dataverse_id or "", None)

    def find(self, coupling_id: str, moment: datetime) -> SimulatedCoupling | None:
        """The row with that SystemId, as of ``moment``."""
        versions = self._by_id.get(coupling_id)
        return None if versions is None else versions.at(moment)

    def rows(self, moment: datetime) -> Iterator[SimulatedCoupling]:
        """All rows as of ``moment``, in no order."""
        for versions in self._by_id.values():
            row = versions.at(moment)
            if row is not None:
                yield row

    def now(self) -> Iterator[SimulatedCoupling]:
        """All rows as they are."""
        return (versions.rows[-1] for versions in self._by_id.values() if versions.deleted_at is None)

    def of_record(self, record_id: str) -> SimulatedCoupling | None:
        """The coupling of a local record, ``Customer: 10000``."""
        return self._current(self._of_record.get(record_id))

    def of_local(self, system_id: str) -> SimulatedCoupling | None:
        """The coupling of the local record with that SystemId."""
        return self._current(self._of_local.get(system_id.strip("{}").lower()))

    def of_dataverse(self, dataverse_id: str) -> SimulatedCoupling | None:
        """The coupling of a row in Dataverse."""
        return self._current(self._of_dataverse.get(dataverse_id.strip("{}").lower()))

    def _current(self, coupling_id: str | None) -> SimulatedCoupling | None:
        return None if coupling_id is None else self._by_id[coupling_id].rows[-1]
