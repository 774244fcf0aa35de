"""A bot without Slack: simulated Business Central, a store on SQLite, the inline twin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.diagnosis import load_classifier
from bot.operations.call_stack import CallStacks
from bot.operations.durable.inline import InlineDurable
from bot.operations.pull import Pull, enqueue_pull
from bot.operations.reconcile import Reconcile
from bot.operations.views import PullReport
from bot.store import Database, Errors, Problems, Pulls
from bot.store.values import PullState, Scope, Totals
from tests.businesscentral.world import World, build_world
from tests.databases import database_url as database_url
from tests.databases import migrated_postgresql as migrated_postgresql
from tests.databases import migrated_postgresql_url as migrated_postgresql_url
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import migrated_url as migrated_url
from tests.databases import postgresql_server as postgresql_server
from tests.databases import postgresql_url as postgresql_url
from tests.databases import sqlite_url as sqlite_url


@dataclass
class Bot:
    """What the tests of pulling and of call stacks need."""

    world: World
    database: Database
    pull: Pull
    durable: InlineDurable
    call_stacks: CallStacks

    def scope(self, company: int = 0) -> Scope:
        return Scope("main", list(self.world.connections)[company])

    async def read(self, company: int = 0) -> PullReport:
        """One pull, to its end."""
        workflow = await enqueue_pull(self.durable, self.scope(company).connection)
        outcome = await self.durable.wait(workflow, timeout=100)
        assert outcome is not None
        assert outcome.error == ""
        assert isinstance(outcome.value, PullReport)
        return outcome.value

    async def state(self, company: int = 0) -> PullState:
        return await Pulls(self.database).state(self.scope(company))

    async def totals(self) -> Totals:
        return await Problems(self.database).totals(self.scope())

    async def stored(self, number: int) -> str:
        """The stored message of an error."""
        return (await Errors(self.database).by_number(self.scope(), number)).message


@pytest.fixture
async def bot(migrated_sqlite_url: str) -> AsyncIterator[Bot]:
    world = build_world(["Kleiweg", "Zonen"])
    database = Database.open(migrated_sqlite_url)
    pull = Pull(
        workspace="main",
        database=database,
        clients=world.clients,
        classifier=load_classifier(),
        clock=world.clock,
        page_size=10,
        overlap=5,
    )
    durable = InlineDurable()
    pull.register(durable)
    yield Bot(
        world, database, pull, durable, CallStacks(database, world.clients, world.connections, world.clock)
    )
    await durable.stop()
    await world.aclose()
    await database.close()


@pytest.fixture
def reconcile(bot: Bot) -> Reconcile:
    one = Reconcile(
        workspace="main",
        database=bot.database,
        clients=bot.world.clients,
        clock=bot.world.clock,
        hour=3,
        window=10,
    )
    one.register(bot.durable)
    return one
