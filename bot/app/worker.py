"""The part of a process that works: durable work on its queues, and the schedule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.app.core import Core
from bot.app.delivering import delivering_for
from bot.failures import StoreNotMigrated
from bot.operations.durable.client import DurableClient
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.port import Durable
from bot.operations.durable.system_tables import system_tables_are_current
from bot.operations.pull import enqueue_pull
from bot.operations.rediagnose import enqueue_rediagnosis
from bot.operations.synchronization import enqueue_synchronization
from bot.settings import Settings, sqlite_path


@asynccontextmanager
async def open_worker(settings: Settings, core: Core) -> AsyncIterator[DbosDurable]:
    """Do the work that is enqueued, and read Business Central on schedule, until the end.

    Raises StoreNotMigrated for a PostgreSQL database without this version's system tables; on SQLite they are
    made here.
    """
    await _check_system_tables(settings)
    interval = timedelta(minutes=settings.pull_interval_minutes)
    durable = DbosDurable(settings.database_url)
    core.pull.register(durable)
    core.pull.schedule(durable, interval)
    core.reconcile.register(durable)
    core.reconcile.schedule(durable)
    core.synchronization.register(durable)
    core.synchronization.schedule(durable)
    core.purge.register(durable)
    core.purge.schedule(durable)
    core.retry.register(durable)
    core.retry.schedule(durable)
    core.watch.register(durable)
    core.decide.register(durable)
    core.decide.schedule(durable)
    core.watch_decision.register(durable)
    core.prepare_support.register(durable)
    core.prepare_support.schedule(durable)
    core.retain.register(durable)
    core.retain.schedule(durable)
    core.rediagnose.register(durable)
    core.rediagnose.schedule(durable)
    core.delivery.register(durable)
    await durable.start()
    try:
        # The schedule ticks at the full minute: a newcomer should not wait for that.
        for connection in await core.pull.due(interval):
            await enqueue_pull(durable, connection)
        for connection in await core.synchronization.due():
            await enqueue_synchronization(durable, connection)
        # And a new catalogue should not wait either.
        await core.rediagnose.take_over()
        await enqueue_rediagnosis(durable, await core.rediagnose.due())
        async with delivering_for(settings, core.delivery, durable):
            yield durable
    finally:
        await durable.stop()


@asynccontextmanager
async def open_durable(settings: Settings, core: Core) -> AsyncIterator[Durable]:
    """What a process that talks to people needs.

    On SQLite a worker in it, so that a newcomer runs one process; on PostgreSQL only the way into the queues,
    since workers run beside it.

    Raises StoreNotMigrated as ``open_worker`` does.
    """
    if sqlite_path(settings.database_url) is not None:
        async with open_worker(settings, core) as durable:
            yield durable
        return
    await _check_system_tables(settings)
    client = DurableClient(settings.database_url)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def _check_system_tables(settings: Settings) -> None:
    on_sqlite = sqlite_path(settings.database_url) is not None
    if not on_sqlite and not await system_tables_are_current(settings.database_url):
        raise StoreNotMigrated
