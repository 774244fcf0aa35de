"""Diagnosing stored errors anew: after an upgrade of the catalogue, and when a rule is taught or undone.

A durable workflow for each connection. How far it is stands in the store, written with each slice, so that
a step that runs twice, a killed worker and a rule that is taught in the middle all end the same: every error
has the diagnosis of the newest version.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis import Classifier
from bot.failures import StoreUnavailable
from bot.operations.causes.awaiting import ties_of
from bot.operations.diagnosing import Diagnosing, diagnosing_with
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.knowledge import Knowledge
from bot.operations.reading import FailureNote, note_of
from bot.store import Database
from bot.store.rediagnosis import Phase, Rediagnoses, Rediagnosis
from bot.store.rewriting import Examined, Meaning, StaleError
from bot.store.values import Scope

REDIAGNOSE = "rediagnose"
TICK = "rediagnose.tick"

SLICE = 1_000
"""Errors read at once: compared in a thread with what they mean now."""
MOST_CHANGED = 250
"""Errors rewritten by one transaction, so that neither the loop nor the database is held up."""
SLICES_A_STEP = 10
"""A step costs the engine 6 to 10 ms."""

_log = logging.getLogger("bot.rediagnose")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one step did."""

    examined: int = 0
    ended: bool = False
    failure: FailureNote | None = None


@dataclass(frozen=True, slots=True)
class RediagnosisReport:
    """How a run ended. Counts are those of the whole run, before a crash included."""

    connection: str
    examined: int
    moved: int
    failure_key: str | None = None


@dataclass(frozen=True)
class Rediagnose:
    """The use case. ``connections`` are the keys of those that the settings name."""

    workspace: str
    database: Database
    knowledge: Knowledge
    connections: Sequence[str]
    clock: Clock
    slice: int = SLICE

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(REDIAGNOSE, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Look every minute for errors of another version, such as a pull stores that began before a rule was
        taught; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection in await steps.run("due", self.due):
                await enqueue_rediagnosis(durable, (connection,))

        durable.every_minute(TICK, tick)

    async def take_over(self) -> None:
        """This process knows the catalogue that the workspace goes by from now on.

        For a worker that starts: of two versions side by side the one that was started last decides, so that
        they do not undo each other's work for ever. Raises StoreUnavailable.
        """
        await Rediagnoses(self.database).put_in_force(self.workspace, self._catalogue)

    async def due(self) -> tuple[str, ...]:
        """Keys of the connections that have errors to diagnose anew. Raises StoreUnavailable."""
        store = Rediagnoses(self.database)
        if await store.in_force(self.workspace) != self._catalogue:
            return ()
        version = (await self.knowledge.current()).catalogue.version
        due = []
        for connection in self.connections:
            if await store.is_due(self._scope(connection), version):
                due.append(connection)
            else:
                await store.checked(self._scope(connection), version)
        return tuple(due)

    async def under_way(self) -> bool:
        """Whether errors of some connection are being diagnosed anew, or are about to be."""
        return bool(await self.due())

    async def workflow(self, steps: Steps, connection: str) -> RediagnosisReport:
        """Diagnose whatever is of another version. A failure is reported, never raised: the tick tries
        again."""
        failure: FailureNote | None = None
        while True:
            stretch = await steps.run("stretch", self._stretch, connection)
            failure = stretch.failure
            if stretch.ended or failure is not None:
                break
        return await steps.run("report", self._report, connection, failure)

    async def state(self, scope: Scope) -> Rediagnosis:
        """How far a connection's run is."""
        return await Rediagnoses(self.database).state(scope)

    # Steps. Each is safe to repeat.

    async def _stretch(self, connection: str) -> Stretch:
        """Some slices; between two of them the loop and the database are free."""
        scope = self._scope(connection)
        examined = 0
        try:
            for _ in range(SLICES_A_STEP):
                classifier = await self.knowledge.current()
                if await Rediagnoses(self.database).in_force(self.workspace) not in ("", self._catalogue):
                    return Stretch(examined, ended=True)
                done = await self._slice(scope, classifier)
                if done is None:
                    # A rule may have been taught since; then there is another run to do.
                    newest = (await self.knowledge.current()).catalogue.version
                    return Stretch(examined, ended=newest == classifier.catalogue.version)
                examined += done
        except StoreUnavailable as failure:
            return Stretch(examined, failure=note_of(failure))
        return Stretch(examined)

    async def _slice(self, scope: Scope, classifier: Classifier) -> int | None:
        """The next errors, or the next problem to settle; None where nothing is left."""
        store = Rediagnoses(self.database)
        now = self.clock.now()
        version = classifier.catalogue.version
        state = await store.state(scope)
        if state.phase is Phase.DONE and not await store.is_due(scope, version):
            return None
        is_under_way = state.phase is not Phase.DONE and state.version == version
        run = state if is_under_way else await store.begin(scope, version, now)
        if run.phase is Phase.SETTLE:
            if not await store.settle_some(scope, ties_of):
                await store.next_phase(scope, run, now)
            return 0
        stale = await store.stale(scope, run, self.slice)
        if not stale:
            await store.next_phase(scope, run, now)
            return 0
        examined = await asyncio.to_thread(_examine, classifier, scope, stale)
        await store.apply(scope, run, examined, now)
        return examined.count

    async def _report(self, connection: str, failure: FailureNote | None) -> RediagnosisReport:
        if failure is not None:
            _log.warning("diagnosing %s anew ended by %s", connection, failure.key)
            return RediagnosisReport(connection, 0, 0, failure.key)
        state = await self.state(self._scope(connection))
        _log.info("diagnosed %s errors of %s anew, %s moved", state.examined, connection, state.moved)
        return RediagnosisReport(connection, state.examined, state.moved)

    @property
    def _catalogue(self) -> str:
        return self.knowledge.base.catalogue.version

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


def _examine(classifier: Classifier, scope: Scope, stale: Sequence[StaleError]) -> Examined:
    """Compare errors with what they mean now, up to the most that one transaction may change."""
    diagnosing = diagnosing_with(classifier)
    changed: list[tuple[StaleError, Meaning]] = []
    for count, one in enumerate(stale, start=1):
        meaning = _meaning(diagnosing, scope, one.message)
        if not one.means(meaning):
            changed.append((one, meaning))
            if len(changed) == MOST_CHANGED:
                return Examined(count, (one.number, one.id), changed)
    return Examined(len(stale), (stale[-1].number, stale[-1].id), changed)


def _meaning(diagnosing: Diagnosing, scope: Scope, message: str) -> Meaning:
    known = diagnosing.meaning(scope, message)
    return Meaning(known.problem, known.language, known.params, known.rule, known.topic, known.ties)


async def enqueue_rediagnosis(durable: Durable, connections: Iterable[str]) -> tuple[str, ...]:
    """Have connections diagnosed anew; ids of the workflows, those under way where there are some.

    A run under way sees a new rule at its next slice.
    """
    return tuple(
        [
            await durable.enqueue(
                REDIAGNOSE,
                connection,
                queue=Queue.PULL,
                partition=connection,
                deduplication=f"rediagnose:{connection}",
            )
            for connection in connections
        ]
    )
