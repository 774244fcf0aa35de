"""What must be told, who posted what where, and who takes care of a problem."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _who_takes_care()
    _postings()
    _wishes()


def _who_takes_care() -> None:
    op.add_column("problem", sa.Column("assignee", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("problem", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("problem", sa.Column("decided_by", sa.Text(), nullable=False, server_default=sa.text("''")))


def _postings() -> None:
    op.create_table(
        "posting",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("thread_of", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "id", name="pk_posting"),
    )
    op.create_index(
        "ix_posting_once",
        "posting",
        ["workspace", "connection", "kind", "subject", "about", "place", "thread_of", "thread_ts"],
        unique=True,
    )
    op.create_index("ix_posting_channel_ts", "posting", ["channel", "ts"])


def _wishes() -> None:
    op.create_table(
        "outbox",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("wishes", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "posting", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])
