"""Tables of what the bot does: what became of the records, and the runs of its actions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field

from bot.store.columns import JsonText, KeyText, StoredText, UtcTime
from bot.store.tables import Row, table_of

_SKIPPED = text("skipped")


class CouplingRow(Row, table=True):
    """A coupling of a record or an option, as last read."""

    __tablename__ = "coupling"
    __table_args__ = (
        Index(None, "workspace", "connection", "record_id"),
        Index(None, "workspace", "connection", "dataverse_id"),
        Index(
            "ix_coupling_skipped",
            "workspace",
            "connection",
            sqlite_where=_SKIPPED,
            postgresql_where=_SKIPPED,
        ),
    )

    id: str = Field(primary_key=True, sa_type=KeyText)
    is_option: bool
    table_number: int = Field(sa_type=BigInteger)
    record_id: str = Field(sa_type=KeyText)
    local_system_id: str | None = Field(sa_type=Text)
    dataverse_id: str | None = Field(sa_type=Text)
    integration_table: int = Field(sa_type=BigInteger)
    last_result: str = Field(sa_type=Text)
    """Of the last run into Business Central."""
    last_dataverse_result: str = Field(sa_type=Text)
    """Of the last run into Dataverse."""
    last_job_id: str | None = Field(sa_type=Text)
    last_dataverse_job_id: str | None = Field(sa_type=Text)
    last_modified_on: datetime | None = Field(sa_type=UtcTime)
    last_dataverse_modified_on: datetime | None = Field(sa_type=UtcTime)
    skipped: bool
    modified_at: datetime = Field(sa_type=UtcTime)


class SyncJobRow(Row, table=True):
    """A synchronization job, as last read."""

    __tablename__ = "sync_job"
    __table_args__ = (
        Index(None, "workspace", "connection", "started_at"),
        Index("ix_sync_job_latest", "workspace", "connection", "mapping", "direction", "started_at"),
    )

    id: str = Field(primary_key=True, sa_type=KeyText)
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(sa_type=UtcTime)
    message: str = Field(sa_type=StoredText)
    mapping: str = Field(sa_type=StoredText)
    direction: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    inserted: int = Field(sa_type=BigInteger)
    modified: int = Field(sa_type=BigInteger)
    deleted: int = Field(sa_type=BigInteger)
    unchanged: int = Field(sa_type=BigInteger)
    skipped: int = Field(sa_type=BigInteger)
    failed: int = Field(sa_type=BigInteger)
    coupled: int = Field(sa_type=BigInteger)
    uncoupled: int = Field(sa_type=BigInteger)
    job_queue_log_entry: int = Field(sa_type=BigInteger)


class TableMappingRow(Row, table=True):
    """A table mapping, as last read."""

    __tablename__ = "table_mapping"

    name: str = Field(primary_key=True, sa_type=KeyText)
    id: str = Field(sa_type=KeyText)
    table_number: int = Field(sa_type=BigInteger)
    table_name: str = Field(sa_type=StoredText)
    integration_table: int = Field(sa_type=BigInteger)
    entity_name: str = Field(sa_type=StoredText)
    direction: str = Field(sa_type=Text)
    only_coupled: bool
    dependency_filter: str = Field(sa_type=StoredText)
    deletion_conflict: str = Field(sa_type=StoredText)
    update_conflict: str = Field(sa_type=StoredText)
    table_filter: str = Field(sa_type=StoredText)
    integration_table_filter: str = Field(sa_type=StoredText)
    synched_until: datetime | None = Field(sa_type=UtcTime)
    dataverse_synched_until: datetime | None = Field(sa_type=UtcTime)
    failed: int = Field(sa_type=BigInteger)
    skipped: int = Field(sa_type=BigInteger)


class SynchronizationState(Row, table=True):
    """How far reading couplings and jobs is, and what Business Central keeps by itself."""

    __tablename__ = "synchronization_state"

    couplings_until: datetime | None = Field(sa_type=UtcTime)
    """Time of the latest change that was read."""
    jobs_until: datetime | None = Field(sa_type=UtcTime)
    """Reading goes on with jobs that started then."""
    attempted_at: datetime | None = Field(sa_type=UtcTime)
    succeeded_at: datetime | None = Field(sa_type=UtcTime)
    failure_key: str | None = Field(sa_type=Text)
    retention_enabled: bool | None
    retention_period: str | None = Field(sa_type=Text)


class ActionRun(Row, table=True):
    """One thing that somebody had the bot do in Business Central, from the asking to its end."""

    __tablename__ = "action_run"
    __table_args__ = (
        Index(None, "workspace", "connection", "kind", "state"),
        Index(None, "workspace", "connection", "asked_at"),
    )

    id: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    """``purge``, ``retry``, ..."""
    what: str = Field(sa_type=Text)
    """Which of the kind."""
    problem_id: str = Field(sa_type=Text)
    """Empty where it is not about one problem."""
    state: str = Field(sa_type=Text)
    asked_by: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=UtcTime)
    began_at: datetime | None = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(sa_type=UtcTime)
    bounds: Mapping[str, Any] = Field(sa_type=JsonText)
    """What was confirmed; never more is done."""
    total: int = Field(sa_type=BigInteger)
    done: int = Field(sa_type=BigInteger)
    failed: int = Field(sa_type=BigInteger)
    missed: int = Field(sa_type=BigInteger)
    """Found done already, by somebody else."""
    reached: int = Field(sa_type=BigInteger)
    """How far: a number or a position, in the terms of its kind."""
    stop_asked_by: str = Field(sa_type=Text)
    """Empty while nobody asked."""
    failure_key: str | None = Field(sa_type=Text)
    failure_facts: Mapping[str, Any] | None = Field(sa_type=JsonText)
    result: Mapping[str, Any] | None = Field(sa_type=JsonText)


class PurgeMarkRow(Row, table=True):
    """Errors that a purge is about to delete; away once what became of them is known."""

    __tablename__ = "purge_mark"

    run_id: str = Field(primary_key=True, sa_type=Text)
    first_number: int = Field(primary_key=True, sa_type=BigInteger)
    numbers: str = Field(sa_type=Text)
    """Of the errors, as a JSON list."""


COUPLING = table_of(CouplingRow)
SYNC_JOB = table_of(SyncJobRow)
TABLE_MAPPING = table_of(TableMappingRow)
SYNCHRONIZATION_STATE = table_of(SynchronizationState)
ACTION_RUN = table_of(ActionRun)
PURGE_MARK = table_of(PurgeMarkRow)
