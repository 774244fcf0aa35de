"""Before a purge: what it would delete, and starting it; while it runs: stopping it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import NotFound, NothingToPurge, PurgeChanged, PurgeOutOfBounds
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.durable.port import Durable
from bot.operations.purging.values import (
    MARGIN,
    OLD,
    Bounds,
    CauseShare,
    PurgeChoice,
    PurgeOffer,
    PurgeReport,
)
from bot.operations.purging.workflow import enqueue_purge
from bot.operations.stopping import stop_run
from bot.store import Database, Problems, Pulls
from bot.store.census import Census, Censuses
from bot.store.outbox import Outbox, Place, Told
from bot.store.purging import Purged
from bot.store.runs import Run, RunBook, RunKind, Runs
from bot.store.search_problems import NarrowedProblems
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

CAUSES: Final = 5


@dataclass(frozen=True)
class PurgeDesk:
    """Offers, starts and stops purges. Knows nothing of who may."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    async def offer(self, scope: Scope, problem_id: str = "") -> PurgeOffer:
        """What each purge would delete; of one problem where one is named. Raises NotFound for that, and
        ActionMissing where Business Central can only be read.

        Everything is counted from sums in the store, at one moment.
        """
        if (client := self.clients.get(scope.connection)) is not None:
            client.expect_deletable()
        async with self.database.moment():
            connection = await self.ask.connection(scope)
            pull = await Pulls(self.database).state(scope)
            state = await Synchronization(self.database).read_so_far(scope)
            problem = None
            if problem_id:
                problem = self.ask.line(await Problems(self.database).get(scope, problem_id))
            running = await Runs(self.database).active(scope, RunKind.PURGE)
            choices: tuple[PurgeChoice, ...] = ()
            if pull.succeeded_at is not None and running is None:
                now = self.clock.now()
                choices = await self._choices(scope, now, min(now, pull.succeeded_at) - MARGIN, problem_id)
            return PurgeOffer(
                connection=connection,
                freshness=await self.ask.freshness(scope),
                choices=choices,
                evidence_at=state.succeeded_at,
                retention_enabled=state.retention_enabled,
                retention_period=state.retention_period,
                running=running,
                problem=problem,
            )

    async def again(self, scope: Scope, bounds: Bounds) -> PurgeOffer:
        """The one purge within bounds that were shown before, counted anew."""
        async with self.database.moment():
            offer = await self.offer(scope, bounds.problem_id)
            same = [choice for choice in offer.choices if choice.bounds.what is bounds.what]
            return PurgeOffer(
                connection=offer.connection,
                freshness=offer.freshness,
                choices=tuple(same),
                evidence_at=offer.evidence_at,
                retention_enabled=offer.retention_enabled,
                retention_period=offer.retention_period,
                running=offer.running,
                problem=offer.problem,
            )

    async def start(
        self, durable: Durable, scope: Scope, bounds: Bounds, actor: Actor, place: Place, run_id: str
    ) -> Run:
        """Have the purge done, and its progress shown in that place. Where one is under way in this
        connection, that one is answered, and shown there too.

        Raises PurgeChanged where more would match now than was confirmed, NothingToPurge where nothing does,
        PurgeOutOfBounds for bounds that nobody can have been shown.
        """
        now = self.clock.now()
        if (
            bounds.logged_until > now - MARGIN
            or bounds.evidence_until > now
            or bounds.entries < 1
            or bounds.highest_number < 1
            or (bounds.what is Purged.PROBLEM) != bool(bounds.problem_id)
            or (bounds.what is Purged.OLD and bounds.logged_until > now - OLD)
        ):
            raise PurgeOutOfBounds
        if await Runs(self.database).active(scope, RunKind.PURGE) is None:
            count = await self.count(scope, bounds)
            if count > bounds.entries:
                raise PurgeChanged(entries=count, confirmed=bounds.entries)
            if count == 0:
                raise NothingToPurge
        async with self.database.writing() as transaction:
            run = await RunBook(transaction, scope).start(
                Run(
                    id=run_id,
                    kind=RunKind.PURGE,
                    what=bounds.what,
                    problem_id=bounds.problem_id,
                    asked_by=str(actor),
                    asked_at=now,
                    bounds=bounds.stored(),
                    total=bounds.entries,
                )
            )
            await Outbox(transaction, scope, now).show(Told.PROGRESS, run.id, place)
        if run.id == run_id and not run.state.is_over:
            await enqueue_purge(durable, scope.connection, run.id)
        return run

    async def count(self, scope: Scope, bounds: Bounds) -> int:
        """How many entries are within these bounds now."""
        censuses = Censuses(self.database)
        if bounds.what is not Purged.RESOLVED:
            return await censuses.entries(scope, bounds.logged_until, bounds.problem_id)
        (census,) = await censuses.take(
            scope, (bounds.logged_until,), bounds.evidence_until, bounds.problem_id
        )
        return census.resolved

    async def follow(self, scope: Scope, run_id: str, place: Place) -> None:
        """Show how far a run is in that place, too."""
        async with self.database.writing() as transaction:
            await Outbox(transaction, scope, self.clock.now()).show(Told.PROGRESS, run_id, place)

    async def stop(self, scope: Scope, run_id: str, actor: Actor) -> Run:
        """Have a purge end at its next step; nothing happens to one that is over. Raises NotFound."""
        async with self.database.writing() as transaction:
            return await stop_run(transaction, scope, run_id, RunKind.PURGE, actor, self.clock.now())

    async def report(self, scope: Scope, run_id: str) -> PurgeReport:
        """A run for the messages about it. Raises NotFound, also for a run of another kind."""
        async with self.database.moment():
            run = await Runs(self.database).get(scope, run_id)
            if run.kind is not RunKind.PURGE:
                raise NotFound(what="run")
            problem = None
            if run.problem_id:
                rows = await NarrowedProblems(self.database).by_id(scope, [run.problem_id])
                problem = self.ask.line(rows[run.problem_id]) if rows else None
            return PurgeReport(await self.ask.connection(scope), run, Bounds.of(run.bounds), problem)

    async def _choices(
        self, scope: Scope, now: datetime, until: datetime, problem_id: str
    ) -> tuple[PurgeChoice, ...]:
        censuses = Censuses(self.database)
        if problem_id:
            (its,) = await censuses.take(scope, (until,), now, problem_id)
            return (await self._choice(scope, Purged.PROBLEM, its, now, problem_id),)
        everything, old = await censuses.take(scope, (until, min(until, now - OLD)), now)
        return (
            await self._choice(scope, Purged.RESOLVED, everything, now),
            await self._choice(scope, Purged.OLD, old, now),
            await self._choice(scope, Purged.ALL, everything, now),
        )

    async def _choice(
        self, scope: Scope, what: Purged, census: Census, now: datetime, problem_id: str = ""
    ) -> PurgeChoice:
        resolved_only = what is Purged.RESOLVED
        shares = {
            share.problem_id: share.resolved if resolved_only else share.entries for share in census.shares
        }
        largest = sorted((one for one in shares.items() if one[1] > 0), key=lambda one: (-one[1], one[0]))
        rows = await NarrowedProblems(self.database).by_id(scope, [one[0] for one in largest[:CAUSES]])
        causes = [
            CauseShare(self.ask.line(rows[key]), count) for key, count in largest[:CAUSES] if key in rows
        ]
        entries = census.resolved if resolved_only else census.entries
        return PurgeChoice(
            bounds=Bounds(what, census.logged_until, census.highest_number, now, entries, problem_id),
            resolved=census.resolved,
            matters=0 if resolved_only else census.matters,
            unknown=0 if resolved_only else census.unknown,
            causes=tuple(causes),
            other_causes=len(largest) - len(causes),
            oldest=census.oldest,
            newest=census.newest_resolved if resolved_only else census.newest,
        )


def same_company(typed: str, company: str) -> bool:
    """Whether somebody typed the company's name; case and blanks do not matter."""
    return bool(company) and " ".join(typed.split()).casefold() == " ".join(company.split()).casefold()
