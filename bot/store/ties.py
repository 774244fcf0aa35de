"""How problems find each other: the record that one awaits is the record that fails in another.

Kept with each page of a pull, in its transaction, so that answers need not look for it: an error whose text
names what it waits for has *ties*, and where a tie meets a failing record there is a row of ``problem_wait``.
What is stored follows from the errors alone, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.changes import Changes, Tally, other_record
from bot.store.columns import as_key
from bot.store.database import insert_into
from bot.store.tables import PROBLEM_RECORD, belongs
from bot.store.values import Scope, TieKind

T = TypeVar("T")

KNOWN_BY_HEART = 1_000
"""Ties that are read at once and compared here; of more, only those of the page's records are asked for."""
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
    known = await _known(connection, scope)
    is_all = known is not None
    added = await _add(connection, scope, changes, known) if changes.ties else set()
    if known is None:
        known = await _awaited_among(connection, scope, changes)
    affected = _awaiting(changes, known)
    if added or not is_all:
        await settle(connection, scope, affected | added)
    else:
        await _settle(connection, scope, [row for row in known if row.problem_id in affected])


async def settle(connection: AsyncConnection, scope: Scope, problem_ids: Collection[str]) -> None:
    """Find out anew what each of these problems waits for."""
    for part in _parts(sorted(problem_ids)):
        ties = await connection.execute(_ties(scope).where(PROBLEM_TIE.c.problem_id.in_(part)))
        await _settle(connection, scope, [*ties])


async def settle_all(connection: AsyncConnection, scope: Scope) -> None:
    """The same for every problem that has ties, after errors went from one problem to another."""
    query = select(PROBLEM_TIE.c.problem_id).where(belongs(PROBLEM_TIE, scope)).distinct()
    await settle(connection, scope, {row.problem_id for row in await connection.execute(query)})


async def _known(connection: AsyncConnection, scope: Scope) -> list[Row[Any]] | None:
    """All ties of the connection, each with what its problem waits for; None where there are many."""
    rows = await connection.execute(_ties(scope).limit(KNOWN_BY_HEART))
    known = [*rows]
    return known if len(known) < KNOWN_BY_HEART else None


async def _awaited_among(connection: AsyncConnection, scope: Scope, changes: Changes) -> list[Row[Any]]:
    """The same of the page's records, where somebody awaits them."""
    found: list[Row[Any]] = []
    for part in _parts(sorted({record_id for _, record_id in changes.records})):
        query = _ties(scope).where(PROBLEM_TIE.c.kind == TieKind.AWAITS, PROBLEM_TIE.c.key.in_(part))
        found += [*await connection.execute(query)]
    return found


def _ties(scope: Scope) -> Select[*tuple[Any, ...]]:
    mine = and_(belongs(PROBLEM_WAIT, scope), PROBLEM_WAIT.c.problem_id == PROBLEM_TIE.c.problem_id)
    columns = (*(PROBLEM_TIE.c[name] for name in _TIE), *(PROBLEM_WAIT.c[name] for name in _WAIT))
    query = select(*columns).select_from(PROBLEM_TIE.outerjoin(PROBLEM_WAIT, mine))
    return query.where(belongs(PROBLEM_TIE, scope))


_TIE = ("kind", "key", "problem_id", "target")
_WAIT = ("waits_for", "record_id", "certain")


async def _add(
    connection: AsyncConnection, scope: Scope, changes: Changes, known: Sequence[Row[Any]] | None
) -> set[str]:
    """Store the ties that are new; answers whom they concern."""
    stored = {(row.kind, row.key, row.problem_id, row.target) for row in known or ()}
    fresh = {
        tie
        for (problem_id, _), its in changes.ties.items()
        for one in its
        if (tie := (one.kind.value, as_key(one.key), problem_id, as_key(one.target))) not in stored
    }
    of = {"workspace": scope.workspace, "connection": scope.connection}
    statement = insert_into(connection, PROBLEM_TIE).on_conflict_do_nothing()
    returning = statement.returning(*(PROBLEM_TIE.c[name] for name in _TIE))
    new: list[tuple[Any, ...]] = []
    for part in _parts(sorted(fresh)):
        rows = [{**of, **dict(zip(_TIE, tie, strict=True))} for tie in part]
        new += [tuple(row) for row in await connection.execute(returning, rows)]
    concerned = {problem_id for kind, _, problem_id, _ in new if kind != TieKind.REFUSES}
    refused = [key for kind, key, _, _ in new if kind == TieKind.REFUSES]
    for keys in _parts(refused):
        concerned |= {row.problem_id for row in await _tied(connection, scope, TieKind.NEEDS, keys)}
    return concerned


def _awaiting(changes: Changes, known: Iterable[Row[Any]]) -> set[str]:
    """Problems that wait for a record of the page, unless it is known that they wait for it there.

    Where the page's latest failure of the record is where it failed last before, that has not changed.
    """
    waiting: dict[str, list[Row[Any]]] = {}
    for row in known:
        if row.kind == TieKind.AWAITS:
            waiting.setdefault(row.key, []).append(row)
    if not waiting:
        return set()
    failing: dict[str, list[tuple[str, Tally]]] = {}
    for (problem_id, record_id), tally in changes.records.items():
        if record_id in waiting:
            failing.setdefault(record_id, []).append((problem_id, tally))
    return {
        row.problem_id
        for record_id, places in failing.items()
        for row in waiting[record_id]
        if _is_news(row, record_id, [place for place in places if place[0] != row.problem_id])
    }


def _is_news(row: Row[Any], record_id: str, places: Sequence[tuple[str, Tally]]) -> bool:
    if not places:
        return False
    problem_id, tally = max(places, key=lambda place: (*place[1].age, place[0]))
    uncoupled = not has_counterpart(other_record(tally.latest))
    return (row.waits_for, row.record_id) != (problem_id, record_id) or row.certain != uncoupled


async def _tied(
    connection: AsyncConnection, scope: Scope, kind: TieKind, keys: Sequence[str]
) -> Sequence[Row[Any]]:
    query = select(PROBLEM_TIE).where(
        belongs(PROBLEM_TIE, scope), PROBLEM_TIE.c.kind == kind, PROBLEM_TIE.c.key.in_(keys)
    )
    return (await connection.execute(query)).all()


async def _settle(connection: AsyncConnection, scope: Scope, ties: Sequence[Row[Any]]) -> None:
    """Store what problems wait for; ``ties`` are all of theirs."""
    if not ties:
        return
    its: dict[str, list[Row[Any]]] = {}
    for tie in ties:
        its.setdefault(tie.problem_id, []).append(tie)
    there = await _failing(connection, scope, {tie.key for tie in ties if tie.kind == TieKind.AWAITS})
    refusing: dict[str, list[str]] = {}
    needed = {
        tie.key for tie in ties if tie.kind == TieKind.NEEDS and not _places(its[tie.problem_id], there)
    }
    for part in _parts(sorted(needed)):
        for tie in await _tied(connection, scope, TieKind.REFUSES, part):
            refusing.setdefault(tie.key, []).append(tie.problem_id)
    waits = {problem_id: _wait(problem_id, its[problem_id], there, refusing) for problem_id in sorted(its)}
    of = {"workspace": scope.workspace, "connection": scope.connection}
    if rows := [{**of, **wait} for wait in waits.values() if wait is not None]:
        statement = insert_into(connection, PROBLEM_WAIT)
        changed = {name: statement.excluded[name] for name in _WAIT}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=list(PROBLEM_WAIT.primary_key), set_=changed), rows
        )
    ended = [
        problem_id for problem_id, wait in waits.items() if wait is None and its[problem_id][0].waits_for
    ]
    if ended:
        await connection.execute(
            delete(PROBLEM_WAIT).where(belongs(PROBLEM_WAIT, scope), PROBLEM_WAIT.c.problem_id.in_(ended))
        )


def _places(ties: Sequence[Row[Any]], there: Mapping[str, Sequence[_Place]]) -> list[_Place]:
    """Where what a problem awaits fails, itself left out."""
    return [
        place
        for tie in ties
        if tie.kind == TieKind.AWAITS
        for place in there.get(tie.key, ())
        if place.problem_id != tie.problem_id
    ]


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


async def _failing(
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


def _parts(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), _PART):
        yield items[start : start + _PART]
