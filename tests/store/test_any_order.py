"""Pages may overlap, come twice and come in any order: what is stored in the end is the same."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Database, Problems, Pulls
from bot.store.values import (
    AffectedRecord,
    ErrorToStore,
    PageToStore,
    ProblemRow,
    ProblemState,
    RawRow,
    Scope,
)
from tests.store.pages_of_errors import READ_AT, START, error, page, problem
from tests.store.whole_store import whole_store

_connections = itertools.count()
PROBLEMS = [problem(name, severity=severity) for name, severity in (("a", 1), ("b", 3), ("c", 3))]


@st.composite
def errors(draw: st.DrawFn) -> list[ErrorToStore]:
    """Errors with few problems, records, mappings and moments, so that they meet often."""
    numbers = draw(st.lists(st.integers(1, 40), min_size=1, max_size=15, unique=True))
    return [
        error(
            number,
            draw(st.sampled_from(PROBLEMS)),
            logged_at=START + timedelta(hours=draw(st.integers(0, 60))),
            source_record_id=draw(st.sampled_from(["", "Customer: 1", "Customer: 2"])),
            destination_record_id=draw(st.sampled_from(["", "CRM Account: 1"])),
            mapping=draw(st.sampled_from(["CUSTOMER", "CONTACT"])),
        )
        for number in numbers
    ]


@st.composite
def pages(draw: st.DrawFn) -> list[PageToStore]:
    """Overlapping pages; a row may be unreadable in one page and read in another."""
    known = draw(errors())
    raws = [RawRow(one.number, "broken", {"number": one.number}) for one in known]
    chosen = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(known), max_size=10), st.lists(st.sampled_from(raws), max_size=3)
            ),
            min_size=1,
            max_size=5,
        )
    )
    return [page(some, broken) for some, broken in chosen]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals=pages(), shuffled=st.randoms(use_true_random=False))
async def test_any_order_stores_the_same(
    database: Database, arrivals: list[PageToStore], shuffled: random.Random
) -> None:
    one, other = (Scope("T1", f"connection {next(_connections)}") for _ in range(2))
    mixed = [*arrivals, *arrivals]
    shuffled.shuffle(mixed)
    await _store(database, one, arrivals)
    await _store(database, other, mixed)

    first, second = await whole_store(database, one), await whole_store(database, other)
    for table in first:
        assert [row[2:] for row in first[table]] == [row[2:] for row in second[table]], table
    assert await Problems(database).page(one, 10, 0) == _expected(arrivals)
    for row in _expected(arrivals):
        assert await Problems(database).affected(one, row.id, 10, 0) == _records(_distinct(arrivals), row.id)
    totals = await Problems(database).totals(one)
    assert totals.unreadable == len(_unread(arrivals))
    assert totals.errors == len(_distinct(arrivals))


async def _store(database: Database, scope: Scope, arrivals: Sequence[PageToStore]) -> None:
    for one in arrivals:
        await Pulls(database).store_page(scope, one, READ_AT)


def _distinct(arrivals: Sequence[PageToStore]) -> list[ErrorToStore]:
    return list({one.number: one for arrived in arrivals for one in arrived.errors}.values())


def _unread(arrivals: Sequence[PageToStore]) -> set[int | None]:
    raws = {row.number for arrived in arrivals for row in arrived.unreadable}
    return raws - {one.number for one in _distinct(arrivals)}


def _record(one: ErrorToStore) -> str:
    return one.source_record_id or one.destination_record_id


def _expected(arrivals: Sequence[PageToStore]) -> tuple[ProblemRow, ...]:
    """The model: the slow and obvious way to the same sums and the same order."""
    distinct = _distinct(arrivals)
    rows = []
    for identity in PROBLEMS:
        mine = sorted(
            (one for one in distinct if one.problem == identity), key=lambda one: (one.logged_at, one.number)
        )
        if mine:
            rows.append(
                ProblemRow(
                    id=identity.id,
                    class_code=identity.class_code,
                    topic=None,
                    params=identity.params,
                    state=ProblemState.OPEN,
                    severity=identity.severity,
                    count=len(mine),
                    records=len({_record(one) for one in mine} - {""}),
                    first_seen=mine[0].logged_at,
                    last_seen=mine[-1].logged_at,
                    example_record=_record(mine[-1]),
                    example_number=mine[-1].number,
                    masked="",
                )
            )
    newest = max((row.last_seen for row in rows), default=START)
    rows.sort(
        key=lambda row: (
            -row.severity,
            row.last_seen < newest - timedelta(hours=24),
            -row.count,
            -row.last_seen.timestamp(),
            row.id,
        )
    )
    return tuple(rows)


def _records(distinct: Sequence[ErrorToStore], problem_id: str) -> tuple[AffectedRecord, ...]:
    mine = sorted(
        (one for one in distinct if one.problem.id == problem_id and _record(one)),
        key=lambda one: (one.logged_at, one.number),
        reverse=True,
    )
    counts = Counter(_record(one) for one in mine)
    latest = {_record(one): one for one in reversed(mine)}
    return tuple(
        AffectedRecord(
            record_id=record,
            other_record_id=one.destination_record_id if one.source_record_id else "",
            table=one.source_table if one.source_record_id else one.destination_table,
            count=counts[record],
            last_seen=one.logged_at,
            last_number=one.number,
        )
        for record, one in sorted(
            latest.items(), key=lambda item: (item[1].logged_at, item[1].number), reverse=True
        )
    )
