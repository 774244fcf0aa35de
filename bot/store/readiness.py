"""Whether a database is there and has the tables that this version of the bot expects."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

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
    known = revisions()
    return any(revision == known[-1] or revision not in known for revision in found)


@cache
def revisions() -> tuple[str, ...]:
    """The revisions of this version; the last one is what all others lead to.

    By the names of their files, which begin with them: Alembic and all of them take 7 MB to load.
    """
    names = (file.name for file in files("bot.store").joinpath("migrations", "versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name[0].isdigit()))
