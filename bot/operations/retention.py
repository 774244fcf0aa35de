"""What the bot keeps, and for how long: a durable workflow that removes at night what is past its time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import StoreUnavailable
from bot.operations.activity import Activity
from bot.operations.causes.awaiting import ties_of
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.reconcile import last_quiet_hour
from bot.store import Database
from bot.store.postings import Postings
from bot.store.rediagnosis import Rediagnoses
from bot.store.retention import Retention
from bot.store.values import Scope

RETENTION: Final = "retention"
TICK: Final = "retention.tick"
_SLICES_A_STEP: Final = 5
_log = logging.getLogger("bot.retention")


@dataclass
class Retain:
    """The use case. ``connections`` are keys; ``kept`` is how long, ``hour`` (UTC) begins the quiet time."""

    workspace: str
    database: Database
    activity: Activity
    connections: Sequence[str]
    clock: Clock
    kept: timedelta
    hour: int
    _asked: datetime | None = None

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(RETENTION, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Once a night; before ``durable.start``. A process that starts asks once more, which removes nothing
        that is not past its time."""

        async def tick(steps: Steps) -> None:
            if await steps.run("due", self._is_due):
                for connection in self.connections:
                    await durable.enqueue(
                        RETENTION,
                        connection,
                        queue=Queue.PULL,
                        partition=connection,
                        deduplication=f"retention:{connection}",
                    )

        durable.every_minute(TICK, tick)

    async def _is_due(self) -> bool:
        quiet = last_quiet_hour(self.clock.now(), self.hour)
        if self._asked is not None and self._asked >= quiet:
            return False
        self._asked = quiet
        return True

    async def workflow(self, steps: Steps, connection: str) -> int:
        """Remove what is past its time; gives how many errors. A failure ends it until the next night."""
        removed = 0
        try:
            until = (self.clock.now() - self.kept).isoformat()
            until = await steps.run("begin", _same, until)
            while gone := await steps.run("let go", self._let_go, connection, until):
                removed += gone
            while await steps.run("settle", self._settle, connection):
                pass
            await steps.run("tidy", self._tidy, connection, until)
        except StoreUnavailable:
            _log.warning("retention of %s broke off: the store does not answer", connection)
        if removed:
            _log.info("removed %s errors of %s that are past their time", removed, connection)
        return removed

    # Steps. Each is safe to repeat.

    async def _let_go(self, connection: str, until: str) -> int:
        removed = 0
        for _ in range(_SLICES_A_STEP):
            some = await Retention(self.database).let_go(
                Scope(self.workspace, connection), datetime.fromisoformat(until)
            )
            removed += some
            if not some:
                break
        return removed

    async def _settle(self, connection: str) -> bool:
        return await Rediagnoses(self.database).settle_some(Scope(self.workspace, connection), ties_of)

    async def _tidy(self, connection: str, until: str) -> None:
        await Retention(self.database).tidy(Scope(self.workspace, connection), datetime.fromisoformat(until))
        await Postings(self.database).forget_said(datetime.fromisoformat(until))
        await self.activity.let_go()


async def _same(value: str) -> str:
    """Recorded, so that a workflow that is taken over goes by the time at which it began."""
    return value
