"""What must be told: written with what it tells of, and once however often it is said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Row, select, update

from bot.store import Database
from bot.store.message_tables import OUTBOX, POSTING
from bot.store.outbox import BUNDLED, COUNTED, Outbox, Place, PostingState, Told
from bot.store.values import Scope

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
HERE = Place("C1", language="nl", asked_by="U1")
THERE = Place("C2")
Telling = Callable[[datetime], AbstractAsyncContextManager[Outbox]]


@pytest.fixture
def telling(database: Database, scope: Scope) -> Telling:
    @asynccontextmanager
    async def tell(at: datetime = AT) -> AsyncIterator[Outbox]:
        async with database.writing() as transaction:
            yield Outbox(transaction, scope, at)

    return tell


async def postings(database: Database) -> list[Row[tuple[object, ...]]]:
    async with database.reading() as connection:
        rows = await connection.execute(select(POSTING).order_by(POSTING.c.created_at, POSTING.c.place))
        return list(rows)


async def wishes(database: Database) -> list[tuple[str, str, int, datetime]]:
    async with database.reading() as connection:
        rows = await connection.execute(select(OUTBOX).order_by(OUTBOX.c.due_at, OUTBOX.c.posting))
        return [(row.kind, row.place, row.wishes, row.due_at) for row in rows]


async def test_what_is_rolled_back_is_not_told(database: Database, telling: Telling) -> None:
    async def fail() -> None:
        async with telling(AT) as outbox:
            await outbox.show(Told.PROGRESS, "run", HERE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await postings(database) == []
    assert await wishes(database) == []


async def test_one_message_however_often_it_changes(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        posting = await outbox.show(Told.PROGRESS, "run", HERE)
        assert await outbox.show(Told.PROGRESS, "run", HERE) == posting
    for second in range(5):
        async with telling(AT + timedelta(seconds=second)) as outbox:
            await outbox.tell(Told.PROGRESS, "run")
            await outbox.tell(Told.PROGRESS, "another run")
    assert [row.id for row in await postings(database)] == [posting]
    assert await wishes(database) == [("progress", "C1", 7, AT)]


async def test_a_message_that_is_said_once(database: Database, telling: Telling) -> None:
    for second in range(3):
        async with telling(AT + timedelta(seconds=second)) as outbox:
            progress = await outbox.show(Told.PROGRESS, "run", HERE)
            await outbox.post(Told.RESULT, "run", HERE, below=progress, count=31)
    said = [row for row in await postings(database) if row.kind == Told.RESULT]
    assert [(row.thread_of, row.count, row.state) for row in said] == [(progress, 31, PostingState.WANTED)]


async def test_a_refused_message_is_tried_again_where_somebody_asks_again(
    database: Database, telling: Telling
) -> None:
    async with telling(AT) as outbox:
        posting = await outbox.show(Told.PROBLEM, "p1", HERE)
    async with database.writing() as transaction:
        await transaction.execute(update(POSTING).values(state=PostingState.REFUSED, failure="is_archived"))
    async with telling(AT) as outbox:
        await outbox.tell(Told.PROBLEM, "p1")
        await outbox.note(Told.CLAIMED, "p1")
    assert [wish[2] for wish in await wishes(database)] == [1], "nobody is told of what is nowhere"
    async with telling(AT) as outbox:
        assert await outbox.show(Told.PROBLEM, "p1", Place("C1", asked_by="U2")) == posting
    (row,) = await postings(database)
    assert (row.state, row.failure, row.asked_by) == (PostingState.WANTED, "", "U2")


async def test_what_happens_to_a_problem_is_told_below_each_of_its_cards(
    database: Database, telling: Telling
) -> None:
    async with telling(AT) as outbox:
        cards = {await outbox.show(Told.PROBLEM, "p1", place) for place in (HERE, THERE)}
        await outbox.show(Told.PROBLEM, "p2", HERE)
        for _ in range(2):
            await outbox.note(Told.PURGED, "p1", about="run", actor="slack:U1", count=4)
        await outbox.note(Told.PURGED, "shared nowhere", about="run")
    told = [row for row in await postings(database) if row.kind == Told.PURGED]
    assert {row.thread_of for row in told} == cards
    assert {(row.place, row.language, row.actor, row.count) for row in told} == {
        ("C1", "nl", "slack:U1", 4),
        ("C2", "en", "slack:U1", 4),
    }


async def test_new_errors_are_bundled(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        await outbox.show(Told.PROBLEM, "p1", HERE)
    for second, count in enumerate((2, 3, 4)):
        async with telling(AT + timedelta(seconds=second)) as outbox:
            await outbox.occurred({"p1": count, "p2": 99}, ())
    (line,) = [row for row in await postings(database) if row.kind == Told.OCCURRED]
    assert line.count == 9
    assert ("occurred", "C1", 1, AT + COUNTED) in await wishes(database)

    async with database.writing() as transaction:  # delivered
        await transaction.execute(OUTBOX.delete())
    async with telling(AT + timedelta(minutes=1)) as outbox:
        await outbox.occurred({"p1": 5}, ())
    lines = [row for row in await postings(database) if row.kind == Told.OCCURRED]
    assert [row.count for row in lines] == [9, 5]
    assert ("occurred", "C1", 1, AT + BUNDLED) in await wishes(database)


async def test_a_line_that_is_being_sent_is_not_counted_on(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        await outbox.show(Told.PROBLEM, "p1", HERE)
        await outbox.occurred({"p1": 2}, ())
    async with database.writing() as transaction:
        await transaction.execute(update(OUTBOX).values(begun_at=AT))
    async with telling(AT + timedelta(seconds=30)) as outbox:
        await outbox.occurred({"p1": 3}, ())
    assert [row.count for row in await postings(database) if row.kind == Told.OCCURRED] == [2, 3]


async def test_a_problem_that_came_back(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        await outbox.show(Told.PROBLEM, "p1", HERE)
        await outbox.occurred({"p1": 1}, ("p1", "p2"))
    kinds = sorted(str(row.kind) for row in await postings(database))
    assert kinds == ["occurred", "problem", "recurred"]


async def test_a_successor_takes_the_card_over(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        card = await outbox.show(Told.PROBLEM, "former", HERE)
        await outbox.succeed("former", "successor")
        assert await outbox.show(Told.PROBLEM, "successor", HERE) == card
    told = {(row.kind, row.subject, row.about) for row in await postings(database)}
    assert told == {("problem", "successor", ""), ("superseded", "successor", "former")}


async def test_a_successor_that_has_a_card_there_leaves_the_former_one_alone(
    database: Database, telling: Telling
) -> None:
    async with telling(AT) as outbox:
        await outbox.show(Told.PROBLEM, "former", HERE)
        await outbox.show(Told.PROBLEM, "successor", HERE)
        await outbox.succeed("former", "successor")
    shown = sorted(row.subject for row in await postings(database) if row.kind == Told.PROBLEM)
    assert shown == ["former", "successor"]
    assert {wish[2] for wish in await wishes(database) if wish[0] == Told.PROBLEM} == {2}


async def test_other_workspaces_hear_nothing(database: Database, telling: Telling) -> None:
    async with telling(AT) as outbox:
        await outbox.show(Told.PROBLEM, "p1", HERE)
    async with database.writing() as transaction:
        await Outbox(transaction, Scope("T2", "cronus"), AT).note(Told.CLAIMED, "p1")
        await Outbox(transaction, Scope("T1", "other"), AT).occurred({"p1": 1}, ("p1",))
    assert [row.kind for row in await postings(database)] == [Told.PROBLEM]
