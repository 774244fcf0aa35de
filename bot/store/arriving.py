"""Errors that come to a problem from another one: its counters, its records, its own row.

Inside a transaction that holds the connection's row of ``pull_state``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, case, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.columns import as_key
from bot.store.database import insert_into
from bot.store.departing import Moved, Sum, days_of, sums
from bot.store.pages import slices
from bot.store.rule_tables import PROBLEM_SUCCESSION
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, belongs
from bot.store.values import ProblemState, Scope


async def arrive(
    connection: AsyncConnection, scope: Scope, rows: Sequence[Moved], formers: Mapping[str, Row[Any]]
) -> None:
    """Count with the new problems; one that had been superseded lives again."""
    by_problem = sums(rows, lambda row: row.problem.id)
    targets = await stored_problems(connection, scope, by_problem)
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
    for problem_id, one in sorted(by_problem.items()):
        origin = [formers[former] for former in sorted(origins[problem_id]) if former in formers]
        values = _of(scope) | _problem_values(one, origin) | {"records": new_records[problem_id]}
        if problem_id in targets:
            await _add_to_problem(connection, scope, targets[problem_id], one, values)
        else:
            fresh.append(values)
    for some in slices(fresh):
        await connection.execute(insert_into(connection, PROBLEM), some)


def _problem_values(one: Sum[Moved], origin: Sequence[Row[Any]]) -> dict[str, object]:
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
    connection: AsyncConnection, scope: Scope, stored: Row[Any], one: Sum[Moved], alone: Mapping[str, object]
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
        for (problem, mapping, day), (n, gone) in sorted(days_of(rows, lambda row: row.problem.id).items())
    ]
    for part in slices(values):
        await connection.execute(statement, part)


async def _add_records(connection: AsyncConnection, scope: Scope, rows: Sequence[Moved]) -> Counter[str]:
    """Add up by record; answers how many records are new to each problem."""
    named = [row for row in rows if row.record]
    by_record = sums(named, lambda row: (row.problem.id, as_key(row.record)))
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
    for part in slices(sorted(by_record)):
        known = await _known_records(connection, scope, part)
        new.update(problem for problem, record in part if (problem, record) not in known)
        values = [
            {
                **_of(scope),
                "problem_id": problem,
                "record_id": record,
                "other_record_id": by_record[problem, record].latest.other_record,
                "table_number": by_record[problem, record].latest.table,
                "errors": by_record[problem, record].errors,
                "gone": by_record[problem, record].gone,
                "last_seen": by_record[problem, record].latest.logged_at,
                "last_number": by_record[problem, record].latest.number,
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


async def stored_problems(
    connection: AsyncConnection, scope: Scope, ids: Iterable[str]
) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for part in slices(sorted(ids)):
        rows = await connection.execute(
            select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(part))
        )
        found.update((row.id, row) for row in rows)
    return found


def _of(scope: Scope) -> dict[str, object]:
    return {"workspace": scope.workspace, "connection": scope.connection}
