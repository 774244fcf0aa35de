"""The connection's row of ``pull_state``: whoever holds it alone writes errors of that connection."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import insert_into
from bot.store.tables import PULL_STATE, belongs
from bot.store.values import Finding, Scope


@dataclass(frozen=True, slots=True)
class Held:
    """What the locked row says."""

    cursor: int
    unreadable: int
    reread_above: int | None
    restored: bool
    """Known numbers may belong to other rows now."""


async def lock(connection: AsyncConnection, scope: Scope) -> Held:
    """Make sure that the connection's row is there and hold it until the transaction ends."""
    await connection.execute(
        insert_into(connection, PULL_STATE)
        .values(workspace=scope.workspace, connection=scope.connection, cursor=0, rows_read=0, unreadable=0)
        .on_conflict_do_nothing()
    )
    row = (
        await connection.execute(
            select(
                PULL_STATE.c.cursor, PULL_STATE.c.unreadable, PULL_STATE.c.reread_above, PULL_STATE.c.finding
            )
            .where(belongs(PULL_STATE, scope))
            .with_for_update()
        )
    ).one()
    return Held(
        cursor=row.cursor,
        unreadable=row.unreadable,
        reread_above=row.reread_above,
        restored=row.finding == Finding.RESTORED,
    )


async def ask_to_reread(connection: AsyncConnection, scope: Scope, held: Held, above: int) -> None:
    """Have the next pull go back to ``above``, or further where that is asked for already."""
    lowest = above if held.reread_above is None else min(above, held.reread_above)
    await connection.execute(
        update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(reread_above=max(0, lowest))
    )
