"""What people chose. Of a person nothing is kept but the Slack user id, which the choice hangs on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, select

from bot.dataclass import dataclass
from bot.store.database import Database, insert_into
from bot.store.tables import PREFERENCE


@dataclass(frozen=True, slots=True)
class Preferences:
    """The connection that each person of a workspace chose to look at."""

    database: Database

    async def connection_of(self, workspace: str, user: str) -> str | None:
        """Key of the chosen connection, which may be gone meanwhile; None for whoever never chose."""
        query = select(PREFERENCE.c.connection).where(
            and_(PREFERENCE.c.workspace == workspace, PREFERENCE.c.user_id == user)
        )
        async with self.database.reading() as connection:
            chosen: str | None = (await connection.execute(query)).scalar_one_or_none()
        return chosen

    async def choose(self, workspace: str, user: str, chosen: str, at: datetime) -> None:
        """Remember the choice in place of an earlier one."""
        choice = {"connection": chosen, "chosen_at": at}
        async with self.database.writing() as connection:
            await connection.execute(
                insert_into(connection, PREFERENCE)
                .values(workspace=workspace, user_id=user, **choice)
                .on_conflict_do_update(index_elements=list(PREFERENCE.primary_key), set_=choice)
            )

    async def forget(self, workspace: str, user: str) -> None:
        """Remove everything that is kept about a person."""
        async with self.database.writing() as connection:
            await connection.execute(
                delete(PREFERENCE).where(
                    and_(PREFERENCE.c.workspace == workspace, PREFERENCE.c.user_id == user)
                )
            )
