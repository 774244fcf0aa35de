"""Rules that people taught, and how far diagnosing stored errors anew is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rules()
    _progress()
    _successions()


def _rules() -> None:
    op.create_table(
        "taught_rule",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("own_title", sa.Text(), nullable=False),
        sa.Column("fixer", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("precedence", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("taught_by", sa.Text(), nullable=False),
        sa.Column("taught_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "id", name="pk_taught_rule"),
    )
    op.create_index("ix_taught_rule_workspace_digest", "taught_rule", ["workspace", "digest"], unique=True)


def _progress() -> None:
    op.create_table(
        "rediagnosis",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("above_id", sa.Text(), nullable=False),
        sa.Column("examined", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_rediagnosis"),
    )


def _successions() -> None:
    op.add_column("problem", sa.Column("successor", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "problem", sa.Column("unsettled", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "problem_succession",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("problem_id", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Text(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "connection", "problem_id", "successor_id", name="pk_problem_succession"
        ),
    )
