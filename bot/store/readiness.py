"""Whether a database is there and has the tables that this version of the bot expects."""

from __future__ import annotations

from functools import cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.store.database import Database


async def is_migrated(database: Database) -> bool:
    """Whether the tables are those of this version or of a later one.

    A later one must do: while a release goes out, processes of the version before still run. One short query,
    fit for a readiness probe. Raises StoreUnavailable where the database does not answer.
    """
    async with database.reading() as connection:
        try:
            found = (
                (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
            )
        except (ProgrammingError, OperationalError) as error:
            if "alembic_version" in str(error.orig):  # no such table (SQLite), relation (PostgreSQL)
                return False
            raise
    head, known = _revisions()
    return any(revision == head or revision not in known for revision in found)


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision of this version, and all that it knows."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())
