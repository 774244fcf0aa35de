"""Errors whose number Business Central gave to another row, after its environment was restored or copied.

A number is one row's. So where a pull brings another row under the number of an error that is marked as
gone, the gone one moves to ``former_error``: it stays counted, and shown where it is the latest of its
problem; the number, and the search, answer with the row that is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import as_key
from bot.store.database import insert_into
from bot.store.pages import slices
from bot.store.search_index import forget_errors
from bot.store.tables import FORMER_ERROR, SYNC_ERROR, belongs
from bot.store.values import ErrorToStore, Scope


async def make_room(connection: AsyncConnection, scope: Scope, errors: Sequence[ErrorToStore]) -> int:
    """Move gone errors out of the way of these; answers how many.

    An error that is not marked as gone stays: only reconciling, which asks the primary database, can tell.
    """
    moved = 0
    columns = [column.name for column in SYNC_ERROR.columns]
    for part in slices(errors):
        ids = {error.number: as_key(error.id) for error in part}
        gone = await connection.execute(
            select(SYNC_ERROR.c.number, SYNC_ERROR.c.id).where(
                belongs(SYNC_ERROR, scope),
                SYNC_ERROR.c.number.in_(list(ids)),
                SYNC_ERROR.c.gone_at.is_not(None),
            )
        )
        numbers = [row.number for row in gone if as_key(row.id) != ids[row.number]]
        if not numbers:
            continue
        await forget_errors(connection, scope, numbers)
        them = (belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(numbers))
        await connection.execute(
            insert_into(connection, FORMER_ERROR)
            .from_select(columns, select(SYNC_ERROR).where(*them))
            .on_conflict_do_nothing()
        )
        await connection.execute(delete(SYNC_ERROR).where(*them))
        moved += len(numbers)
    return moved
