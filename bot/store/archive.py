"""The archive: stored errors that Business Central has no more, deleted by a run of the bot's or gone by
themselves. They are in the same tables and the same index as the others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from bot.dataclass import dataclass
from bot.store.action_tables import ACTION_RUN
from bot.store.database import Database
from bot.store.pages import slices
from bot.store.search import Narrowing, Search
from bot.store.tables import PROBLEM, SYNC_ERROR, belongs
from bot.store.values import Scope

SLICE = 1_000


@dataclass(frozen=True, slots=True)
class Archived:
    """One error of the archive."""

    number: int
    logged_at: datetime
    message: str
    problem_id: str
    class_code: str
    source_record_id: str
    source_table: int
    destination_record_id: str
    destination_table: int
    mapping: str
    direction: str
    gone_at: datetime
    run: str | None
    """Id of the run that deleted it; None where it went without the bot."""
    deleted_by: str
    """Who asked for that run; empty where it went without the bot."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Some of what was asked for, the highest No. first."""

    rows: tuple[Archived, ...]
    total: int
    """How many there are; more than ``most`` are told as one more than that."""
    words: tuple[str, ...]
    """What was searched for."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Reads the archive of a connection."""

    database: Database

    async def page(
        self, scope: Scope, typed: str, narrowing: Narrowing, *, offset: int, limit: int, most: int
    ) -> ArchivePage:
        """Errors that have all the words of ``typed``, or all; of the newest ``most``."""
        async with self.database.moment():
            if typed.strip():
                numbers, words = await Search(self.database).numbers(scope, typed, narrowing, most + 1)
                rows = await self._rows(scope, numbers[offset : offset + limit])
                return ArchivePage(rows, len(numbers), words)
            async with self.database.reading() as connection:
                some = _numbers(scope, narrowing).limit(most + 1)
                counted = select(func.count()).select_from(some.subquery())
                total = int((await connection.execute(counted)).scalar_one())
                shown = (
                    await connection.execute(
                        some.order_by(SYNC_ERROR.c.number.desc()).offset(offset).limit(limit)
                    )
                ).scalars()
                return ArchivePage(await self._rows(scope, list(shown)), total, ())

    async def everything(self, scope: Scope, typed: str, narrowing: Narrowing) -> AsyncIterator[Archived]:
        """All that was asked for, the highest No. first, read a slice at a time."""
        if typed.strip():
            numbers, _ = await Search(self.database).numbers(scope, typed, narrowing, MOST_FOUND)
            for part in slices(numbers, SLICE):
                for row in await self._rows(scope, part):
                    yield row
            return
        below: int | None = None
        while True:
            query = _numbers(scope, narrowing).order_by(SYNC_ERROR.c.number.desc()).limit(SLICE)
            async with self.database.reading() as connection:
                found = list(
                    (
                        await connection.execute(
                            query if below is None else query.where(SYNC_ERROR.c.number < below)
                        )
                    ).scalars()
                )
            for row in await self._rows(scope, found):
                yield row
            if len(found) < SLICE:
                return
            below = found[-1]

    async def _rows(self, scope: Scope, numbers: Sequence[int]) -> tuple[Archived, ...]:
        if not numbers:
            return ()
        columns = [SYNC_ERROR.c[name] for name in Archived.__dataclass_fields__ if name in SYNC_ERROR.c]
        query = (
            select(
                *columns,
                SYNC_ERROR.c.purge_run.label("run"),
                PROBLEM.c.class_code,
                func.coalesce(ACTION_RUN.c.asked_by, "").label("deleted_by"),
            )
            .join(PROBLEM, and_(belongs(PROBLEM, scope), PROBLEM.c.id == SYNC_ERROR.c.problem_id))
            .outerjoin(
                ACTION_RUN, and_(belongs(ACTION_RUN, scope), ACTION_RUN.c.id == SYNC_ERROR.c.purge_run)
            )
            .where(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(list(numbers)))
            .order_by(SYNC_ERROR.c.number.desc())
        )
        async with self.database.reading() as connection:
            return tuple(_archived(row) for row in await connection.execute(query))


MOST_FOUND = 100_000
"""Errors that a search for words brings together in one file."""


def _numbers(scope: Scope, narrowing: Narrowing) -> Select[Any]:
    query = select(SYNC_ERROR.c.number).where(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.gone_at.is_not(None))
    if narrowing.since is not None:
        query = query.where(SYNC_ERROR.c.logged_at >= datetime.combine(narrowing.since, time(), UTC))
    if narrowing.mapping is not None:
        query = query.where(SYNC_ERROR.c.mapping == narrowing.mapping)
    if narrowing.kinds is not None:
        same = and_(belongs(PROBLEM, scope), PROBLEM.c.id == SYNC_ERROR.c.problem_id)
        query = query.join(PROBLEM, same).where(narrowing.kinds.condition())
    return query


def _archived(row: Row[*tuple[Any, ...]]) -> Archived:
    return Archived(**{name: row._mapping[name] for name in Archived.__dataclass_fields__})
