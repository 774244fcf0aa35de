"""Diagnosing stored errors anew: how far it is, the errors that wait for it, and what it changes.

Everything is written a slice at a time, each in one transaction with the progress, so that a run goes on
where it was, whatever process does the next slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import Database, insert_into
from bot.store.holding import lock
from bot.store.message_tables import POSTING
from bot.store.outbox import LIVING, Outbox, Told
from bot.store.rewriting import Examined, StaleError, rewrite, stale_errors
from bot.store.rule_tables import REDIAGNOSIS
from bot.store.settling import TiesOf, look_through, unsettled, write_remains
from bot.store.succession import living
from bot.store.tables import FORMER_ERROR, SYNC_ERROR, belongs
from bot.store.ties import settle_all
from bot.store.values import Scope

LOOKED_AT = 10_000
"""New numbers after which the look for errors of another version begins further on."""
OF_RULES = "rule:"
"""Begins the subject of messages that tell how far a run is."""
_BEFORE_ALL = -(2**63)
_BEHIND_ALL = 2**63 - 1
_OPTIMISTIC = 3
"""How often errors are looked through without holding the connection."""


class Phase(StrEnum):
    """What a run is at; the value is stored."""

    ERRORS = "errors"
    FORMER = "former"
    """Errors whose number another one has now."""
    SETTLE = "settle"
    """What is left of problems that lost some of their errors."""
    DONE = "done"


_TABLES = {Phase.ERRORS: SYNC_ERROR, Phase.FORMER: FORMER_ERROR}
_NEXT = {Phase.ERRORS: Phase.FORMER, Phase.FORMER: Phase.SETTLE, Phase.SETTLE: Phase.DONE}


@dataclass(frozen=True, slots=True)
class Rediagnosis:
    """How far a run is, or how the last one ended."""

    version: str = ""
    phase: Phase = Phase.DONE
    above: tuple[int, str] = (_BEFORE_ALL, "")
    examined: int = 0
    """Errors that were diagnosed anew by this run."""
    moved: int = 0
    """Those of them that belong to another problem now."""
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rediagnoses:
    """The runs of all connections."""

    database: Database

    async def put_in_force(self, workspace: str, catalogue: str) -> None:
        """Go by that version of the catalogue from now on: the one of the worker that started last."""
        async with self.database.writing() as connection:
            await _save(connection, Scope(workspace, ""), {"version": catalogue, "phase": Phase.DONE})

    async def in_force(self, workspace: str) -> str:
        """The version of the catalogue that the workspace goes by; empty where no worker ever started."""
        return (await self.state(Scope(workspace, ""))).version

    async def state(self, scope: Scope) -> Rediagnosis:
        """How far it is."""
        async with self.database.reading() as connection:
            row = await _row(connection, scope)
        return Rediagnosis() if row is None else _state(row)

    async def is_due(self, scope: Scope, version: str) -> bool:
        """Whether some error waits: a run is unfinished, the version is another, or a pull that began before
        stored an error after the run had passed."""
        async with self.database.reading() as connection:
            row = await _row(connection, scope)
            if row is None or row.version != version or row.phase != Phase.DONE:
                return True
            return await _has_stragglers(connection, scope, row.checked, version)

    async def checked(self, scope: Scope, version: str) -> None:
        """Nothing waits now: the next look begins at the highest number, where that is worth a write."""
        async with self.database.reading() as connection:
            row = await _row(connection, scope)
            number = await _highest(connection, scope)
        if row is None or number - row.checked < LOOKED_AT:
            return
        async with self.database.writing() as connection:
            await lock(connection, scope)
            row = await _there(connection, scope)
            is_through = row.version == version and row.phase == Phase.DONE
            if is_through and not await _has_stragglers(connection, scope, row.checked, version):
                await _save(connection, scope, {"checked": await _highest(connection, scope)})

    async def begin(self, scope: Scope, version: str, at: datetime) -> Rediagnosis:
        """Go on with the run of that version, or begin it."""
        async with self.database.writing() as connection:
            await lock(connection, scope)
            row = await _row(connection, scope)
            if row is not None and row.version == version and row.phase != Phase.DONE:
                return _state(row)
            is_same = row is not None and row.version == version
            begun = {
                "version": version,
                "phase": Phase.ERRORS,
                "above": row.checked if row is not None and is_same else _BEFORE_ALL,
                "above_id": "",
                "examined": 0,
                "moved": 0,
                "started_at": at,
                "finished_at": None,
                "checked": _BEHIND_ALL,
            }
            await _save(connection, scope, begun)
            return _state(await _there(connection, scope))

    async def stale(self, scope: Scope, run: Rediagnosis, limit: int) -> tuple[StaleError, ...]:
        """The next errors that another version diagnosed, none where the run's phase is through."""
        table = _TABLES.get(run.phase)
        if table is None:
            return ()
        async with self.database.reading() as connection:
            return await stale_errors(connection, scope, table, run.version, run.above, limit)

    async def apply(self, scope: Scope, run: Rediagnosis, examined: Examined, at: datetime) -> Rediagnosis:
        """Write what errors mean now, and how far the run is; all of it or nothing.

        Where the run went on meanwhile (a step ran twice) nothing is written.
        """
        table = _TABLES[run.phase]
        async with self.database.writing() as connection:
            await lock(connection, scope)
            row = await _row(connection, scope)
            if row is None or _state(row) != run:
                return run if row is None else _state(row)
            outbox = Outbox(connection, scope, at)
            moved = 0
            if examined.changed:
                moved = await rewrite(connection, scope, table, run.version, examined.changed, outbox)
            number, error_id = examined.last
            await _save(
                connection,
                scope,
                {
                    "above": number,
                    "above_id": error_id,
                    "examined": row.examined + examined.count,
                    "moved": row.moved + moved,
                },
            )
            await _tell(connection, scope, outbox)
            return _state(await _there(connection, scope))

    async def next_phase(self, scope: Scope, run: Rediagnosis, at: datetime) -> Rediagnosis:
        """The phase is through."""
        async with self.database.writing() as connection:
            await lock(connection, scope)
            row = await _row(connection, scope)
            if row is None or _state(row) != run:
                return run if row is None else _state(row)
            phase = _NEXT[run.phase]
            values: dict[str, object] = {"phase": phase, "above": _BEFORE_ALL, "above_id": ""}
            if phase is Phase.DONE:
                # A page that came from another version meanwhile has put it lower.
                checked = min(row.checked, await _highest(connection, scope))
                values |= {"finished_at": at, "checked": checked}
            await _save(connection, scope, values)
            await _tell(connection, scope, Outbox(connection, scope, at))
            return _state(await _there(connection, scope))

    async def settle_some(self, scope: Scope, ties_of: TiesOf) -> bool:
        """Look up again what problems that lost errors are left with, some together; False where there are
        none.

        In the end who waits for whom is found out anew.
        """
        for _ in range(_OPTIMISTIC):
            async with self.database.reading() as connection:
                problems = await unsettled(connection, scope)
                remains = await look_through(connection, scope, problems, ties_of) if problems else {}
            async with self.database.writing() as connection:
                await lock(connection, scope)
                if not problems:
                    await settle_all(connection, scope)
                    return False
                if await write_remains(connection, scope, remains):
                    return True
        # Errors came in each time: once, then, while nobody writes.
        async with self.database.writing() as connection:
            await lock(connection, scope)
            problems = await unsettled(connection, scope)
            await write_remains(connection, scope, await look_through(connection, scope, problems, ties_of))
            return True

    async def living(self, scope: Scope, problem_id: str) -> str:
        """The problem itself, or the one that took over its errors."""
        async with self.database.reading() as connection:
            return await living(connection, scope, problem_id)


async def _highest(connection: AsyncConnection, scope: Scope) -> int:
    highest = select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
    return (await connection.execute(highest)).scalar_one() or 0


async def _has_stragglers(connection: AsyncConnection, scope: Scope, above: int, version: str) -> bool:
    """Whether another version wrote an error above that number. Below it a row may be of another version: it
    was looked at, and means the same."""
    query = select(SYNC_ERROR.c.number).where(
        belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number > above, SYNC_ERROR.c.catalogue_version != version
    )
    return (await connection.execute(query.limit(1))).one_or_none() is not None


async def _tell(connection: AsyncConnection, scope: Scope, outbox: Outbox) -> None:
    """Have the messages rewritten that tell how far it is: those of rules of the last day."""
    subjects = await connection.execute(
        select(POSTING.c.subject)
        .where(
            belongs(POSTING, scope),
            POSTING.c.kind == Told.PROGRESS,
            POSTING.c.state.in_(LIVING),
            POSTING.c.subject.startswith(OF_RULES),
            POSTING.c.created_at >= outbox.at - timedelta(days=1),
        )
        .distinct()
    )
    for subject in subjects.scalars().all():
        await outbox.tell(Told.PROGRESS, subject)


async def _row(connection: AsyncConnection, scope: Scope) -> Row[Any] | None:
    return (await connection.execute(select(REDIAGNOSIS).where(belongs(REDIAGNOSIS, scope)))).one_or_none()


async def _there(connection: AsyncConnection, scope: Scope) -> Row[Any]:
    return (await connection.execute(select(REDIAGNOSIS).where(belongs(REDIAGNOSIS, scope)))).one()


def _state(row: Row[Any]) -> Rediagnosis:
    return Rediagnosis(
        version=row.version,
        phase=Phase(row.phase),
        above=(row.above, row.above_id),
        examined=row.examined,
        moved=row.moved,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


async def _save(connection: AsyncConnection, scope: Scope, values: Mapping[str, object]) -> None:
    beginner: dict[str, object] = {
        "version": "",
        "phase": Phase.DONE,
        "above": _BEFORE_ALL,
        "above_id": "",
        "examined": 0,
        "moved": 0,
        "checked": 0,
        "started_at": None,
        "finished_at": None,
    }
    await connection.execute(
        insert_into(connection, REDIAGNOSIS)
        .values(workspace=scope.workspace, connection=scope.connection, **{**beginner, **values})
        .on_conflict_do_update(index_elements=list(REDIAGNOSIS.primary_key), set_=dict(values))
    )
