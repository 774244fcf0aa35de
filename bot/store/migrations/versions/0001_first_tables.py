"""First tables: errors, problems and their counters, progress of pulls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _errors()
    _problems()
    _connections()


def _errors() -> None:
    op.create_table(
        "sync_error",
        *_scope(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("source_record_id", sa.Text(), nullable=False),
        sa.Column("source_table", sa.BigInteger(), nullable=False),
        sa.Column("destination_record_id", sa.Text(), nullable=False),
        sa.Column("destination_table", sa.BigInteger(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("job_type", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("catalogue_version", sa.Text(), nullable=False),
        sa.Column("call_stack", sa.Text(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "connection", "number", name="pk_sync_error"),
    )
    op.create_index(
        "ix_sync_error_id_workspace_connection", "sync_error", ["id", "workspace", "connection"], unique=True
    )
    op.create_table(
        "raw_row",
        *_scope(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "digest", name="pk_raw_row"),
    )
    op.create_index(
        "ix_raw_row_workspace_connection_number", "raw_row", ["workspace", "connection", "number"]
    )


def _problems() -> None:
    op.create_table(
        "problem",
        *_scope(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("example_number", sa.BigInteger(), nullable=False),
        sa.Column("example_record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "id", name="pk_problem"),
    )
    op.create_index(
        "ix_problem_workspace_connection_last_seen", "problem", ["workspace", "connection", "last_seen"]
    )
    op.create_table(
        "problem_counter",
        *_scope(),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "connection", "problem_id", "mapping", "day", name="pk_problem_counter"
        ),
    )
    op.create_table(
        "problem_record",
        *_scope(),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("other_record_id", sa.Text(), nullable=False),
        sa.Column("table_number", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "connection", "problem_id", "record_id", name="pk_problem_record"
        ),
    )
    op.create_index(
        "ix_problem_record_latest",
        "problem_record",
        ["workspace", "connection", "problem_id", "last_seen", "last_number"],
    )


def _connections() -> None:
    op.create_table(
        "pull_state",
        *_scope(),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("next_link", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_key", sa.Text(), nullable=True),
        sa.Column("failure_facts", sa.Text(), nullable=True),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_expected", sa.BigInteger(), nullable=True),
        sa.Column("unreadable", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_pull_state"),
    )
    op.create_table(
        "company",
        *_scope(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_company"),
    )


def _scope() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
    )
