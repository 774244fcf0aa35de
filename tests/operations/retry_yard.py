"""A bot that retries: simulated Business Central, a store, the inline twin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bot.diagnosis import load_classifier
from bot.operations.activity import Activity
from bot.operations.actors import Actor, slack_user
from bot.operations.ask import Ask
from bot.operations.durable.inline import InlineDurable, InlineSteps
from bot.operations.knowledge import Knowledge
from bot.operations.pull import Pull
from bot.operations.retry import Retry, RetryDesk, RetryOffer, Target, Watch
from bot.operations.retry.ending import Ending
from bot.operations.retry.survey import Survey
from bot.operations.synchronization import ReadSynchronization
from bot.simulator.businesscentral.synchronization import Synchronization
from bot.store import Database, Problems
from bot.store.activity import ActivityLines, Line, Wanted
from bot.store.message_tables import POSTING
from bot.store.outbox import Place
from bot.store.retries import RecordState, Retries
from bot.store.runs import Run, Runs
from bot.store.values import ProblemRow, Scope
from tests.businesscentral.world import World, build_world

KIM = slack_user("U0KIM")
SANNE = slack_user("U0SANNE")
UNCOUPLED = "Currency Code USD must be coupled to a record in Dataverse."
BOTH_CHANGED = (
    "Cannot update the Customer record because it has a later modified date than the Dataverse Account record"
)
DELETED = "The Customer record cannot be updated because it is coupled to a deleted record."


@dataclass
class RetryYard:
    """Everything a retry touches."""

    world: World
    database: Database
    durable: InlineDurable
    pull: Pull
    synchronization: ReadSynchronization
    retry: Retry
    watch: Watch
    desk: RetryDesk

    @property
    def scope(self) -> Scope:
        return Scope("main", self.world.key)

    @property
    def there(self) -> Synchronization:
        """The simulated synchronization."""
        return self.world.company.synchronization

    def fail(self, count: int = 3, message: str = "DKR-0417: this customer waits.", times: int = 2) -> None:
        """Let that many customers fail until they are skipped."""
        for index in range(count):
            self.there.fail(f"Customer: {10000 + index}", message, times=times)

    async def read(self) -> None:
        """Pull, then couplings and jobs, as the schedule does."""
        self.world.clock.advance(60)
        report = await self.pull.workflow(InlineSteps(), self.world.key)
        assert report.failure_key is None
        assert await self.synchronization.workflow(InlineSteps(), self.world.key) is None

    async def problem(self) -> ProblemRow:
        """The one problem that is stored."""
        rows = await Problems(self.database).page(self.scope, 50, 0)
        assert len(rows) == 1
        return rows[0]

    async def target(self) -> Target:
        return Target((await self.problem()).id)

    async def offer(self, target: Target | None = None) -> RetryOffer:
        """What somebody is shown before."""
        return await self.desk.offer(self.scope, target or await self.target())

    async def start(
        self, target: Target | None = None, actor: Actor = KIM, run: str = "run-1", confirmed: int = 100
    ) -> Run:
        """Confirm, with the progress shown to whoever asked."""
        wanted = target or await self.target()
        return await self.desk.start(self.durable, self.scope, wanted, confirmed, actor, Place(actor.id), run)

    async def ended(self, run: str = "run-1") -> Run:
        """The run once everything under way is over."""
        while waiting := [key for key, task in self.durable._tasks.items() if not task.done()]:
            for workflow in waiting:
                outcome = await self.durable.wait(workflow, timeout=100)
                assert outcome is not None
                assert outcome.error == ""
        return await Runs(self.database).get(self.scope, run)

    async def retried(self, target: Target | None = None) -> Run:
        """Confirmed, done, watched."""
        await self.start(target)
        return await self.ended()

    async def states(self, run: str = "run-1") -> dict[str, RecordState]:
        return {one.record_id: one.state for one in await Retries(self.database).records(self.scope, run)}

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

    def acts(self, name: str) -> int:
        """How often an action was called."""
        return sum(request.path.endswith(f"Microsoft.NAV.{name}") for request in self.world.server.requests)

    def runs(self, mapping: str = "CUSTOMER") -> int:
        """How often the job of a mapping has run."""
        entry = self.there.entries[mapping]
        return sum(one.entry_id == entry.entry_id for one in self.there.log_entries)


@asynccontextmanager
async def open_retry_yard(migrated_url: str) -> AsyncIterator[RetryYard]:
    """One company, nothing read yet."""
    world = build_world()
    database = Database.open(migrated_url)
    classifier = load_classifier()
    ask = Ask(database, Knowledge("main", database, classifier), world.connections)
    common = {"workspace": "main", "database": database, "clients": world.clients, "clock": world.clock}
    ending = Ending(**common, activity=Activity(database, world.clock, None))
    survey = Survey(database, ask, world.clients, world.clock)
    pull = Pull(**common, classifier=classifier)
    retry = Retry(**common, survey=survey, ending=ending)
    watch = Watch(**common, ending=ending)
    synchronization = ReadSynchronization(**common)
    durable = InlineDurable()
    for workflow in (pull, synchronization, retry, watch):
        workflow.register(durable)
    desk = RetryDesk(database, ask, survey, world.clock)
    try:
        yield RetryYard(world, database, durable, pull, synchronization, retry, watch, desk)
    finally:
        await durable.stop()
        await world.aclose()
        await database.close()
