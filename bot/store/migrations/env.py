"""What Alembic runs for each command. ``bot.store.migrations`` gives the connection, in a transaction."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, func, select

from bot.store.tables import METADATA

_LOCK = 0x53594E43
"""Key of the advisory lock that makes a second process wait until the first has migrated (PostgreSQL)."""


def is_ours(
    name: str | None,
    kind: str,
    _parents: Any,
) -> bool:
    """Leave alone what others keep in the same database: DBOS's tables share the namespace on SQLite."""
    return kind != "table" or name in METADATA.tables


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=is_ours,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
