"""Counters of errors that are no longer in Business Central, and how far comparing with it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("problem", "gone"), ("problem_counter", "gone"), ("pull_state", "conflicting")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("pull_state", sa.Column("reread_above", sa.BigInteger(), nullable=True))
    op.add_column("pull_state", sa.Column("finding", sa.Text(), nullable=True))
    op.create_table(
        "reconcile_state",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("present", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("replaced", sa.BigInteger(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_reconcile_state"),
    )
