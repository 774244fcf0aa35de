"""The index on SQLite: an FTS5 table without content and without positions.

The row id of an entry (``bot.store.search_groups``) is the number of the scope and the highest No. of its
errors, so that "newest first, no more than a thousand" is the order in which the index is read anyway
(sqlite.org/fts5.html, "Contentless Tables", "The detail Option"). ``search_word`` holds the words that begin
with three letters: FTS5 reads every entry of a prefix before it gives the first, but reads ORs of whole words
one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.search_entries import (
    INDEX,
    NUMBER_BITS,
    RECORDS,
    SLICE,
    Groups,
    Worded,
    stored,
    worded_rows,
)
from bot.store.search_groups import Candidate, Grouped, Indexing, by_block, entries_of
from bot.store.search_tables import SEARCH_GROUP, SEARCH_WORD
from bot.store.search_words import SHORTEST_BEGINNING, Term
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.values import Scope

VIRTUAL_PARTS: Final = frozenset(f"{INDEX}_{part}" for part in ("config", "data", "idx"))
"""Tables in which FTS5 keeps ``INDEX``."""
_EXPANSIONS: Final = 200
"""Words that one beginning stands for; of more of them FTS5 makes the list itself."""
_TEXTS: Final = 500
"""Entries a statement."""
_GUID_LENGTH: Final = 32
"""Digits of a GUID, which is too rare to be worth a vocabulary."""
_HEX: Final = frozenset("0123456789abcdef")

_INSERT: Final = f"INSERT INTO {INDEX} (rowid, words) VALUES (?, ?)"  # noqa: S608
_INSERT_WORD: Final = "INSERT OR IGNORE INTO search_word (workspace, connection, word) VALUES (?, ?, ?)"
_DELETE: Final = f"INSERT INTO {INDEX} ({INDEX}, rowid, words) VALUES ('delete', ?, ?)"  # noqa: S608
_MATCH: Final = f"FROM {INDEX} WHERE {INDEX} MATCH :match AND rowid BETWEEN :first AND :last"
_ENTRIES: Final = (
    f"SELECT {INDEX}.rowid - :first AS number, search_group.numbers, search_group.shared "  # noqa: S608
    f"FROM {INDEX} LEFT JOIN search_group ON search_group.workspace = :workspace "
    f"AND search_group.connection = :connection AND search_group.number = {INDEX}.rowid - :first "
    f"WHERE {INDEX} MATCH :match AND {INDEX}.rowid BETWEEN :first AND :last"
)
_NEWEST: Final = f"{_ENTRIES} ORDER BY {INDEX}.rowid DESC LIMIT :most"
_NEWEST_ARCHIVED: Final = (
    f"{_ENTRIES} AND EXISTS (SELECT 1 FROM sync_error "  # noqa: S608
    "WHERE sync_error.workspace = :workspace AND sync_error.connection = :connection "
    "AND sync_error.gone_at IS NOT NULL AND sync_error.number IN (SELECT value "
    f"FROM json_each(coalesce(search_group.numbers, json_array({INDEX}.rowid - :first))))) "
    f"ORDER BY {INDEX}.rowid DESC LIMIT :most"
)
_INSERT_GROUP: Final = (
    "INSERT INTO search_group (workspace, connection, number, numbers, shared, records) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)

Statement = tuple[str, list[tuple[object, ...]]]


def indexing_of(errors: Sequence[Worded]) -> Indexing:
    """What the index takes of these errors."""
    return Indexing(entries_of(errors), _vocabulary(errors))


def _vocabulary(errors: Sequence[Worded]) -> list[str]:
    shared = set(chain.from_iterable([error[1:] for error in errors]))
    return sorted(filter(in_vocabulary, set(" ".join(shared).split())))


def additions(scope: Scope, number: int, indexing: Indexing) -> Iterator[Statement]:
    """Statements with their rows that add to the index."""
    owner = (scope.workspace, scope.connection)
    for start in range(0, len(indexing.entries), _TEXTS):
        part = indexing.entries[start : start + _TEXTS]
        yield _INSERT, [(row_id(number, max(entry.numbers)), entry.words) for entry in part]
        groups: list[tuple[object, ...]] = [
            (
                scope.workspace,
                scope.connection,
                max(one.numbers),
                json.dumps(one.numbers),
                one.shared,
                one.records,
            )
            for one in part
            if len(one.numbers) > 1
        ]
        if groups:
            yield _INSERT_GROUP, groups
    if indexing.vocabulary:
        yield _INSERT_WORD, [(*owner, word) for word in indexing.vocabulary]


def each_by_itself(scope: Scope, number: int, errors: Sequence[Worded]) -> Iterator[Statement]:
    """The same without ``search_group``: an entry for each error."""
    if errors:
        yield _INSERT, [(row_id(number, error.number), error.words) for error in errors]
    if words := _vocabulary(errors):
        yield _INSERT_WORD, [(scope.workspace, scope.connection, word) for word in words]


async def take_out(
    connection: AsyncConnection, scope: Scope, number: int, numbers: Sequence[int]
) -> list[int]:
    """Take the entries of stored errors out; gives the other errors of those entries, which have none now.

    FTS5 without content needs the very words that went in (sqlite.org/fts5.html, "The 'delete' Command").
    """
    alone, others = set(numbers), set[int]()
    gone: list[tuple[int, str]] = []
    for wanted, last in by_block(numbers):
        near = select(SEARCH_GROUP).where(
            belongs(SEARCH_GROUP, scope), SEARCH_GROUP.c.number.between(wanted[0], last)
        )
        for row in (await connection.execute(near)).all():
            members = set(json.loads(row.numbers))
            if members.isdisjoint(wanted):
                continue
            gone.append((row_id(number, row.number), f"{row.shared} {row.records}"))
            others |= members.difference(numbers)
            alone -= members
    groups = [row - row_id(number, 0) for row, _ in gone]
    for start in range(0, len(groups), SLICE):
        these = SEARCH_GROUP.c.number.in_(groups[start : start + SLICE])
        await connection.execute(SEARCH_GROUP.delete().where(belongs(SEARCH_GROUP, scope), these))
    left = sorted(alone)
    for start in range(0, len(left), SLICE):
        part = SYNC_ERROR.c.number.in_(left[start : start + SLICE])
        rows = (await connection.execute(stored(scope).where(part))).all()
        gone += [(row_id(number, one.number), one.words) for one in worded_rows(rows)]
    if gone:
        await connection.exec_driver_sql(_DELETE, gone)
    return sorted(others)


async def numbers_with(
    connection: AsyncConnection, scope: Scope, number: int, words: Iterable[str]
) -> list[int]:
    """No. of the errors that have all these words, and some that share an entry with them."""
    match = " AND ".join(_rendered(Term(word)) for word in words)
    rows = await connection.execute(
        text(_NEWEST), {**_bounds(number), **_of(scope), "match": match, "most": -1}
    )
    return [one for row in rows for one in _numbers_of(row)]


async def erase(connection: AsyncConnection) -> None:
    """Have nothing left of what was taken out: until entries are merged, FTS5 keeps them beside a note that
    they are gone (sqlite.org/fts5.html, "The 'optimize' Command"). Writes the whole index anew."""
    await connection.exec_driver_sql(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')")  # noqa: S608


async def drop_words(connection: AsyncConnection, scope: Scope, number: int, words: Iterable[str]) -> int:
    """Take words out of the vocabulary that no error has any more; gives how many."""
    unused = []
    for word in sorted(filter(in_vocabulary, words)):
        values = _bounds(number) | {"match": _rendered(Term(word))}
        left = await connection.execute(text(f"SELECT 1 {_MATCH} LIMIT 1"), values)
        if left.one_or_none() is None:
            unused.append(word)
    for start in range(0, len(unused), SLICE):
        part = SEARCH_WORD.c.word.in_(unused[start : start + SLICE])
        await connection.execute(SEARCH_WORD.delete().where(belongs(SEARCH_WORD, scope), part))
    return len(unused)


def row_id(scope: int, number: int) -> int:
    """Row of the FTS5 table."""
    return scope << NUMBER_BITS | number


def in_vocabulary(word: str) -> bool:
    """Is this a word that ``search_word`` holds: three letters at its beginning, and no GUID?"""
    return word[:3].isalpha() and not (len(word) == _GUID_LENGTH and _HEX.issuperset(word))


@dataclass(frozen=True, slots=True)
class Fts5(Grouped):
    """Looks things up."""

    async def alternatives(self, word: str) -> Sequence[Term]:
        """The words that a word stands for."""
        if len(word) < SHORTEST_BEGINNING:
            return (Term(word),)
        if not (word.isalpha() and in_vocabulary(word)):
            return (Term(word, begins=True),)
        known = await self.connection.execute(
            select(SEARCH_WORD.c.word)
            .where(
                belongs(SEARCH_WORD, self.scope),
                SEARCH_WORD.c.word >= word,
                SEARCH_WORD.c.word < f"{word}\U0010ffff",
            )
            .limit(_EXPANSIONS + 1)
        )
        words = known.scalars().all()
        if len(words) > _EXPANSIONS:
            return (Term(word, begins=True),)
        return [Term(one) for one in dict.fromkeys((word, *words))]

    async def candidates(self, groups: Groups, below: int, most: int) -> Sequence[Candidate]:
        """The newest entries that may have such errors."""
        match = " AND ".join(f"({' OR '.join(map(_rendered, group))})" for group in groups)
        bounds = _bounds(self.number)
        if below < 1 << NUMBER_BITS:
            bounds["last"] = row_id(self.number, below) - 1
        query = text(_NEWEST_ARCHIVED if self.is_archive else _NEWEST)
        values = {**bounds, **_of(self.scope), "match": match, "most": most}
        rows = (await self.connection.execute(query, values)).all()
        return [Candidate(row.number, _numbers_of(row), _left(row, groups)) for row in rows]

    async def records(self, numbers: Sequence[int]) -> Iterable[tuple[int, str, str]]:
        """No., source and destination of these errors."""
        these = select(func.json_each(json.dumps(numbers)).table_valued("value").c.value)
        query = select(*RECORDS).where(belongs(SYNC_ERROR, self.scope), SYNC_ERROR.c.number.in_(these))
        if self.is_archive:
            query = query.where(SYNC_ERROR.c.gone_at.is_not(None))
        return [(row[0], row[1], row[2]) for row in await self.connection.execute(query)]


def _numbers_of(row: Row[Any]) -> Sequence[int]:
    return json.loads(row.numbers) if row.numbers else (row.number,)


def _left(row: Row[Any], groups: Groups) -> Groups:
    """What the errors of an entry do not share."""
    if row.shared is None:
        return ()
    shared = frozenset(row.shared.split())
    return [group for group in groups if not any(term.is_in(shared) for term in group)]


def _of(scope: Scope) -> dict[str, object]:
    return {"workspace": scope.workspace, "connection": scope.connection}


def _bounds(number: int) -> dict[str, object]:
    return {"first": row_id(number, 0), "last": row_id(number + 1, 0) - 1}


def _rendered(term: Term) -> str:
    """A string of FTS5's query language; words and marks hold no quotes."""
    return f'"{term.word}" *' if term.begins else f'"{term.word}"'
