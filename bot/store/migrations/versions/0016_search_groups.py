"""Errors that share the words of their message become one row of the index on PostgreSQL.

Rows that are there stay as they are: without ``numbers``, a row is of the error of its ``number`` alone.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_entry ADD COLUMN numbers bigint[]")
