"""Which records somebody decided about, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decided_record",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("mapping_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("table_number", sa.BigInteger(), nullable=False),
        sa.Column("local_system_id", sa.Text(), nullable=True),
        sa.Column("dataverse_id", sa.Text(), nullable=True),
        sa.Column("coupling_id", sa.Text(), nullable=True),
        sa.Column("other_record", sa.Text(), nullable=False),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("error_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("jobs_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.Column("new_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "run_id", "position", name="pk_decided_record"),
    )
    op.create_index(
        "ix_decided_record_workspace_connection_problem_id",
        "decided_record",
        ["workspace", "connection", "problem_id"],
    )
    op.create_index(
        "ix_coupling_skipped",
        "coupling",
        ["workspace", "connection"],
        sqlite_where=sa.text("skipped"),
        postgresql_where=sa.text("skipped"),
    )
