"""Entries that Business Central still has, as far as is stored: how many until some moment, and which."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.columns import KEY_LENGTH
from bot.store.days import Day
from bot.store.tables import PROBLEM_COUNTER, SYNC_ERROR, belongs
from bot.store.values import Scope

FAILING_RECORD: Final = case(
    (SYNC_ERROR.c.source_record_id != "", SYNC_ERROR.c.source_record_id),
    else_=SYNC_ERROR.c.destination_record_id,
)
"""As ``bot.store.changes.failing_record``."""

FEW: Final = 5_000
"""Records that a statement is told by name; SQLite takes 32,766 values."""
SLICE = 1_000
"""Rows that are taken over at once: between two of them the event loop is free."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Those of a connection, or of one of its problems, inside a transaction."""

    connection: AsyncConnection
    scope: Scope
    days: Sequence[Day]
    """``days_present``."""
    problem_id: str = ""

    def highest_number(self, moment: datetime) -> int:
        """No entry logged until then has a higher one; 0 where there is none."""
        return max((day.last_number for day in self._until(moment)), default=0)

    def fewer_are_older(self, moment: datetime) -> bool:
        """By day, which is near enough for choosing what to look at."""
        older = sum(day.present for day in self._until(moment))
        newer = sum(day.present for day in self._since(moment))
        return older < newer

    async def until(self, moment: datetime) -> Mapping[str, int]:
        """How many were logged until then, by problem: whole days from counters, one by looking at it."""
        day = _day(moment)
        counted: Counter[str] = Counter()
        counter = (
            select(PROBLEM_COUNTER.c.problem_id, func.sum(PROBLEM_COUNTER.c.errors - PROBLEM_COUNTER.c.gone))
            .where(belongs(PROBLEM_COUNTER, self.scope), PROBLEM_COUNTER.c.day < day)
            .group_by(PROBLEM_COUNTER.c.problem_id)
        )
        if self.problem_id:
            counter = counter.where(PROBLEM_COUNTER.c.problem_id == self.problem_id)
        for problem, count in await self.connection.execute(counter):
            counted[problem] += int(count)
        for its in self.days:
            if its.day == day:
                looked_at = (
                    select(SYNC_ERROR.c.problem_id, func.count())
                    .where(*self._within([its]), SYNC_ERROR.c.logged_at <= moment, _on(day))
                    .group_by(SYNC_ERROR.c.problem_id)
                )
                for problem, count in await self.connection.execute(looked_at):
                    counted[problem] += int(count)
        return counted

    async def beside(
        self, moment: datetime, records: Collection[str], *, older: bool
    ) -> AsyncIterator[tuple[str, str, int]]:
        """Problem, failing record (empty where it names none) and how many entries: of those logged until
        then, or of those logged later. Of ``records`` and those that are no case; maybe of others, too."""
        days = self._until(moment) if older else self._since(moment)
        if not days:
            return
        side = SYNC_ERROR.c.logged_at <= moment if older else SYNC_ERROR.c.logged_at > moment
        query = (
            select(SYNC_ERROR.c.problem_id, FAILING_RECORD, func.count())
            .where(*self._within(days), side)
            .group_by(SYNC_ERROR.c.problem_id, FAILING_RECORD)
        )
        if len(records) <= FEW:
            no_case = or_(FAILING_RECORD == "", func.length(FAILING_RECORD) >= KEY_LENGTH)
            query = query.where(or_(FAILING_RECORD.in_(records), no_case))
        async with self.connection.stream(query) as found:
            async for part in found.partitions(SLICE):
                for problem, record, count in part:
                    yield problem, record, int(count)

    async def span(self, moment: datetime) -> tuple[datetime | None, datetime | None]:
        """When the first and the last of those were logged that were logged until then."""
        days = self._until(moment)
        if not days:
            return None, None
        oldest = await self._edge(func.min(SYNC_ERROR.c.logged_at), days[0], moment)
        for day in reversed(days):
            newest = await self._edge(func.max(SYNC_ERROR.c.logged_at), day, moment)
            if newest is not None:
                return oldest, newest
        return None, None

    async def _edge(self, edge: ColumnElement[datetime], day: Day, moment: datetime) -> datetime | None:
        query = select(edge).where(*self._within([day]), SYNC_ERROR.c.logged_at <= moment, _on(day.day))
        found: datetime | None = (await self.connection.execute(query)).scalar_one()
        return found

    def _until(self, moment: datetime) -> Sequence[Day]:
        return [day for day in self.days if day.day <= _day(moment)]

    def _since(self, moment: datetime) -> Sequence[Day]:
        return [day for day in self.days if day.day >= _day(moment)]

    def _within(self, days: Sequence[Day]) -> list[ColumnElement[bool]]:
        """Entries that these days may have: others may be between them."""
        there = [
            belongs(SYNC_ERROR, self.scope),
            SYNC_ERROR.c.number >= min(day.first_number for day in days),
            SYNC_ERROR.c.number <= max(day.last_number for day in days),
            SYNC_ERROR.c.gone_at.is_(None),
        ]
        if self.problem_id:
            there.append(SYNC_ERROR.c.problem_id == self.problem_id)
        return there


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _on(day: date) -> ColumnElement[bool]:
    """Logged on that day or later, in UTC."""
    return SYNC_ERROR.c.logged_at >= datetime(day.year, day.month, day.day, tzinfo=UTC)
