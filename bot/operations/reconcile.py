"""Reconcile: noticing at night which stored errors Business Central no longer has, as a durable workflow.

Rows disappear there by themselves (retention, "1 Month" by default) or are purged by people; the bot keeps
them and marks them. Windows of stored numbers are compared with the numbers and ids that are there. What is
known is looked up before Business Central is asked, so that a pull under way can be in nobody's way: whatever
it adds meanwhile is not judged.

It also finds what pulls missed: rows that became visible only after pulls had gone past their numbers,
further than the overlap of a pull. The next pull goes back for them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceFailure, SourceGarbled, StoreUnavailable
from bot.operations.comparing import Compared, There, compare, finding_of
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.reading import FailureNote, note_of
from bot.operations.views import ReconcileReport
from bot.store import Database, Presence, Pulls
from bot.store.values import KnownRow, Scope

RECONCILE = "reconcile"
TICK = "reconcile.tick"

WINDOW = 10_000
"""Stored rows compared at a time: one request of some 0.7 MB, and a short transaction."""

SETTLED = timedelta(minutes=10)
"""Younger rows are not judged: the transaction that wrote them may not have ended yet."""

AGAIN_AFTER = timedelta(hours=1)
"""Between attempts of one night, and before rows under known numbers are looked into out of turn."""

MOST_PAGES = 1_000
"""Pages of one window, after which the nextLinks lead nowhere."""

_log = logging.getLogger("bot.reconcile")


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known before the first window."""

    above: int = 0
    failure: FailureNote | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What one window brought: counts, and where the next one begins."""

    up_to: int = 0
    judged: int = 0
    gone: int = 0
    back: int = 0
    replaced: int = 0
    late: int = 0
    last: bool = False
    failure: FailureNote | None = None


@dataclass(frozen=True)
class Reconcile:
    """The use case. ``clients`` is keyed by ``Connection.key``; ``hour`` (UTC) begins the quiet time."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    hour: int
    window: int = WINDOW

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(RECONCILE, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Have every connection compared once a night; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection in await steps.run("due", self.due):
                await enqueue_reconcile(durable, connection)

        durable.every_minute(TICK, tick)

    async def due(self) -> tuple[str, ...]:
        """Keys of the connections that were not compared since the last quiet hour began.

        So a machine that was off at night catches up when it is back. An attempt that failed is repeated
        after an hour. Out of turn come connections whose last pulls met other rows under known numbers.
        """
        now = self.clock.now()
        return tuple([key for key in self.clients if await self._is_due(key, now)])

    async def _is_due(self, connection: str, now: datetime) -> bool:
        scope = self._scope(connection)
        pull = await Pulls(self.database).state(scope)
        if pull.succeeded_at is None:
            return False
        state = await Presence(self.database).state(scope)
        if state.attempted_at is not None and now - state.attempted_at < AGAIN_AFTER:
            return False
        done = state.succeeded_at
        return done is None or done < last_quiet_hour(now, self.hour) or pull.conflicting > 0

    async def workflow(self, steps: Steps, connection: str) -> ReconcileReport:
        """Compare everything that is stored. A failure is stored and reported, never raised.

        What was judged before a failure stays judged, and the next run goes on there.
        """
        begun = await steps.run("begin", self._begin, connection)
        windows: list[Window] = []
        failure, above = begun.failure, begun.above
        while failure is None and not (windows and windows[-1].last):
            window = await steps.run("window", self._window, connection, above)
            windows.append(window)
            failure, above = window.failure, window.up_to
        if failure is None:
            failure = await steps.run("conclude", self._conclude, connection)
        if failure is not None:
            await steps.run("fail", self._fail, connection, failure)
        return _report(connection, windows, failure)

    # Steps. Each is safe to repeat.

    async def _begin(self, connection: str) -> Begun:
        try:
            return Begun((await Presence(self.database).state(self._scope(connection))).above)
        except StoreUnavailable as failure:
            return Begun(failure=note_of(failure))

    async def _window(self, connection: str, above: int) -> Window:
        """Compare one window of stored numbers, and write down what follows, in one transaction."""
        scope = self._scope(connection)
        presence = Presence(self.database)
        now = self.clock.now()
        try:
            known = await presence.known(scope, above, self.window, now - SETTLED)
            compared = await self._compared(connection, above, known, now)
            judged = await presence.judge(scope, compared.verdict, now)
        except (SourceFailure, StoreUnavailable) as failure:
            return Window(failure=note_of(failure))
        replaced = len(compared.verdict.replaced)
        if replaced:
            _log.warning("%s numbers of %s belong to other rows now", replaced, connection)
        if judged.late:
            _log.warning("%s rows of %s came late: the next pull goes back for them", judged.late, connection)
        if compared.unsure:
            _log.warning("%s rows of %s could be any: nothing missing is marked", compared.unsure, connection)
        return Window(
            up_to=compared.verdict.up_to,
            judged=len(known),
            gone=judged.gone,
            back=judged.back,
            replaced=replaced,
            late=judged.late,
            last=len(known) < self.window,
        )

    async def _compared(
        self, connection: str, above: int, known: Sequence[KnownRow], now: datetime
    ) -> Compared:
        """Ask Business Central only after ``known`` was looked up; ask nothing where nothing is known."""
        up_to = known[-1].number if known else above
        there = await self._there(connection, above, up_to) if known else There({}, 0)
        return compare(above, up_to, known, there, now)

    async def _there(self, connection: str, above: int, up_to: int) -> There:
        client = self.clients[connection]
        page = await client.error_numbers(above, up_to)
        ids, unnumbered = dict(page.ids), page.unnumbered
        for _ in range(MOST_PAGES):
            if page.next_link is None:
                return There(ids, unnumbered)
            page = await client.follow_numbers(page.next_link)
            ids.update(page.ids)
            unnumbered += page.unnumbered
        raise SourceGarbled("nextLinks without end", reason="pages stand still")

    async def _conclude(self, connection: str) -> FailureNote | None:
        """After a whole run: what the numbers say of the connection."""
        scope = self._scope(connection)
        presence = Presence(self.database)
        try:
            before = (await Pulls(self.database).state(scope)).finding
            highest_read = await presence.highest(scope)
            highest_there = (await self.clients[connection].maintenance()).highest_number
            finding = finding_of(await presence.state(scope), highest_read, highest_there, before)
            await presence.finish(scope, finding, self.clock.now())
        except (SourceFailure, StoreUnavailable) as failure:
            return note_of(failure)
        if finding is not None and finding is not before:
            _log.warning("numbers of %s: %s", connection, finding.value)
        return None

    async def _fail(self, connection: str, failure: FailureNote) -> None:
        _log.warning("reconcile of %s ended by %s", connection, failure.key)
        try:
            await Presence(self.database).fail(self._scope(connection), self.clock.now(), failure.key)
        except StoreUnavailable:
            _log.warning("that could not be stored either")

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


async def enqueue_reconcile(durable: Durable, connection: str) -> str:
    """Have a connection compared; returns the workflow's id, that of the run under way where there is one."""
    return await durable.enqueue(
        RECONCILE, connection, queue=Queue.PULL, partition=connection, deduplication=f"reconcile:{connection}"
    )


def last_quiet_hour(now: datetime, hour: int) -> datetime:
    """When the hour (UTC) last began."""
    today = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _report(connection: str, windows: Sequence[Window], failure: FailureNote | None) -> ReconcileReport:
    return ReconcileReport(
        connection=connection,
        judged=sum(window.judged for window in windows),
        gone=sum(window.gone for window in windows),
        back=sum(window.back for window in windows),
        replaced=sum(window.replaced for window in windows),
        late=sum(window.late for window in windows),
        failure_key=failure.key if failure else None,
        failure_facts=failure.facts if failure else {},
    )
