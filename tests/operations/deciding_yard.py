"""A bot that carries out decisions: the yard of retries with what couples, uncouples, creates and forces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.operations.activity import Activity
from bot.operations.coupled import CoupledData, Lost
from bot.operations.deciding import Decide, DecidedState, DecisionDesk, Ending, Plan, WatchDecision
from bot.operations.naming import Naming
from bot.simulator.businesscentral.synchronization import Synchronization
from bot.simulator.businesscentral.troubles import Kind
from bot.store.decisions import DecidedRecord, Decisions
from bot.store.outbox import Place
from bot.store.runs import Run
from tests.operations.retry_yard import KIM, RetryYard, open_retry_yard

NEW = "DKR-9: the first insert failed."
TO_DATAVERSE = Lost("CUSTOMER", "ToIntegrationTable")


@dataclass
class DecidingYard:
    """Everything a decision touches."""

    yard: RetryYard
    desk: DecisionDesk
    decide: Decide
    watch: WatchDecision
    coupled: CoupledData

    @property
    def there(self) -> Synchronization:
        """The simulated synchronization."""
        return self.yard.there

    async def lose(self, count: int = 3) -> None:
        """Let the first insert of that many customers fail; all of it is read."""
        for index in range(count):
            self.there.fail(f"Customer: N{index}", NEW, kind=Kind.NEW_RECORD)
        self.there.run("CUSTOMER")
        await self.yard.read()

    async def to_create(self) -> Plan:
        """Everything that is lost on its way to Dataverse."""
        return (await self.coupled.offer_to_create(self.yard.scope, TO_DATAVERSE)).plan

    async def start(self, plan: Plan, run: str = "run-1") -> Run:
        """Confirm, with the progress shown to whoever asked."""
        yard = self.yard
        return await self.desk.start(yard.durable, yard.scope, plan, KIM, Place(KIM.id), run)

    async def done(self, plan: Plan) -> Run:
        """Confirmed, done, watched."""
        await self.start(plan)
        return await self.yard.ended()

    async def records(self, run: str = "run-1") -> tuple[DecidedRecord, ...]:
        return await Decisions(self.yard.database).records(self.yard.scope, run)

    async def states(self, run: str = "run-1") -> list[DecidedState]:
        return [one.state for one in await self.records(run)]


@asynccontextmanager
async def open_deciding_yard(migrated_url: str) -> AsyncIterator[DecidingYard]:
    """One company, nothing read yet."""
    async with open_retry_yard(migrated_url) as yard:
        database, world, ask = yard.database, yard.world, yard.desk.ask
        common = ("main", database, world.clients, world.clock)
        ending = Ending("main", database, world.clock, Activity(database, world.clock, None), yard.desk)
        desk = DecisionDesk(database, ask, world.clients, world.clock)
        decide, watch = Decide(*common, ending), WatchDecision(*common, ending)
        decide.register(yard.durable)
        watch.register(yard.durable)
        naming = Naming(database, world.clients, world.clock)
        yield DecidingYard(yard, desk, decide, watch, CoupledData(database, ask, desk, naming))
