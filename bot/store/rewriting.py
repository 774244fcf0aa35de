"""Errors that another version diagnosed: reading them, and writing what they mean now.

What a message means is compared with what is stored before anything is written: most errors mean what they
meant, and their rows stay as they are. A row's ``catalogue_version`` is the version that wrote it; that a
later one agrees is not noted with each row, but in how far its run is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.changes import Changes
from bot.store.columns import as_key
from bot.store.departing import Moved
from bot.store.moving import move
from bot.store.outbox import Outbox
from bot.store.rule_tables import REDIAGNOSIS
from bot.store.search_index import forget_errors, index_stored
from bot.store.settling import beyond
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.ties import keep_ties
from bot.store.values import Params, ProblemIdentity, Scope, Tie


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error's message means now."""

    problem: ProblemIdentity
    language: str
    params: Params
    rule: str
    topic: str | None
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class StaleError:
    """An error that was diagnosed by another version, with what was made of it."""

    number: int
    id: str
    message: str
    problem_id: str
    language: str
    params: Params
    rule: str
    topic: str | None

    def means(self, meaning: Meaning) -> bool:
        """Whether it is stored with just that meaning."""
        return (
            self.problem_id == meaning.problem.id
            and self.rule == meaning.rule
            and self.topic == meaning.topic
            and self.language == meaning.language
            and dict(self.params) == dict(meaning.params)
        )


@dataclass(frozen=True, slots=True)
class Examined:
    """Errors that were compared, in order, without a gap."""

    count: int
    last: tuple[int, str]
    """Number and id of the last of them."""
    changed: Sequence[tuple[StaleError, Meaning]]
    """Those of them that mean something else now."""


_READ = ("number", "id", "message", "problem_id", "language", "params", "rule", "topic")


async def stale_errors(
    connection: AsyncConnection, scope: Scope, table: Table, version: str, above: tuple[int, str], limit: int
) -> tuple[StaleError, ...]:
    """The next errors that another version diagnosed."""
    query = (
        select(*(table.c[name] for name in _READ))
        .where(belongs(table, scope), beyond(table, above), table.c.catalogue_version != version)
        .order_by(table.c.number, table.c.id)
        .limit(limit)
    )
    return tuple([StaleError(*row) for row in (await connection.execute(query)).all()])


_ROW = (
    *("number", "id", "problem_id", "logged_at", "source_record_id", "source_table"),
    *("destination_record_id", "destination_table", "mapping", "gone_at", "params", "message"),
)


async def rewrite(
    connection: AsyncConnection,
    scope: Scope,
    table: Table,
    version: str,
    changed: Sequence[tuple[StaleError, Meaning]],
    outbox: Outbox,
) -> int:
    """Give errors their new meaning; answers how many belong to another problem now.

    Inside a transaction that holds the connection's row of ``pull_state``. An error that is not what it was
    when it was read is left alone.
    """
    wanted = {(stale.number, as_key(stale.id)): (stale, meaning) for stale, meaning in changed}
    found = await connection.execute(
        select(*(table.c[name] for name in _ROW)).where(
            belongs(table, scope),
            table.c.number.in_(sorted({number for number, _ in wanted})),
            table.c.catalogue_version != version,
        )
    )
    values: list[dict[str, object]] = []
    moved: list[Moved] = []
    reindexed: list[int] = []
    for row in found.all():
        stale, meaning = wanted.get((row.number, as_key(row.id)), (None, None))
        if stale is None or meaning is None or stale.message != row.message:
            continue
        is_moved = row.problem_id != meaning.problem.id
        if is_moved:
            moved.append(_moved(row, meaning.problem))
        if is_moved or row.params.get("privilege") != meaning.params.get("privilege"):
            reindexed.append(row.number)
        values.append(_values(row, meaning))
    if reindexed and table is SYNC_ERROR:
        await forget_errors(connection, scope, reindexed)
    await move(connection, scope, moved, outbox)
    ties = {(meaning.problem.id, id(meaning.ties)): meaning.ties for _, meaning in changed if meaning.ties}
    if ties:
        await keep_ties(connection, scope, Changes(ties=ties))
    if values:
        await connection.execute(_change(table, scope, version), values)
    if reindexed and table is SYNC_ERROR:
        await index_stored(connection, scope, reindexed)
    return len(moved)


async def note_stragglers(
    connection: AsyncConnection, scope: Scope, version: str, numbers: Sequence[int]
) -> None:
    """New errors were diagnosed by that version: where it is not the one of the connection's run, a later
    look begins below them. See ``Rediagnoses.is_due``."""
    if numbers:
        below = min(numbers) - 1
        await connection.execute(
            update(REDIAGNOSIS)
            .where(
                belongs(REDIAGNOSIS, scope), REDIAGNOSIS.c.version != version, REDIAGNOSIS.c.checked > below
            )
            .values(checked=below)
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
