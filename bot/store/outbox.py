"""The outbox: what must be told, written in the same transaction as what it tells of.

An operation does not post: it says here, with ids and counts, that something is to be told, and
``bot.delivery`` renders it from the store at the moment of delivery. So nothing is told that was rolled back,
nothing that was committed stays untold, and of many changes in a row only the newest state is sent::

    async with database.writing() as transaction:
        ...  # rows of the operation's own
        outbox = Outbox(transaction, scope, clock.now())
        await outbox.show(Told.PROGRESS, run_id, Place("C012ABCDEF", language="nl", asked_by="U012ABCDEF"))

    async with database.writing() as transaction:
        ...  # the run is a step further
        await Outbox(transaction, scope, clock.now()).tell(Told.PROGRESS, run_id)

``show`` makes *one* message for that subject in that place, ``tell`` has it rewritten, about once a second at
most. ``post`` is a message that is said once, ``note`` a line or a file in the thread of each card of a
problem. All of them may be repeated (a durable step that ran twice): the message is the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import insert_into
from bot.store.message_tables import OUTBOX, POSTING
from bot.store.tables import belongs
from bot.store.values import Scope

BUNDLED: Final = timedelta(minutes=15)
"""New errors of a shared problem are told in one line for each such time, not one by one."""
COUNTED: Final = timedelta(seconds=10)
"""After so long the card of a problem says how many errors there are now: a pull writes page after page."""


class Told(StrEnum):
    """Kinds of messages. The value is stored."""

    # Rewritten in place.
    PROBLEM = "problem"
    """A shared problem; subject: its id."""
    PROGRESS = "progress"
    """How far a run is; subject: the run's id."""

    # Said once.
    RESULT = "result"
    """How a run ended; subject: the run's id."""
    EXPORT = "export"
    """A file that somebody asked for; subject: the id of the request."""

    UNDELIVERED = "undelivered"
    """Another message cannot be where somebody wanted it; subject: that posting's id."""

    # In the thread of a problem's cards; subject: the problem's id.
    CLAIMED = "claimed"
    RELEASED = "released"
    FIXED = "fixed"
    REOPENED = "reopened"
    RECURRED = "recurred"
    """It was marked as fixed, and then there was a new error."""
    OCCURRED = "occurred"
    """New errors; count: how many."""
    SUPERSEDED = "superseded"
    """Its errors are another problem now; about: the former problem's id."""
    RETRIED = "retried"
    """about: the run's id."""
    DECIDED = "decided"
    """about: the run's id."""
    PURGED = "purged"
    """about: the run's id."""
    CALL_STACK = "call_stack"
    """A file; about: the error's No."""
    SUPPORT_REQUEST = "support_request"
    """A file; about: the id of the request."""


class PostingState(StrEnum):
    """Life of a message."""

    WANTED = "wanted"
    POSTED = "posted"
    REFUSED = "refused"
    """It cannot be there; whoever asked for it was told."""


REWRITTEN: Final = (Told.PROBLEM, Told.PROGRESS)
"""Kinds that are written before those that stand in their threads."""
FILES: Final = (Told.EXPORT, Told.CALL_STACK, Told.SUPPORT_REQUEST)
"""Kinds that are files: whoever asked for one is told where it cannot be."""
LIVING: Final = (PostingState.WANTED, PostingState.POSTED)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message shall be, in words of whoever shows it; nothing here looks inside."""

    where: str
    """A channel's id, or a person's: then their direct messages."""
    language: str = "en"
    """Code of the language that is read there."""
    asked_by: str = ""
    """Id of the person who is told where it cannot be posted."""
    thread: str = ""
    """The message that it answers, where it shall not stand by itself."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Writes wishes into a transaction that is under way (``Database.writing``)."""

    transaction: AsyncConnection
    scope: Scope
    at: datetime

    async def show(self, kind: Told, subject: str, place: Place) -> str:
        """One message that shows the subject in that place from now on; returns the posting's id.

        Where there is one already, that is rewritten; where it was refused, it is tried again.
        """
        posting = await self._found(kind, subject, "", place)
        if posting is None:
            return await self._add(kind, subject, place)
        await self.transaction.execute(
            update(POSTING)
            .where(belongs(POSTING, self.scope), POSTING.c.id == posting)
            .where(POSTING.c.state == PostingState.REFUSED)
            .values(
                state=PostingState.WANTED,
                failure="",
                language=place.language,
                asked_by=place.asked_by,
            )
        )
        await self._wish(posting, kind, subject, place.where)
        return posting

    async def tell(self, kind: Told, subject: str, after: timedelta = timedelta(0)) -> None:
        """The subject has changed: rewrite it wherever it is shown, ``after`` that time at the latest."""
        for row in await self._showing(kind, (subject,)):
            await self._wish(row.id, kind, subject, row.place, self.at + after)

    async def post(
        self,
        kind: Told,
        subject: str,
        place: Place,
        *,
        about: str = "",
        actor: str = "",
        count: int = 0,
        below: str = "",
    ) -> str:
        """A message that is said once for each ``about``; returns the posting's id.

        ``below`` is the id of the posting in whose thread it shall stand, in the same place.
        """
        known = await self._found(kind, subject, about, place, below)
        return known or await self._add(
            kind, subject, place, about=about, actor=actor, count=count, thread_of=below
        )

    async def answer(self, kind: Told, subject: str, shown: Told) -> None:
        """Say once, in the thread of each message of the kind ``shown`` about the subject."""
        for message in await self._showing(shown, (subject,)):
            place = Place(message.place, message.language, message.asked_by)
            await self.post(kind, subject, place, below=message.id)

    async def note(
        self, kind: Told, problem: str, *, about: str = "", actor: str = "", count: int = 0
    ) -> None:
        """Say in the thread of each card of a problem what happened, and rewrite the cards.

        Once for each ``about``; without one, each time. A problem that is shared nowhere has nobody to be
        told.
        """
        about = about or self.at.isoformat()
        for card in await self._showing(Told.PROBLEM, (problem,)):
            place = Place(card.place, card.language, card.asked_by)
            if await self._found(kind, problem, about, place, card.id) is None:
                await self._add(
                    kind, problem, place, about=about, actor=actor, count=count, thread_of=card.id
                )
            await self._wish(card.id, Told.PROBLEM, problem, card.place)

    async def enclose(self, kind: Told, problem: str, *, about: str, asked_by: str) -> int:
        """A file in the thread of each card of a problem, once for each ``about``; returns in how many.

        ``asked_by`` is told where one cannot be there.
        """
        cards = await self._showing(Told.PROBLEM, (problem,))
        for card in cards:
            place = Place(card.place, card.language, asked_by)
            await self.post(kind, problem, place, about=about, actor=asked_by, below=card.id)
        return len(cards)

    async def occurred(self, errors: Mapping[str, int], recurred: Iterable[str]) -> None:
        """New errors, by problem: their cards count them, and say so in one line for each ``BUNDLED`` time.

        ``recurred`` are those of the problems that were marked as fixed.
        """
        if not errors:
            return
        cards = await self._showing(Told.PROBLEM, ())
        for card in cards:
            if (count := errors.get(card.subject, 0)) > 0:
                await self._bundle(card.id, card.subject, Place(card.place, card.language), count)
                await self._wish(card.id, Told.PROBLEM, card.subject, card.place, self.at + COUNTED)
        shared = {card.subject for card in cards}
        for problem in recurred:
            if problem in shared:
                await self.note(Told.RECURRED, problem)

    async def succeed(self, former: str, successor: str) -> None:
        """The errors of a problem are another one's now: its cards show that one, and say so once.

        Where the successor has a card in the same place, the former's card stays as it is and points at it.
        """
        taken = {card.place for card in await self._showing(Told.PROBLEM, (successor,))}
        moving = [card for card in await self._showing(Told.PROBLEM, (former,)) if card.place not in taken]
        for card in moving:
            await self.transaction.execute(
                update(POSTING)
                .where(belongs(POSTING, self.scope), POSTING.c.id == card.id)
                .values(subject=successor)
            )
        await self.note(Told.SUPERSEDED, successor, about=former)
        await self.tell(Told.PROBLEM, former)

    async def _bundle(self, card: str, problem: str, place: Place, count: int) -> None:
        """Count in a line that nobody has begun to send, or begin another one."""
        lines = (
            await self.transaction.execute(
                select(POSTING.c.id, POSTING.c.created_at, OUTBOX.c.begun_at, OUTBOX.c.due_at)
                .outerjoin(
                    OUTBOX,
                    and_(
                        OUTBOX.c.workspace == POSTING.c.workspace,
                        OUTBOX.c.connection == POSTING.c.connection,
                        OUTBOX.c.posting == POSTING.c.id,
                    ),
                )
                .where(
                    belongs(POSTING, self.scope),
                    POSTING.c.kind == Told.OCCURRED,
                    POSTING.c.subject == problem,
                    POSTING.c.thread_of == card,
                )
                .order_by(POSTING.c.created_at.desc())
                .limit(1)
            )
        ).one_or_none()
        if lines is not None and lines.due_at is not None and lines.begun_at is None:
            await self.transaction.execute(
                update(POSTING)
                .where(belongs(POSTING, self.scope), POSTING.c.id == lines.id)
                .values(count=POSTING.c.count + count)
            )
            return
        due = self.at + COUNTED if lines is None else max(self.at + COUNTED, lines.created_at + BUNDLED)
        about = self.at.isoformat()
        await self._add(Told.OCCURRED, problem, place, about=about, count=count, thread_of=card, due=due)

    async def _showing(self, kind: Told, subjects: tuple[str, ...]) -> list[_Shown]:
        """The messages of a kind that are there or wanted; of these subjects, or of all."""
        query = select(
            POSTING.c.id, POSTING.c.subject, POSTING.c.place, POSTING.c.language, POSTING.c.asked_by
        ).where(
            belongs(POSTING, self.scope),
            POSTING.c.kind == kind,
            POSTING.c.state.in_(LIVING),
        )
        if subjects:
            query = query.where(POSTING.c.subject.in_(subjects))
        rows = await self.transaction.execute(query.order_by(POSTING.c.created_at, POSTING.c.id))
        return [_Shown(*row) for row in rows]

    async def _found(
        self, kind: Told, subject: str, about: str, place: Place, thread_of: str = ""
    ) -> str | None:
        found: str | None = (
            await self.transaction.execute(
                select(POSTING.c.id).where(
                    belongs(POSTING, self.scope),
                    POSTING.c.kind == kind,
                    POSTING.c.subject == subject,
                    POSTING.c.about == about,
                    POSTING.c.place == place.where,
                    POSTING.c.thread_of == thread_of,
                    POSTING.c.thread_ts == place.thread,
                )
            )
        ).scalar_one_or_none()
        return found

    async def _add(
        self,
        kind: Told,
        subject: str,
        place: Place,
        *,
        about: str = "",
        actor: str = "",
        count: int = 0,
        thread_of: str = "",
        due: datetime | None = None,
    ) -> str:
        """A message that is not there yet. Whoever adds the same at the same time waits for this one."""
        key = (kind, subject, about, place.where, thread_of, place.thread, self.at.isoformat())
        posting = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        await self.transaction.execute(
            insert_into(self.transaction, POSTING)
            .values(
                workspace=self.scope.workspace,
                connection=self.scope.connection,
                id=posting,
                kind=kind,
                subject=subject,
                about=about,
                place=place.where,
                thread_of=thread_of,
                thread_ts=place.thread,
                language=place.language,
                asked_by=place.asked_by,
                actor=actor,
                count=count,
                created_at=self.at,
                channel="",
                ts="",
                posted_at=None,
                file_id="",
                state=PostingState.WANTED,
                failure="",
            )
            .on_conflict_do_nothing()
        )
        added = await self._found(kind, subject, about, place, thread_of)
        if added != posting:
            return added or posting
        await self._wish(posting, kind, subject, place.where, due)
        return posting

    async def _wish(
        self, posting: str, kind: Told, subject: str, place: str, due: datetime | None = None
    ) -> None:
        """Once more; the earlier time counts, unless it is being delivered: that one sees this."""
        wish = insert_into(self.transaction, OUTBOX).values(
            workspace=self.scope.workspace,
            connection=self.scope.connection,
            posting=posting,
            kind=kind,
            subject=subject,
            place=place,
            wishes=1,
            attempts=0,
            due_at=due or self.at,
            begun_at=None,
            created_at=self.at if kind in REWRITTEN else self.at + timedelta(microseconds=1),
        )
        sooner = and_(OUTBOX.c.attempts == 0, wish.excluded.due_at < OUTBOX.c.due_at)
        await self.transaction.execute(
            wish.on_conflict_do_update(
                index_elements=list(OUTBOX.primary_key),
                set_={
                    "wishes": OUTBOX.c.wishes + 1,
                    "due_at": case((sooner, wish.excluded.due_at), else_=OUTBOX.c.due_at),
                },
            )
        )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A message of the bot's, as far as telling needs it."""

    id: str
    subject: str
    place: str
    language: str
    asked_by: str


async def waiting(transaction: AsyncConnection) -> int:
    """How many wishes nobody has delivered yet, of all workspaces."""
    count = await transaction.execute(select(func.count()).select_from(OUTBOX))
    return int(count.scalar_one())
