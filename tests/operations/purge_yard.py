"""A bot that purges: simulated Business Central, a store, the inline twin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from bot.diagnosis import load_classifier
from bot.operations.activity import Activity
from bot.operations.actors import Actor, slack_user
from bot.operations.ask import Ask
from bot.operations.durable.inline import InlineDurable, InlineSteps
from bot.operations.knowledge import Knowledge
from bot.operations.pull import Pull
from bot.operations.purging import Bounds, Purge, PurgeDesk, PurgeOffer
from bot.operations.reconcile import Reconcile
from bot.operations.synchronization import ReadSynchronization
from bot.store import Database
from bot.store.activity import ActivityLines, Line, Wanted
from bot.store.message_tables import OUTBOX, POSTING
from bot.store.outbox import Place
from bot.store.purging import Purged
from bot.store.runs import Run, Runs
from bot.store.tables import SYNC_ERROR
from bot.store.values import Scope
from tests.businesscentral.world import World, build_world

KIM = slack_user("U0KIM")
SANNE = slack_user("U0SANNE")


@dataclass
class Yard:
    """Everything a purge touches."""

    world: World
    database: Database
    durable: InlineDurable
    pull: Pull
    synchronization: ReadSynchronization
    reconcile: Reconcile
    purge: Purge
    desk: PurgeDesk

    @property
    def scope(self) -> Scope:
        return Scope("main", self.world.key)

    @property
    def now_there(self) -> set[int]:
        """Numbers of the entries in Business Central."""
        return {row.number for row in self.world.company.rows(self.world.clock.now())}

    async def read(self) -> None:
        """Pull, then couplings and jobs, as the schedule does."""
        report = await self.pull.workflow(InlineSteps(), self.world.key)
        assert report.failure_key is None
        assert await self.synchronization.workflow(InlineSteps(), self.world.key) is None

    def fail(self, count: int = 12, causes: int = 3, first: int = 10000) -> None:
        """Let that many records fail now."""
        for index in range(count):
            self.world.company.log_error(
                message=f"Currency Code C{index % causes} must be coupled to a record in Dataverse.",
                source=f"Customer: {first + index}",
            )

    async def settled(self, count: int = 12, causes: int = 3) -> None:
        """Errors that are old enough to be purged, and read."""
        self.fail(count, causes)
        self.world.clock.advance(timedelta(minutes=30).total_seconds())
        await self.read()

    async def offer(self, what: Purged = Purged.ALL, problem: str = "") -> Bounds:
        """The bounds that somebody is shown for that purge."""
        offer: PurgeOffer = await self.desk.offer(self.scope, problem)
        [choice] = [choice for choice in offer.choices if choice.bounds.what is what]
        return choice.bounds

    async def start(self, bounds: Bounds, actor: Actor = KIM, run: str = "run-1") -> Run:
        """Confirm, with the progress shown to whoever asked."""
        return await self.desk.start(self.durable, self.scope, bounds, actor, Place(actor.id), run)

    async def ended(self, run: str = "run-1") -> Run:
        """The run once everything under way is over."""
        for workflow in list(self.durable._tasks):
            outcome = await self.durable.wait(workflow, timeout=100)
            assert outcome is not None
            assert outcome.error == ""
        return await Runs(self.database).get(self.scope, run)

    async def purged(self, what: Purged = Purged.ALL, problem: str = "") -> Run:
        """Offered, confirmed, done."""
        await self.start(await self.offer(what, problem))
        return await self.ended()

    async def lines(self) -> list[Line]:
        """The activity."""
        return list(await ActivityLines(self.database).page(self.scope, Wanted(), 50))

    async def postings(self) -> list[tuple[str, str]]:
        """Kind and place of every message."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                select(POSTING.c.kind, POSTING.c.place).order_by(POSTING.c.kind, POSTING.c.place)
            )
            return [(row.kind, row.place) for row in rows]

    async def stored(self) -> tuple[int, int, int]:
        """Errors in the store: all, gone, deleted by a run."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(
                    select(
                        func.count(),
                        func.count(SYNC_ERROR.c.gone_at),
                        func.count(SYNC_ERROR.c.purge_run).filter(SYNC_ERROR.c.gone_at.is_not(None)),
                    )
                )
            ).one()
        return row[0], row[1], row[2]

    def asked(self, word: str) -> int:
        """How many requests had that in their address."""
        return sum(word in request.path for request in self.world.server.requests)


@asynccontextmanager
async def open_yard(migrated_url: str, *, rows_a_window: int = 5, rows_by_id: int = 4) -> AsyncIterator[Yard]:
    """Small windows, so that a few errors need several."""
    world = build_world()
    database = Database.open(migrated_url)
    classifier = load_classifier()
    knowledge = Knowledge("main", database, classifier)
    ask = Ask(database, knowledge, world.connections)
    common = {"workspace": "main", "database": database, "clients": world.clients, "clock": world.clock}
    pull = Pull(**common, classifier=classifier)
    purge = Purge(
        **common,
        activity=Activity(database, world.clock, None),
        rows_a_window=rows_a_window,
        rows_by_id=rows_by_id,
    )
    synchronization = ReadSynchronization(**common)
    durable = InlineDurable()
    for workflow in (pull, purge, synchronization):
        workflow.register(durable)
    try:
        yield Yard(
            world,
            database,
            durable,
            pull,
            synchronization,
            Reconcile(**common, hour=3),
            purge,
            PurgeDesk(database, ask, world.clients, world.clock),
        )
    finally:
        await durable.stop()
        await world.aclose()
        await database.close()


__all__ = ["KIM", "OUTBOX", "SANNE", "Yard", "open_yard"]
