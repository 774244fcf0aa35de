"""Writing one page of a pull, inside the transaction of ``Pulls.store_page``.

The caller holds the connection's row of ``pull_state``, so nobody else writes errors of this connection now.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, case, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.bulk import Upsert, write_bound, write_counting_new
from bot.store.changes import Changes, failing_record, failing_table, other_record
from bot.store.columns import as_key, json_text
from bot.store.database import insert_into
from bot.store.days import widen_days
from bot.store.readying import ERROR_COLUMNS, SLICE, Part, ReadyPage, parts_of
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, RAW_ROW, SYNC_ERROR, belongs
from bot.store.ties import keep_ties
from bot.store.values import ErrorToStore, ProblemState, RawRow, Scope

DEEPEST = 40
"""Levels of nesting kept of an unreadable row; deeper ones could not be read back."""
_BIGGEST = 2**63 - 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrorsAdded:
    """What became of a page's errors; those that were stored already are in neither."""

    fresh: tuple[ErrorToStore, ...]
    conflicting: int


@dataclass(frozen=True, slots=True)
class ProblemsTouched:
    """Problems that a page brought into being or back to life."""

    new: tuple[str, ...]
    reopened: tuple[str, ...]


async def add_errors(connection: AsyncConnection, scope: Scope, ready: ReadyPage) -> ErrorsAdded:
    """Insert the errors that are not stored yet.

    Whatever contradicts a stored number or id is left out and counted. Asking by number alone is on purpose:
    a PostgreSQL that has no statistics yet would answer a question for many ids through the first two columns
    of the primary key, that is by reading the whole connection.
    """
    errors = ready.page.errors
    ids = await _stored_ids(connection, scope, [error.number for error in errors])
    candidates: list[ErrorToStore] = []
    conflicting = 0
    for error in errors:
        stored_id = ids.get(error.number)
        if stored_id is None:
            ids[error.number] = as_key(error.id)
            candidates.append(error)
        elif stored_id != as_key(error.id):
            conflicting += 1
    parts = (
        ready.parts
        if len(candidates) == len(errors)
        else parts_of(scope, candidates, ready.page.catalogue_version, connection.dialect)
    )
    fresh: list[ErrorToStore] = []
    for part in parts:
        fresh.extend(await _insert(connection, scope, part))
    return ErrorsAdded(tuple(fresh), conflicting + len(candidates) - len(fresh))


async def _insert(connection: AsyncConnection, scope: Scope, part: Part) -> Sequence[ErrorToStore]:
    """Insert errors whose numbers are free; answers those whose ids were free, too."""
    if await write_bound(connection, SYNC_ERROR, ERROR_COLUMNS, part.bound) == len(part.errors):
        return part.errors
    stored = await _stored_ids(connection, scope, [error.number for error in part.errors])
    return [error for error in part.errors if error.number in stored]


async def _stored_ids(connection: AsyncConnection, scope: Scope, numbers: Sequence[int]) -> dict[int, str]:
    """Id of each of these numbers that is stored."""
    found: dict[int, str] = {}
    highest = await connection.scalar(select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope)))
    for part in slices([number for number in numbers if number <= (highest or 0)]):
        rows = await connection.execute(
            select(SYNC_ERROR.c.number, SYNC_ERROR.c.id).where(
                belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number.in_(part)
            )
        )
        found.update((row.number, row.id) for row in rows)
    return found


async def count_up(connection: AsyncConnection, scope: Scope, changes: Changes) -> ProblemsTouched:
    """Add the increments of a page to its problems.

    A problem with an error that was logged after it was marked as fixed is open again.
    """
    if not changes.problems:
        return ProblemsTouched((), ())
    await _count_days(connection, scope, changes)
    await widen_days(connection, scope, changes.days)
    new_records = await _count_records(connection, scope, changes)
    states = await _states(connection, scope, sorted(changes.problems))
    await _count_problems(connection, scope, changes, new_records)
    await keep_ties(connection, scope, changes)
    return ProblemsTouched(
        new=tuple(problem_id for problem_id in changes.problems if problem_id not in states),
        reopened=tuple(
            problem_id
            for problem_id, tally in changes.problems.items()
            if problem_id in states and _contradicts(states[problem_id], tally.latest.logged_at)
        ),
    )


def _contradicts(stored: Any, logged_at: datetime) -> bool:
    """Whether it was marked as fixed before an error was logged at that time."""
    return stored.state == ProblemState.FIXED and (stored.decided_at is None or logged_at > stored.decided_at)


async def _states(connection: AsyncConnection, scope: Scope, problem_ids: Sequence[str]) -> dict[str, Any]:
    states: dict[str, Any] = {}
    for part in slices(problem_ids):
        rows = await connection.execute(
            select(PROBLEM.c.id, PROBLEM.c.state, PROBLEM.c.decided_at)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(part))
            .order_by(PROBLEM.c.id)
            .with_for_update()
        )
        states.update((row.id, row) for row in rows)
    return states


async def _count_days(connection: AsyncConnection, scope: Scope, changes: Changes) -> None:
    statement = insert_into(connection, PROBLEM_COUNTER)
    statement = statement.on_conflict_do_update(
        index_elements=list(PROBLEM_COUNTER.primary_key),
        set_={"errors": PROBLEM_COUNTER.c.errors + statement.excluded.errors},
    )
    rows = [
        {**_of(scope), "problem_id": problem_id, "mapping": mapping, "day": day, "errors": count}
        for (problem_id, mapping, day), count in changes.counters.items()
    ]
    for part in slices(rows):
        await connection.execute(statement, part)


async def _count_records(connection: AsyncConnection, scope: Scope, changes: Changes) -> Mapping[str, int]:
    """Add up by record; answers how many records are new to each problem."""
    rows = [
        (
            scope.workspace,
            scope.connection,
            problem_id,
            record_id,
            other_record(tally.latest),
            failing_table(tally.latest),
            tally.count,
            tally.latest.logged_at,
            tally.latest.number,
        )
        for (problem_id, record_id), tally in changes.records.items()
    ]
    new: Counter[str] = Counter()
    for part in slices(rows):
        new.update(
            await write_counting_new(
                connection, PROBLEM_RECORD, _RECORD_COLUMNS, part, _add_to_record, "problem_id"
            )
        )
    return new


_RECORD_COLUMNS = (
    *("workspace", "connection", "problem_id", "record_id", "other_record_id", "table_number"),
    *("errors", "last_seen", "last_number"),
)


def _add_to_record(statement: Upsert) -> Upsert:
    newer = _newer(statement, PROBLEM_RECORD, "last_number")
    return statement.on_conflict_do_update(
        index_elements=list(PROBLEM_RECORD.primary_key),
        set_={
            "errors": PROBLEM_RECORD.c.errors + statement.excluded.errors,
            **{
                name: case((newer, statement.excluded[name]), else_=PROBLEM_RECORD.c[name])
                for name in ("other_record_id", "table_number", "last_seen", "last_number")
            },
        },
    )


async def _count_problems(
    connection: AsyncConnection, scope: Scope, changes: Changes, new_records: Mapping[str, int]
) -> None:
    statement = insert_into(connection, PROBLEM)
    excluded = statement.excluded
    newer = _newer(statement, PROBLEM, "example_number")
    earlier = excluded.first_seen < PROBLEM.c.first_seen
    still_fixed = and_(PROBLEM.c.state == ProblemState.FIXED, excluded.last_seen <= PROBLEM.c.decided_at)
    upsert = statement.on_conflict_do_update(
        index_elements=list(PROBLEM.primary_key),
        set_={
            "errors": PROBLEM.c.errors + excluded.errors,
            "records": PROBLEM.c.records + excluded.records,
            "state": case((still_fixed, ProblemState.FIXED), else_=ProblemState.OPEN),
            "severity": excluded.severity,
            "first_seen": case((earlier, excluded.first_seen), else_=PROBLEM.c.first_seen),
            **{
                name: case((newer, excluded[name]), else_=PROBLEM.c[name])
                for name in ("last_seen", "example_number", "example_record")
            },
        },
    )
    rows = [
        {
            **_of(scope),
            "id": problem_id,
            "class_code": tally.identity.class_code,
            "topic": tally.identity.topic,
            "params": tally.identity.params,
            "masked": tally.identity.masked,
            "severity": tally.identity.severity,
            "state": ProblemState.OPEN,
            "errors": tally.count,
            "records": new_records[problem_id],
            "first_seen": tally.first_seen,
            "last_seen": tally.latest.logged_at,
            "example_number": tally.latest.number,
            "example_record": failing_record(tally.latest),
        }
        for problem_id, tally in changes.problems.items()
    ]
    for part in slices(rows):
        await connection.execute(upsert, part)


def _newer(statement: sqlite.Insert | postgresql.Insert, table: Table, number: str) -> ColumnElement[bool]:
    """Condition: what is being written comes from a later error than what is stored."""
    return tuple_(statement.excluded.last_seen, statement.excluded[number]) > tuple_(
        table.c.last_seen, table.c[number]
    )


async def keep_unreadable(
    connection: AsyncConnection, scope: Scope, rows: Sequence[RawRow], at: datetime
) -> int:
    """Keep what could not be understood, each row once; answers how many are new.

    A row whose number is stored as an error has been understood meanwhile and is not kept.
    """
    numbers = [number for row in rows if (number := _storable_number(row.number)) is not None]
    understood = await _stored_ids(connection, scope, numbers)
    by_digest = {
        values["digest"]: values
        for row in rows
        if row.number not in understood
        for values in [_raw_values(scope, row, at)]
    }
    statement = insert_into(connection, RAW_ROW).on_conflict_do_nothing().returning(RAW_ROW.c.digest)
    kept = 0
    for part in slices(list(by_digest.values())):
        kept += len((await connection.execute(statement, part)).all())
    return kept


async def drop_understood(connection: AsyncConnection, scope: Scope, errors: Sequence[ErrorToStore]) -> int:
    """Forget unreadable rows of numbers that could be read now; answers how many."""
    dropped = 0
    for part in slices(errors):
        gone = await connection.execute(
            delete(RAW_ROW).where(
                and_(belongs(RAW_ROW, scope), RAW_ROW.c.number.in_([error.number for error in part]))
            )
        )
        dropped += gone.rowcount
    return dropped


def _raw_values(scope: Scope, row: RawRow, at: datetime) -> dict[str, object]:
    raw = {str(key): _shallow(value, DEEPEST) for key, value in row.raw.items()}
    number = _storable_number(row.number)
    return {
        **_of(scope),
        "digest": hashlib.sha256(f"{number} {json_text(raw)}".encode()).hexdigest(),
        "number": number,
        "reason": row.reason,
        "raw": raw,
        "seen_at": at,
    }


def _storable_number(number: int | None) -> int | None:
    """The number where a 64-bit column takes it."""
    return number if number is not None and abs(number) <= _BIGGEST else None


def _shallow(value: object, levels: int) -> object:
    """The value with string keys and an ellipsis in place of whatever is nested deeper than that."""
    if isinstance(value, Mapping):
        return {str(key): _shallow(item, levels - 1) for key, item in value.items()} if levels else "…"
    if isinstance(value, list | tuple):
        return [_shallow(item, levels - 1) for item in value] if levels else "…"
    return value


def _of(scope: Scope) -> dict[str, object]:
    return {"workspace": scope.workspace, "connection": scope.connection}


def slices(items: Sequence[T], size: int = SLICE) -> Iterator[Sequence[T]]:
    """The items in parts of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
