"""How problems find each other: the record that one awaits is the record that fails in another.

Kept with each page of a pull, in its transaction, so that answers need not look for it: an error whose text
names what it waits for has *ties*, and where a tie meets a failing record there is a row of ``problem_wait``.
What is stored follows from the errors alone, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.bulk import do_nothing, write_and_return
from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.changes import Changes, other_record
from bot.store.columns import as_key
from bot.store.tables import PROBLEM_RECORD, belongs
from bot.store.values import Scope, TieKind

KNOWN_BY_HEART = 2_000
"""Awaited records that are read at once and compared here; of more, only those of the page are asked for."""
_PART = 500
"""Values of one question."""
_BLANK = "{00000000-0000-0000-0000-000000000000}"
"""Key of a row of Dataverse that is not there yet."""


def has_counterpart(other_record_id: str) -> bool:
    """True where the failing record has a record on the other side: then it is coupled already."""
    return bool(other_record_id) and not other_record_id.endswith(_BLANK)


async def keep_ties(connection: AsyncConnection, scope: Scope, changes: Changes) -> None:
    """Store the ties of a page's errors, and who waits for whom now.

    The page's records are counted already (``problem_record``).
    """
    affected = await _add(connection, scope, changes) if changes.ties else set()
    affected |= await _awaiting(connection, scope, changes)
    await settle(connection, scope, affected)


async def settle(connection: AsyncConnection, scope: Scope, problem_ids: Collection[str]) -> None:
    """Find out anew what each of these problems waits for."""
    for part in _parts(sorted(problem_ids)):
        waits = await _waits_of(connection, scope, part)
        await connection.execute(
            delete(PROBLEM_WAIT).where(belongs(PROBLEM_WAIT, scope), PROBLEM_WAIT.c.problem_id.in_(part))
        )
        if waits:
            await connection.execute(insert(PROBLEM_WAIT), waits)


async def settle_all(connection: AsyncConnection, scope: Scope) -> None:
    """The same for every problem that has ties, after errors went from one problem to another."""
    query = select(PROBLEM_TIE.c.problem_id).where(belongs(PROBLEM_TIE, scope)).distinct()
    await settle(connection, scope, {row.problem_id for row in await connection.execute(query)})


async def _add(connection: AsyncConnection, scope: Scope, changes: Changes) -> set[str]:
    """Store the ties that are new; answers whom they concern."""
    rows = {
        (scope.workspace, scope.connection, tie.kind.value, as_key(tie.key), problem_id, as_key(tie.target))
        for (problem_id, _), its in changes.ties.items()
        for tie in its
    }
    new = await write_and_return(connection, PROBLEM_TIE, _TIE_COLUMNS, sorted(rows), do_nothing, _TIE_NEW)
    concerned = {problem_id for kind, _, problem_id in new if kind != TieKind.REFUSES}
    refused = [key for kind, key, _ in new if kind == TieKind.REFUSES]
    for part in _parts(refused):
        concerned |= {row.problem_id for row in await _tied(connection, scope, TieKind.NEEDS, part)}
    return concerned


_TIE_COLUMNS = ("workspace", "connection", "kind", "key", "problem_id", "target")
_TIE_NEW = ("kind", "key", "problem_id")


async def _awaiting(connection: AsyncConnection, scope: Scope, changes: Changes) -> set[str]:
    """Problems that wait for a record of the page, unless it is known that they wait for it there."""
    waiting: dict[str, list[Row[Any]]] = {}
    for row in await _awaited(connection, scope, changes):
        waiting.setdefault(row.key, []).append(row)
    if not waiting:
        return set()
    concerned = set()
    for (problem_id, record_id), tally in changes.records.items():
        for row in waiting.get(record_id, ()):
            there = (problem_id, record_id, not has_counterpart(other_record(tally.latest)))
            if row.problem_id != problem_id and (row.waits_for, row.record_id, row.certain) != there:
                concerned.add(row.problem_id)
    return concerned


async def _awaited(connection: AsyncConnection, scope: Scope, changes: Changes) -> Sequence[Row[Any]]:
    """Everything that is awaited where that is little, else what of the page's records is."""
    mine = and_(belongs(PROBLEM_WAIT, scope), PROBLEM_WAIT.c.problem_id == PROBLEM_TIE.c.problem_id)
    query = (
        select(
            PROBLEM_TIE.c.key,
            PROBLEM_TIE.c.problem_id,
            PROBLEM_WAIT.c.waits_for,
            PROBLEM_WAIT.c.record_id,
            PROBLEM_WAIT.c.certain,
        )
        .select_from(PROBLEM_TIE.outerjoin(PROBLEM_WAIT, mine))
        .where(belongs(PROBLEM_TIE, scope), PROBLEM_TIE.c.kind == TieKind.AWAITS)
    )
    rows: list[Row[Any]] = [*await connection.execute(query.limit(KNOWN_BY_HEART))]
    if len(rows) < KNOWN_BY_HEART:
        return rows
    found: list[Row[Any]] = []
    for part in _parts(sorted({record_id for _, record_id in changes.records})):
        found += [*await connection.execute(query.where(PROBLEM_TIE.c.key.in_(part)))]
    return found


async def _tied(
    connection: AsyncConnection, scope: Scope, kind: TieKind, keys: Sequence[str]
) -> Sequence[Row[Any]]:
    query = select(PROBLEM_TIE).where(
        belongs(PROBLEM_TIE, scope), PROBLEM_TIE.c.kind == kind, PROBLEM_TIE.c.key.in_(keys)
    )
    return (await connection.execute(query)).all()


async def _waits_of(
    connection: AsyncConnection, scope: Scope, problem_ids: Sequence[str]
) -> list[dict[str, object]]:
    """A row of ``problem_wait`` for each of these that waits for another problem."""
    query = select(PROBLEM_TIE).where(belongs(PROBLEM_TIE, scope), PROBLEM_TIE.c.problem_id.in_(problem_ids))
    awaited: dict[str, list[Row[Any]]] = {}
    for tie in await connection.execute(query):
        awaited.setdefault(tie.problem_id, []).append(tie)
    ties = [tie for its in awaited.values() for tie in its]
    there = await _latest(connection, scope, {tie.key for tie in ties if tie.kind == TieKind.AWAITS})
    refusing: dict[str, list[str]] = {}
    for part in _parts(sorted({tie.key for tie in ties if tie.kind == TieKind.NEEDS})):
        for tie in await _tied(connection, scope, TieKind.REFUSES, part):
            refusing.setdefault(tie.key, []).append(tie.problem_id)
    rows = (_wait(problem_id, awaited[problem_id], there, refusing) for problem_id in sorted(awaited))
    of = {"workspace": scope.workspace, "connection": scope.connection}
    return [{**of, **row} for row in rows if row is not None]


def _wait(
    problem_id: str,
    ties: Sequence[Row[Any]],
    there: Mapping[str, Sequence[_Place]],
    refusing: Mapping[str, Sequence[str]],
) -> dict[str, object] | None:
    """For whom a problem waits: where what it awaits failed last. Where it fails nowhere, for whoever keeps
    its whole table from being coupled.

    It is certain where all its errors await that one record and the record has no counterpart yet.
    """
    awaited = [tie for tie in ties if tie.kind == TieKind.AWAITS]
    places = [place for tie in awaited for place in there.get(tie.key, ()) if place.problem_id != problem_id]
    if places:
        best = max(places, key=lambda place: place.weight)
        whole = len({tie.target for tie in awaited}) == 1
        return {
            "problem_id": problem_id,
            "waits_for": best.problem_id,
            "record_id": best.record_id,
            "certain": whole and best.is_uncoupled,
        }
    needed = [tie.key for tie in ties if tie.kind == TieKind.NEEDS]
    others = sorted(one for key in needed for one in refusing.get(key, ()) if one != problem_id)
    if not others:
        return None
    return {"problem_id": problem_id, "waits_for": others[0], "record_id": "", "certain": False}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record fails."""

    problem_id: str
    record_id: str
    is_uncoupled: bool
    last_seen: datetime
    last_number: int

    @property
    def weight(self) -> tuple[datetime, int, str]:
        return (self.last_seen, self.last_number, self.problem_id)


async def _latest(
    connection: AsyncConnection, scope: Scope, records: Collection[str]
) -> Mapping[str, Sequence[_Place]]:
    """Where these records fail."""
    found: dict[str, list[_Place]] = {}
    for part in _parts(sorted(records)):
        query = select(PROBLEM_RECORD).where(
            belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.record_id.in_(part)
        )
        for row in await connection.execute(query):
            place = _Place(
                row.problem_id,
                row.record_id,
                not has_counterpart(row.other_record_id),
                row.last_seen,
                row.last_number,
            )
            found.setdefault(row.record_id, []).append(place)
    return found


def _parts(items: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(items), _PART):
        yield items[start : start + _PART]
