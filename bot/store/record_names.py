"""How records are called, kept for a while: a name is asked for once, not for every card that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.mentions import Somebody
from bot.store.pages import slices
from bot.store.record_tables import RECORD_NAME
from bot.store.tables import belongs
from bot.store.values import Scope


class RecordState(StrEnum):
    """What became of a record, as Business Central found it."""

    UNKNOWN = ""
    """An extension that does not tell."""
    BLANK = "Blank"
    """The error names a table and no record: it was never created."""
    FOUND = "Found"
    DELETED = "Deleted"
    UNREADABLE = "Unreadable"
    """It may not be read, or its side cannot be reached."""

    @classmethod
    def of(cls, text: str) -> RecordState:
        """As Business Central says it; UNKNOWN for a word of another version."""
        return next((state for state in cls if state.value == text), cls.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RecordName:
    """What Business Central last said of a record."""

    record_id: str
    name: str
    url: str
    state: RecordState
    read_at: datetime


Names = Mapping[str, RecordName]
"""By record id as text."""

NO_NAMES: Final[Names] = MappingProxyType({})
"""Where nobody has asked how records are called."""


@dataclass(frozen=True, slots=True)
class RecordNames:
    """The names of a connection's records."""

    database: Database

    async def known(self, scope: Scope, record_ids: Iterable[str]) -> Names:
        """Those that were ever read, however long ago, by record id as given."""
        wanted = {as_key(one): one for one in record_ids if one}
        found: dict[str, RecordName] = {}
        if not wanted:
            return found
        async with self.database.reading() as connection:
            for part in slices(list(wanted)):
                query = select(RECORD_NAME).where(
                    belongs(RECORD_NAME, scope), RECORD_NAME.c.record_id.in_(part)
                )
                for row in await connection.execute(query):
                    record_id = wanted.get(row.record_id, row.record_id)
                    found[record_id] = RecordName(
                        record_id, row.name, row.url, RecordState.of(row.state), row.read_at
                    )
        return found

    async def keep(self, scope: Scope, names: Sequence[RecordName]) -> None:
        """Remember them in place of earlier ones."""
        async with self.database.writing() as connection:
            for one in names:
                values = {"name": one.name, "url": one.url, "state": one.state, "read_at": one.read_at}
                await connection.execute(
                    insert_into(connection, RECORD_NAME)
                    .values(
                        workspace=scope.workspace,
                        connection=scope.connection,
                        record_id=one.record_id,
                        **values,
                    )
                    .on_conflict_do_update(index_elements=list(RECORD_NAME.primary_key), set_=values)
                )


async def forget_names(transaction: AsyncConnection, scope: Scope, somebody: Somebody) -> None:
    """Remove somebody's record and whatever bears their name."""
    rows = await transaction.execute(
        select(RECORD_NAME.c.record_id, RECORD_NAME.c.name).where(belongs(RECORD_NAME, scope))
    )
    theirs = [
        row.record_id
        for row in rows
        if somebody.is_in_record(row.record_id) or somebody.is_in_text(f"{row.record_id} {row.name}")
    ]
    for part in slices(theirs):
        await transaction.execute(
            delete(RECORD_NAME).where(belongs(RECORD_NAME, scope), RECORD_NAME.c.record_id.in_(part))
        )


async def let_names_go(transaction: AsyncConnection, scope: Scope, until: datetime) -> None:
    """Remove names that were read before that time: nobody asked about them since."""
    await transaction.execute(
        delete(RECORD_NAME).where(belongs(RECORD_NAME, scope), RECORD_NAME.c.read_at < until)
    )
