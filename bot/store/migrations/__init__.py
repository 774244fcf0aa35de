"""Migrations of the store's tables (Alembic), applied from the program itself: there is no ini file."""

from __future__ import annotations

import threading

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from bot.store.engines import open_blocking_engine

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps the migration under way in module globals."""


def upgrade(url: URL, revision: str = "head") -> None:
    """Bring the tables of a database to ``revision``. Blocks; several processes may call it at once."""
    engine = open_blocking_engine(url)
    try:
        with _ONE_AT_A_TIME, engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", "bot.store:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
