"""What became of the records (couplings, jobs, mappings), runs of actions, and which errors a run deleted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

_OWNER = (("workspace", sa.Text()), ("connection", sa.Text()))

_COUNTED_BY_JOBS = (
    *("inserted", "modified", "deleted", "unchanged", "skipped"),
    *("failed", "coupled", "uncoupled", "job_queue_log_entry"),
)


def upgrade() -> None:
    _days()
    _purged_errors()
    _synchronization()
    _runs()


def _days() -> None:
    op.create_table(
        "error_day",
        *(sa.Column(name, kind, nullable=False) for name, kind in _OWNER),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "day", name="pk_error_day"),
    )
    on_server = op.get_bind().dialect.name == "postgresql"
    day = "(logged_at AT TIME ZONE 'UTC')::date" if on_server else "date(logged_at)"
    op.execute(
        f"""
        INSERT INTO error_day (workspace, connection, day, first_number, last_number)
        SELECT workspace, connection, {day}, min(number), max(number) FROM sync_error GROUP BY 1, 2, 3
        """  # noqa: S608 # our own words
    )


def _purged_errors() -> None:
    for table in ("sync_error", "former_error"):
        op.add_column(table, sa.Column("purge_run", sa.Text(), nullable=True))
    op.add_column(
        "problem_record", sa.Column("gone", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.execute(
        """
        UPDATE problem_record SET gone = counted.gone
        FROM (
            SELECT workspace, connection, problem_id,
                   CASE WHEN source_record_id <> '' THEN source_record_id ELSE destination_record_id END
                       AS record_id,
                   count(*) AS gone
            FROM (
                SELECT workspace, connection, problem_id, source_record_id, destination_record_id
                FROM sync_error WHERE gone_at IS NOT NULL
                UNION ALL
                SELECT workspace, connection, problem_id, source_record_id, destination_record_id
                FROM former_error WHERE gone_at IS NOT NULL
            ) AS gone_rows
            GROUP BY 1, 2, 3, 4
        ) AS counted
        WHERE counted.workspace = problem_record.workspace
          AND counted.connection = problem_record.connection
          AND counted.problem_id = problem_record.problem_id
          AND counted.record_id = problem_record.record_id
        """
    )
    for name, column, condition in (
        ("ix_sync_error_archived", "number", "gone_at IS NOT NULL"),
        ("ix_sync_error_purged", "purge_run", "purge_run IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            name,
            "sync_error",
            ["workspace", "connection", column],
            sqlite_where=where,
            postgresql_where=where,
        )


def _synchronization() -> None:
    _table(
        "coupling",
        ("id", sa.Text()),
        ("is_option", sa.Boolean()),
        ("table_number", sa.BigInteger()),
        ("record_id", sa.Text()),
        ("local_system_id", sa.Text(), None),
        ("dataverse_id", sa.Text(), None),
        ("integration_table", sa.BigInteger()),
        ("last_result", sa.Text()),
        ("last_dataverse_result", sa.Text()),
        ("last_job_id", sa.Text(), None),
        ("last_dataverse_job_id", sa.Text(), None),
        ("last_modified_on", sa.DateTime(timezone=True), None),
        ("last_dataverse_modified_on", sa.DateTime(timezone=True), None),
        ("skipped", sa.Boolean()),
        ("modified_at", sa.DateTime(timezone=True)),
        key="id",
    )
    for columns in (["record_id"], ["dataverse_id"]):
        name = f"ix_coupling_workspace_connection_{columns[0]}"
        op.create_index(name, "coupling", ["workspace", "connection", *columns])
    _table(
        "sync_job",
        ("id", sa.Text()),
        ("started_at", sa.DateTime(timezone=True)),
        ("finished_at", sa.DateTime(timezone=True), None),
        ("message", sa.Text()),
        ("mapping", sa.Text()),
        ("direction", sa.Text()),
        ("type", sa.Text()),
        *((name, sa.BigInteger()) for name in _COUNTED_BY_JOBS),
        key="id",
    )
    op.create_index(
        "ix_sync_job_workspace_connection_started_at", "sync_job", ["workspace", "connection", "started_at"]
    )
    _table(
        "table_mapping",
        ("name", sa.Text()),
        ("id", sa.Text()),
        ("table_number", sa.BigInteger()),
        ("table_name", sa.Text()),
        ("integration_table", sa.BigInteger()),
        ("entity_name", sa.Text()),
        ("direction", sa.Text()),
        ("only_coupled", sa.Boolean()),
        ("dependency_filter", sa.Text()),
        ("deletion_conflict", sa.Text()),
        ("update_conflict", sa.Text()),
        ("table_filter", sa.Text()),
        ("integration_table_filter", sa.Text()),
        ("synched_until", sa.DateTime(timezone=True), None),
        ("dataverse_synched_until", sa.DateTime(timezone=True), None),
        ("failed", sa.BigInteger()),
        ("skipped", sa.BigInteger()),
        key="name",
    )
    _table(
        "synchronization_state",
        ("couplings_until", sa.DateTime(timezone=True), None),
        ("jobs_until", sa.DateTime(timezone=True), None),
        ("attempted_at", sa.DateTime(timezone=True), None),
        ("succeeded_at", sa.DateTime(timezone=True), None),
        ("failure_key", sa.Text(), None),
        ("retention_enabled", sa.Boolean(), None),
        ("retention_period", sa.Text(), None),
    )


def _runs() -> None:
    _table(
        "action_run",
        ("id", sa.Text()),
        ("kind", sa.Text()),
        ("what", sa.Text()),
        ("problem_id", sa.Text()),
        ("state", sa.Text()),
        ("asked_by", sa.Text()),
        ("asked_at", sa.DateTime(timezone=True)),
        ("began_at", sa.DateTime(timezone=True), None),
        ("ended_at", sa.DateTime(timezone=True), None),
        ("bounds", sa.Text()),
        ("total", sa.BigInteger()),
        ("done", sa.BigInteger()),
        ("failed", sa.BigInteger()),
        ("missed", sa.BigInteger()),
        ("reached", sa.BigInteger()),
        ("stop_asked_by", sa.Text()),
        ("failure_key", sa.Text(), None),
        ("failure_facts", sa.Text(), None),
        ("result", sa.Text(), None),
        key="id",
    )
    op.create_index(
        "ix_action_run_workspace_connection_kind_state",
        "action_run",
        ["workspace", "connection", "kind", "state"],
    )
    op.create_index(
        "ix_action_run_workspace_connection_asked_at", "action_run", ["workspace", "connection", "asked_at"]
    )


def _table(name: str, *columns: tuple[Any, ...], key: str = "") -> None:
    """A table of a connection; a column with a third item may be null."""
    op.create_table(
        name,
        *(sa.Column(str(column[0]), column[1], nullable=len(column) > 2) for column in (*_OWNER, *columns)),
        sa.PrimaryKeyConstraint("workspace", "connection", *([key] if key else []), name=f"pk_{name}"),
    )
