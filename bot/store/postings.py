"""Messages of the bot's own: which are there, which are wanted, and what became of each.

Written by whoever delivers; ``bot.store.outbox`` says what shall be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import Database
from bot.store.message_tables import OUTBOX, POSTING
from bot.store.outbox import LIVING, REWRITTEN, PostingState, Told
from bot.store.tables import belongs
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class StoredPosting:
    """One message; see the columns of ``bot.store.message_tables.Posting``."""

    scope: Scope
    id: str
    kind: Told
    subject: str
    about: str
    place: str
    thread_of: str
    thread_ts: str
    language: str
    asked_by: str
    actor: str
    count: int
    created_at: datetime
    channel: str
    ts: str
    posted_at: datetime | None
    file_id: str
    state: PostingState
    failure: str


@dataclass(frozen=True, slots=True)
class DueWish:
    """A message that is to be written now."""

    scope: Scope
    posting: str
    place: str
    attempts: int


@dataclass(frozen=True, slots=True)
class OpenWish:
    """What is known of a wish while it is delivered."""

    wishes: int
    attempts: int
    begun_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Postings:
    """The messages of every workspace."""

    database: Database

    async def due(self, at: datetime, limit: int) -> tuple[DueWish, ...]:
        """Wishes whose time has come, of all workspaces, oldest first."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                select(OUTBOX)
                .where(OUTBOX.c.due_at <= at)
                .order_by(OUTBOX.c.due_at, OUTBOX.c.created_at, OUTBOX.c.posting)
                .limit(limit)
            )
            return tuple(
                DueWish(Scope(row.workspace, row.connection), row.posting, row.place, row.attempts)
                for row in rows
            )

    async def next_due(self) -> datetime | None:
        """When the next wish will be due; None where nothing is wished for."""
        async with self.database.reading() as connection:
            found = await connection.execute(select(OUTBOX.c.due_at).order_by(OUTBOX.c.due_at).limit(1))
            due: datetime | None = found.scalar_one_or_none()
        return due

    async def under_way(self, at: datetime) -> bool:
        """Whether something is being delivered, or is due."""
        async with self.database.reading() as connection:
            found = await connection.execute(
                select(OUTBOX.c.posting).where(or_(OUTBOX.c.due_at <= at, OUTBOX.c.attempts > 0)).limit(1)
            )
            return found.first() is not None

    async def lease(self, wishes: Sequence[DueWish], until: datetime) -> None:
        """These are being delivered: nobody else needs to begin before ``until``."""
        async with self.database.writing() as transaction:
            for wish in wishes:
                await transaction.execute(
                    update(OUTBOX)
                    .where(belongs(OUTBOX, wish.scope), OUTBOX.c.posting == wish.posting)
                    .where(OUTBOX.c.attempts == wish.attempts)
                    .values(attempts=wish.attempts + 1, due_at=until)
                )

    async def get(self, scope: Scope, posting: str) -> StoredPosting | None:
        """One message."""
        return await self._one(scope, POSTING.c.id == posting)

    async def card_in(self, scope: Scope, problem: str, place: str) -> StoredPosting | None:
        """The card of a problem in a channel: there, or wanted."""
        return await self._one(
            scope,
            POSTING.c.kind == Told.PROBLEM,
            POSTING.c.subject == problem,
            POSTING.c.place == place,
            POSTING.c.state.in_(LIVING),
        )

    async def channels(self, workspace: str, most: int) -> tuple[str, ...]:
        """Channels that the bot's messages are in or were refused by, of all connections; no conversations
        with one person."""
        shown = (*LIVING, PostingState.REFUSED)
        query = (
            select(POSTING.c.place)
            .where(POSTING.c.workspace == workspace, POSTING.c.state.in_(shown))
            .where(or_(POSTING.c.place.startswith("C"), POSTING.c.place.startswith("G")))
            .distinct()
            .order_by(POSTING.c.place)
            .limit(most)
        )
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def places_of(self, scope: Scope, problem: str) -> tuple[str, ...]:
        """The channels that have a card of a problem, or will."""
        query = select(POSTING.c.place).where(
            belongs(POSTING, scope),
            POSTING.c.kind == Told.PROBLEM,
            POSTING.c.subject == problem,
            POSTING.c.state.in_(LIVING),
        )
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query.order_by(POSTING.c.place))).scalars())

    async def wish(self, scope: Scope, posting: str) -> OpenWish | None:
        """What is still wished for; None where everything is delivered."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(
                    select(OUTBOX).where(belongs(OUTBOX, scope), OUTBOX.c.posting == posting)
                )
            ).one_or_none()
        return None if row is None else OpenWish(row.wishes, row.attempts, row.begun_at, row.created_at)

    async def begin(self, scope: Scope, posting: str, at: datetime) -> None:
        """From now on the message may be there although nothing says so."""
        async with self.database.writing() as transaction:
            await transaction.execute(
                update(OUTBOX).where(belongs(OUTBOX, scope), OUTBOX.c.posting == posting).values(begun_at=at)
            )

    async def announce_file(self, scope: Scope, posting: str, file_id: str) -> None:
        """Slack knows the file by that id; it is shown nowhere yet."""
        async with self.database.writing() as transaction:
            await _change(transaction, scope, posting, file_id=file_id)

    async def posted(self, scope: Scope, posting: str, channel: str, ts: str, at: datetime) -> None:
        """It is there."""
        async with self.database.writing() as transaction:
            await _change(
                transaction,
                scope,
                posting,
                channel=channel,
                ts=ts,
                posted_at=at,
                state=PostingState.POSTED,
                failure="",
            )

    async def delivered(self, scope: Scope, posting: str, wishes: int, again_at: datetime) -> None:
        """It shows what was wished for up to ``wishes``; what came meanwhile is due at ``again_at``."""
        async with self.database.writing() as transaction:
            done = await transaction.execute(
                delete(OUTBOX).where(
                    belongs(OUTBOX, scope), OUTBOX.c.posting == posting, OUTBOX.c.wishes <= wishes
                )
            )
            if done.rowcount == 0:
                await _postpone(transaction, scope, posting, again_at)

    async def postpone(self, scope: Scope, posting: str, until: datetime) -> None:
        """Not now."""
        async with self.database.writing() as transaction:
            await _postpone(transaction, scope, posting, until)

    async def lost(self, scope: Scope, posting: str) -> None:
        """It is not there any more, or never was: it is to be posted anew."""
        async with self.database.writing() as transaction:
            await _change(
                transaction,
                scope,
                posting,
                channel="",
                ts="",
                posted_at=None,
                file_id="",
                state=PostingState.WANTED,
            )
            await transaction.execute(
                update(OUTBOX)
                .where(belongs(OUTBOX, scope), OUTBOX.c.posting == posting)
                .values(begun_at=None)
            )

    async def refuse(self, scope: Scope, posting: str, failure: str) -> None:
        """It cannot be there, and nobody tries again until somebody asks again."""
        async with self.database.writing() as transaction:
            await _change(transaction, scope, posting, state=PostingState.REFUSED, failure=failure)
            await transaction.execute(
                delete(OUTBOX).where(belongs(OUTBOX, scope), OUTBOX.c.posting == posting)
            )

    async def forget_said(self, before: datetime) -> int:
        """Forget messages that are said once and were so before that time; returns how many.

        What is rewritten in place is kept: it is the only way back to the message.
        """
        async with self.database.writing() as transaction:
            gone = await transaction.execute(
                delete(POSTING).where(POSTING.c.kind.not_in(REWRITTEN), POSTING.c.posted_at < before)
            )
        return int(gone.rowcount)

    async def _one(self, scope: Scope, *conditions: Any) -> StoredPosting | None:
        async with self.database.reading() as connection:
            row = (
                await connection.execute(select(POSTING).where(belongs(POSTING, scope), *conditions).limit(1))
            ).one_or_none()
        return None if row is None else _posting(row)


async def _change(transaction: AsyncConnection, scope: Scope, posting: str, **values: object) -> None:
    await transaction.execute(
        update(POSTING).where(belongs(POSTING, scope), POSTING.c.id == posting).values(**values)
    )


async def _postpone(transaction: AsyncConnection, scope: Scope, posting: str, until: datetime) -> None:
    await transaction.execute(
        update(OUTBOX)
        .where(belongs(OUTBOX, scope), OUTBOX.c.posting == posting)
        .values(due_at=until, attempts=0)
    )


def _posting(row: Row[Any]) -> StoredPosting:
    return StoredPosting(
        scope=Scope(row.workspace, row.connection),
        id=row.id,
        kind=Told(row.kind),
        subject=row.subject,
        about=row.about,
        place=row.place,
        thread_of=row.thread_of,
        thread_ts=row.thread_ts,
        language=row.language,
        asked_by=row.asked_by,
        actor=row.actor,
        count=row._mapping["count"],
        created_at=row.created_at,
        channel=row.channel,
        ts=row.ts,
        posted_at=row.posted_at,
        file_id=row.file_id,
        state=PostingState(row.state),
        failure=row.failure,
    )
