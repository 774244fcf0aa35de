"""Errors that belong to another problem since they were diagnosed anew: counters, records, successors.

Inside a transaction that holds the connection's row of ``pull_state``. What is added up is exact at once.
Which errors are the oldest and the latest of a problem that lost some is looked up by ``settle`` once the run
is through, since there is no index for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Table, and_, bindparam, case, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.changes import Changes
from bot.store.columns import as_key
from bot.store.database import insert_into
from bot.store.outbox import Outbox
from bot.store.pages import SLICE, slices
from bot.store.succession import living
from bot.store.tables import (
    FORMER_ERROR,
    PROBLEM,
    PROBLEM_COUNTER,
    PROBLEM_RECORD,
    PROBLEM_SUCCESSION,
    SYNC_ERROR,
    belongs,
)
from bot.store.ties import keep_ties
from bot.store.values import Params, ProblemIdentity, ProblemState, Scope, Tie

Key = TypeVar("Key")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One error that its problem is to count no more."""

    number: int
    logged_at: datetime
    former: str
    record: str
    """The failing record, as it came; empty where the error names none."""
    other_record: str
    table: int
    mapping: str
    gone: bool

    @property
    def day(self) -> date:
        return self.logged_at.astimezone(UTC).date()

    @property
    def age(self) -> tuple[datetime, int]:
        """Orders errors of a problem: the greatest is its latest."""
        return self.logged_at, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Leaving):
    """One error on its way from a problem to another."""

    problem: ProblemIdentity


Counted = TypeVar("Counted", bound=Leaving)


@dataclass(slots=True)
class _Sum(Generic[Counted]):
    """Errors that are counted together, with the latest of them."""

    latest: Counted
    first_seen: datetime
    errors: int = 0
    gone: int = 0

    def add(self, one: Counted) -> None:
        self.errors += 1
        self.gone += one.gone
        self.first_seen = min(self.first_seen, one.logged_at)
        if one.age > self.latest.age:
            self.latest = one


async def move(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved], outbox: Outbox) -> None:
    """Count errors with their new problems and no more with their former ones.

    A former problem that has none left points at the one that most of its errors went to, which takes over
    who looks after it and the messages about it. The errors' own rows are the caller's.
    """
    if not rows:
        return
    formers = await _stored(connection, scope, {row.former for row in rows})
    await _add(connection, scope, rows, formers)
    await take(connection, scope, rows)
    await _note_successions(connection, scope, rows)
    for former in sorted(formers):
        await _supersede_or_unsettle(connection, scope, former, outbox)


TiesOf = Callable[[str, str | None, Params], tuple[Tie, ...]]
"""The ties of an error by class, topic and params; see ``bot.operations.causes.awaiting``."""


async def settle(connection: AsyncConnection, scope: Scope, problem_id: str, ties_of: TiesOf) -> None:
    """Look up again what a problem's oldest and latest errors are, for itself and for each record, and what
    its errors wait for.

    Reads the errors of the connection once, a slice at a time.
    """
    here = (belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.problem_id == problem_id)
    await connection.execute(update(PROBLEM_RECORD).where(*here).values(last_seen=_LONG_AGO, last_number=-1))
    await forget_ties(connection, scope, problem_id)
    found = select(PROBLEM.c.class_code).where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
    class_code = (await connection.execute(found)).scalar_one()
    ties: set[Tie] = set()
    first_seen: datetime | None = None
    latest: Row[Any] | None = None
    for table in (SYNC_ERROR, FORMER_ERROR):
        above: tuple[int, str] | None = None
        while rows := await _errors_of(connection, scope, table, problem_id, above):
            above = (rows[-1].number, rows[-1].id)
            for row in rows:
                first_seen = row.logged_at if first_seen is None else min(first_seen, row.logged_at)
                if latest is None or (row.logged_at, row.number) > (latest.logged_at, latest.number):
                    latest = row
                ties.update(ties_of(class_code, row.topic, row.params))
            await _see_records(connection, scope, problem_id, rows)
    if ties:
        await keep_ties(connection, scope, Changes(ties={(problem_id, 0): tuple(ties)}))
    values: dict[str, object] = {"unsettled": 0}
    if latest is not None:
        record = latest.source_record_id or latest.destination_record_id
        values |= {
            "first_seen": first_seen,
            "last_seen": latest.logged_at,
            "example_number": latest.number,
            "example_record": record,
        }
    await connection.execute(
        update(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id).values(**values)
    )


async def unsettled(connection: AsyncConnection, scope: Scope) -> str | None:
    """A problem that ``settle`` is to look at; None where there is none."""
    found = await connection.execute(
        select(PROBLEM.c.id)
        .where(belongs(PROBLEM, scope), PROBLEM.c.unsettled == 1)
        .order_by(PROBLEM.c.id)
        .limit(1)
    )
    return found.scalar_one_or_none()


async def _errors_of(
    connection: AsyncConnection, scope: Scope, table: Table, problem_id: str, above: tuple[int, str] | None
) -> Sequence[Row[Any]]:
    query = (
        select(
            *(table.c[name] for name in ("number", "id", "logged_at", "source_record_id", "source_table")),
            *(table.c[name] for name in ("destination_record_id", "destination_table", "topic", "params")),
        )
        .where(belongs(table, scope), table.c.problem_id == problem_id)
        .order_by(table.c.number, table.c.id)
        .limit(SLICE)
    )
    if above is not None:
        query = query.where(beyond(table, above))
    return (await connection.execute(query)).all()


def beyond(table: Table, above: tuple[int, str]) -> ColumnElement[bool]:
    """Condition: the row comes behind that number and id. Numbers are unique but among former errors."""
    number, row_id = above
    if table is SYNC_ERROR:
        return table.c.number > number
    return and_(table.c.number >= number, tuple_(table.c.number, table.c.id) > (number, row_id))


async def _see_records(
    connection: AsyncConnection, scope: Scope, problem_id: str, rows: Sequence[Row[Any]]
) -> None:
    latest: dict[str, Row[Any]] = {}
    for row in rows:
        key = as_key(row.source_record_id or row.destination_record_id)
        known = latest.get(key)
        if key and (known is None or (row.logged_at, row.number) > (known.logged_at, known.number)):
            latest[key] = row
    values = [
        {
            "r": key,
            "seen": row.logged_at,
            "at": row.number,
            "other": row.destination_record_id if row.source_record_id else "",
            "tab": row.source_table if row.source_record_id else row.destination_table,
        }
        for key, row in sorted(latest.items())
    ]
    if not values:
        return
    await connection.execute(
        update(PROBLEM_RECORD)
        .where(
            belongs(PROBLEM_RECORD, scope),
            PROBLEM_RECORD.c.problem_id == problem_id,
            PROBLEM_RECORD.c.record_id == bindparam("r"),
            tuple_(PROBLEM_RECORD.c.last_seen, PROBLEM_RECORD.c.last_number)
            < tuple_(
                bindparam("seen", type_=PROBLEM_RECORD.c.last_seen.type),
                bindparam("at", type_=PROBLEM_RECORD.c.last_number.type),
            ),
        )
        .values(
            last_seen=bindparam("seen", type_=PROBLEM_RECORD.c.last_seen.type),
            last_number=bindparam("at", type_=PROBLEM_RECORD.c.last_number.type),
            other_record_id=bindparam("other"),
            table_number=bindparam("tab"),
        ),
        values,
    )


async def _stored(connection: AsyncConnection, scope: Scope, ids: Iterable[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for part in slices(sorted(ids)):
        rows = await connection.execute(
            select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(part))
        )
        found.update((row.id, row) for row in rows)
    return found


async def _add(
    connection: AsyncConnection, scope: Scope, rows: Sequence[Moved], formers: Mapping[str, Row[Any]]
) -> None:
    """Count with the new problems; one that had been superseded lives again."""
    sums = _sums(rows, lambda row: row.problem.id)
    targets = await _stored(connection, scope, sums)
    revived = [key for key, row in targets.items() if row.state == ProblemState.SUPERSEDED]
    for part in slices(revived):
        await connection.execute(
            delete(PROBLEM_SUCCESSION).where(
                belongs(PROBLEM_SUCCESSION, scope), PROBLEM_SUCCESSION.c.problem_id.in_(part)
            )
        )
    await _add_days(connection, scope, rows)
    new_records = await _add_records(connection, scope, rows)
    origins: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        origins[row.problem.id].add(row.former)
    fresh = []
    for problem_id, one in sorted(sums.items()):
        origin = [formers[former] for former in sorted(origins[problem_id]) if former in formers]
        values = _of(scope) | _problem_values(one, origin) | {"records": new_records[problem_id]}
        if problem_id in targets:
            await _add_to_problem(connection, scope, targets[problem_id], one, values)
        else:
            fresh.append(values)
    for some in slices(fresh):
        await connection.execute(insert_into(connection, PROBLEM), some)


def _problem_values(one: _Sum[Moved], origin: Sequence[Row[Any]]) -> dict[str, object]:
    """A problem as these errors alone make it; fixed, where all that they come from is."""
    identity = one.latest.problem
    is_fixed = bool(origin) and all(row.state == ProblemState.FIXED for row in origin)
    decided = origin[0] if is_fixed else None
    return {
        "id": identity.id,
        "class_code": identity.class_code,
        "topic": identity.topic,
        "params": identity.params,
        "masked": identity.masked,
        "severity": identity.severity,
        "state": ProblemState.FIXED if is_fixed else ProblemState.OPEN,
        "errors": one.errors,
        "gone": one.gone,
        "first_seen": one.first_seen,
        "last_seen": one.latest.logged_at,
        "example_number": one.latest.number,
        "example_record": one.latest.record,
        "assignee": "",
        "decided_at": None if decided is None else decided.decided_at,
        "decided_by": "" if decided is None else decided.decided_by,
        "successor": "",
        "unsettled": 0,
    }


async def _add_to_problem(
    connection: AsyncConnection, scope: Scope, stored: Row[Any], one: _Sum[Moved], alone: Mapping[str, object]
) -> None:
    """Add to a problem that is stored. Of a superseded one nothing is left but who looked after it."""
    if stored.state == ProblemState.SUPERSEDED:
        kept = {"workspace", "connection", "id", "assignee"}
        values = {name: value for name, value in alone.items() if name not in kept}
    else:
        values = {
            "errors": PROBLEM.c.errors + one.errors,
            "gone": PROBLEM.c.gone + one.gone,
            "records": PROBLEM.c.records + alone["records"],
            "first_seen": min(stored.first_seen, one.first_seen),
            "severity": alone["severity"],
        }
        if one.latest.age > (stored.last_seen, stored.example_number):
            values |= {name: alone[name] for name in ("last_seen", "example_number", "example_record")}
        if stored.state == ProblemState.FIXED and alone["state"] == ProblemState.OPEN:
            values["state"] = ProblemState.OPEN
    await connection.execute(
        update(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id == stored.id).values(**values)
    )


async def _add_days(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved]) -> None:
    statement = insert_into(connection, PROBLEM_COUNTER)
    statement = statement.on_conflict_do_update(
        index_elements=list(PROBLEM_COUNTER.primary_key),
        set_={name: PROBLEM_COUNTER.c[name] + statement.excluded[name] for name in ("errors", "gone")},
    )
    values = [
        {**_of(scope), "problem_id": problem, "mapping": mapping, "day": day, "errors": n, "gone": gone}
        for (problem, mapping, day), (n, gone) in sorted(_days(rows, lambda row: row.problem.id).items())
    ]
    for part in slices(values):
        await connection.execute(statement, part)


async def _add_records(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved]) -> Counter[str]:
    """Add up by record; answers how many records are new to each problem."""
    named = [row for row in rows if row.record]
    sums = _sums(named, lambda row: (row.problem.id, as_key(row.record)))
    statement = insert_into(connection, PROBLEM_RECORD)
    newer = tuple_(statement.excluded.last_seen, statement.excluded.last_number) > tuple_(
        PROBLEM_RECORD.c.last_seen, PROBLEM_RECORD.c.last_number
    )
    latest = ("other_record_id", "table_number", "last_seen", "last_number")
    statement = statement.on_conflict_do_update(
        index_elements=list(PROBLEM_RECORD.primary_key),
        set_={
            **{name: PROBLEM_RECORD.c[name] + statement.excluded[name] for name in ("errors", "gone")},
            **{
                name: case((newer, statement.excluded[name]), else_=PROBLEM_RECORD.c[name]) for name in latest
            },
        },
    )
    new: Counter[str] = Counter()
    for part in slices(sorted(sums)):
        known = await _known_records(connection, scope, part)
        new.update(problem for problem, record in part if (problem, record) not in known)
        values = [
            {
                **_of(scope),
                "problem_id": problem,
                "record_id": record,
                "other_record_id": sums[problem, record].latest.other_record,
                "table_number": sums[problem, record].latest.table,
                "errors": sums[problem, record].errors,
                "gone": sums[problem, record].gone,
                "last_seen": sums[problem, record].latest.logged_at,
                "last_number": sums[problem, record].latest.number,
            }
            for problem, record in part
        ]
        await connection.execute(statement, values)
    return new


async def _known_records(
    connection: AsyncConnection, scope: Scope, keys: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    by_problem: defaultdict[str, list[str]] = defaultdict(list)
    for problem, record in keys:
        by_problem[problem].append(record)
    known: set[tuple[str, str]] = set()
    for problem, records in by_problem.items():
        rows = await connection.execute(
            select(PROBLEM_RECORD.c.record_id).where(
                belongs(PROBLEM_RECORD, scope),
                PROBLEM_RECORD.c.problem_id == problem,
                PROBLEM_RECORD.c.record_id.in_(records),
            )
        )
        known.update((problem, row.record_id) for row in rows)
    return known


async def take(connection: AsyncConnection, scope: Scope, rows: Sequence[Leaving]) -> None:
    """Count no more with the former problems; what their oldest and latest errors are, ``settle`` finds."""
    days = [
        {"p": problem, "m": mapping, "d": day, "n": n, "g": gone}
        for (problem, mapping, day), (n, gone) in sorted(_days(rows, lambda row: row.former).items())
    ]
    counter = PROBLEM_COUNTER.c
    await _subtract(
        connection,
        PROBLEM_COUNTER,
        and_(
            belongs(PROBLEM_COUNTER, scope),
            counter.problem_id == bindparam("p"),
            counter.mapping == bindparam("m", type_=counter.mapping.type),
            counter.day == bindparam("d"),
        ),
        days,
    )
    sums = _sums([row for row in rows if row.record], lambda row: (row.former, as_key(row.record)))
    records = [
        {"p": problem, "r": record, "n": one.errors, "g": one.gone}
        for (problem, record), one in sorted(sums.items())
    ]
    record = PROBLEM_RECORD.c
    here = and_(
        belongs(PROBLEM_RECORD, scope),
        record.problem_id == bindparam("p"),
        record.record_id == bindparam("r", type_=record.record_id.type),
    )
    await _subtract(connection, PROBLEM_RECORD, here, records)
    formers = sorted({row.former for row in rows})
    dropped: Counter[str] = Counter()
    for part in slices(formers):
        gone = await connection.execute(
            delete(PROBLEM_RECORD)
            .where(belongs(PROBLEM_RECORD, scope), record.problem_id.in_(part), record.errors <= 0)
            .returning(record.problem_id)
        )
        dropped.update(gone.scalars())
        await connection.execute(
            delete(PROBLEM_COUNTER).where(
                belongs(PROBLEM_COUNTER, scope), counter.problem_id.in_(part), counter.errors <= 0
            )
        )
    totals = _sums(rows, lambda row: row.former)
    values = [
        {"p": problem, "n": one.errors, "g": one.gone, "k": dropped[problem]}
        for problem, one in sorted(totals.items())
    ]
    for some in slices(values):
        await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == bindparam("p"))
            .values(
                errors=PROBLEM.c.errors - bindparam("n"),
                gone=PROBLEM.c.gone - bindparam("g"),
                records=PROBLEM.c.records - bindparam("k"),
            ),
            some,
        )


async def _subtract(
    connection: AsyncConnection, table: Table, here: ColumnElement[bool], values: Sequence[dict[str, object]]
) -> None:
    statement = (
        update(table)
        .where(here)
        .values(errors=table.c.errors - bindparam("n"), gone=table.c.gone - bindparam("g"))
    )
    for part in slices(values):
        await connection.execute(statement, part)


async def _note_successions(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved]) -> None:
    statement = insert_into(connection, PROBLEM_SUCCESSION)
    statement = statement.on_conflict_do_update(
        index_elements=list(PROBLEM_SUCCESSION.primary_key),
        set_={"errors": PROBLEM_SUCCESSION.c.errors + statement.excluded.errors},
    )
    counts = Counter((row.former, row.problem.id) for row in rows)
    values = [
        {**_of(scope), "problem_id": former, "successor_id": successor, "errors": count}
        for (former, successor), count in sorted(counts.items())
    ]
    for part in slices(values):
        await connection.execute(statement, part)


async def _supersede_or_unsettle(
    connection: AsyncConnection, scope: Scope, problem_id: str, outbox: Outbox
) -> None:
    here = (belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
    former = (await connection.execute(select(PROBLEM).where(*here))).one()
    if former.errors > 0:
        await connection.execute(update(PROBLEM).where(*here).values(unsettled=1))
        return
    found = await connection.execute(
        select(PROBLEM_SUCCESSION.c.successor_id)
        .where(belongs(PROBLEM_SUCCESSION, scope), PROBLEM_SUCCESSION.c.problem_id == problem_id)
        .order_by(PROBLEM_SUCCESSION.c.errors.desc(), PROBLEM_SUCCESSION.c.successor_id)
        .limit(1)
    )
    successor = await living(connection, scope, found.scalar_one())
    assignee = former.assignee
    if assignee:
        taken = await connection.execute(
            update(PROBLEM)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == successor, PROBLEM.c.assignee == "")
            .values(assignee=assignee)
        )
        assignee = "" if taken.rowcount else assignee
    await connection.execute(
        update(PROBLEM)
        .where(*here)
        .values(
            state=ProblemState.SUPERSEDED,
            successor=successor,
            assignee=assignee,
            errors=0,
            gone=0,
            records=0,
            unsettled=0,
        )
    )
    await forget_ties(connection, scope, problem_id)
    await outbox.succeed(problem_id, successor)


async def forget_ties(connection: AsyncConnection, scope: Scope, problem_id: str) -> None:
    """A problem waits for nothing, and nothing for it, until it is settled."""
    for table in (PROBLEM_TIE, PROBLEM_WAIT):
        await connection.execute(delete(table).where(belongs(table, scope), table.c.problem_id == problem_id))


def _sums(rows: Iterable[Counted], key: Any) -> dict[Any, _Sum[Counted]]:
    sums: dict[Any, _Sum[Counted]] = {}
    for row in rows:
        where = key(row)
        if where not in sums:
            sums[where] = _Sum(row, row.logged_at)
        sums[where].add(row)
    return sums


def _days(rows: Iterable[Leaving], problem: Any) -> dict[tuple[str, str, date], tuple[int, int]]:
    errors: Counter[tuple[str, str, date]] = Counter()
    gone: Counter[tuple[str, str, date]] = Counter()
    for row in rows:
        key = (problem(row), as_key(row.mapping), row.day)
        errors[key] += 1
        gone[key] += row.gone
    return {key: (count, gone[key]) for key, count in errors.items()}


def _of(scope: Scope) -> dict[str, object]:
    return {"workspace": scope.workspace, "connection": scope.connection}
