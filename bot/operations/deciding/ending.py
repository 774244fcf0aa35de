"""The end of a decision: what came of each record, told once, in one transaction; and what follows it."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.deciding.proving import ended_by, mark_ended
from bot.operations.reading import FailureNote
from bot.operations.results import Result, end_state
from bot.operations.retry import RetryDesk
from bot.operations.rights import Act
from bot.store import Database
from bot.store.activity import Subject
from bot.store.decisions import DecidedState, DecisionBook, Decisions, DecisionTally
from bot.store.outbox import Outbox, Place, Told
from bot.store.runs import Run, RunBook, Runs, RunState
from bot.store.values import Scope

_log = logging.getLogger("bot.deciding")


@dataclass(frozen=True)
class Ending:
    """Ends runs."""

    workspace: str
    database: Database
    clock: Clock
    activity: Activity
    retrying: RetryDesk

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """The run's end, its activity line, its last words, the retries that follow; once, however often
        this is called."""
        scope = Scope(self.workspace, connection)
        ended = () if failure is not None else await self._ended(scope, run_id)
        now = self.clock.now()
        async with self.database.writing() as transaction:
            runs, book = RunBook(transaction, scope), DecisionBook(transaction, scope, run_id)
            run = await runs.get(run_id)
            if run.state.is_over:
                return run.state
            tally = await book.tally()
            state = end_state(run, failure)
            retries = await self._begin_retries(transaction, scope, run, tally, now)
            await runs.change(
                run_id,
                state=state,
                began_at=run.began_at or now,
                ended_at=now,
                done=tally.done,
                failed=tally.failed,
                missed=tally.silent,
                failure_key=failure.key if failure else None,
                failure_facts=dict(failure.facts) if failure else None,
                result={**(run.result or {}), "refused": tally.refused, "then": retries},
            )
            outbox = Outbox(transaction, scope, now)
            await outbox.tell(Told.PROGRESS, run_id)
            await outbox.answer(Told.RESULT, run_id, Told.PROGRESS)
            problems = dict.fromkeys((run.problem_id, *await book.problems()))
            for problem in filter(None, problems):
                await outbox.note(Told.DECIDED, problem, about=run_id, actor=run.asked_by, count=tally.done)
            await mark_ended(transaction, scope, ended, run, now)
            await self.activity.write(transaction, scope, _deed(run, state, tally, failure))
        _log.info("decision about %s: %s, %s done", connection, state, tally.done)
        return state

    async def _ended(self, scope: Scope, run_id: str) -> tuple[str, ...]:
        """Problems that the run has ended, by what Business Central says now."""
        run = await Runs(self.database).get(scope, run_id)
        store = Decisions(self.database)
        if run.state.is_over or not (await store.tally(scope, run_id)).done:
            return ()
        done = await store.records(scope, run_id, [DecidedState.DONE])
        problems = dict.fromkeys((run.problem_id, *(one.decided.problem_id for one in done)))
        return await ended_by(self.retrying.survey, scope, filter(None, problems))

    async def what_follows(self, connection: str, run_id: str) -> tuple[str, ...]:
        """Ids of the retries that the end of a run began."""
        run = await Runs(self.database).get(Scope(self.workspace, connection), run_id)
        return tuple(str(retry) for retry in (run.result or {}).get("then") or ())

    async def _begin_retries(
        self, transaction: AsyncConnection, scope: Scope, run: Run, tally: DecisionTally, now: datetime
    ) -> list[str]:
        """Retries of what waited for these records, told where the decision is told."""
        if not tally.done:
            return []
        begun = []
        where = run.bounds.get("place")
        for position, problem in enumerate(run.bounds.get("then") or ()):
            retry = await self.retrying.begin_for(
                transaction, scope, problem, Actor.parse(run.asked_by), now, f"then-{run.id[:24]}-{position}"
            )
            if where:
                await Outbox(transaction, scope, now).show(Told.PROGRESS, retry, Place(**where))
            begun.append(retry)
        return begun


async def tell_progress(transaction: AsyncConnection, scope: Scope, run_id: str, at: datetime) -> None:
    """Have the messages about a run drawn anew."""
    await Outbox(transaction, scope, at).tell(Told.PROGRESS, run_id)


def _deed(run: Run, state: RunState, tally: DecisionTally, failure: FailureNote | None) -> Deed:
    result = Result(tally.total, tally.done, tally.failed, tally.silent, tally.refused)
    kind, subject = (Subject.PROBLEM, run.problem_id) if run.problem_id else (Subject.RUN, run.id)
    return Deed(
        key=f"decision:{run.id}",
        actor=Actor.parse(run.asked_by),
        act=Act(str(run.bounds["act"])),
        outcome=result.outcome(state, failure),
        subject_kind=kind,
        subject=subject,
        count=tally.done,
        facts=result.facts(run, failure),
    )
