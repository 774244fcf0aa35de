"""Two processes on one PostgreSQL that are told the same at the same moment: one run, done once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.operations.ask import Ask
from bot.store import Database
from bot.store.outbox import Place
from tests.operations.purge_yard import KIM, open_yard
from tests.operations.retry_yard import open_retry_yard

PROCESSES = 4


def elsewhere(ask: Ask, database: Database) -> Ask:
    """What another process answers with."""
    return replace(ask, database=database)


async def test_a_purge(migrated_postgresql_url: str) -> None:
    async with open_yard(migrated_postgresql_url) as yard:
        await yard.settled(6, causes=1)
        bounds = await yard.offer()
        others = [Database.open(migrated_postgresql_url) for _ in range(PROCESSES)]
        desks = [
            replace(yard.desk, database=database, ask=elsewhere(yard.desk.ask, database))
            for database in others
        ]
        runs = await asyncio.gather(
            *(
                desk.start(yard.durable, yard.scope, bounds, KIM, Place(KIM.id), f"run-{index}")
                for index, desk in enumerate(desks)
            )
        )
        assert len({run.id for run in runs}) == 1
        assert (await yard.ended(runs[0].id)).done == 6
        assert len(await yard.lines()) == 1
        assert await yard.postings() == [("progress", "U0KIM"), ("result", "U0KIM")]
        for database in others:
            await database.close()


async def test_a_retry(migrated_postgresql_url: str) -> None:
    async with open_retry_yard(migrated_postgresql_url) as yard:
        yard.fail(3)
        await yard.read()
        yard.there.fix()
        target = await yard.target()
        others = [Database.open(migrated_postgresql_url) for _ in range(PROCESSES)]
        desks = [
            replace(yard.desk, database=database, ask=elsewhere(yard.desk.ask, database))
            for database in others
        ]
        runs = await asyncio.gather(
            *(
                desk.start(yard.durable, yard.scope, target, 10, KIM, Place(KIM.id), f"run-{index}")
                for index, desk in enumerate(desks)
            )
        )
        assert len({run.id for run in runs}) == 1
        assert (await yard.ended(runs[0].id)).done == 3
        assert (yard.acts("releaseAll"), yard.runs()) == (1, 1)
        assert len(await yard.lines()) == 1
        assert await yard.postings() == [("progress", "U0KIM"), ("result", "U0KIM")]
        for database in others:
            await database.close()
