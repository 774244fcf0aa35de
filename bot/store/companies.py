"""The company of each connection, so that a reply needs no question to Business Central."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.dataclass import dataclass
from bot.store.database import Database, insert_into
from bot.store.tables import COMPANY, belongs
from bot.store.values import KnownCompany, Scope


@dataclass(frozen=True, slots=True)
class Companies:
    """Names of companies."""

    database: Database

    async def get(self, scope: Scope) -> KnownCompany | None:
        """The connection's company; None until it was read for the first time."""
        async with self.database.reading() as connection:
            row = (await connection.execute(select(COMPANY).where(belongs(COMPANY, scope)))).one_or_none()
        if row is None:
            return None
        return company_of(row)

    async def save(self, scope: Scope, name: str, display_name: str, at: datetime) -> None:
        """Remember the company as it is called now."""
        named = {"name": name, "display_name": display_name, "read_at": at}
        async with self.database.writing() as connection:
            await connection.execute(
                insert_into(connection, COMPANY)
                .values(workspace=scope.workspace, connection=scope.connection, **named)
                .on_conflict_do_update(index_elements=list(COMPANY.primary_key), set_=named)
            )


def company_of(row: Row[Any]) -> KnownCompany:
    """A row of ``company`` as a value."""
    return KnownCompany(name=row.name, display_name=row.display_name, read_at=row.read_at)
