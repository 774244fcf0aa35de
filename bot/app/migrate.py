"""Bringing a database to this version of the bot: the store's tables and the engine's."""

from __future__ import annotations

from bot.operations.durable.system_tables import migrate_system_tables
from bot.settings import Settings
from bot.store import Database


async def migrate(settings: Settings) -> None:
    """Safe to repeat, and to run in several processes at once.

    Raises StoreUnavailable where the database does not answer.
    """
    database = Database.open(settings.database_url)
    try:
        await database.migrate()
        await migrate_system_tables(settings.database_url)
    finally:
        await database.close()
