"""The last answers about the present (connections, the job queue), kept for when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import Database, insert_into
from bot.store.record_tables import LIVE_STATE
from bot.store.tables import belongs
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class LiveState:
    """One part of what Business Central says of itself."""

    content: Mapping[str, Any] | None
    """Its last answer; None where there never was one."""
    read_at: datetime | None
    attempted_at: datetime
    failure_key: str | None
    """Key of the failure that ended the last attempt; None after a success."""
    failure_facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class LiveStates:
    """Of one connection, by the name of the part."""

    database: Database

    async def known(self, scope: Scope) -> Mapping[str, LiveState]:
        """All parts that were ever asked about."""
        query = select(LIVE_STATE).where(belongs(LIVE_STATE, scope))
        async with self.database.reading() as connection:
            return {
                row.part: LiveState(
                    content=row.content,
                    read_at=row.read_at,
                    attempted_at=row.attempted_at,
                    failure_key=row.failure_key,
                    failure_facts=row.failure_facts or {},
                )
                for row in await connection.execute(query)
            }

    async def keep(self, scope: Scope, part: str, content: Mapping[str, Any], at: datetime) -> None:
        """It answered."""
        values = {"content": content, "read_at": at, "attempted_at": at}
        await self._note(scope, part, {**values, "failure_key": None, "failure_facts": None})

    async def fail(
        self, scope: Scope, part: str, at: datetime, key: str, facts: Mapping[str, str | int]
    ) -> None:
        """It did not; the last answer stays."""
        await self._note(scope, part, {"attempted_at": at, "failure_key": key, "failure_facts": dict(facts)})

    async def _note(self, scope: Scope, part: str, values: Mapping[str, Any]) -> None:
        nothing = {"content": None, "read_at": None, "failure_key": None, "failure_facts": None}
        async with self.database.writing() as connection:
            await connection.execute(
                insert_into(connection, LIVE_STATE)
                .values(
                    workspace=scope.workspace,
                    connection=scope.connection,
                    part=part,
                    **{**nothing, **values},
                )
                .on_conflict_do_update(index_elements=list(LIVE_STATE.primary_key), set_=dict(values))
            )


async def forget_live_states(transaction: AsyncConnection, scope: Scope) -> None:
    """Remove all answers: log texts can name anybody, and what is so now is asked again anyway."""
    await transaction.execute(delete(LIVE_STATE).where(belongs(LIVE_STATE, scope)))
