"""Which records a retry takes, by which mappings, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retry_record",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("table_number", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("coupling_id", sa.Text(), nullable=False),
        sa.Column("dataverse_id", sa.Text(), nullable=True),
        sa.Column("is_option", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("new_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "run_id", "record_id", name="pk_retry_record"),
    )
    op.create_index(
        "ix_retry_record_workspace_connection_problem_id",
        "retry_record",
        ["workspace", "connection", "problem_id"],
    )
    op.create_index(
        "ix_retry_record_workspace_connection_run_id_coupling_id",
        "retry_record",
        ["workspace", "connection", "run_id", "coupling_id"],
    )
    op.create_table(
        "retry_mapping",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("mapping_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("jobs_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log_status", sa.Text(), nullable=False),
        sa.Column("log_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "run_id", "mapping", name="pk_retry_mapping"),
    )
