"""DBOS's own tables, in the database of the store: schema ``dbos`` on PostgreSQL."""

from __future__ import annotations

import asyncio

import psycopg
from dbos import DBOS
from dbos._migration import get_migration_versions
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError

from bot.failures import StoreUnavailable
from bot.operations.durable.enqueueing import plain_address
from bot.operations.durable.quiet import quieten

_SCHEMA = "dbos"


async def migrate_system_tables(database_url: str) -> None:
    """Bring them to the version of this bot's DBOS; several processes may do so at once.

    DBOS serializes them with an advisory lock (PostgreSQL) or the write lock (SQLite). Raises
    StoreUnavailable where the database does not answer.
    """
    quieten()
    try:
        await asyncio.to_thread(DBOS.migrate, plain_address(database_url), schema=_SCHEMA)
    except (DBAPIError, psycopg.Error) as error:
        raise StoreUnavailable(type(error).__name__) from error


async def system_tables_are_current(database_url: str) -> bool:
    """Whether a PostgreSQL database has them at this version or a later one.

    Raises StoreUnavailable where the database does not answer.
    """
    try:
        return await asyncio.to_thread(_are_current, plain_address(database_url))
    except DBAPIError as error:
        raise StoreUnavailable(type(error).__name__) from error


def _are_current(database_url: str) -> bool:
    """DBOS 3.4 tells the versions nowhere publicly, and its client does not look at them."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    try:
        recorded, latest = get_migration_versions(engine, _SCHEMA, use_listen_notify=True)
    finally:
        engine.dispose()
    return recorded >= latest
