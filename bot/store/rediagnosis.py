"""Diagnosing stored errors anew: how far it is, the errors that wait for it, and what it changes.

Everything is written a slice at a time, each in one transaction with the progress, so that a run goes on
where it was, whatever process does the next slice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.changes import Changes
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.holding import lock
from bot.store.moving import Moved, TiesOf, beyond, move, settle, unsettled
from bot.store.outbox import LIVING, Outbox, Told
from bot.store.search_index import forget_errors, index_stored
from bot.store.succession import living
from bot.store.tables import FORMER_ERROR, POSTING, REDIAGNOSIS, SYNC_ERROR, belongs
from bot.store.ties import keep_ties, settle_all
from bot.store.values import Params, ProblemIdentity, Scope, Tie

LATE = 10_000
"""Numbers below the highest that was looked at where an error can still turn up later."""
OF_RULES = "rule:"
"""Begins the subject of messages that tell how far a run is."""
_BEFORE_ALL = -(2**63)


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
class StaleError:
    """An error that was diagnosed by another version."""

    number: int
    id: str
    message: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error's message means now."""

    problem: ProblemIdentity
    language: str
    params: Params
    rule: str
    topic: str | None
    ties: tuple[Tie, ...] = ()


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
            stragglers = (
                select(SYNC_ERROR.c.number)
                .where(
                    belongs(SYNC_ERROR, scope),
                    SYNC_ERROR.c.number > row.checked - LATE,
                    SYNC_ERROR.c.catalogue_version != version,
                )
                .limit(1)
            )
            return (await connection.execute(stragglers)).one_or_none() is not None

    async def checked(self, scope: Scope) -> None:
        """Nothing waits now: the next look begins at the highest number."""
        highest = select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
        async with self.database.reading() as connection:
            row = await _row(connection, scope)
            number = (await connection.execute(highest)).scalar_one() or 0
        if row is not None and number - row.checked >= LATE:
            async with self.database.writing() as connection:
                await _save(connection, scope, {"checked": number})

    async def begin(self, scope: Scope, version: str, at: datetime) -> Rediagnosis:
        """Go on with the run of that version, or begin it."""
        async with self.database.writing() as connection:
            await lock(connection, scope)
            row = await _row(connection, scope)
            if row is not None and row.version == version and row.phase != Phase.DONE:
                return _state(row)
            begun = {
                "version": version,
                "phase": Phase.ERRORS,
                "above": _BEFORE_ALL,
                "above_id": "",
                "examined": 0,
                "moved": 0,
                "started_at": at,
                "finished_at": None,
            }
            await _save(connection, scope, begun)
        return Rediagnosis(version, Phase.ERRORS, started_at=at)

    async def stale(self, scope: Scope, run: Rediagnosis, limit: int) -> tuple[StaleError, ...]:
        """The next errors that another version diagnosed, none where the run's phase is through."""
        table = _TABLES.get(run.phase)
        if table is None:
            return ()
        query = (
            select(table.c.number, table.c.id, table.c.message)
            .where(belongs(table, scope), beyond(table, run.above), table.c.catalogue_version != run.version)
            .order_by(table.c.number, table.c.id)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return tuple(StaleError(*row) for row in await connection.execute(query))

    async def apply(
        self, scope: Scope, run: Rediagnosis, meanings: Mapping[StaleError, Meaning], at: datetime
    ) -> Rediagnosis:
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
            moved = await _rewrite(connection, scope, table, run.version, meanings, outbox)
            last = max((one.number, one.id) for one in meanings)
            await _save(
                connection,
                scope,
                {
                    "above": last[0],
                    "above_id": last[1],
                    "examined": row.examined + len(meanings),
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
                highest = select(func.max(SYNC_ERROR.c.number)).where(belongs(SYNC_ERROR, scope))
                values |= {
                    "finished_at": at,
                    "checked": (await connection.execute(highest)).scalar_one() or 0,
                }
            await _save(connection, scope, values)
            await _tell(connection, scope, Outbox(connection, scope, at))
            return _state(await _there(connection, scope))

    async def settle_one(self, scope: Scope, ties_of: TiesOf) -> bool:
        """Look up again what one problem that lost errors is left with; False where there is none.

        In the end who waits for whom is found out anew.
        """
        async with self.database.writing() as connection:
            await lock(connection, scope)
            problem_id = await unsettled(connection, scope)
            if problem_id is None:
                await settle_all(connection, scope)
            else:
                await settle(connection, scope, problem_id, ties_of)
        return problem_id is not None

    async def living(self, scope: Scope, problem_id: str) -> str:
        """The problem itself, or the one that took over its errors."""
        async with self.database.reading() as connection:
            return await living(connection, scope, problem_id)


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


_ROW = (
    *("number", "id", "problem_id", "logged_at", "source_record_id", "source_table"),
    *("destination_record_id", "destination_table", "mapping", "gone_at"),
    *("language", "params", "rule", "topic", "message", "catalogue_version"),
)


async def _rewrite(
    connection: AsyncConnection,
    scope: Scope,
    table: Table,
    version: str,
    meanings: Mapping[StaleError, Meaning],
    outbox: Outbox,
) -> int:
    """Give errors their new meaning; answers how many belong to another problem now."""
    wanted = {(one.number, as_key(one.id)): (one, meaning) for one, meaning in meanings.items()}
    numbers = sorted({number for number, _ in wanted})
    found = await connection.execute(
        select(*(table.c[name] for name in _ROW)).where(
            belongs(table, scope), table.c.number.in_(numbers), table.c.catalogue_version != version
        )
    )
    same: list[int] = []
    changed: list[dict[str, object]] = []
    moved: list[Moved] = []
    reindexed: list[int] = []
    for row in found.all():
        known = wanted.get((row.number, as_key(row.id)))
        if known is None or known[0].message != row.message:
            continue
        meaning = known[1]
        if row.problem_id != meaning.problem.id:
            moved.append(_moved(row, meaning.problem))
        if _is_same(row, meaning) and table is SYNC_ERROR:
            same.append(row.number)
            continue
        changed.append(_values(row, meaning))
        if row.problem_id != meaning.problem.id or row.params.get("privilege") != meaning.params.get(
            "privilege"
        ):
            reindexed.append(row.number)
    if reindexed and table is SYNC_ERROR:
        await forget_errors(connection, scope, reindexed)
    await move(connection, scope, moved, outbox)
    ties = {
        (meaning.problem.id, id(meaning.ties)): meaning.ties for meaning in meanings.values() if meaning.ties
    }
    await keep_ties(connection, scope, Changes(ties=ties))
    if same:
        await connection.execute(
            update(table)
            .where(belongs(table, scope), table.c.number.in_(same))
            .values(catalogue_version=version)
        )
    if changed:
        await connection.execute(_change(table, scope, version), changed)
    if reindexed and table is SYNC_ERROR:
        await index_stored(connection, scope, reindexed)
    return len(moved)


def _is_same(row: Row[Any], meaning: Meaning) -> bool:
    return (row.problem_id, row.language, row.rule, row.topic, dict(row.params)) == (
        meaning.problem.id,
        meaning.language,
        meaning.rule,
        meaning.topic,
        dict(meaning.params),
    )


def _moved(row: Row[Any], problem: ProblemIdentity) -> Moved:
    return Moved(
        number=row.number,
        logged_at=row.logged_at,
        former=row.problem_id,
        problem=problem,
        record=row.source_record_id or row.destination_record_id,
        other_record=row.destination_record_id if row.source_record_id else "",
        table=row.source_table if row.source_record_id else row.destination_table,
        mapping=row.mapping,
        gone=row.gone_at is not None,
    )


_CHANGED = ("problem_id", "language", "params", "rule", "topic")


def _values(row: Row[Any], meaning: Meaning) -> dict[str, object]:
    return {
        "n": row.number,
        "i": row.id,
        "new_problem_id": meaning.problem.id,
        "new_language": meaning.language,
        "new_params": meaning.params,
        "new_rule": meaning.rule,
        "new_topic": meaning.topic,
    }


def _change(table: Table, scope: Scope, version: str) -> Any:
    return (
        update(table)
        .where(
            belongs(table, scope),
            table.c.number == bindparam("n", type_=table.c.number.type),
            table.c.id == bindparam("i", type_=table.c.id.type),
        )
        .values(
            catalogue_version=version,
            **{name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _CHANGED},
        )
    )


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
