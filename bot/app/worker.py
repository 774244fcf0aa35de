"""The part of a process that works: durable work on its queues, and the schedule."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.app.core import Core
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.port import Durable
from bot.operations.pull import enqueue_pull
from bot.settings import Settings


@asynccontextmanager
async def open_worker(settings: Settings, core: Core) -> AsyncIterator[Durable]:
    """Do the work that is enqueued, and read Business Central on schedule, until the end."""
    interval = timedelta(minutes=settings.pull_interval_minutes)
    durable = DbosDurable(settings.database_url)
    core.pull.register(durable)
    core.pull.schedule(durable, interval)
    await durable.start()
    try:
        # The schedule ticks at the full minute: a newcomer should not wait for that.
        for connection in await core.pull.due(interval):
            await enqueue_pull(durable, connection)
        yield durable
    finally:
        await durable.stop()
