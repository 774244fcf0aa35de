"""Who did what, when, on what, with which outcome. Lines are added and read; there is no way to change one.

A durable step writes its line in the transaction of what it did::

    async with database.writing() as transaction:
        ...  # rows of the operation's own
        await write_line(transaction, scope, Line(id=f"purge:{run}", at=..., actor=..., act=...))

The line's ``id`` is its idempotency key: a workflow that is recovered writes it again, and there is still
one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.activity_tables import ACTIVITY
from bot.store.database import Database, insert_into
from bot.store.tables import belongs
from bot.store.values import Scope

SLICE: Final = 1_000
_OLD: Final = {
    "sqlite": "at <= strftime('%Y-%m-%d %H:%M:%f', 'now', '-30 days')",
    "postgresql": "at <= now() - interval '30 days'",
}
"""What the triggers let go."""


class Outcome(StrEnum):
    """How it ended. The value is stored."""

    DONE = "done"
    PARTLY = "partly"
    """Some of it failed."""
    NO_EVIDENCE = "no_evidence"
    """Nothing shows that it worked, and nothing that it did not."""
    STOPPED = "stopped"
    """By somebody, in the middle."""
    FAILED = "failed"
    REFUSED = "refused"
    """Whoever asked may not, or the bot, Slack or Business Central said no."""


class Subject(StrEnum):
    """What an act was about. The value is stored."""

    NOTHING = ""
    PROBLEM = "problem"
    ERROR = "error"
    RUN = "run"
    RULE = "rule"
    PERSON = "person"
    """A person in Slack, by id."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Never put a name, a record or a message into it: it outlives what is forgotten."""

    id: str
    """What makes it one: the run's id with its kind, or an id made when the button was pressed."""
    at: datetime
    actor: str
    """``str`` of a ``bot.operations.actors.Actor``."""
    act: str
    """A ``bot.operations.rights.Act``."""
    outcome: Outcome = Outcome.DONE
    subject_kind: Subject = Subject.NOTHING
    subject: str = ""
    count: int = 0
    facts: Mapping[str, str | int] = field(default_factory=dict)
    """Ids, codes and numbers, such as the key of a failure."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; all of them unless it says otherwise."""

    actor: str = ""
    act: str = ""
    since: datetime | None = None


async def write_line(transaction: AsyncConnection, scope: Scope, line: Line) -> None:
    """Add a line in a transaction that is under way; nothing where its id has one already."""
    await transaction.execute(
        insert_into(transaction, ACTIVITY)
        .values(
            workspace=scope.workspace,
            connection=scope.connection,
            id=line.id,
            at=line.at,
            actor=line.actor,
            act=line.act,
            outcome=line.outcome,
            subject_kind=line.subject_kind,
            subject=line.subject,
            count=line.count,
            facts=dict(line.facts),
        )
        .on_conflict_do_nothing(index_elements=list(ACTIVITY.primary_key))
    )


@dataclass(frozen=True, slots=True)
class ActivityLines:
    """The lines of a connection, newest first."""

    database: Database

    async def add(self, scope: Scope, line: Line) -> None:
        """Add a line in a transaction of its own; nothing where its id has one already."""
        async with self.database.writing() as transaction:
            await write_line(transaction, scope, line)

    async def page(self, scope: Scope, wanted: Wanted, size: int, offset: int = 0) -> Sequence[Line]:
        """At most ``size`` lines, after the ``offset`` newest."""
        query = (
            select(ACTIVITY)
            .where(_fits(scope, wanted))
            .order_by(ACTIVITY.c.at.desc(), ACTIVITY.c.id.desc())
            .limit(size)
            .offset(offset)
        )
        async with self.database.reading() as connection:
            return [_line(row) for row in await connection.execute(query)]

    async def count(self, scope: Scope, wanted: Wanted, most: int) -> int:
        """How many there are, counted up to ``most``."""
        some = select(ACTIVITY.c.id).where(_fits(scope, wanted)).limit(most).subquery()
        async with self.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(some))).scalar_one())

    async def actors(self, scope: Scope, most: int = 500) -> Sequence[str]:
        """Everybody who did something."""
        query = select(ACTIVITY.c.actor).where(belongs(ACTIVITY, scope)).distinct().limit(most)
        async with self.database.reading() as connection:
            return (await connection.execute(query)).scalars().all()

    async def all(self, scope: Scope, wanted: Wanted) -> AsyncIterator[Line]:
        """Every line, newest first, read a slice at a time."""
        older: ColumnElement[bool] | None = None
        while True:
            query = (
                select(ACTIVITY)
                .where(_fits(scope, wanted))
                .order_by(ACTIVITY.c.at.desc(), ACTIVITY.c.id.desc())
                .limit(SLICE)
            )
            async with self.database.reading() as connection:
                rows = (await connection.execute(query if older is None else query.where(older))).all()
            for row in rows:
                yield _line(row)
            if len(rows) < SLICE:
                return
            last = rows[-1]
            older = or_(ACTIVITY.c.at < last.at, and_(ACTIVITY.c.at == last.at, ACTIVITY.c.id < last.id))

    async def let_go(self, until: datetime) -> int:
        """Remove the lines of all connections from before that time; gives how many.

        Those of the last 30 days by the database's own clock it refuses to remove: they stay.
        """
        async with self.database.writing() as transaction:
            old = text(_OLD[transaction.dialect.name])
            gone = await transaction.execute(delete(ACTIVITY).where(ACTIVITY.c.at < until, old))
        return int(gone.rowcount)


def _fits(scope: Scope, wanted: Wanted) -> ColumnElement[bool]:
    conditions = [belongs(ACTIVITY, scope)]
    if wanted.actor:
        conditions.append(ACTIVITY.c.actor == wanted.actor)
    if wanted.act:
        conditions.append(ACTIVITY.c.act == wanted.act)
    if wanted.since is not None:
        conditions.append(ACTIVITY.c.at >= wanted.since)
    return and_(*conditions)


def _line(row: Any) -> Line:
    return Line(
        id=row.id,
        at=row.at,
        actor=row.actor,
        act=row.act,
        outcome=Outcome(row.outcome),
        subject_kind=Subject(row.subject_kind),
        subject=row.subject,
        count=row.count,
        facts=row.facts,
    )
