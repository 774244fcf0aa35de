"""Preparing a support request, as a durable workflow: fetch what is not stored yet, one call stack a step.

Call stacks are kept with their errors as they come, so that whatever ends this, nothing is fetched twice.
What Business Central does not give is told as missing: the request goes out with what there is. The end is
one transaction: the run's end, its activity line, the message that carries the files.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from bot.businesscentral.states import ConnectionState
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    ConnectionGone,
    ErrorGone,
    Failure,
    NotFound,
    RowNotUnderstood,
    SourceFailure,
    StoreUnavailable,
)
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.outage import despite_the_store
from bot.operations.rights import Act
from bot.operations.support.values import EXAMPLES, Fetched, Part, Side, Wanted, Whither
from bot.store import Database, Errors, Problems
from bot.store.activity import Outcome, Subject
from bot.store.outbox import Outbox, Place, Told
from bot.store.problem_errors import ProblemErrors
from bot.store.runs import Run, RunBook, RunKind, Runs, RunState
from bot.store.values import Scope

SUPPORT: Final = "support"
TICK: Final = "support.tick"
WAITS: Final = (20.0, 60.0, 120.0)
"""Seconds between attempts while Business Central is down or too busy, beside the client's own; then the
request goes out without what is missing."""
LEFT_BEHIND: Final = timedelta(seconds=30)
"""A run that nobody enqueued by then: the process that took it in died. It is enqueued by the tick."""

_log = logging.getLogger("bot.support")


@dataclass(frozen=True, slots=True)
class Begun:
    """What is to be fetched: numbers only."""

    examples: tuple[int, ...] = ()
    to_fetch: tuple[int, ...] = ()
    versions: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """How asking Business Central once ended."""

    failure: str | None = None
    retry_helps: bool = False
    for_all: bool = False
    """The others would fail in the same way."""
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True)
class PrepareSupport:
    """The workflow."""

    workspace: str
    database: Database
    ask: Ask
    call_stacks: CallStacks
    activity: Activity
    clock: Clock

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(SUPPORT, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Enqueue what was taken in by a process that died before it could; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection, run in await steps.run("left behind", self.left_behind):
                await enqueue_support(durable, connection, run)

        durable.every_minute(TICK, tick)

    async def left_behind(self) -> tuple[tuple[str, str], ...]:
        """Connection and id of the runs that should have begun by now."""
        since = self.clock.now() - LEFT_BEHIND
        waiting = await Runs(self.database).left_behind(self.workspace, RunKind.SUPPORT, since)
        return tuple((connection, run) for connection, run in waiting if connection in self.ask.connections)

    async def workflow(self, steps: Steps, connection: str, run_id: str) -> str:
        """Prepare a request to its end; gives the state it ended in. Failures are told, never raised."""
        begun = await steps.run(
            "begin", despite_the_store, self.clock, partial(self._begin, connection, run_id)
        )
        if begun is None:
            return "over"
        versions = Attempt()
        if begun.versions:
            versions = await self._patiently(steps, "versions", connection, partial(self._sides, connection))
        without: list[int] = []
        # Where the versions could not be had for a reason that holds for everything, nothing else can.
        last = versions if versions.for_all else Attempt()
        failure: str | None = None
        for done, number in enumerate(begun.to_fetch, 1):
            if not last.for_all:
                fetch = partial(self._call_stack, connection, number)
                last = await self._patiently(steps, "call stack", connection, fetch)
            if last.failure is not None:
                without.append(number)
                failure = failure or last.failure
            if not last.for_all:
                far = partial(self._progress, connection, run_id, done)
                await steps.run("progress", despite_the_store, self.clock, far)
        fetched = Fetched(begun.examples, tuple(without), failure, versions.sides, versions.failure)
        end = partial(self._end, connection, run_id, fetched)
        return await steps.run("end", despite_the_store, self.clock, end)

    async def _patiently(
        self, steps: Steps, name: str, connection: str, ask: Callable[[], Awaitable[Attempt]]
    ) -> Attempt:
        """Ask again while that may help."""
        for pause in (*WAITS, None):
            attempt = await steps.run(name, ask)
            if attempt.failure is None or not attempt.retry_helps or pause is None:
                return attempt
            _log.info("support request for %s waits: %s", connection, attempt.failure)
            await steps.run("wait", self.clock.sleep, pause)
        return attempt

    # Steps. Each is safe to repeat.

    async def _begin(self, connection: str, run_id: str) -> Begun | None:
        """None where there is nothing to do: the run was enqueued twice, or is over."""
        scope = self._scope(connection)
        try:
            run = await Runs(self.database).get(scope, run_id)
        except NotFound:
            return None
        if run.state.is_over:
            return None
        wanted = Wanted.of(run)
        examples = await self._examples(scope, wanted)
        to_fetch = await self._without_call_stack(scope, examples) if Part.CALL_STACKS in wanted.parts else ()
        at = self.clock.now()
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(
                run_id, state=RunState.RUNNING, began_at=run.began_at or at, total=len(to_fetch)
            )
            if to_fetch:
                person = Actor.parse(run.asked_by).id
                place = Place(person, wanted.place.language, asked_by=person)
                await Outbox(transaction, scope, at).show(Told.PROGRESS, run_id, place)
        return Begun(examples, to_fetch, Part.VERSIONS in wanted.parts)

    async def _examples(self, scope: Scope, wanted: Wanted) -> tuple[int, ...]:
        """The error and its real cause; of a problem the newest error of each of its latest records."""
        if wanted.number is not None:
            try:
                view = await self.ask.error(scope, wanted.number)
            except (NotFound, RowNotUnderstood):
                return ()
            cause = () if view.real_cause is None else (view.real_cause.number,)
            return (wanted.number, *cause)
        try:
            problem = (await Problems(self.database).living(scope, wanted.problem_id)).id
            latest = (await Errors(self.database).latest_of(scope, problem)).number
        except NotFound:
            return ()
        others = await ProblemErrors(self.database).newest_of_records(scope, problem, EXAMPLES)
        return tuple(dict.fromkeys((latest, *others)))[:EXAMPLES]

    async def _without_call_stack(self, scope: Scope, numbers: tuple[int, ...]) -> tuple[int, ...]:
        missing = []
        for number in numbers:
            try:
                error = await Errors(self.database).by_number(scope, number)
            except NotFound:
                continue
            if error.call_stack is None:
                missing.append(number)
        return tuple(missing)

    async def _sides(self, connection: str) -> Attempt:
        client = self.call_stacks.clients.get(connection)
        if client is None:
            return Attempt(ConnectionGone.key, for_all=True)
        try:
            return Attempt(sides=tuple(map(_side, await client.connection_states())))
        except SourceFailure as failure:
            return _failed(failure)

    async def _call_stack(self, connection: str, number: int) -> Attempt:
        """Fetched and kept with its error."""
        if connection not in self.call_stacks.clients:
            return Attempt(ConnectionGone.key, for_all=True)
        try:
            await self.call_stacks.show(self._scope(connection), number)
        except (ErrorGone, NotFound) as gone:
            return Attempt(gone.key)
        except (SourceFailure, StoreUnavailable) as failure:
            return _failed(failure)
        return Attempt()

    async def _progress(self, connection: str, run_id: str, done: int) -> None:
        scope = self._scope(connection)
        async with self.database.writing() as transaction:
            await RunBook(transaction, scope).change(run_id, done=done)
            await Outbox(transaction, scope, self.clock.now()).tell(Told.PROGRESS, run_id)

    async def _end(self, connection: str, run_id: str, fetched: Fetched) -> str:
        """The run's end, its activity line and the files, in one transaction; once, however often."""
        scope = self._scope(connection)
        now = self.clock.now()
        async with self.database.writing() as transaction:
            book = RunBook(transaction, scope)
            run = await book.get(run_id)
            if run.state.is_over:
                return run.state
            await book.change(
                run_id,
                state=RunState.DONE,
                ended_at=now,
                done=run.total - len(fetched.without),
                failed=len(fetched.without),
                failure_key=fetched.failure_key or fetched.versions_failure,
                result=fetched.stored(),
            )
            outbox = Outbox(transaction, scope, now)
            await outbox.tell(Told.PROGRESS, run_id)
            await _post(outbox, run, Wanted.of(run))
            await self.activity.write(transaction, scope, _deed(run, fetched))
        _log.info("support request of %s: %s examples", connection, len(fetched.examples))
        return RunState.DONE

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


async def enqueue_support(durable: Durable, connection: str, run_id: str) -> str:
    """Have a request prepared. Enqueued twice it is done once.

    In a partition of its own: it only reads, and must not wait for a purge of hours.
    """
    return await durable.enqueue(
        SUPPORT, connection, run_id, queue=Queue.ACT, partition=f"support:{connection}"
    )


async def _post(outbox: Outbox, run: Run, wanted: Wanted) -> None:
    person = Actor.parse(run.asked_by).id
    if wanted.whither is Whither.THREAD:
        threads = await outbox.enclose(Told.SUPPORT_REQUEST, run.problem_id, about=run.id, asked_by=person)
        if threads:
            return
    place = wanted.place if wanted.whither is not Whither.THREAD else Place(person, wanted.place.language)
    place = Place(place.where, place.language, asked_by=person)
    await outbox.post(Told.SUPPORT_REQUEST, run.problem_id, place, about=run.id, actor=person)


def _failed(failure: Failure) -> Attempt:
    return Attempt(failure.key, retry_helps=failure.retry_helps, for_all=True)


def _side(state: ConnectionState) -> Side:
    """Without the user's name, which may be an address of mail."""
    return Side(
        name=state.name,
        enabled=state.enabled,
        environment_url=state.environment_url,
        ownership_model=state.ownership_model,
        extension_version=state.extension_version,
        application_version=state.application_version,
    )


def _deed(run: Run, fetched: Fetched) -> Deed:
    wanted = Wanted.of(run)
    incomplete = fetched.failure_key or fetched.versions_failure
    facts: dict[str, str | int] = {"run": run.id, "where": wanted.whither.value}
    if fetched.without:
        facts["without"] = len(fetched.without)
    if incomplete:
        facts["failure"] = incomplete
    return Deed(
        key=f"support:{run.id}",
        actor=Actor.parse(run.asked_by),
        act=Act.SUPPORT_UNMASKED if wanted.is_unmasked else Act.SUPPORT_REQUEST,
        outcome=Outcome.PARTLY if incomplete else Outcome.DONE,
        subject_kind=Subject.PROBLEM if wanted.number is None else Subject.ERROR,
        subject=run.problem_id if wanted.number is None else str(wanted.number),
        count=len(fetched.examples),
        facts=facts,
    )
