"""The index on SQLite: an FTS5 table without content and without positions, one entry an error.

The row id is the number of the scope and the No. of the error, so that "newest first, no more than a
thousand" is the order in which the index is read anyway (sqlite.org/fts5.html, "Contentless Tables", "The
detail Option"). ``search_word`` holds the words that begin with three letters: FTS5 reads every entry of a
prefix before it gives the first, but reads ORs of whole words one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.search_entries import (
    INDEX,
    NUMBER_BITS,
    SLICE,
    Groups,
    Indexing,
    Worded,
    stored,
    worded_rows,
)
from bot.store.search_words import SHORTEST_BEGINNING, Term
from bot.store.tables import SEARCH_WORD, SYNC_ERROR, belongs
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
_NEWEST: Final = f"SELECT rowid {_MATCH} ORDER BY rowid DESC LIMIT :most"
_NEWEST_ARCHIVED: Final = (
    f"SELECT rowid {_MATCH} AND EXISTS (SELECT 1 FROM sync_error "  # noqa: S608
    "WHERE sync_error.workspace = :workspace AND sync_error.connection = :connection "
    f"AND sync_error.gone_at IS NOT NULL AND sync_error.number = {INDEX}.rowid - :first) "
    "ORDER BY rowid DESC LIMIT :most"
)

Statement = tuple[str, list[tuple[object, ...]]]


def indexing_of(errors: Sequence[Worded]) -> Indexing:
    """What the index takes of these errors."""
    shared = set(chain.from_iterable([error[1:] for error in errors]))
    vocabulary = sorted(filter(in_vocabulary, set(" ".join(shared).split())))
    return Indexing(errors=errors, vocabulary=vocabulary)


def additions(scope: Scope, number: int, indexing: Indexing) -> Iterator[Statement]:
    """Statements with their rows that add to the index."""
    for start in range(0, len(indexing.errors), _TEXTS):
        part = indexing.errors[start : start + _TEXTS]
        yield _INSERT, [(row_id(number, error.number), error.words) for error in part]
    if indexing.vocabulary:
        yield _INSERT_WORD, [(scope.workspace, scope.connection, word) for word in indexing.vocabulary]


async def take_out(connection: AsyncConnection, scope: Scope, number: int, numbers: Sequence[int]) -> None:
    """Take stored errors out.

    FTS5 without content needs the very words that went in (sqlite.org/fts5.html, "The 'delete' Command").
    """
    for start in range(0, len(numbers), SLICE):
        part = SYNC_ERROR.c.number.in_(numbers[start : start + SLICE])
        rows = (await connection.execute(stored(scope).where(part))).all()
        if values := [(row_id(number, one.number), one.words) for one in worded_rows(rows)]:
            await connection.exec_driver_sql(_DELETE, values)


async def numbers_with(connection: AsyncConnection, number: int, words: Iterable[str]) -> list[int]:
    """No. of the errors that have all these words."""
    values = _bounds(number) | {"match": " AND ".join(_rendered(Term(word)) for word in words)}
    rows = await connection.execute(text(f"SELECT rowid {_MATCH}"), values)
    return [row - row_id(number, 0) for row in rows.scalars()]


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
class Fts5:
    """Looks things up."""

    connection: AsyncConnection
    scope: Scope
    number: int
    is_archive: bool = False
    """Only errors that Business Central has no more."""

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

    async def numbers(self, groups: Groups, limit: int) -> list[int]:
        """No. of the newest errors that have one term of each group."""
        match = " AND ".join(f"({' OR '.join(map(_rendered, group))})" for group in groups)
        values: dict[str, object] = {**_bounds(self.number), "match": match, "most": limit}
        query = _NEWEST
        if self.is_archive:
            query = _NEWEST_ARCHIVED
            values |= {"workspace": self.scope.workspace, "connection": self.scope.connection}
        rows = await self.connection.execute(text(query), values)
        return [row - row_id(self.number, 0) for row in rows.scalars()]


def _bounds(number: int) -> dict[str, object]:
    return {"first": row_id(number, 0), "last": row_id(number + 1, 0) - 1}


def _rendered(term: Term) -> str:
    """A string of FTS5's query language; words and marks hold no quotes."""
    return f'"{term.word}" *' if term.begins else f'"{term.word}"'
