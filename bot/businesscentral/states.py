"""What Business Central says about its synchronization, beside its errors. Fields: the companion API's
contract, "Reading"; of the job queue: Microsoft's API v2.0 (pages 30090 and 30091 in microsoft/BCApps).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from bot.businesscentral.records import Direction, UnreadableRow
from bot.dataclass import dataclass

Row = TypeVar("Row")

_MAPPING_RECORD = "Integration Table Mapping: "


class SynchResult(StrEnum):
    """Option "Last Synch. Result" of tables 5331 and 5334."""

    NONE = ""
    """Never synchronized that way; tables without a state of their own (sales lines) stay at this."""
    SUCCESS = "Success"
    FAILURE = "Failure"


class CouplingKind(StrEnum):
    """Which table a coupling is kept in."""

    RECORD = "record"
    """5331 "CRM Integration Record"."""
    OPTION = "option"
    """5334 "CRM Option Mapping": payment terms and the like, whose other side is an option value."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of an entity set, in the order that it is read in."""

    rows: tuple[Row, ...]
    unreadable: tuple[UnreadableRow, ...]
    """Rows that break the contract; their ``number`` is None, for they have none."""
    next_link: str | None
    """Absolute, already checked to be on the connection's own host; None on the last page."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """One row of ``couplings``. A result "last" is that of the last run INTO Business Central; the one with
    "dataverse" in its name is that of the last run INTO Dataverse."""

    id: str
    """SystemId, what the actions address."""
    kind: CouplingKind
    table: int
    local_system_id: str | None
    """None of option mappings, and where the record is gone."""
    record_id: str
    """As ``Format(RecordId)`` gives it: ``Customer: 10000``; empty where the record is gone."""
    dataverse_id: str | None
    """None of option mappings, and of a broken coupling."""
    integration_table: int
    last_result: SynchResult
    last_dataverse_result: SynchResult
    last_job_id: str | None
    last_dataverse_job_id: str | None
    last_modified_on: datetime | None
    last_dataverse_modified_on: datetime | None
    skipped: bool
    modified_at: datetime

    def result(self, direction: Direction) -> SynchResult:
        """Of the last run in that direction; NONE for a direction that is neither."""
        match direction:
            case Direction.TO_DATAVERSE:
                return self.last_dataverse_result
            case Direction.FROM_DATAVERSE:
                return self.last_result
            case _:
                return SynchResult.NONE

    def job(self, direction: Direction) -> str | None:
        """Id of the job that gave ``result``."""
        match direction:
            case Direction.TO_DATAVERSE:
                return self.last_dataverse_job_id
            case Direction.FROM_DATAVERSE:
                return self.last_job_id
            case _:
                return None


@dataclass(frozen=True, slots=True)
class SyncJob:
    """One row of ``syncJobs`` (table 5338)."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    """None while it runs, and after it broke off."""
    message: str
    mapping: str
    direction: Direction
    type: str
    inserted: int
    modified: int
    deleted: int
    unchanged: int
    skipped: int
    """Counts the record that this very run began to skip, which then is not among ``failed``."""
    failed: int
    coupled: int
    uncoupled: int
    job_queue_log_entry: int


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One row of ``tableMappings`` (table 5335)."""

    id: str
    """SystemId, what the actions address."""
    name: str
    table: int
    table_name: str
    integration_table: int
    entity_name: str
    direction: Direction
    only_coupled: bool
    dependency_filter: str
    """As it stands there, with ``|`` between names; see ``depends_on``."""
    deletion_conflict: str
    update_conflict: str
    table_filter: str
    integration_table_filter: str
    synched_until: datetime | None
    """Watermark into Dataverse; one that stands still is a silent fault."""
    dataverse_synched_until: datetime | None
    """Watermark into Business Central."""
    failed: int
    skipped: int

    @property
    def depends_on(self) -> tuple[str, ...]:
        """Names of the mappings whose records come first. Only the full synchronization's review reads the
        filter; scheduled runs do not wait for it (``CRMFullSynchReviewLine.Table.al``)."""
        return tuple(name for part in self.dependency_filter.split("|") if (name := part.strip()))


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """One row of ``connectionStates``: the Dataverse connection (7200) or that of Sales (5330)."""

    name: str
    enabled: bool
    environment_url: str
    user_name: str
    ownership_model: str
    business_unit: str
    disable_reason: str
    extension_version: str
    application_version: str


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of ``permissions``: what one of the bot's permission sets is for, and whether it is given."""

    permission_set: str
    """A value of ``bot.businesscentral.PermissionSet``, or one of a later extension."""
    table: int
    table_name: str
    access: str
    """Read, Insert, Modify, Delete or Write (the last three together)."""
    granted: bool


@dataclass(frozen=True, slots=True)
class JobQueueEntry:
    """One row of the standard ``jobQueueEntries`` (table 472)."""

    id: str
    entry_id: str | None
    """Field ID, which the log entries of its runs carry."""
    object_type: str
    object_id: int
    status: str
    record_to_process: str
    """``Integration Table Mapping: CUSTOMER``."""
    recurring: bool
    description: str
    error_message: str
    earliest_start_at: datetime | None

    @property
    def mapping(self) -> str | None:
        """The mapping that it runs; None for a job of another kind."""
        return _mapping_in(self.record_to_process)


@dataclass(frozen=True, slots=True)
class JobQueueLogEntry:
    """One row of the standard ``jobQueueLogEntries`` (table 474)."""

    id: str
    entry_id: str | None
    """As in ``JobQueueEntry``: the log does not name the mapping itself."""
    object_type: str
    object_id: int
    status: str
    description: str
    started_at: datetime | None
    ended_at: datetime | None
    error_message: str
    error_call_stack: str


def _mapping_in(record_id: str) -> str | None:
    name = record_id.removeprefix(_MAPPING_RECORD)
    return name if name and name != record_id else None
