"""Removing somebody's data from the store: errors, records, search entries, archive, call stacks.

In one transaction: all of it, or nothing. What Business Central itself still has it can bring back, so that
is counted, too.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field
from typing import Any

from sqlalchemy import Row, Table, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import COUPLING, SYNC_JOB
from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.database import Database
from bot.store.decisions import forget_decided
from bot.store.holding import lock
from bot.store.leaving import COLUMNS, leave
from bot.store.live_states import forget_live_states
from bot.store.mentions import Somebody
from bot.store.pages import slices
from bot.store.record_names import forget_names
from bot.store.retries import forget_records
from bot.store.rule_tables import TAUGHT_RULE
from bot.store.search_index import drop_words, erase, numbers_with
from bot.store.search_words import message_terms, record_terms, words_of_table
from bot.store.settling import TiesOf, settle
from bot.store.tables import FORMER_ERROR, PROBLEM, PULL_STATE, RAW_ROW, SYNC_ERROR, belongs
from bot.store.values import Scope

_ALSO = ("message", "call_stack", "params")


@dataclass(frozen=True, slots=True)
class Found:
    """How much there is of somebody, or was."""

    errors: int = 0
    gone: int = 0
    """How many of ``errors`` are no longer in Business Central; the others may be read again."""
    call_stacks: int = 0
    problems: int = 0
    """Problems that have no other error."""
    unreadable: int = 0
    couplings: int = 0
    jobs: int = 0
    """Jobs whose log text names them; the text goes, the job stays."""
    rules: int = 0
    """Taught rules whose words name them: people withdraw those."""

    @property
    def nothing(self) -> bool:
        """There is nothing to remove."""
        return not (self.errors or self.unreadable or self.couplings or self.jobs)


@dataclass(slots=True)
class _Traces:
    """Where somebody is."""

    errors: dict[str, list[Row[Any]]] = field(default_factory=dict)
    """By name of the table."""
    raw: list[str] = field(default_factory=list)
    couplings: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)
    rules: int = 0


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Looks for somebody, and removes them."""

    database: Database
    ties_of: TiesOf

    async def look(self, scope: Scope, somebody: Somebody) -> Found:
        """How much there is."""
        async with self.database.reading() as connection:
            traces = await _traces(connection, scope, somebody)
            return _found(traces, await _emptied(connection, scope, traces))

    async def forget(
        self, scope: Scope, somebody: Somebody, note: Callable[[AsyncConnection, Found], Awaitable[None]]
    ) -> Found:
        """Remove all of it; ``note`` is called in the same transaction."""
        async with self.database.writing() as connection:
            before = await _overwrite(connection, "ON")
            held = await lock(connection, scope)
            traces = await _traces(connection, scope, somebody)
            found = _found(traces, await _emptied(connection, scope, traces))
            words: set[str] = set()
            for table in (SYNC_ERROR, FORMER_ERROR):
                rows = traces.errors[table.name]
                for row in rows:
                    words.update(message_terms(row.message).split())
                    words.update(record_terms(row.source_record_id).split())
                    words.update(record_terms(row.destination_record_id).split())
                await leave(connection, scope, table, rows)
            await drop_words(connection, scope, sorted(words))
            await erase(connection)
            await _forget_others(connection, scope, traces, somebody, held.unreadable)
            await self._settle(connection, scope, traces, somebody)
            await note(connection, found)
            await _overwrite(connection, before)
        # What was looked at lately is remembered in this process.
        message_terms.cache_clear()
        record_terms.cache_clear()
        words_of_table.cache_clear()
        return found

    async def _settle(
        self, connection: AsyncConnection, scope: Scope, traces: _Traces, somebody: Somebody
    ) -> None:
        """Examples and ties of problems that have other errors still."""
        touched = {row.problem_id for rows in traces.errors.values() for row in rows}
        for part in slices(sorted(touched)):
            left = await connection.execute(
                select(PROBLEM.c.id).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(part))
            )
            for problem in left.scalars().all():
                await settle(connection, scope, problem, self.ties_of)
        for table, columns in (
            (PROBLEM_TIE, (PROBLEM_TIE.c.key, PROBLEM_TIE.c.target)),
            (PROBLEM_WAIT, (PROBLEM_WAIT.c.record_id,)),
        ):
            for column in columns:
                named = await connection.execute(select(column).where(belongs(table, scope)).distinct())
                theirs = [one for one in named.scalars() if somebody.is_in_text(one)]
                for some in slices(theirs):
                    await connection.execute(delete(table).where(belongs(table, scope), column.in_(some)))


async def _overwrite(connection: AsyncConnection, way: str) -> str:
    """Have SQLite overwrite what is deleted with zeros ("PRAGMA secure_delete"); gives how it was."""
    if connection.dialect.name != "sqlite":
        return way
    before = (await connection.execute(text("PRAGMA secure_delete"))).scalar_one()
    await connection.execute(text(f"PRAGMA secure_delete={way}"))
    return str(before)


async def _traces(connection: AsyncConnection, scope: Scope, somebody: Somebody) -> _Traces:
    traces = _Traces()
    numbers = await numbers_with(connection, scope, somebody.key)
    traces.errors[SYNC_ERROR.name] = await _numbered(connection, scope, numbers, somebody)
    known = {row.number for row in traces.errors[SYNC_ERROR.name]}
    # The index knows neither call stacks nor errors whose number another one has now.
    stacks = await _theirs(connection, scope, SYNC_ERROR, somebody, SYNC_ERROR.c.call_stack != "")
    traces.errors[SYNC_ERROR.name] += [row for row in stacks if row.number not in known]
    traces.errors[FORMER_ERROR.name] = await _theirs(connection, scope, FORMER_ERROR, somebody)
    raw = await connection.execute(select(RAW_ROW.c.digest, RAW_ROW.c.raw).where(belongs(RAW_ROW, scope)))
    traces.raw = [row.digest for row in raw if somebody.is_in_text(_plain(row.raw))]
    couplings = await connection.execute(
        select(COUPLING.c.id, COUPLING.c.record_id).where(
            belongs(COUPLING, scope),
            func.lower(COUPLING.c.record_id).contains(somebody.key[0], autoescape=True),
        )
    )
    traces.couplings = [row.id for row in couplings if somebody.is_in_record(row.record_id)]
    jobs = await connection.execute(
        select(SYNC_JOB.c.id, SYNC_JOB.c.message).where(belongs(SYNC_JOB, scope), SYNC_JOB.c.message != "")
    )
    traces.jobs = [row.id for row in jobs if somebody.is_in_text(row.message)]
    rules = await connection.execute(
        select(TAUGHT_RULE.c.template).where(TAUGHT_RULE.c.workspace == scope.workspace)
    )
    traces.rules = sum(somebody.is_in_text(template) for template in rules.scalars())
    return traces


async def _numbered(
    connection: AsyncConnection, scope: Scope, numbers: Sequence[int], somebody: Somebody
) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for part in slices(sorted(numbers)):
        found += await _theirs(connection, scope, SYNC_ERROR, somebody, SYNC_ERROR.c.number.in_(part))
    return found


async def _theirs(
    connection: AsyncConnection, scope: Scope, table: Table, somebody: Somebody, *conditions: Any
) -> list[Row[Any]]:
    """Errors that tell of them, among those that the conditions leave."""
    query = select(*(table.c[name] for name in (*COLUMNS, *_ALSO))).where(belongs(table, scope), *conditions)
    return [
        row
        for row in await connection.execute(query.order_by(table.c.number, table.c.id))
        if somebody.is_in_error(
            (row.source_record_id, row.destination_record_id), row.message, row.call_stack, row.params
        )
    ]


async def _emptied(connection: AsyncConnection, scope: Scope, traces: _Traces) -> int:
    """Problems that have no other error."""
    counts: dict[str, int] = {}
    for rows in traces.errors.values():
        for row in rows:
            counts[row.problem_id] = counts.get(row.problem_id, 0) + 1
    emptied = 0
    for part in slices(sorted(counts)):
        stored = await connection.execute(
            select(PROBLEM.c.id, PROBLEM.c.errors).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(part))
        )
        emptied += sum(row.errors <= counts[row.id] for row in stored)
    return emptied


def _found(traces: _Traces, emptied: int) -> Found:
    rows = [row for rows in traces.errors.values() for row in rows]
    return Found(
        errors=len(rows),
        gone=sum(row.gone_at is not None for row in rows),
        call_stacks=sum(bool(row.call_stack) for row in rows),
        problems=emptied,
        unreadable=len(traces.raw),
        couplings=len(traces.couplings),
        jobs=len(traces.jobs),
        rules=traces.rules,
    )


async def _forget_others(
    connection: AsyncConnection, scope: Scope, traces: _Traces, somebody: Somebody, unreadable: int
) -> None:
    for part in slices(traces.raw):
        await connection.execute(delete(RAW_ROW).where(belongs(RAW_ROW, scope), RAW_ROW.c.digest.in_(part)))
    if traces.raw:
        left = max(0, unreadable - len(traces.raw))
        await connection.execute(update(PULL_STATE).where(belongs(PULL_STATE, scope)).values(unreadable=left))
    for part in slices(traces.couplings):
        await connection.execute(delete(COUPLING).where(belongs(COUPLING, scope), COUPLING.c.id.in_(part)))
    await forget_records(connection, scope, somebody)
    await forget_names(connection, scope, somebody)
    await forget_live_states(connection, scope)
    await forget_decided(connection, scope, somebody)
    for part in slices(traces.jobs):
        await connection.execute(
            update(SYNC_JOB).where(belongs(SYNC_JOB, scope), SYNC_JOB.c.id.in_(part)).values(message="")
        )


def _plain(raw: Any) -> str:
    return json.dumps(raw, ensure_ascii=False, default=str)
