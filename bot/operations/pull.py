"""Pull: reading the errors of a connection into the store, page by page, as a durable workflow.

Numbers rise ("No." of table 5339 is AutoIncrement), so a pull asks for those above its cursor. It goes back a
little each time: a number is taken before its transaction is committed, so a lower one can appear late.
Reading a page twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis import Classifier
from bot.failures import (
    ConnectionGone,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRejected,
    StoreUnavailable,
)
from bot.operations.diagnosing import beside_the_loop, diagnosing_with
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.knowledge import Knowledge
from bot.operations.reading import Beginning, FailureNote, PageRead, Place, note_of, report_of
from bot.operations.reading_ahead import ReadAhead
from bot.operations.views import PullReport
from bot.store import Companies, Database, Pulls
from bot.store.readying import ReadyPage
from bot.store.values import Scope

PULL = "pull"
TICK = "pull.tick"

PAGE_SIZE = 5_000
"""Rows, and as many a transaction. The ids of errors are random, so that each page of rows touches nearly all
of their index: twice the rows a transaction are nearly half the pages written. Larger ones take more memory,
and let other writers of a SQLite file wait longer."""

OVERLAP = 500
"""Numbers read again by each pull. Late ones come from synchronization jobs that run beside each other; a job
commits after each record, so that it is late by seconds: hundreds of errors at the very most."""

STALLED_PAGES = 5
"""Pages in a row without a higher number, after which the nextLinks lead nowhere."""

NAMES_HOLD = timedelta(hours=1)
"""After that the company's names are asked for again: links carry one, and a company can be renamed."""

TICK_SLACK = timedelta(seconds=30)
"""A tick comes at its minute give or take, and a pull ends a little after it began."""

_EXPIRED = frozenset({SourceRejected.key, SourceMissing.key, SourceGarbled.key})
"""How Business Central may answer a nextLink that it has forgotten, or with 500; nothing documents which."""

_log = logging.getLogger("bot.pull")


@dataclass(frozen=True)
class Pull:
    """The use case. ``clients`` is keyed by ``Connection.key``.

    With ``knowledge`` each page is diagnosed by the newest rules, else all are by ``classifier``.
    """

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    classifier: Classifier
    clock: Clock
    page_size: int = PAGE_SIZE
    overlap: int = OVERLAP
    knowledge: Knowledge | None = None

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(PULL, self.workflow)

    def schedule(self, durable: Durable, interval: timedelta) -> None:
        """Have every connection pulled each ``interval``, in whole minutes; before ``durable.start``.

        One tick a minute fans out one pull for each connection that is due: a connection that fails or takes
        long holds up no other.
        """

        async def tick(steps: Steps) -> None:
            for connection in await steps.run("due", self.due, interval):
                await enqueue_pull(durable, connection)

        durable.every_minute(TICK, tick)

    async def due(self, interval: timedelta) -> tuple[str, ...]:
        """Keys of the connections whose last attempt ended an interval ago, or never."""
        due = []
        for connection in self.clients:
            attempted = (await Pulls(self.database).state(self._scope(connection))).attempted_at
            if attempted is None or self.clock.now() - attempted >= interval - TICK_SLACK:
                due.append(connection)
        return tuple(due)

    @cached_property
    def _ahead(self) -> ReadAhead[ReadyPage]:
        return ReadAhead()

    async def workflow(self, steps: Steps, connection: str) -> PullReport:
        """Read everything that is new. A failure is stored and reported, never raised."""
        try:
            return await self._pages(steps, connection)
        finally:
            await self._ahead.drop(connection)

    async def _pages(self, steps: Steps, connection: str) -> PullReport:
        beginning = await steps.run("begin", self._begin, connection)
        if beginning.failure is not None:
            return report_of(connection, [PageRead(failure=beginning.failure)])
        restart = Place(max(0, beginning.cursor - self.overlap))
        resuming = beginning.cut_off_at is not None
        place = Place(beginning.cursor, beginning.cut_off_at) if resuming else restart
        read: list[PageRead] = []
        stalled = 0
        while True:
            page = await steps.run("page", self._page, connection, place)
            if resuming and page.failure is not None and _may_be_the_link(page.failure):
                resuming, place = False, restart
                continue
            resuming = False
            read.append(page)
            stalled = 0 if page.highest > place.after else stalled + 1
            if page.failure is not None:
                break
            if len(read) == 1:
                again = await self._after_first(steps, connection, beginning, place, page)
                if again is not None:
                    place = again
                    continue
            if page.next_link is None:
                break
            if stalled >= STALLED_PAGES:
                read.append(PageRead(failure=FailureNote(SourceGarbled.key, {"reason": "pages stand still"})))
                break
            place = Place(max(place.after, page.highest), page.next_link)
        return await steps.run("end", self._end, connection, report_of(connection, read))

    async def _after_first(
        self, steps: Steps, connection: str, beginning: Beginning, place: Place, page: PageRead
    ) -> Place | None:
        """What only a first page tells; gives another place to begin from where there is one."""
        if not beginning.company_known:
            await steps.run("company", self._name_company, connection)
        if page.next_link is not None:
            await steps.run("expect", self._expect, connection, place)
        elif page.rows == 0 and place.after > 0:
            return await steps.run("look", self._look_below, connection, beginning.cursor)
        return None

    # Steps. Each is safe to repeat.

    async def _begin(self, connection: str) -> Beginning:
        if connection not in self.clients:  # enqueued before the settings lost it
            return Beginning(failure=note_of(ConnectionGone()))
        scope = self._scope(connection)
        pulls = Pulls(self.database)
        try:
            await pulls.begin(scope, self.clock.now(), None)
            state = await pulls.state(scope)
            known = await Companies(self.database).get(scope)
        except StoreUnavailable as failure:
            return Beginning(failure=note_of(failure))
        named = known is not None and self.clock.now() - known.read_at < NAMES_HOLD
        return Beginning(state.cursor, state.next_link, named)

    async def _page(self, connection: str, place: Place) -> PageRead:
        """Read, diagnose and store one page in one transaction."""
        scope = self._scope(connection)
        if connection not in self.clients:  # resumed after the settings lost it
            return PageRead(failure=note_of(ConnectionGone()))
        ahead = self._ahead
        try:
            # Held here alone, so that it is gone from memory as soon as it is stored.
            held = [await ahead.take(connection, place, lambda: self._read(connection, place))]
            page = held[0].page
            rows, highest, link = len(page.errors) + len(page.unreadable), page.cursor, page.next_link
            del page

            def read_on() -> None:
                if link is not None:
                    following = Place(max(place.after, highest), link)
                    ahead.begin(connection, following, lambda: self._read(connection, following))

            pulls, now = Pulls(self.database), self.clock.now()
            if self.database.is_server:
                read_on()
                outcome = await pulls.store_page(scope, held.pop(), now)
            else:
                outcome = await pulls.store_page(scope, held.pop(), now, read_on)
        except (SourceFailure, StoreUnavailable) as failure:
            return PageRead(failure=note_of(failure))
        return PageRead(
            rows=rows,
            stored=outcome.stored,
            unreadable=outcome.unreadable,
            new_problems=len(outcome.new_problems),
            highest=highest,
            next_link=link,
        )

    async def _read(self, connection: str, place: Place) -> ReadyPage:
        """Read and diagnose one page, and make it ready for the store. Raises SourceFailure."""
        client = self.clients[connection]
        if place.link is None:
            page = await client.error_page(place.after, self.page_size)
        else:
            page = await client.follow(place.link, self.page_size)
        classifier = self.classifier if self.knowledge is None else await self.knowledge.current()
        scope = self._scope(connection)
        diagnosed = await diagnosing_with(classifier).page(scope, page, place.after)
        return await beside_the_loop(len(diagnosed.errors), Pulls(self.database).ready, scope, diagnosed)

    async def _name_company(self, connection: str) -> None:
        """Names are for links and headings: without them there is still everything to read."""

        async def name() -> None:
            company = await self.clients[connection].company()
            await Companies(self.database).save(
                self._scope(connection), company.name, company.display_name, self.clock.now()
            )

        await _unless_refused(name, "company")

    async def _expect(self, connection: str, place: Place) -> None:
        """How many rows will come, for the progress: not more than there are, nor than numbers are left."""

        async def expect() -> None:
            there = await self.clients[connection].maintenance()
            rows = min(there.error_count, max(0, there.highest_number - place.after))
            await Pulls(self.database).expect(self._scope(connection), rows)

        await _unless_refused(expect, "progress")

    async def _look_below(self, connection: str, cursor: int) -> Place | None:
        """Nothing where something was: deleted there, or the environment was restored or copied.

        Where the highest number is below the cursor, what is there may be new under old numbers, so it is
        read from the beginning, once: the cursor goes back too, and pulls go on from where that ends. What is
        known already changes nothing; ``bot.operations.reconcile`` finds out what became of the rest.
        """
        scope = self._scope(connection)
        pulls = Pulls(self.database)
        place: Place | None = None

        async def look() -> None:
            nonlocal place
            highest = (await self.clients[connection].maintenance()).highest_number
            if 0 < highest < cursor:
                _log.warning("highest number %s is below the cursor %s of %s", highest, cursor, connection)
                await pulls.rewind(scope, 0)
                await pulls.begin(scope, self.clock.now(), None)
                place = Place(0)

        await _unless_refused(look, "highest number")
        return place

    async def _end(self, connection: str, report: PullReport) -> PullReport:
        scope = self._scope(connection)
        pulls = Pulls(self.database)
        try:
            if report.failure_key is None:
                await pulls.finish(scope, self.clock.now())
            else:
                _log.warning("pull of %s ended by %s", connection, report.failure_key)
                await pulls.fail(scope, self.clock.now(), report.failure_key, report.failure_facts)
        except StoreUnavailable as failure:
            return replace(report, failure_key=failure.key, failure_facts=dict(failure.facts))
        return report

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


async def enqueue_pull(durable: Durable, connection: str) -> str:
    """Have a connection read; returns the workflow's id, that of the pull under way where there is one."""
    return await durable.enqueue(
        PULL, connection, queue=Queue.PULL, partition=connection, deduplication=f"pull:{connection}"
    )


async def _unless_refused(ask: Callable[[], Awaitable[None]], what: str) -> None:
    """Do something that a pull can do without."""
    try:
        await ask()
    except (SourceFailure, StoreUnavailable) as failure:
        _log.info("no %s this time: %s", what, failure.key)


def _may_be_the_link(failure: FailureNote) -> bool:
    return failure.key in _EXPIRED or failure.facts.get("status") == 500
