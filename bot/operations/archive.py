"""The archive: what Business Central has no more, found by words and filters, and as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Final

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.filters import Applied, Filters, Query, Understanding
from bot.operations.rights import Act
from bot.operations.views import ConnectionView, ProblemLine
from bot.store import Database
from bot.store.archive import Archive as StoredArchive
from bot.store.archive import Archived
from bot.store.outbox import Outbox, Place, Told
from bot.store.record_names import Names, RecordNames
from bot.store.search import Kept, Narrowing
from bot.store.search_problems import NarrowedProblems
from bot.store.values import Scope

A_PAGE: Final = 8
MOST: Final = 1_000
"""Errors that can be paged through; the file has all."""
MOST_IN_A_FILE: Final = 50_000
"""Rows of a file in Slack; ``syncerrors archive --csv`` writes as many as there are."""

HEADINGS: Final = (
    *("No.", "Logged at (UTC)", "Message", "Source", "Destination", "Mapping", "Direction", "Class"),
    *("Problem", "No longer in Business Central since (UTC)", "Deleted by", "Run"),
)


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """Answer of ``/syncerrors archive``."""

    connection: ConnectionView
    query: Query
    applied: tuple[Applied, ...]
    words: tuple[str, ...]
    rows: tuple[Archived, ...]
    problems: Mapping[str, ProblemLine]
    """Of the rows, by id."""
    total: int
    page: int
    """Zero based."""
    pages: int
    names: Names = field(default_factory=dict)
    """Of the rows' records, those that are known."""

    @property
    def is_capped(self) -> bool:
        """There are more than can be paged through."""
        return self.total > MOST


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """What a file shall hold: the subject of its message in the outbox."""

    asked_at: datetime
    query: Query

    @property
    def subject(self) -> str:
        """All of it as text; the words last, since they may hold anything."""
        filters = [
            (getattr(self.query.filters, name) or "").replace("|", " ")
            for name in Filters.__dataclass_fields__
        ]
        return "|".join(("archive", self.asked_at.isoformat(), *filters, self.query.text))

    @classmethod
    def parse(cls, subject: str) -> ArchiveFile | None:
        """Read it again; None for the subject of another file."""
        names = list(Filters.__dataclass_fields__)
        kind, *parts = subject.split("|", len(names) + 2)
        if kind != "archive" or len(parts) != len(names) + 2:
            return None
        asked_at, *values, text = parts
        filters = Filters(**{name: value or None for name, value in zip(names, values, strict=True)})
        return cls(datetime.fromisoformat(asked_at), Query(typed="", text=text, filters=filters))


@dataclass(frozen=True, slots=True)
class Archive:
    """Answers queries about one connection's archive. Raises FilterUnknown and FilterValueUnknown."""

    database: Database
    ask: Ask
    understanding: Understanding
    activity: Activity
    clock: Clock

    async def show(self, scope: Scope, query: Query, page: int = 0) -> ArchiveView:
        """One page; a page beyond the end becomes the last one."""
        async with self.database.moment():
            narrowing, applied = await self._narrowing(scope, query)
            store = StoredArchive(self.database)
            found = await store.page(
                scope, query.text, narrowing, offset=page * A_PAGE, limit=A_PAGE, most=MOST
            )
            pages = max(1, -(-min(found.total, MOST) // A_PAGE))
            if page >= pages:
                page = pages - 1
                found = await store.page(
                    scope, query.text, narrowing, offset=page * A_PAGE, limit=A_PAGE, most=MOST
                )
            rows = await NarrowedProblems(self.database).by_id(
                scope, sorted({row.problem_id for row in found.rows})
            )
            return ArchiveView(
                connection=await self.ask.connection(scope),
                query=query,
                applied=applied,
                words=found.words,
                rows=found.rows,
                problems={key: self.ask.line(row) for key, row in rows.items()},
                total=found.total,
                page=page,
                pages=pages,
                names=await RecordNames(self.database).known(
                    scope, (row.source_record_id or row.destination_record_id for row in found.rows)
                ),
            )

    async def ask_for_file(self, scope: Scope, actor: Actor, query: Query, place: Place) -> None:
        """Have a file made, sent there, and noted in the activity."""
        now = self.clock.now()
        wanted = ArchiveFile(now, query)
        await self._narrowing(scope, query)  # what is not understood is told now, not in a file
        async with self.database.writing() as transaction:
            await Outbox(transaction, scope, now).post(Told.EXPORT, wanted.subject, place, actor=actor.id)
            deed = Deed(f"archive:{wanted.subject}:{actor}", actor, Act.ARCHIVE_EXPORT)
            await self.activity.write(transaction, scope, deed)

    async def rows(self, scope: Scope, query: Query) -> AsyncIterator[tuple[str | int, ...]]:
        """Every row that was asked for, as ``HEADINGS`` name its values."""
        narrowing, _ = await self._narrowing(scope, query)
        async for row in StoredArchive(self.database).everything(scope, query.text, narrowing):
            yield (
                row.number,
                row.logged_at.isoformat(timespec="seconds"),
                row.message,
                row.source_record_id,
                row.destination_record_id,
                row.mapping,
                row.direction,
                row.class_code,
                row.problem_id,
                row.gone_at.isoformat(timespec="seconds"),
                row.deleted_by,
                row.run or "",
            )

    async def newest(self, scope: Scope, query: Query) -> list[tuple[str | int, ...]]:
        """The newest rows, at most ``MOST_IN_A_FILE``."""
        rows: list[tuple[str | int, ...]] = []
        async for row in self.rows(scope, query):
            rows.append(row)
            if len(rows) >= MOST_IN_A_FILE:
                break
        return rows

    async def _narrowing(self, scope: Scope, query: Query) -> tuple[Narrowing, tuple[Applied, ...]]:
        meaning = await self.understanding.of(scope, query)
        return replace(meaning.narrowing, kept=Kept.HERE_ALONE), meaning.applied
