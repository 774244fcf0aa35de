"""The activity: who did what, when, on what, with which outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.actors import Actor
from bot.operations.rights import Act
from bot.store import Database
from bot.store.activity import ActivityLines, Line, Outcome, Subject, Wanted, write_line
from bot.store.values import Scope

PAGE: Final = 10
COUNTED: Final = 1_000
"""More lines than this are told as more than this."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did. Ids, codes and counts only: the line outlives what people have the bot forget."""

    key: str
    """Idempotency key: the same deed, told again by a recovered workflow, is one line. Begins with its kind,
    as in ``purge:<run>``."""
    actor: Actor
    act: Act
    outcome: Outcome = Outcome.DONE
    subject_kind: Subject = Subject.NOTHING
    subject: str = ""
    count: int = 0
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A page of the list."""

    lines: Sequence[Line]
    page: int
    pages: int
    count: int
    """At most ``COUNTED``, which then means more."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Writes lines and reads them."""

    database: Database
    clock: Clock
    kept: timedelta
    """How long a line is kept."""

    def line(self, deed: Deed) -> Line:
        """The deed as a line of now."""
        return Line(
            id=deed.key,
            at=self.clock.now(),
            actor=str(deed.actor),
            act=deed.act,
            outcome=deed.outcome,
            subject_kind=deed.subject_kind,
            subject=deed.subject,
            count=deed.count,
            facts=deed.facts,
        )

    async def write(self, transaction: AsyncConnection, scope: Scope, deed: Deed) -> None:
        """Add the line in the transaction of what was done (``Database.writing``)."""
        await write_line(transaction, scope, self.line(deed))

    async def add(self, scope: Scope, deed: Deed) -> None:
        """Add the line in a transaction of its own."""
        await ActivityLines(self.database).add(scope, self.line(deed))

    async def page(self, scope: Scope, wanted: Wanted, number: int = 0) -> ActivityPage:
        """A page of what is wanted, newest first; the last one for a number beyond."""
        lines = ActivityLines(self.database)
        async with self.database.moment():
            count = await lines.count(scope, wanted, COUNTED)
            pages = max(1, -(-count // PAGE))
            number = max(0, min(number, pages - 1))
            found = await lines.page(scope, wanted, PAGE, number * PAGE)
        return ActivityPage(found, number, pages, count)

    def all(self, scope: Scope, wanted: Wanted) -> AsyncIterator[Line]:
        """Every line that is wanted, newest first."""
        return ActivityLines(self.database).all(scope, wanted)

    async def let_go(self) -> int:
        """Remove lines whose time has come; gives how many."""
        return await ActivityLines(self.database).let_go(self.clock.now() - self.kept)
