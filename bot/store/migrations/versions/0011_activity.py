"""Who did what: lines that nobody changes, and that nobody removes in their first 30 days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "id", name="pk_activity"),
    )
    op.create_index("ix_activity_latest", "activity", ["workspace", "connection", "at", "id"])
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


_TRIGGERS = {
    "sqlite": (
        """
        CREATE TRIGGER activity_unchanged BEFORE UPDATE ON activity
        BEGIN SELECT RAISE(ABORT, 'lines of activity are not changed'); END
        """,
        """
        CREATE TRIGGER activity_kept BEFORE DELETE ON activity
        WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-30 days')
        BEGIN SELECT RAISE(ABORT, 'lines of activity are kept for 30 days'); END
        """,
    ),
    "postgresql": (
        """
        CREATE FUNCTION activity_refused() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'lines of activity are not changed, and kept for 30 days'
                USING ERRCODE = 'restrict_violation';
        END $$
        """,
        """
        CREATE TRIGGER activity_unchanged BEFORE UPDATE ON activity
        FOR EACH ROW EXECUTE FUNCTION activity_refused()
        """,
        """
        CREATE TRIGGER activity_kept BEFORE DELETE ON activity FOR EACH ROW
        WHEN (OLD.at > now() - interval '30 days') EXECUTE FUNCTION activity_refused()
        """,
    ),
}
