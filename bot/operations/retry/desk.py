"""Before a retry: what it would do, and starting it; while it watches: stopping it; afterwards: what came of
it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import NotFound, NothingToRetry, RetryChanged
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.durable.port import Durable
from bot.operations.masking import masked
from bot.operations.retry.acting import enqueue_retry
from bot.operations.retry.ending import tell_progress
from bot.operations.retry.survey import Survey, Surveyed
from bot.operations.retry.values import (
    MOST_CHOICES,
    WATCHED_FOR,
    Hope,
    RetryOffer,
    RetryReport,
    StillFails,
    Target,
)
from bot.operations.sharing import line_for_many
from bot.operations.stopping import stop_run
from bot.store import Database, Problems
from bot.store.outbox import Outbox, Place, Told
from bot.store.retries import RecordState, RetriedMapping, RetriedRecord, Retries, RetryBook
from bot.store.runs import Run, RunBook, RunKind, Runs
from bot.store.search_problems import NarrowedProblems
from bot.store.values import Scope

NAMED: Final = 5
"""Records and reasons that a message names."""


@dataclass(frozen=True)
class RetryDesk:
    """Offers, starts and stops retries. Knows nothing of who may."""

    database: Database
    ask: Ask
    survey: Survey
    clock: Clock
    watched_for: timedelta = WATCHED_FOR

    async def offer(self, scope: Scope, target: Target) -> RetryOffer:
        """What a retry would do. Raises NotFound for an error or a problem that is not stored."""
        surveyed = await self.survey.take(scope, target)
        now = surveyed.now
        running = await Runs(self.database).active_about(
            scope, RunKind.RETRY, _settled(target, surveyed).what
        )
        line = None
        if len(surveyed.problems) == 1:
            line = self.ask.line(await Problems(self.database).get(scope, surveyed.problems[0]))
        return RetryOffer(
            connection=await self.ask.connection(scope),
            target=_settled(target, surveyed),
            hopes=surveyed.hopes,
            examples=surveyed.examples,
            first=surveyed.first,
            mappings=tuple(one.mapping for one in surveyed.mappings),
            jobs=surveyed.jobs,
            problems=len(surveyed.problems),
            left_over=surveyed.left_over,
            hopeless=now.hopeless,
            reason=now.reason,
            unread=now.unread,
            choices=_choices(target, surveyed),
            running=running,
            line=line,
            watched_for=self.watched_for,
        )

    async def start(
        self,
        durable: Durable,
        scope: Scope,
        target: Target,
        confirmed: int,
        actor: Actor,
        place: Place,
        run_id: str,
    ) -> Run:
        """Have it retried, and its progress shown in that place. Where the same is retried already, that run
        is answered, and shown there too.

        Raises RetryChanged where more records would be taken now than were confirmed, NothingToRetry where
        none would.
        """
        surveyed = await self.survey.take(scope, target)
        target = _settled(target, surveyed)
        if await Runs(self.database).active_about(scope, RunKind.RETRY, target.what) is None:
            if len(surveyed.records) > confirmed:
                raise RetryChanged(records=len(surveyed.records), confirmed=confirmed)
            if not surveyed.records:
                raise NothingToRetry
        now = self.clock.now()
        async with self.database.writing() as transaction:
            problem = surveyed.problems[0] if len(surveyed.problems) == 1 else ""
            wanted = replace(
                _run(run_id, target, problem, actor, now),
                total=len(surveyed.records),
                bounds=surveyed.bounds(),
            )
            run = await RunBook(transaction, scope).start_beside_others(wanted)
            if run.id == run_id and not run.state.is_over:
                await RetryBook(transaction, scope, run.id).choose(surveyed.records, surveyed.mappings)
                await tell_progress(transaction, scope, run.id, now)
            await Outbox(transaction, scope, now).show(Told.PROGRESS, run.id, place)
        if run.id == run_id and not run.state.is_over:
            await enqueue_retry(durable, scope.connection, run.id)
        return run

    async def begin_for_fix(
        self, transaction: AsyncConnection, scope: Scope, problem_id: str, actor: Actor, at: datetime
    ) -> str:
        """Enter a run for a problem that is being marked as fixed, in the transaction of the mark.

        Its records are chosen when it begins. Returns the run's id, that of the one under way where there is
        one. ``enqueue_retry`` it afterwards; where that is missed, the schedule does it.
        """
        run_id = f"fix-{problem_id[:30]}-{at:%y%m%d%H%M%S%f}"
        return await self.begin_for(transaction, scope, problem_id, actor, at, run_id)

    async def begin_for(
        self,
        transaction: AsyncConnection,
        scope: Scope,
        problem_id: str,
        actor: Actor,
        at: datetime,
        run_id: str,
    ) -> str:
        """The same for whoever decided what a problem waited for."""
        run = await RunBook(transaction, scope).start_beside_others(
            _run(run_id, Target(problem_id), problem_id, actor, at)
        )
        return run.id

    async def follow(self, scope: Scope, run_id: str, place: Place) -> None:
        """Show how far a run is in that place, too."""
        async with self.database.writing() as transaction:
            await Outbox(transaction, scope, self.clock.now()).show(Told.PROGRESS, run_id, place)

    async def stop(self, scope: Scope, run_id: str, actor: Actor) -> Run:
        """Have a retry end at its next step; nothing happens to one that is over. Raises NotFound.

        What was released and woken stays so: nobody can tell Business Central's run to stop.
        """
        async with self.database.writing() as transaction:
            return await stop_run(transaction, scope, run_id, RunKind.RETRY, actor, self.clock.now())

    async def report(self, scope: Scope, run_id: str, problem_id: str = "") -> RetryReport:
        """A run for the messages about it, or what it did to one problem alone.

        Raises NotFound, also for a run of another kind.
        """
        await self.ask.knowledge.current()
        async with self.database.moment():
            run = await Runs(self.database).get(scope, run_id)
            if run.kind is not RunKind.RETRY:
                raise NotFound(what="run")
            store = Retries(self.database)
            tally = await store.tally(scope, run_id)
            if problem_id:
                tally = (await store.tallies(scope, run_id)).get(problem_id, tally)
            mappings = await store.mappings(scope, run_id)
            fails = await self._fails(scope, run_id, problem_id)
            silent = await store.records(scope, run_id, [RecordState.RELEASED], limit=NAMED)
            lines = await NarrowedProblems(self.database).by_id(scope, [run.problem_id])
            return RetryReport(
                connection=await self.ask.connection(scope),
                run=run,
                target=Target.of(run.what),
                tally=tally,
                mappings=_masked_logs(mappings) if problem_id else mappings,
                fails=tuple(map(_for_many, fails)) if problem_id else fails,
                refused=await store.reasons(scope, run_id, RecordState.REFUSED),
                silent=tuple(record.record_id for record in silent),
                left_out={Hope(hope): count for hope, count in (run.bounds.get("left_out") or {}).items()},
                line=self.ask.line(lines[run.problem_id]) if run.problem_id in lines else None,
                watched_until=None if run.began_at is None else run.began_at + self.watched_for,
            )

    async def _fails(self, scope: Scope, run_id: str, problem_id: str) -> tuple[StillFails, ...]:
        """What failed again, by the problem that it is now, most records first; of one problem or of all."""
        store = Retries(self.database)
        records = await store.records(scope, run_id, [RecordState.FAILED])
        if problem_id:
            records = tuple(record for record in records if record.problem_id == problem_id)
        if not records:
            return ()
        errors = await store.errors_of(scope, records)
        groups: dict[str, list[RetriedRecord]] = {}
        for record in records:
            groups.setdefault(errors.get(record.record_id, (0, ""))[1], []).append(record)
        rows = await NarrowedProblems(self.database).by_id(scope, [key for key in groups if key])
        return tuple(
            StillFails(
                line=self.ask.line(rows[key]) if key in rows else None,
                records=tuple(record.record_id for record in group[:NAMED]),
                count=len(group),
                number=errors.get(group[0].record_id, (0, ""))[0],
            )
            for key, group in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
        )


def _choices(target: Target, surveyed: Surveyed) -> tuple[tuple[str, str], ...]:
    """What can be chosen by itself of many skipped records."""
    if target.skipped is None or len(surveyed.records) < 2:
        return ()
    return tuple((one.coupling_id, one.record_id) for one in surveyed.records[:MOST_CHOICES])


def _for_many(fails: StillFails) -> StillFails:
    """For a thread: no names of records."""
    line = None if fails.line is None else line_for_many(fails.line)
    return replace(fails, line=line, records=())


def _masked_logs(mappings: tuple[RetriedMapping, ...]) -> tuple[RetriedMapping, ...]:
    return tuple(replace(one, log_text=masked(one.log_text)) for one in mappings)


def _run(run_id: str, target: Target, problem_id: str, actor: Actor, at: datetime) -> Run:
    return Run(
        id=run_id,
        kind=RunKind.RETRY,
        what=target.what,
        problem_id=problem_id,
        asked_by=str(actor),
        asked_at=at,
        bounds={},
    )


def _settled(target: Target, surveyed: Surveyed) -> Target:
    """The target by the id that its problem has now."""
    if target.problem_id and surveyed.problems:
        return replace(target, problem_id=surveyed.problems[0])
    return target
