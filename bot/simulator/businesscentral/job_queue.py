"""The job queue as far as it runs integration table mappings: tables 472 and 474.

Behaviour of these jobs: recurring, on hold with an inactivity timeout while nothing changes, up again when
something does (microsoft/BCApps, ``Integration/SynchEngine/IntegrationSynchJobRunner.Codeunit.al``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

JOB_RUNNER = 5339
"""Codeunit "Integration Synch. Job Runner"."""


class EntryStatus(StrEnum):
    """Field Status of table 472."""

    READY = "Ready"
    IN_PROCESS = "In Process"
    ERROR = "Error"
    ON_HOLD = "On Hold"
    ON_HOLD_INACTIVE = "On Hold with Inactivity Timeout"


class LogStatus(StrEnum):
    """Field Status of table 474."""

    SUCCESS = "Success"
    IN_PROCESS = "In Process"
    ERROR = "Error"


@dataclass(slots=True)
class SimulatedEntry:
    """One row of table 472: the recurring job of a mapping."""

    id: str
    entry_id: str
    """Field ID, which the log carries too."""
    mapping: str
    user: str
    """Who it runs as."""
    status: EntryStatus = EntryStatus.ON_HOLD_INACTIVE
    due_at: datetime | None = None
    """Earliest Start Date/Time."""
    error_message: str = ""
    modified_at: datetime | None = None

    @property
    def record_id(self) -> str:
        """Field "Record ID to Process"."""
        return f"Integration Table Mapping: {self.mapping}"

    @property
    def description(self) -> str:
        """As ``CRMSetupDefaults`` writes it, with the blank in front."""
        return f" {self.mapping} - Dataverse synchronization job."


@dataclass(frozen=True, slots=True)
class SimulatedLogEntry:
    """One row of table 474."""

    id: str
    number: int
    entry_id: str
    description: str
    status: LogStatus
    started_at: datetime
    ended_at: datetime
    user: str
    error_message: str = ""
    error_call_stack: str = ""
