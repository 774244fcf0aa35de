"""The end of a retry: what came of each record, told once, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.businesscentral import BusinessCentralClient
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import SourceFailure
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.lookout import since_of
from bot.operations.reading import FailureNote
from bot.operations.results import Result, end_state
from bot.operations.retry.values import Hope, Target
from bot.operations.rights import Act
from bot.store import Database
from bot.store.activity import Subject
from bot.store.care import lock_care, write_care
from bot.store.outbox import Outbox, Told
from bot.store.retries import RecordState, Retries, RetryBook, Tally
from bot.store.retry_candidates import Candidates
from bot.store.runs import Run, RunBook, Runs, RunState
from bot.store.values import ProblemState, Scope

_log = logging.getLogger("bot.retry")


@dataclass(frozen=True)
class Ending:
    """Ends runs. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    activity: Activity

    async def end(self, connection: str, run_id: str, failure: FailureNote | None) -> str:
        """The run's end, its activity line, its last words, what it means for its problems; once, however
        often this is called."""
        scope = Scope(self.workspace, connection)
        run = await Runs(self.database).get(scope, run_id)
        if run.state.is_over:
            return run.state
        said = await self._what_jobs_say(scope, run)
        whole = await self._is_whole(scope, run)
        now = self.clock.now()
        async with self.database.writing() as transaction:
            runs, book = RunBook(transaction, scope), RetryBook(transaction, scope, run_id)
            run = await runs.get(run_id)
            if run.state.is_over:
                return run.state
            for mapping, (status, text) in said.items():
                await book.turn_mapping(mapping, log_status=status, log_text=text)
            tally = await book.tally()
            state = end_state(run, failure)
            await runs.change(
                run_id,
                state=state,
                began_at=run.began_at or now,
                ended_at=now,
                done=tally.synchronized,
                failed=tally.failed,
                missed=tally.open,
                failure_key=failure.key if failure else None,
                failure_facts=dict(failure.facts) if failure else None,
                result={**(run.result or {}), "refused": tally.refused},
            )
            outbox = Outbox(transaction, scope, now)
            await outbox.tell(Told.PROGRESS, run_id)
            await outbox.answer(Told.RESULT, run_id, Told.PROGRESS)
            tallies = dict(await book.tallies())
            if run.problem_id:
                tallies.setdefault(run.problem_id, Tally({}))
            tallies.pop("", None)
            for problem, its in tallies.items():
                proven = whole and problem == run.problem_id and state is RunState.DONE
                await _settle(transaction, scope, problem, its, run, proven=proven, at=now)
                await outbox.note(
                    Told.RETRIED, problem, about=run_id, actor=run.asked_by, count=its.synchronized
                )
            await self.activity.write(transaction, scope, _deed(run, state, tally, failure))
        _log.info("retry of %s in %s: %s, %s synchronized", run.what, connection, state, tally.synchronized)
        return state

    async def _is_whole(self, scope: Scope, run: Run) -> bool:
        """Whether the run took every record of its problem that has not synchronized already."""
        target = Target.of(run.what)
        if not target.problem_id or not run.bounds.get("chosen") or run.bounds.get("left_over"):
            return False
        left_out: Mapping[str, int] = run.bounds.get("left_out") or {}
        if any(hope != Hope.SYNCHRONIZED for hope in left_out):
            return False
        tally = (await Retries(self.database).tallies(scope, run.id)).get(run.problem_id, Tally({}))
        now = await Candidates(self.database).records_of(scope, (run.problem_id,))
        return now <= tally.total + sum(left_out.values())

    async def _what_jobs_say(self, scope: Scope, run: Run) -> Mapping[str, tuple[str, str]]:
        """Status and text of the jobs of the mappings of which something is still open, by mapping."""
        client = self.clients.get(scope.connection)
        store = Retries(self.database)
        wanting = {
            record.mapping
            for record in await store.records(
                scope, run.id, [RecordState.RELEASED, RecordState.PENDING, RecordState.FAILED]
            )
        }
        if client is None or not wanting or "since" not in run.bounds:
            return {}
        try:
            entries = [one for one in await client.job_queue_entries() if one.mapping in wanting]
            logged = await client.job_queue_log_entries(since_of(run))
        except SourceFailure:
            return {}
        said = {}
        for entry in entries:
            its = [one for one in logged if one.entry_id == entry.entry_id and one.error_message]
            text = its[-1].error_message if its else entry.error_message
            said[entry.mapping or ""] = (entry.status, text)
        return said


async def tell_progress(transaction: AsyncConnection, scope: Scope, run_id: str, at: datetime) -> None:
    """Have the messages about a run, and the cards of its problems, drawn anew."""
    outbox = Outbox(transaction, scope, at)
    await outbox.tell(Told.PROGRESS, run_id)
    for problem in await RetryBook(transaction, scope, run_id).problems():
        await outbox.tell(Told.PROBLEM, problem)


async def _settle(
    transaction: AsyncConnection,
    scope: Scope,
    problem: str,
    tally: Tally,
    run: Run,
    *,
    proven: bool,
    at: datetime,
) -> None:
    """A problem is fixed when every record of it has synchronized, and open when one failed again.

    It counts as fixed from when the run began: an error logged since contradicts that.
    """
    care = await lock_care(transaction, scope, problem)
    if care is None:
        return
    if tally.failed and care.state is ProblemState.FIXED:
        await write_care(
            transaction, scope, problem, replace(care, state=ProblemState.OPEN, decided_by="", decided_at=at)
        )
    elif proven and tally.total == tally.synchronized > 0 and care.state is ProblemState.OPEN:
        by = Actor.parse(run.asked_by).id
        fixed = replace(care, state=ProblemState.FIXED, decided_by=by, decided_at=run.began_at)
        await write_care(transaction, scope, problem, fixed)


def _deed(run: Run, state: RunState, tally: Tally, failure: FailureNote | None) -> Deed:
    result = Result(tally.total, tally.synchronized, tally.failed, tally.open, tally.refused)
    target = Target.of(run.what)
    kind, subject = Subject.RUN, run.id
    if target.number is not None:
        kind, subject = Subject.ERROR, str(target.number)
    elif run.problem_id:
        kind, subject = Subject.PROBLEM, run.problem_id
    return Deed(
        key=f"retry:{run.id}",
        actor=Actor.parse(run.asked_by),
        act=Act.RETRY,
        outcome=result.outcome(state, failure),
        subject_kind=kind,
        subject=subject,
        count=tally.synchronized,
        facts=result.facts(run, failure),
    )
