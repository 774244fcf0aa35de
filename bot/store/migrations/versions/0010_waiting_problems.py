"""Which problem waits for which, and a key that finds where a record fails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The key begins with the record, which finds where a record fails without one more index. Without
    # statistics, a database takes any index that begins with workspace and connection for selective, and
    # reads the whole connection.
    with op.batch_alter_table("problem_record") as batch:
        batch.drop_constraint("pk_problem_record", type_="primary")
        batch.create_primary_key("pk_problem_record", ["record_id", "workspace", "connection", "problem_id"])
    op.create_table(
        "problem_tie",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "connection", "kind", "key", "problem_id", "target", name="pk_problem_tie"
        ),
    )
    op.create_index(
        "ix_problem_tie_workspace_connection_problem_id",
        "problem_tie",
        ["workspace", "connection", "problem_id"],
    )
    op.create_table(
        "problem_wait",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "problem_id", name="pk_problem_wait"),
    )
