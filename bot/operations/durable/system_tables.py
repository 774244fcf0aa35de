"""DBOS's own tables, in the database of the store: schema ``dbos`` on PostgreSQL."""

from __future__ import annotations

import asyncio

from dbos import DBOS
from dbos._migration import get_migration_versions
from sqlalchemy import create_engine, make_url

from bot.operations.durable.enqueueing import plain_address, telling_unavailable
from bot.operations.durable.quiet import quieten

_SCHEMA = "dbos"


async def migrate_system_tables(database_url: str) -> None:
    """Bring them to the version of this bot's DBOS; several processes may do so at once.

    DBOS serializes them with an advisory lock (PostgreSQL) or the write lock (SQLite). Raises
    StoreUnavailable where the database does not answer.
    """
    quieten()
    with telling_unavailable():
        await asyncio.to_thread(DBOS.migrate, plain_address(database_url), schema=_SCHEMA)


async def system_tables_are_current(database_url: str) -> bool:
    """Whether a PostgreSQL database has them at this version or a later one.

    Raises StoreUnavailable where the database does not answer.
    """
    with telling_unavailable():
        return await asyncio.to_thread(_are_current, plain_address(database_url))


def _are_current(database_url: str) -> bool:
    """DBOS 3.4 tells the versions nowhere publicly, and its client does not look at them."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    try:
        recorded, latest = get_migration_versions(engine, _SCHEMA, use_listen_notify=True)
    finally:
        engine.dispose()
    return recorded >= latest
