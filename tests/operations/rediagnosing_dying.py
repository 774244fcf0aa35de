"""A worker that diagnoses stored errors anew, and dies in the middle.

``python -m tests.operations.rediagnosing_dying DATABASE_URL WHEN COUNT``: dies as the transaction of that
number that rewrites errors is about to be committed (``before``), or once it was (``behind``); ``never``
works to the end. Run by ``test_rediagnosing_killed``.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from bot.clock import SystemClock
from bot.diagnosis import load_classifier
from bot.operations.durable.engine import DbosDurable
from bot.operations.knowledge import Knowledge
from bot.operations.rediagnose import Rediagnose, enqueue_rediagnosis
from bot.store import Database, rediagnosis
from bot.store.rediagnosis import Rediagnoses
from bot.store.values import Scope

SCOPE = Scope("T1", "cronus")


async def work(database_url: str, when: str, count: int) -> None:
    database = Database.open(database_url)
    left = [count]

    def die(moment: str) -> None:
        if when == moment and left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    rewrite, apply = rediagnosis.rewrite, Rediagnoses.apply

    async def rewriting(*args: Any) -> int:
        moved = await rewrite(*args)
        left[0] -= 1
        die("before")
        return moved

    async def applying(*args: Any) -> Any:
        run = await apply(*args)
        die("behind")
        return run

    rediagnosis.rewrite = rewriting
    Rediagnoses.apply = applying  # type: ignore[method-assign] # the death of this process
    knowledge = Knowledge(SCOPE.workspace, database, load_classifier())
    rediagnose = Rediagnose(SCOPE.workspace, database, knowledge, (SCOPE.connection,), SystemClock(), slice=7)
    durable = DbosDurable(database_url)
    rediagnose.register(durable)
    await durable.start()
    await enqueue_rediagnosis(durable, await rediagnose.due())
    while await rediagnose.due():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await durable.stop()
    await database.close()


if __name__ == "__main__":
    assert sys.argv[2] in {"before", "behind", "never"}
    asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3])))
