"""``syncerrors migrate``: prepares the database for this version; part of every release."""

from __future__ import annotations

from rich.console import Console

from bot.app import migrate
from bot.settings import load_settings


async def run_migrate(console: Console) -> int:
    """Bring the tables of the store and of the engine to this version; raises StoreUnavailable."""
    await migrate(load_settings())
    console.print("The database is at this version of the bot.")
    return 0
