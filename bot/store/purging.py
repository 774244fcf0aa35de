"""Which stored errors a purge deletes, and what became of them.

What is about to be deleted is marked first, in a transaction of its own: whoever goes on after a crash knows
by that mark what the world may have lost meanwhile. When a row is away it is *archived*: it stays stored,
searchable and counted, and says by its run who deleted it and when.

Marks are few rows beside the errors, since updating each error twice takes longer than Business Central takes
to delete them. ``recall`` writes them onto the errors where an attempt was cut off.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import PURGE_MARK
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.entries import FAILING_RECORD
from bot.store.holding import lock
from bot.store.pages import slices
from bot.store.resolution import Resolution, cases
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.turning import turn_gone, turn_purged
from bot.store.values import Scope


class Purged(StrEnum):
    """The four purges. The value is stored."""

    OLD = "old"
    """Entries older than seven days."""
    ALL = "all"
    RESOLVED = "resolved"
    """Those whose record has synchronized since."""
    PROBLEM = "problem"
    """Those of one problem."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which errors: in Business Central as far as is known, logged until then, up to that number."""

    what: Purged
    logged_until: datetime
    highest_number: int
    evidence_until: datetime
    """Jobs that started later prove nothing: what they resolved was not confirmed."""
    problem_id: str = ""


class Doomed(NamedTuple):
    """An error that is selected. There are as many as a purge deletes, so that they are cheap to make."""

    number: int
    id: str
    is_marked: bool
    """By this run: an attempt that was cut off may have deleted it."""


@dataclass(frozen=True, slots=True)
class Selected:
    """Some errors of a selection, by rising number, and how far looking for them came."""

    rows: tuple[Doomed, ...]
    up_to: int
    """Every selected error up to here is among the rows or was before them."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class Purging:
    """Selects, marks and archives."""

    database: Database

    async def select(self, scope: Scope, chosen: Selection, run: str, above: int, most: int) -> Selected:
        """The next ``most`` selected errors above that number. Looks through at most ``LOOKED_THROUGH``."""
        found: list[Doomed] = []
        async with self.database.reading() as connection:
            looked = 0
            while len(found) < most and looked < LOOKED_THROUGH:
                rows = (await connection.execute(_present(scope, chosen, above).limit(SLICE))).all()
                looked += len(rows)
                wanted = [Doomed(number, as_key(key), its == run) for number, key, its, *_ in rows]
                if chosen.what is Purged.RESOLVED:
                    resolved = await _resolved(connection, scope, chosen, rows)
                    wanted = [one for one in wanted if one.is_marked or one.number in resolved]
                room = most - len(found)
                found += wanted[:room]
                if len(wanted) > room:
                    return Selected(tuple(found), found[-1].number, is_last=False)
                if len(rows) < SLICE:
                    return Selected(tuple(found), chosen.highest_number, is_last=True)
                above = rows[-1].number
        return Selected(tuple(found), above, is_last=False)

    async def known_ids(
        self, scope: Scope, numbers: Collection[int], logged_until: datetime
    ) -> Mapping[int, Known]:
        """What is stored under these numbers: its id, and whether it was logged later than that."""
        known: dict[int, Known] = {}
        async with self.database.reading() as connection:
            for part in slices(sorted(numbers)):
                rows = await connection.execute(
                    select(SYNC_ERROR.c.number, SYNC_ERROR.c.id, SYNC_ERROR.c.logged_at).where(
                        belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(part)
                    )
                )
                known.update(
                    (row.number, Known(as_key(row.id), row.logged_at > logged_until)) for row in rows
                )
        return known

    async def mark(self, scope: Scope, run: str, rows: Sequence[Doomed]) -> None:
        """These are about to be deleted by the run, those beside that are marked already."""
        numbers = [row.number for row in rows if not row.is_marked]
        if not numbers:
            return
        async with self.database.writing() as connection:
            await connection.execute(
                insert_into(connection, PURGE_MARK)
                .values(
                    workspace=scope.workspace,
                    connection=scope.connection,
                    run_id=run,
                    first_number=numbers[0],
                    numbers=json.dumps(numbers),
                )
                .on_conflict_do_nothing()
            )

    async def recall(self, scope: Scope, run: str) -> None:
        """An attempt was cut off: what it was about to delete says so from now on, gone or not."""
        here = (belongs(PURGE_MARK, scope), PURGE_MARK.c.run_id == run)
        async with self.database.reading() as connection:
            if (await connection.execute(select(PURGE_MARK.c.run_id).where(*here).limit(1))).first() is None:
                return
        async with self.database.writing() as connection:
            await lock(connection, scope)
            marks = await connection.execute(select(PURGE_MARK.c.numbers).where(*here))
            for numbers in marks.scalars().all():
                await self._write_run(connection, scope, json.loads(numbers), run)
            await connection.execute(delete(PURGE_MARK).where(*here))

    async def unmark(self, scope: Scope, run: str) -> None:
        """It is known what became of everything that the run was about to delete."""
        async with self.database.writing() as connection:
            await connection.execute(
                delete(PURGE_MARK).where(belongs(PURGE_MARK, scope), PURGE_MARK.c.run_id == run)
            )

    async def spare(self, scope: Scope, rows: Sequence[Doomed]) -> None:
        """These were not deleted after all."""
        numbers = [row.number for row in rows if row.is_marked]
        if numbers:
            async with self.database.writing() as connection:
                await self._write_run(connection, scope, numbers, None)

    async def archive(
        self, scope: Scope, run: str, deleted: Sequence[Doomed], missed: Sequence[Doomed], at: datetime
    ) -> None:
        """``deleted`` are away because of the run, ``missed`` were away before. Twice is once."""
        if not deleted and not missed:
            return
        async with self.database.writing() as connection:
            await lock(connection, scope)
            await turn_purged(connection, scope, deleted, at, run)
            await turn_gone(connection, scope, missed, at)

    async def deleted_by(self, scope: Scope, run: str) -> int:
        """How many errors the run deleted."""
        query = (
            select(func.count())
            .select_from(SYNC_ERROR)
            .where(
                belongs(SYNC_ERROR, scope),
                SYNC_ERROR.c.purge_run == run,
                SYNC_ERROR.c.gone_at.is_not(None),
            )
        )
        async with self.database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _write_run(
        self, connection: AsyncConnection, scope: Scope, numbers: Sequence[int], run: str | None
    ) -> None:
        is_there = SYNC_ERROR.c.gone_at.is_(None)
        # What is gone, and nobody says by whom, is gone by who was about to delete it.
        is_to_change = is_there if run is None else or_(is_there, SYNC_ERROR.c.purge_run.is_(None))
        for part in slices(numbers):
            await connection.execute(
                update(SYNC_ERROR)
                .where(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(part), is_to_change)
                .values(purge_run=run)
            )


@dataclass(frozen=True, slots=True)
class Known:
    """An error under some number."""

    id: str
    is_younger: bool
    """Logged after the bounds: no purge of these bounds touches it."""


SLICE = 1_000
LOOKED_THROUGH = 20_000
"""Errors that one call looks through at most, where few of them are selected."""
_CASES = 200


def _present(scope: Scope, chosen: Selection, above: int) -> Select[Any]:
    query = (
        select(SYNC_ERROR.c.number, SYNC_ERROR.c.id, SYNC_ERROR.c.purge_run.label("run"))
        .where(
            belongs(SYNC_ERROR, scope),
            SYNC_ERROR.c.number > above,
            SYNC_ERROR.c.number <= chosen.highest_number,
            SYNC_ERROR.c.logged_at <= chosen.logged_until,
            SYNC_ERROR.c.gone_at.is_(None),
        )
        .order_by(SYNC_ERROR.c.number)
    )
    if chosen.what is Purged.PROBLEM:
        query = query.where(SYNC_ERROR.c.problem_id == chosen.problem_id)
    if chosen.what is Purged.RESOLVED:
        query = query.add_columns(SYNC_ERROR.c.problem_id, FAILING_RECORD.label("record_id"))
    return query


async def _resolved(
    connection: AsyncConnection, scope: Scope, chosen: Selection, rows: Sequence[Row[Any]]
) -> Set[int]:
    """Numbers of those whose record has synchronized since."""
    cases_of = {row.number: (row.problem_id, as_key(row.record_id)) for row in rows if row.record_id}
    resolved: set[tuple[str, str]] = set()
    for part in slices(sorted(set(cases_of.values())), _CASES):
        case = cases(scope, chosen.evidence_until, pairs=part)
        found = await connection.execute(
            select(case.c.problem_id, case.c.record_id).where(case.c.verdict == Resolution.RESOLVED)
        )
        resolved.update((problem, as_key(record)) for problem, record in found)
    return {number for number, pair in cases_of.items() if pair in resolved}
