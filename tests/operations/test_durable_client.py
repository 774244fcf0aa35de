"""Enqueueing from a process that does no work, on PostgreSQL as it is in use."""

from __future__ import annotations

import pytest

from bot.failures import NotFound, StoreUnavailable
from bot.operations.durable import OutcomeState, Queue, Steps
from bot.operations.durable.client import DurableClient
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.system_tables import migrate_system_tables, system_tables_are_current


@pytest.mark.postgresql
async def test_what_a_client_enqueues_a_worker_does(postgresql_url: str) -> None:
    assert not await system_tables_are_current(postgresql_url)
    await migrate_system_tables(postgresql_url)
    assert await system_tables_are_current(postgresql_url)

    async def double(number: int) -> int:
        return 2 * number

    async def body(steps: Steps, number: int) -> int:
        return await steps.run("double", double, number)

    client, other, engine = (
        DurableClient(postgresql_url),
        DurableClient(postgresql_url),
        DbosDurable(postgresql_url),
    )
    engine.register("body", body)
    await client.start()
    await other.start()
    try:
        first = await client.enqueue("body", 21, queue=Queue.PULL, partition="a", deduplication="pull:a")
        again = await other.enqueue("body", 22, queue=Queue.PULL, partition="a", deduplication="pull:a")
        assert first == again
        assert await client.wait(first, timeout=0.05) is None
        with pytest.raises(NotFound):
            await client.wait("never enqueued", timeout=0)
        with pytest.raises(ValueError, match="partitioned"):
            await client.enqueue("body", 1, queue=Queue.ACT, partition="a", deduplication="x")
        await engine.start()
        try:
            outcome = await other.wait(first, timeout=20)
        finally:
            await engine.stop()
        assert outcome is not None
        assert (outcome.state, outcome.value) == (OutcomeState.SUCCEEDED, 42)
    finally:
        await client.stop()
        await other.stop()


async def test_a_database_that_is_away_is_a_sentence() -> None:
    client = DurableClient("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(StoreUnavailable):
        await client.start()
    with pytest.raises(StoreUnavailable):
        await client.enqueue("body", 1, queue=Queue.ACT, partition="a")
    with pytest.raises(StoreUnavailable):
        await system_tables_are_current("postgresql://nobody@127.0.0.1:9/none")
    await client.stop()
