"""Which stored errors Business Central still has: marks on the errors, and counters, in one transaction.

The counters ``errors`` are history and never sink: what was read stays stored, searchable and counted. Beside
them ``gone`` says how many of these are no longer in Business Central (retention, purged there), by problem
and by problem, mapping and day. So what matters now is ``errors - gone``, and nobody has to count rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.holding import ask_to_reread, lock
from bot.store.pages import slices
from bot.store.readying import SLICE
from bot.store.tables import PULL_STATE, RAW_ROW, RECONCILE_STATE, SYNC_ERROR, belongs
from bot.store.turning import turn_back, turn_gone
from bot.store.values import Finding, Judged, KnownRow, ReconcileState, Scope, Verdict


@dataclass(frozen=True, slots=True)
class Presence:
    """What of a connection is still there, and how far comparing is."""

    database: Database

    async def state(self, scope: Scope) -> ReconcileState:
        """How far comparing is; that of a beginner where nothing was ever compared."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(select(RECONCILE_STATE).where(belongs(RECONCILE_STATE, scope)))
            ).one_or_none()
        return ReconcileState() if row is None else _state(row)

    async def known(
        self, scope: Scope, above: int, limit: int, logged_until: datetime
    ) -> tuple[KnownRow, ...]:
        """At most ``limit`` stored errors above that number, by rising number, without younger ones."""
        query = (
            select(
                SYNC_ERROR.c.number,
                SYNC_ERROR.c.id,
                SYNC_ERROR.c.gone_at.is_not(None).label("gone"),
                SYNC_ERROR.c.logged_at,
            )
            .where(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.logged_at <= logged_until)
            .order_by(SYNC_ERROR.c.number)
        )
        known: list[KnownRow] = []
        async with self.database.reading() as connection:
            while len(known) < limit:  # a slice at a time: between two of them the event loop is free
                last = known[-1].number if known else above
                size = min(SLICE, limit - len(known))
                rows = await connection.execute(query.where(SYNC_ERROR.c.number > last).limit(size))
                part = [KnownRow(row.number, as_key(row.id), bool(row.gone), row.logged_at) for row in rows]
                known += part
                if len(part) < size:
                    break
        return tuple(known)

    async def highest(self, scope: Scope) -> int:
        """The highest number of an error that was ever stored; 0 where there is none."""
        query = select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
        async with self.database.reading() as connection:
            return (await connection.execute(query)).scalar_one() or 0

    async def judge(self, scope: Scope, verdict: Verdict, at: datetime) -> Judged:
        """Mark what is gone, unmark what is back, count both, and note how far comparing is.

        All of it or, where an exception leaves this call, nothing; the same verdict again changes nothing. Of
        numbers that other rows have now, the next pull goes back to the lowest and makes room for them; so it
        does for those that came late and were never read.
        """
        async with self.database.writing() as connection:
            held = await lock(connection, scope)
            gone = await turn_gone(connection, scope, (*verdict.missing, *verdict.replaced), at)
            back = await turn_back(connection, scope, verdict.back)
            newly = {row.number for row in gone}
            if lowest := min((row.number for row in verdict.replaced if row.number in newly), default=0):
                await ask_to_reread(connection, scope, held, lowest - 1)
            late = await _never_read(connection, scope, verdict.late)
            if late:
                await ask_to_reread(connection, scope, await lock(connection, scope), late[0] - 1)
            if verdict.replaced:
                await _find(connection, scope, finding=Finding.RESTORED)
            await _progress(connection, scope, verdict)
        return Judged(gone=len(gone), back=len(back), late=len(late))

    async def finish(self, scope: Scope, finding: Finding | None, at: datetime) -> None:
        """A whole run ended; the next one begins at the beginning."""
        async with self.database.writing() as connection:
            await lock(connection, scope)
            await _save(connection, scope, above=0, attempted_at=at, succeeded_at=at, failure_key=None)
            await _find(connection, scope, finding=finding, conflicting=0)

    async def fail(self, scope: Scope, at: datetime, key: str) -> None:
        """The failure of that key ended the run; what was judged stays, and the next run goes on there."""
        async with self.database.writing() as connection:
            await _save(connection, scope, attempted_at=at, failure_key=key)


async def _never_read(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> list[int]:
    """Those of the numbers that no stored row has, readable or not; by rising number."""
    known: set[int | None] = set()
    for part in slices(numbers):
        for table in (SYNC_ERROR, RAW_ROW):
            rows = await connection.execute(
                select(table.c.number).where(belongs(table, scope), table.c.number.in_(part))
            )
            known.update(rows.scalars())
    return [number for number in sorted(numbers) if number not in known]


async def _progress(connection: AsyncConnection, scope: Scope, verdict: Verdict) -> None:
    """Add a window to what its run found. One that was judged already (a step may run twice) is not."""
    row = (
        await connection.execute(select(RECONCILE_STATE).where(belongs(RECONCILE_STATE, scope)))
    ).one_or_none()
    so_far = ReconcileState() if row is None else _state(row)
    if so_far.above != verdict.above:
        return
    begins = verdict.above == 0
    await _save(
        connection,
        scope,
        above=verdict.up_to,
        present=verdict.present + (0 if begins else so_far.present),
        missing=len(verdict.missing) + (0 if begins else so_far.missing),
        replaced=len(verdict.replaced) + (0 if begins else so_far.replaced),
    )


async def _find(connection: AsyncConnection, scope: Scope, **values: object) -> None:
    await connection.execute(update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(**values))


async def _save(connection: AsyncConnection, scope: Scope, **values: object) -> None:
    nothing = {"above": 0, "present": 0, "missing": 0, "replaced": 0}
    await connection.execute(
        insert_into(connection, RECONCILE_STATE)
        .values(workspace=scope.workspace, connection=scope.connection, **{**nothing, **values})
        .on_conflict_do_update(index_elements=list(RECONCILE_STATE.primary_key), set_=values)
    )


def _state(row: Row[Any]) -> ReconcileState:
    return ReconcileState(
        above=row.above,
        present=row.present,
        missing=row.missing,
        replaced=row.replaced,
        attempted_at=row.attempted_at,
        succeeded_at=row.succeeded_at,
        failure_key=row.failure_key,
    )
