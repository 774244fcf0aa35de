"""What is kept beyond Business Central's own time, and removed at night."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, or_, select, update

from bot.dataclass import dataclass
from bot.store.action_tables import SYNC_JOB
from bot.store.database import Database
from bot.store.decisions import Decisions
from bot.store.holding import lock
from bot.store.leaving import BOTH, columns_of, leave
from bot.store.record_names import let_names_go
from bot.store.retries import Retries
from bot.store.search_index import drop_words
from bot.store.search_words import message_terms, record_terms
from bot.store.tables import PULL_STATE, RAW_ROW, SYNC_ERROR, belongs
from bot.store.values import Scope

SLICE: Final = 1_000
"""Rows of one transaction."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Removes what a connection has had long enough."""

    database: Database

    async def let_go(self, scope: Scope, until: datetime) -> int:
        """Remove a slice of the errors that are no longer in Business Central; gives how many, 0 at the end.

        Of what went by itself or was deleted by people there: those logged before that time. Of what was
        purged through the bot, which is its archive: those that were purged before it, too.
        """
        removed = 0
        async with self.database.writing() as connection:
            await lock(connection, scope)
            for table in BOTH:
                rows = (
                    await connection.execute(
                        select(*columns_of(table), table.c.message)
                        .where(
                            belongs(table, scope),
                            table.c.gone_at.is_not(None),
                            table.c.logged_at < until,
                            or_(table.c.purge_run.is_(None), table.c.gone_at < until),
                        )
                        .order_by(table.c.number, table.c.id)
                        .limit(SLICE - removed)
                    )
                ).all()
                await leave(connection, scope, table, rows)
                if table is SYNC_ERROR:
                    words = set[str]().union(
                        *(message_terms(row.message).split() for row in rows),
                        *(record_terms(row.source_record_id).split() for row in rows),
                        *(record_terms(row.destination_record_id).split() for row in rows),
                    )
                    await drop_words(connection, scope, sorted(words))
                removed += len(rows)
                if removed >= SLICE:
                    break
        return removed

    async def tidy(self, scope: Scope, until: datetime) -> None:
        """Remove rows that were never understood, and log texts of jobs, from before that time."""
        async with self.database.writing() as connection:
            await lock(connection, scope)
            await connection.execute(
                delete(RAW_ROW).where(belongs(RAW_ROW, scope), RAW_ROW.c.seen_at < until)
            )
            left = select(func.count()).select_from(RAW_ROW).where(belongs(RAW_ROW, scope)).scalar_subquery()
            await connection.execute(
                update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(unreadable=left)
            )
            await connection.execute(
                update(SYNC_JOB)
                .where(belongs(SYNC_JOB, scope), SYNC_JOB.c.started_at < until, SYNC_JOB.c.message != "")
                .values(message="")
            )
            await let_names_go(connection, scope, until)
        await Retries(self.database).let_go(scope, until)
        await Decisions(self.database).let_go(scope, until)
