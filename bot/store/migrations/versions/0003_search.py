"""The index for searching, filled from what is stored; indices for counting by day and by mapping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.search_index import index_everything

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_problem_counter_workspace_connection_day", "problem_counter", ["workspace", "connection", "day"]
    )
    op.create_index(
        "ix_problem_counter_workspace_connection_mapping_day",
        "problem_counter",
        ["workspace", "connection", "mapping", "day"],
    )
    op.create_table(
        "search_scope",
        *_scope(),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_search_scope"),
    )
    op.create_index("ix_search_scope_number", "search_scope", ["number"], unique=True)
    op.create_table(
        "search_word",
        *_scope(),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connection", "word", name="pk_search_word"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_entry "
            "(scope bigint NOT NULL, number bigint NOT NULL, words tsvector NOT NULL, "
            "CONSTRAINT pk_search_entry PRIMARY KEY (scope, number))"
        )
        op.execute("CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)")
    else:
        # Words come with letter case and accents taken off: this tokenizer does nothing but part them.
        op.execute(
            "CREATE VIRTUAL TABLE search_entry USING fts5"
            "(words, tokenize = 'ascii', content = '', detail = none, columnsize = 0)"
        )
    index_everything(op.get_bind())


def _scope() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
    )
