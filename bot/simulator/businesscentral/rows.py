"""Rows of tables 5338 "Integration Synch. Job" and 5339 "Integration Synch. Job Errors".

Fields: microsoft/BCApps, ``Integration/SynchEngine/IntegrationSynchJob.Table.al`` and
``IntegrationSynchJobErrors.Table.al``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.simulator.businesscentral.tables import SimulatedRecord


class SynchDirection(StrEnum):
    """Option "Synch. Direction" of table 5338."""

    BIDIRECTIONAL = "Bidirectional"
    TO_DATAVERSE = "ToIntegrationTable"
    FROM_DATAVERSE = "FromIntegrationTable"


class JobType(StrEnum):
    """Option "Type" of table 5338."""

    SYNCHRONIZATION = "Synchronization"
    UNCOUPLING = "Uncoupling"
    COUPLING = "Coupling"


class WrittenBy(StrEnum):
    """Which version of Business Central wrote a row."""

    CURRENT = "current"
    BEFORE_ERROR_MESSAGE = "before error message"
    """A version without field 8 "Error Message": only the 250 characters of field 5 are there."""


@dataclass(slots=True)
class SimulatedJob:
    """One row of table 5338."""

    id: str
    mapping: str
    """Parent mapping name, Code[20]."""
    direction: SynchDirection
    type: JobType
    started_at: datetime
    finished_at: datetime | None = None
    """None while it runs, and after it broke off."""
    message: str = ""
    inserted: int = 0
    modified: int = 0
    unchanged: int = 0
    skipped: int = 0
    """Also the record that this run began to skip, which then is not among ``failed``."""
    failed: int = 0
    coupled: int = 0
    uncoupled: int = 0
    log_entry: int = 0
    """Number of the job queue's log entry."""


@dataclass(slots=True)
class SimulatedError:
    """One row of table 5339."""

    id: str
    number: int
    job_id: str
    logged_at: datetime
    message: str
    """Field 5, at most 250 characters."""
    error_message: str
    """Field 8, at most 2,048 characters; empty in rows of older versions."""
    source: SimulatedRecord | None
    destination: SimulatedRecord | None
    call_stack: str
    visible_at: datetime
    """When the transaction that wrote the row was committed."""
    deleted_at: datetime | None = None

    @property
    def text(self) -> str:
        """What page 5339 shows: Error Message, or Message where that is empty."""
        return self.error_message or self.message

    def exists_at(self, moment: datetime) -> bool:
        """Whether a session that sees the database as of ``moment`` finds the row."""
        return self.visible_at <= moment and (self.deleted_at is None or moment < self.deleted_at)
