"""Lines of activity: each written once, none changed, none gone before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from bot.store import Database
from bot.store.activity import SLICE, ActivityLines, Line, Outcome, Subject, Wanted, write_line
from bot.store.activity_tables import ACTIVITY
from bot.store.values import Scope

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ALL = Wanted()
FAR = datetime(9000, 1, 1, tzinfo=UTC)


def line(key: str, minutes: int = 0, **changes: object) -> Line:
    made = Line(id=key, at=AT + timedelta(minutes=minutes), actor="slack:U0KIM", act="retry")
    return replace(made, **changes)  # type: ignore[arg-type]


async def keys(database: Database, scope: Scope, wanted: Wanted = ALL) -> list[str]:
    return [found.id async for found in ActivityLines(database).all(scope, wanted)]


async def test_a_line_comes_back_as_it_was_written(database: Database, scope: Scope) -> None:
    written = line(
        "purge:1",
        outcome=Outcome.PARTLY,
        subject_kind=Subject.RUN,
        subject="1",
        count=31,
        facts={"failure": "source.throttled", "left": 3},
    )
    await ActivityLines(database).add(scope, written)
    assert await ActivityLines(database).page(scope, Wanted(), 10) == [written]


async def test_what_is_told_twice_is_one_line(database: Database, scope: Scope) -> None:
    lines = ActivityLines(database)
    await lines.add(scope, line("retry:1", count=1))
    await lines.add(scope, line("retry:1", minutes=5, count=2))
    (kept,) = await lines.page(scope, Wanted(), 10)
    assert (kept.at, kept.count) == (AT, 1)


async def test_a_line_goes_with_the_transaction_of_what_was_done(database: Database, scope: Scope) -> None:
    async def broken() -> None:
        async with database.writing() as transaction:
            await write_line(transaction, scope, line("retry:1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert await keys(database, scope) == []


@pytest.mark.parametrize("statement", [update(ACTIVITY).values(actor="slack:U0ELSE"), delete(ACTIVITY)])
async def test_the_database_itself_refuses_changes(
    database: Database, scope: Scope, statement: object
) -> None:
    await ActivityLines(database).add(scope, line("a", at=FAR))
    with pytest.raises(DBAPIError, match="lines of activity"):
        async with database.writing() as transaction:
            await transaction.execute(statement)  # type: ignore[call-overload]
    assert await keys(database, scope) == ["a"]


async def test_lines_whose_time_has_come_are_let_go_and_no_others(database: Database, scope: Scope) -> None:
    lines = ActivityLines(database)
    await lines.add(scope, line("old"))
    await lines.add(scope, line("not so old", minutes=9))
    await lines.add(scope, line("new", at=FAR))
    assert await lines.let_go(AT + timedelta(minutes=5)) == 1
    assert await keys(database, scope) == ["new", "not so old"]
    # Whatever the process takes the time for: the database goes by its own clock.
    assert await lines.let_go(FAR + timedelta(days=100)) == 1
    assert await keys(database, scope) == ["new"]


async def test_lines_are_found_by_person_act_and_time(database: Database, scope: Scope) -> None:
    lines = ActivityLines(database)
    await lines.add(scope, line("a", 0))
    await lines.add(scope, line("b", 1, actor="shell:kim"))
    await lines.add(scope, line("c", 2, act="claim"))
    await lines.add(Scope(scope.workspace, "elsewhere"), line("d", 3))
    assert await keys(database, scope) == ["c", "b", "a"]
    assert await keys(database, scope, Wanted(actor="slack:U0KIM")) == ["c", "a"]
    assert await keys(database, scope, Wanted(act="retry", since=AT + timedelta(minutes=1))) == ["b"]
    assert await lines.count(scope, Wanted(), 2) == 2
    assert [found.id for found in await lines.page(scope, Wanted(), 1, 1)] == ["b"]


async def test_every_line_is_read_however_many_there_are(database: Database, scope: Scope) -> None:
    many = SLICE + 5
    async with database.writing() as transaction:
        for number in range(many):
            await write_line(transaction, scope, line(f"{number:05d}", number // 700))
    assert len(set(await keys(database, scope))) == many
