"""A worker that delivers, and dies between what it did in Slack and its being recorded.

``python -m tests.delivery.dying DATABASE_URL API_URL TOKEN KIND``: dies after the first message of that kind.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from typing import Any

from bot.clock import SystemClock
from bot.delivery import Delivery, Pace, WebApi
from bot.operations.durable.engine import DbosDurable
from bot.store import Database
from bot.store.outbox import Told
from bot.store.postings import Postings
from tests.delivery.telling import renderers


async def work(database_url: str, api_url: str, token: str, dies_after: str) -> None:
    database = Database.open(database_url)
    recorded = Postings.posted

    async def posted(self: Postings, scope: Any, posting: str, channel: str, ts: str, at: datetime) -> None:
        found = await self.get(scope, posting)
        if found is not None and found.kind == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        await recorded(self, scope, posting, channel, ts, at)

    Postings.posted = posted  # type: ignore[method-assign]
    delivery = Delivery(database, SystemClock(), renderers())
    durable = DbosDurable(database_url)
    delivery.register(durable)
    await durable.start()
    async with delivery.running(durable, WebApi(token, api_url), pace=Pace(0.05, 0.0)):
        while await Postings(database).next_due() is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await durable.stop()
    await database.close()


if __name__ == "__main__":
    assert sys.argv[4] in (*Told, "never")
    asyncio.run(work(*sys.argv[1:5]))
