"""Delivering: the workflow that brings one message up to date, and what starts it.

One at a time in each channel, so that Slack's limit of about a message a second holds there; channels do not
wait for each other. A wish goes away only when what it asks for is in Slack, or never can be; a process that
dies between the two finds the message again by the id in its metadata.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import structlog

from bot.cards.card import Card
from bot.cards.surface import SLACK, Surface
from bot.cards.texts import Texts
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.delivery.messages import Messages, Whereabouts
from bot.delivery.rendering import Attachment, Renderers
from bot.delivery.web_api import SlackRefuses, SlackSaysLater, WebApi
from bot.failures import StoreUnavailable
from bot.operations.durable.port import Durable, Queue, Steps
from bot.store import Database
from bot.store.outbox import FILES, Outbox, Place, PostingState, Told
from bot.store.postings import OpenWish, Postings, StoredPosting
from bot.store.values import Scope

DELIVER: Final = "deliver"
LEASE: Final = timedelta(minutes=3)
"""A delivery that ended in a defect is begun again after this long."""
BEGUN_AT_MOST: Final = 5
"""Times; a defect does not get better by repeating it."""
OLDEST: Final = timedelta(days=1)
"""What could not be told for so long is no news any more."""
TRIES_IN_A_ROW: Final = 5
_AT_ONCE: Final = 200
_PARENT_FIRST: Final = timedelta(seconds=2)
_PAUSE_OF_STORE: Final = 5.0

GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""After these a message cannot be rewritten: it is posted anew."""
NO_THREAD: Final = frozenset({"thread_not_found", "cannot_reply_to_message"})
"""After these the message that began the thread was deleted."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ended:
    """One attempt is over; stored as the step's result."""

    again_after: float | None = None
    """Seconds after which to try again; None where there is nothing more to do here."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast, in seconds."""

    look: float = 0.2
    """Of real time, between looks into the outbox; one costs next to nothing where nothing was stored."""
    between: float = 1.0
    """Between messages in one channel: "about one message per second per channel" (docs.slack.dev)."""


class Delivery:
    """Brings wishes of the outbox to Slack."""

    def __init__(self, database: Database, clock: Clock, renderers: Renderers) -> None:
        self.renderers = renderers
        self._database = database
        self._postings = Postings(database)
        self._clock = clock
        self._pace = Pace()
        self._messages: Messages | None = None
        self._surface = SLACK
        self._steps: set[asyncio.Task[Ended]] = set()

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(DELIVER, self.workflow)

    @contextlib.asynccontextmanager
    async def running(
        self, durable: Durable, slack: WebApi, surface: Surface = SLACK, pace: Pace | None = None
    ) -> AsyncIterator[None]:
        """Deliver while the block runs; what is on its way to Slack at the end still arrives."""
        self._messages, self._surface, self._pace = Messages(slack), surface, pace or Pace()
        relaying = asyncio.create_task(self._relay_for_ever(durable), name="outbox relay")
        try:
            yield
        finally:
            relaying.cancel()
            await asyncio.gather(relaying, return_exceptions=True)
            self._messages = None  # what begins from now on is put off
            if self._steps:
                await asyncio.wait(set(self._steps))

    async def name_of(self, user: str) -> str:
        """How a person in Slack is called, for files that are read elsewhere; empty where it is not known."""
        return "" if self._messages is None else await self._messages.name_of(user)

    async def under_way(self) -> bool:
        """Whether something is being delivered, or is due."""
        return await self._postings.under_way(self._clock.now())

    async def relay(self, durable: Durable) -> int:
        """Have everything delivered that is due; returns how much that is."""
        now = self._clock.now()
        due = await self._postings.due(now, _AT_ONCE)
        for wish in due:
            await durable.enqueue(
                DELIVER,
                wish.scope.workspace,
                wish.scope.connection,
                wish.posting,
                queue=Queue.DELIVER,
                partition=wish.place,
            )
        # After enqueueing: dying in between delivers twice, which finds nothing left to do.
        if due:
            await self._postings.lease(due, now + LEASE)
        return len(due)

    async def workflow(self, steps: Steps, workspace: str, connection: str, posting: str) -> None:
        """Bring one message up to date; its channel is kept free for it meanwhile."""
        for _ in range(TRIES_IN_A_ROW):
            try:
                ended = await steps.run("deliver", self._step, workspace, connection, posting)
            except StoreUnavailable:
                ended = Ended(_PAUSE_OF_STORE)
            if ended.again_after is None:
                break
            await self._clock.sleep(ended.again_after)
        if self._pace.between:
            await self._clock.sleep(self._pace.between)

    async def _step(self, workspace: str, connection: str, posting: str) -> Ended:
        """Not cut off by the end of the process: ``running`` waits for it."""
        task = asyncio.create_task(self._attempt(Scope(workspace, connection), posting))
        self._steps.add(task)
        task.add_done_callback(self._steps.discard)
        return await asyncio.shield(task)

    async def _attempt(self, scope: Scope, posting_id: str) -> Ended:
        wish = await self._postings.wish(scope, posting_id)
        posting = await self._postings.get(scope, posting_id)
        if wish is None or posting is None:
            return Ended()
        messages = self._messages
        if messages is None:  # this process has no token, or is about to end
            await self._postings.postpone(scope, posting_id, self._clock.now() + _PARENT_FIRST)
            return Ended()
        if wish.attempts > BEGUN_AT_MOST or self._clock.now() - wish.created_at > OLDEST:
            await self._refuse(posting, "never_worked")
            return Ended()
        try:
            return await self._send(messages, posting, wish)
        except SlackSaysLater as later:
            log.warning("delivery.later", reason=later.reason, seconds=later.seconds, kind=posting.kind)
            return Ended(later.seconds)
        except SlackRefuses as refused:
            return await self._turned_away(messages, posting, refused.code)

    async def _send(self, messages: Messages, posting: StoredPosting, wish: OpenWish) -> Ended:
        thread = posting.thread_ts
        if posting.thread_of:
            parent = await self._postings.get(posting.scope, posting.thread_of)
            if parent is None or parent.state is PostingState.REFUSED:
                await self._refuse(posting, "card_refused")
                return Ended()
            if not parent.ts:
                await self._postings.postpone(posting.scope, posting.id, self._clock.now() + _PARENT_FIRST)
                return Ended()
            thread = parent.ts
        rendered = await self.renderers.render(posting)
        if rendered is None:
            log.warning("delivery.nothing_to_show", kind=posting.kind)
            await self._refuse(posting, "nothing_to_show")
            return Ended()
        if isinstance(rendered, Attachment):
            await self._send_file(messages, posting, wish, thread, rendered)
        else:
            card = self._surface.draw(rendered, Texts.for_locale(posting.language))
            await self._send_card(messages, posting, wish, thread, card)
        await self._postings.delivered(posting.scope, posting.id, wish.wishes, self._clock.now())
        return Ended()

    async def _send_card(
        self, messages: Messages, posting: StoredPosting, wish: OpenWish, thread: str, card: Card
    ) -> None:
        at = Whereabouts(posting.channel, posting.ts) if posting.ts else None
        if at is None and wish.begun_at is not None:
            at = await messages.find(posting.id, posting.place, thread, wish.begun_at)
            if at is not None:
                log.info("delivery.found_again", kind=posting.kind)
                await self._posted(posting, at)
        if at is not None:
            await messages.rewrite(at, card)
            return
        await self._postings.begin(posting.scope, posting.id, self._clock.now())
        await self._posted(posting, await messages.post(posting.id, posting.place, thread, card))

    async def _send_file(
        self, messages: Messages, posting: StoredPosting, wish: OpenWish, thread: str, file: Attachment
    ) -> None:
        if posting.state is PostingState.POSTED:
            return
        file_id = posting.file_id
        if file_id and wish.begun_at is not None:
            at = await messages.find_file(file_id, posting.place)
            if at is not None:
                await self._posted(posting, at)
                return
        if not file_id:
            file_id = await messages.upload(file)
            await self._postings.announce_file(posting.scope, posting.id, file_id)
        await self._postings.begin(posting.scope, posting.id, self._clock.now())
        await self._posted(posting, await messages.show_file(file_id, file, posting.place, thread))

    async def _posted(self, posting: StoredPosting, at: Whereabouts) -> None:
        await self._postings.posted(posting.scope, posting.id, at.channel, at.ts, self._clock.now())

    async def _turned_away(self, messages: Messages, posting: StoredPosting, code: str) -> Ended:
        """What Slack's word means for this message."""
        if code in GONE and posting.ts:
            await self._postings.lost(posting.scope, posting.id)
            return Ended(0.0)
        if code in NO_THREAD and posting.thread_of:
            await self._begin_thread_anew(posting)
            return Ended()
        if code == "file_not_found" and posting.file_id:
            await self._postings.lost(posting.scope, posting.id)
            return Ended(0.0)
        if code == "not_in_channel" and await messages.join(posting.place):
            return Ended(0.0)
        await self._refuse(posting, code)
        return Ended()

    async def _begin_thread_anew(self, posting: StoredPosting) -> None:
        """The card was deleted: it is posted again, and this goes below it."""
        parent = await self._postings.get(posting.scope, posting.thread_of)
        if parent is not None:
            await self._postings.lost(parent.scope, parent.id)
            async with self._database.writing() as transaction:
                outbox = Outbox(transaction, parent.scope, self._clock.now())
                await outbox.tell(parent.kind, parent.subject)
        await self._postings.postpone(posting.scope, posting.id, self._clock.now() + _PARENT_FIRST)

    async def _refuse(self, posting: StoredPosting, code: str) -> None:
        """A final state. Whoever asked for it is told, where the message stands by itself."""
        log.warning("delivery.refused", reason=code, kind=posting.kind)
        await self._postings.refuse(posting.scope, posting.id, code)
        somebody_else = posting.asked_by != posting.place and not posting.thread_of
        is_awaited = somebody_else or posting.kind in FILES
        if posting.asked_by and is_awaited and posting.kind is not Told.UNDELIVERED:
            async with self._database.writing() as transaction:
                outbox = Outbox(transaction, posting.scope, self._clock.now())
                await outbox.post(
                    Told.UNDELIVERED,
                    posting.id,
                    Place(posting.asked_by, posting.language),
                    about=self._clock.now().isoformat(),
                )

    async def _relay_for_ever(self, durable: Durable) -> None:
        seen, upcoming = -1, None
        while True:
            try:
                revision = await self._database.revision()
                if revision != seen or (upcoming is not None and upcoming <= self._clock.now()):
                    await self.relay(durable)
                    upcoming = await self._postings.next_due()
                    seen = revision
            except StoreUnavailable as failure:
                log.warning("outbox.unreadable", key=failure.key)
            await asyncio.sleep(self._pace.look)
