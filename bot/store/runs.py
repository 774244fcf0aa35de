"""Runs of actions: who had the bot do what in Business Central, within which bounds, and how far it is.

Written in the transaction of what they tell of, like the outbox: ``RunBook(transaction, scope)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.failures import NotFound
from bot.store.action_tables import ACTION_RUN
from bot.store.database import Database, insert_into
from bot.store.holding import lock
from bot.store.tables import belongs
from bot.store.values import Scope


class RunKind(StrEnum):
    """What is done. The value is stored."""

    PURGE = "purge"
    RETRY = "retry"
    DECISION = "decision"
    """Couples, uncouples, creates or forces what somebody decided about."""
    SUPPORT = "support"
    """A support request; it changes nothing, so any number of them may be under way."""


class RunState(StrEnum):
    """Life of a run. The value is stored."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    """Business Central is not to be reached, or too busy: it goes on by itself."""
    WATCHING = "watching"
    """What was asked for is done; now evidence is looked for that it helped."""
    DONE = "done"
    STOPPED = "stopped"
    """By somebody, in the middle."""
    FAILED = "failed"
    """By a failure; what was done before it is done."""

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self in {RunState.DONE, RunState.STOPPED, RunState.FAILED}


ACTIVE: Final = tuple(state for state in RunState if not state.is_over)


@dataclass(frozen=True, slots=True)
class Run:
    """One run. Counts are of what it is about: error rows, records."""

    id: str
    kind: RunKind
    what: str
    """Which of the kind, in its own terms."""
    asked_by: str
    """``str`` of a ``bot.operations.actors.Actor``."""
    asked_at: datetime
    bounds: Mapping[str, Any]
    """What was confirmed, in its own terms; never more is done."""
    problem_id: str = ""
    state: RunState = RunState.QUEUED
    total: int = 0
    """How many were confirmed."""
    done: int = 0
    failed: int = 0
    missed: int = 0
    """Found done already, by somebody else."""
    reached: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None
    stop_asked_by: str = ""
    failure_key: str | None = None
    failure_facts: Mapping[str, str | int] | None = field(default=None)
    result: Mapping[str, Any] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class RunBook:
    """Writes runs into a transaction that is under way (``Database.writing``)."""

    transaction: AsyncConnection
    scope: Scope

    async def start(self, run: Run) -> Run:
        """Enter a run, unless one of its kind is under way in this connection: then that one is answered.

        Two people who press at once get the same run; so does a step that is repeated.
        """
        return await self._enter(run, ACTION_RUN.c.kind == run.kind)

    async def start_beside_others(self, run: Run) -> Run:
        """The same, unless one of its kind *about the same* (``what``) is under way."""
        return await self._enter(run, and_(ACTION_RUN.c.kind == run.kind, ACTION_RUN.c.what == run.what))

    async def _enter(self, run: Run, alike: ColumnElement[bool]) -> Run:
        await lock(self.transaction, self.scope)
        active = await self.transaction.execute(
            _query(self.scope).where(alike, ACTION_RUN.c.state.in_(ACTIVE)).limit(1)
        )
        row = active.one_or_none()
        if row is not None:
            return _run(row)
        return await self.enter(run)

    async def enter(self, run: Run) -> Run:
        """Enter a run whatever else is under way; entered twice it is one."""
        await self.transaction.execute(
            insert_into(self.transaction, ACTION_RUN)
            .values(
                workspace=self.scope.workspace,
                connection=self.scope.connection,
                **{name: getattr(run, name) for name in Run.__dataclass_fields__},
            )
            .on_conflict_do_nothing()
        )
        return await self.get(run.id)

    async def get(self, run_id: str) -> Run:
        """A run by its id. Raises NotFound."""
        row = (
            await self.transaction.execute(_query(self.scope).where(ACTION_RUN.c.id == run_id))
        ).one_or_none()
        if row is None:
            raise NotFound(what="run")
        return _run(row)

    async def change(self, run_id: str, **values: object) -> None:
        """Write columns of a run that is not over; of one that is, nothing changes any more."""
        await self.transaction.execute(
            update(ACTION_RUN)
            .where(
                belongs(ACTION_RUN, self.scope),
                ACTION_RUN.c.id == run_id,
                ACTION_RUN.c.state.in_(ACTIVE),
            )
            .values(**values)
        )

    async def ask_to_stop(self, run_id: str, by: str) -> Run:
        """Have a run end at its next step; who asked first is kept. Raises NotFound."""
        run = await self.get(run_id)
        if not run.stop_asked_by:
            await self.change(run_id, stop_asked_by=by)
        return await self.get(run_id)


@dataclass(frozen=True, slots=True)
class Runs:
    """Reads the runs of a connection."""

    database: Database

    async def get(self, scope: Scope, run_id: str) -> Run:
        """A run by its id. Raises NotFound."""
        async with self.database.reading() as connection:
            return await RunBook(connection, scope).get(run_id)

    async def active(self, scope: Scope, kind: RunKind) -> Run | None:
        """The run of that kind that is under way."""
        query = _query(scope).where(ACTION_RUN.c.kind == kind, ACTION_RUN.c.state.in_(ACTIVE)).limit(1)
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _run(row)

    async def active_about(self, scope: Scope, kind: RunKind, what: str) -> Run | None:
        """The run of that kind about that which is under way."""
        query = _query(scope).where(
            ACTION_RUN.c.kind == kind, ACTION_RUN.c.what == what, ACTION_RUN.c.state.in_(ACTIVE)
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query.limit(1))).one_or_none()
        return None if row is None else _run(row)

    async def of_problem(self, scope: Scope, problem_id: str, most: int) -> tuple[Run, ...]:
        """What was done about a problem, the latest first."""
        query = (
            _query(scope)
            .where(ACTION_RUN.c.problem_id == problem_id)
            .order_by(ACTION_RUN.c.asked_at.desc(), ACTION_RUN.c.id)
            .limit(most)
        )
        async with self.database.reading() as connection:
            return tuple(_run(row) for row in await connection.execute(query))

    async def by_id(self, scope: Scope, run_ids: frozenset[str]) -> Mapping[str, Run]:
        """Those of these that there are."""
        query = _query(scope).where(ACTION_RUN.c.id.in_(sorted(run_ids)))
        async with self.database.reading() as connection:
            return {row.id: _run(row) for row in await connection.execute(query)}

    async def left_behind(
        self, workspace: str, kind: RunKind, since: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Connection and id of every run of that kind that is queued since then, the oldest first."""
        query = (
            select(ACTION_RUN.c.connection, ACTION_RUN.c.id)
            .where(
                ACTION_RUN.c.workspace == workspace,
                ACTION_RUN.c.kind == kind,
                ACTION_RUN.c.state == RunState.QUEUED,
                ACTION_RUN.c.asked_at <= since,
            )
            .order_by(ACTION_RUN.c.asked_at, ACTION_RUN.c.id)
        )
        async with self.database.reading() as connection:
            return tuple((row.connection, row.id) for row in await connection.execute(query))


def _query(scope: Scope) -> Select[Any]:
    return select(ACTION_RUN).where(belongs(ACTION_RUN, scope))


def _run(row: Row[Any]) -> Run:
    values = {name: row._mapping[name] for name in Run.__dataclass_fields__}
    return Run(**{**values, "kind": RunKind(row.kind), "state": RunState(row.state)})
