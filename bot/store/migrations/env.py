"""What Alembic runs for each command. ``bot.store.migrations`` gives the connection, in a transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, func, select

from bot.store.migrations.names import is_ours
from bot.store.tables import METADATA

_LOCK = 0x53594E43
"""Key of the advisory lock that makes a second process wait until the first has migrated (PostgreSQL)."""


def run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=is_ours,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
