"""Before a decision: whether it can be carried out, and starting it; then stopping it; afterwards: what came
of it, and how to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Final

from bot.businesscentral import BusinessCentralClient, PermissionSet
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    ActionMissing,
    ActionNotPermitted,
    ActionRefused,
    ConnectionGone,
    NotFound,
    NothingToDecide,
    SourceFailure,
    SourceMissing,
)
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.deciding.acting import enqueue_decision
from bot.operations.deciding.ending import tell_progress
from bot.operations.deciding.values import (
    ACT_OF,
    INVERSE,
    MOST_RECORDS,
    WATCHED_FOR,
    Allowance,
    DecisionReport,
    FailedNow,
    Permission,
    Plan,
)
from bot.operations.durable.port import Durable
from bot.operations.reading import note_of
from bot.operations.sharing import line_for_many
from bot.operations.stopping import stop_run
from bot.store import Database
from bot.store.decisions import (
    Decided,
    DecidedRecord,
    DecidedState,
    DecisionBook,
    Decisions,
    Step,
)
from bot.store.outbox import Outbox, Place, Told
from bot.store.record_names import NO_NAMES, Names, RecordNames
from bot.store.runs import Run, RunBook, RunKind, Runs
from bot.store.search_problems import NarrowedProblems
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

NAMED: Final = 5
"""Records that a message names."""
NOT_PERMITTED: Final = ActionNotPermitted("", action="create", permission_set=PermissionSet.SYNC.value)


@dataclass(frozen=True)
class DecisionDesk:
    """Starts, stops and tells of decisions. Knows nothing of who may."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock
    watched_for: timedelta = WATCHED_FOR

    async def allowance(self, scope: Scope) -> Allowance:
        """Whether anything could be decided now, as far as Business Central says."""
        client = self.clients.get(scope.connection)
        if client is None:
            return Allowance(hopeless=note_of(ConnectionGone()))
        try:
            states = await client.connection_states()
        except SourceMissing as missing:
            what = str(missing.facts.get("what", ""))
            is_extension = what == "extension"
            failure = ActionMissing("", action="create", what=what) if is_extension else missing
            return Allowance(hopeless=note_of(failure))
        except SourceFailure as failure:
            note = note_of(failure)
            return Allowance(unread=note) if failure.retry_helps else Allowance(hopeless=note)
        if not any(state.enabled for state in states):
            reason = next((state.disable_reason for state in states if state.disable_reason), "")
            off = note_of(ActionRefused("", action="create", guard="ConnectionOff"))
            return Allowance(hopeless=off, reason=reason)
        permission = await _permission(client)
        missing_set = note_of(NOT_PERMITTED) if permission is Permission.MISSING else None
        return Allowance(permission, hopeless=missing_set)

    async def start(
        self, durable: Durable, scope: Scope, plan: Plan, actor: Actor, place: Place, run_id: str
    ) -> Run:
        """Have it carried out, and its progress shown in that place. Where the same is under way already,
        that run is answered, and shown there too.

        Raises NothingToDecide for a plan without records, or with more than ``MOST_RECORDS``.
        """
        if not 0 < len(plan.records) <= MOST_RECORDS:
            raise NothingToDecide
        now = self.clock.now()
        wanted = Run(
            id=run_id,
            kind=RunKind.DECISION,
            what=plan.what,
            problem_id=plan.problem_id,
            asked_by=str(actor),
            asked_at=now,
            bounds={"act": str(plan.act), "then": list(plan.then), "place": asdict(place)},
            total=len(plan.records),
        )
        async with self.database.writing() as transaction:
            run = await RunBook(transaction, scope).start_beside_others(wanted)
            if run.id == run_id and not run.state.is_over:
                await DecisionBook(transaction, scope, run.id).choose(plan.records)
                await tell_progress(transaction, scope, run.id, now)
            await Outbox(transaction, scope, now).show(Told.PROGRESS, run.id, place)
        if run.id == run_id and not run.state.is_over:
            await enqueue_decision(durable, scope.connection, run.id)
        return run

    async def running(self, scope: Scope, what: str) -> Run | None:
        """The run about that which is under way."""
        return await Runs(self.database).active_about(scope, RunKind.DECISION, what)

    async def follow(self, scope: Scope, run_id: str, place: Place) -> None:
        """Show how far a run is in that place, too."""
        async with self.database.writing() as transaction:
            await Outbox(transaction, scope, self.clock.now()).show(Told.PROGRESS, run_id, place)

    async def stop(self, scope: Scope, run_id: str, actor: Actor) -> Run:
        """Have a run end at its next step; nothing happens to one that is over. Raises NotFound.

        What Business Central was asked for goes on there.
        """
        async with self.database.writing() as transaction:
            return await stop_run(transaction, scope, run_id, RunKind.DECISION, actor, self.clock.now())

    async def inverse(self, scope: Scope, run_id: str) -> Plan:
        """What undoes a run: what it coupled is uncoupled, and the other way round, the last one first.

        Raises NotFound, and NothingToDecide where there is nothing that can be undone.
        """
        run = await self._run(scope, run_id)
        done = await Decisions(self.database).records(scope, run_id, [DecidedState.DONE])
        mappings = {one.name: one.id for one in await Synchronization(self.database).mappings(scope)}
        undone = [undo for one in reversed(done) if (undo := _undone(one.decided, mappings)) is not None]
        kinds = {one.step for one in undone}
        if len(kinds) != 1:
            raise NothingToDecide
        return Plan(f"undo:{run_id}", tuple(undone), ACT_OF[kinds.pop()], run.problem_id)

    async def report(self, scope: Scope, run_id: str, problem_id: str = "") -> DecisionReport:
        """A run for the messages about it; with a problem, for the many who read its thread: without names.

        Raises NotFound, also for a run of another kind.
        """
        await self.ask.knowledge.current()
        async with self.database.moment():
            run = await self._run(scope, run_id)
            store = Decisions(self.database)
            tally = await store.tally(scope, run_id)
            records = await store.records(scope, run_id)
            fails = await self._fails(scope, [one for one in records if one.state is DecidedState.FAILED])
            lines = await NarrowedProblems(self.database).by_id(scope, [run.problem_id])
            mappings = {one.name: one.id for one in await Synchronization(self.database).mappings(scope)}
            silent = [one for one in records if one.state in (DecidedState.ASKED, DecidedState.UNSURE)]
            steps = tuple(dict.fromkeys(one.decided.step for one in records))
            directions = {one.decided.direction for one in records}
            undoable = sum(
                one.state is DecidedState.DONE and _undone(one.decided, mappings) is not None
                for one in records
            )
            return DecisionReport(
                connection=await self.ask.connection(scope),
                run=run,
                steps=steps,
                direction=directions.pop() if len(directions) == 1 else "",
                tally=tally,
                named=() if problem_id else records[:NAMED],
                fails=tuple(map(_for_many, fails)) if problem_id else fails,
                refused=await store.reasons(scope, run_id),
                silent=() if problem_id else tuple(one.decided.record_id for one in silent[:NAMED]),
                undoable=undoable if len(INVERSE.keys() & set(steps)) == 1 else 0,
                then=len((run.result or {}).get("then") or ()),
                line=self.ask.line(lines[run.problem_id]) if run.problem_id in lines else None,
                watched_until=None if run.began_at is None else run.began_at + self.watched_for,
                names=NO_NAMES if problem_id else await self._names(scope, records),
            )

    async def _names(self, scope: Scope, records: Sequence[DecidedRecord]) -> Names:
        """As far as somebody asked for them before."""
        first = [one.decided.record_id for one in records[: 2 * NAMED]]
        return await RecordNames(self.database).known(scope, first)

    async def _run(self, scope: Scope, run_id: str) -> Run:
        run = await Runs(self.database).get(scope, run_id)
        if run.kind is not RunKind.DECISION:
            raise NotFound(what="run")
        return run

    async def _fails(self, scope: Scope, failed: list[DecidedRecord]) -> tuple[FailedNow, ...]:
        """What failed, by the problem that it is now, most records first."""
        if not failed:
            return ()
        jobs = sorted({one.job_id for one in failed if one.job_id})
        errors = await Decisions(self.database).failures(scope, jobs, 0)
        problem_of = dict(errors.values())
        groups: dict[str, list[DecidedRecord]] = {}
        for one in failed:
            groups.setdefault(problem_of.get(one.new_number, ""), []).append(one)
        rows = await NarrowedProblems(self.database).by_id(scope, [key for key in groups if key])
        return tuple(
            FailedNow(
                line=self.ask.line(rows[key]) if key in rows else None,
                records=tuple(one.decided.record_id for one in group[:NAMED]),
                count=len(group),
                number=group[0].new_number,
            )
            for key, group in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
        )


async def _permission(client: BusinessCentralClient) -> Permission:
    """Whether the permission set for forcing is there; unknown where the extension is too old to tell."""
    try:
        rows = [row for row in await client.permissions() if row.permission_set == PermissionSet.SYNC]
    except SourceFailure:
        return Permission.UNKNOWN
    if not rows:
        return Permission.UNKNOWN
    return Permission.GRANTED if all(row.granted for row in rows) else Permission.MISSING


def _undone(decided: Decided, mappings: Mapping[str, str]) -> Decided | None:
    """What undoes it; None where nothing does, or too little is known."""
    step = INVERSE.get(decided.step)
    if step is None:
        return None
    mapping_id = decided.mapping_id or mappings.get(decided.mapping, "")
    undone = replace(decided, step=step, mapping_id=mapping_id)
    if step is Step.COUPLE:
        ids_known = decided.local_system_id and decided.dataverse_id and mapping_id
        return replace(undone, coupling_id=None) if ids_known else None
    return undone if decided.coupling_id else None


def _for_many(fails: FailedNow) -> FailedNow:
    line = None if fails.line is None else line_for_many(fails.line)
    return replace(fails, line=line, records=())
