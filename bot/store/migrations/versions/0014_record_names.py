"""Names of records, the last answers about the present, and jobs found by their mapping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_name",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "record_id", name="pk_record_name"),
    )
    op.create_table(
        "live_state",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure_key", sa.Text(), nullable=True),
        sa.Column("failure_facts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "connection", "part", name="pk_live_state"),
    )
    op.create_index(
        "ix_sync_job_latest",
        "sync_job",
        ["workspace", "connection", "mapping", "direction", "started_at"],
    )
