"""The index on PostgreSQL: a ``tsvector`` column under GIN, in a table beside the errors, so that updating an
error does not touch the index.

An entry (``bot.store.search_groups``) of several errors has their ``numbers``; what its errors share has the
weight A, and words of records have D. Measured for 100,000 errors in pages of 5,000: 33 microseconds of the
server's time an error where each has an entry of its own, 10 so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Row, any_, bindparam, cast, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.copying import copy_in, lines_of
from bot.store.search_entries import INDEX, RECORDS, SLICE, Groups, Worded
from bot.store.search_groups import (
    Candidate,
    Entry,
    Grouped,
    Indexing,
    by_block,
    entries_of,
    reaching,
)
from bot.store.search_words import SHORTEST_BEGINNING, Term, scope_mark
from bot.store.tables import SYNC_ERROR, belongs

_WINDOW: Final = 2_000
"""Newest entries that are looked through before GIN is asked, which gives all there are."""
_SHARED: Final = "A"
"""The weight."""


def indexing_of(errors: Sequence[Worded]) -> Indexing:
    """What the index takes of these errors."""
    return Indexing(lines=[_line(entry) for entry in entries_of(errors)])


async def add(connection: AsyncConnection, number: int, indexing: Indexing) -> None:
    """Add to the index of the scope with that number."""
    mark = scope_mark(number)
    for start in range(0, len(indexing.lines), SLICE):
        block = lines_of(f"{number}\t{line} {mark}" for line in indexing.lines[start : start + SLICE])
        await copy_in(connection, INDEX, ("scope", "number", "numbers", "words"), block)


def _line(entry: Entry) -> str:
    """What COPY takes, without the scope; words and marks hold nothing that means something to it."""
    numbers, words = r"\N", entry.words
    if len(entry.numbers) > 1:
        numbers = f"{{{','.join(map(str, entry.numbers))}}}"
        # A lexeme without a position has every weight.
        shared = [f"{word}:1{_SHARED}" for word in entry.shared.split()]
        words = " ".join([*shared, *(f"{word}:1" for word in entry.records.split())])
    return f"{max(entry.numbers)}\t{numbers}\t{words}"


_TAKE_OUT: Final = text(
    f"DELETE FROM {INDEX} WHERE scope = :scope AND number BETWEEN :first AND :last "  # noqa: S608
    "AND (number = ANY(:numbers) OR numbers && :numbers) RETURNING number, numbers"
).bindparams(bindparam("numbers", type_=postgresql.ARRAY(BigInteger)))


async def take_out(connection: AsyncConnection, number: int, numbers: Sequence[int]) -> list[int]:
    """Take the entries of errors out; gives the other errors of those entries, which have none now."""
    others: set[int] = set()
    for wanted, last in by_block(numbers):
        bounds = {"scope": number, "first": wanted[0], "last": last, "numbers": wanted}
        for row in await connection.execute(_TAKE_OUT, bounds):
            others.update(_numbers_of(row))
    return sorted(others.difference(numbers))


async def numbers_with(connection: AsyncConnection, number: int, words: Iterable[str]) -> list[int]:
    """No. of the errors that have all these words, and some that share an entry with them."""
    query = " & ".join(_rendered(Term(word)) for word in (scope_mark(number), *words))
    rows = await connection.execute(_ENTRIES_WITH, {"query": query})
    return [one for row in rows for one in _numbers_of(row)]


_ENTRIES_WITH: Final = text(f"SELECT number, numbers FROM {INDEX} WHERE words @@ CAST(:query AS tsquery)")  # noqa: S608


def _numbers_of(row: Row[Any]) -> Sequence[int]:
    return row.numbers or (row.number,)


@dataclass(frozen=True, slots=True)
class Gin(Grouped):
    """Looks things up."""

    async def alternatives(self, word: str) -> Sequence[Term]:
        """The word, or everything that begins with it."""
        return (Term(word, begins=len(word) >= SHORTEST_BEGINNING),)

    async def numbers(self, groups: Groups, limit: int) -> list[int]:
        """No. of the newest errors that have one term of each group."""
        if not self.is_archive:
            newest = await self._entries(_NEWEST, groups, {"scope": self.number, "window": _WINDOW})
            found = await self.members(_candidates(newest, groups))
            if newest and (near := reaching(found, newest[0].floor, limit)):
                return near
        return await Grouped.numbers(self, groups, limit)

    async def candidates(self, groups: Groups, below: int, most: int) -> Sequence[Candidate]:
        """The newest entries that may have such errors."""
        query = _ALL_ARCHIVED if self.is_archive else _ALL
        return _candidates(await self._entries(query, groups, {"below": below, "most": most}), groups)

    async def records(self, numbers: Sequence[int]) -> Iterable[tuple[int, str, str]]:
        """No., source and destination of these errors."""
        query = select(*RECORDS).where(
            belongs(SYNC_ERROR, self.scope),
            SYNC_ERROR.c.number == any_(cast(list(numbers), postgresql.ARRAY(BigInteger))),
        )
        if self.is_archive:
            query = query.where(SYNC_ERROR.c.gone_at.is_not(None))
        return [(row[0], row[1], row[2]) for row in await self.connection.execute(query)]

    async def _entries(self, query: str, groups: Groups, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        """``shared`` is null where all errors of an entry have what is looked for; else it says for each
        group whether they share one of its terms."""
        each = {f"group_{place}": _one_of(group, _SHARED) for place, group in enumerate(groups)}
        flags = ", ".join(f"words @@ CAST(:{name} AS tsquery)" for name in each)
        scope = _rendered(Term(scope_mark(self.number)))
        bound: dict[str, object] = {
            **each,
            "all_shared": " & ".join(each.values()),
            "query": " & ".join((scope, *(_one_of(group) for group in groups))),
            **values,
        }
        if self.is_archive:
            bound |= {"workspace": self.scope.workspace, "connection": self.scope.connection}
        rows = await self.connection.execute(text(_WITH_FLAGS.format(query=query, flags=flags)), bound)
        return rows.all()


def _candidates(rows: Iterable[Row[Any]], groups: Groups) -> list[Candidate]:
    return [Candidate(row.number, _numbers_of(row), _left(row, groups)) for row in rows]


def _left(row: Row[Any], groups: Groups) -> Groups:
    """What the errors of an entry do not share."""
    if row.shared is None:
        return ()
    return [group for group, shared in zip(groups, row.shared, strict=True) if not shared]


_WITH_FLAGS: Final = (
    "SELECT number, numbers, floor, "
    "CASE WHEN numbers IS NULL OR words @@ CAST(:all_shared AS tsquery) THEN NULL ELSE ARRAY[{flags}] END "
    "AS shared FROM ({query}) AS found ORDER BY number DESC"
)
_NEWEST: Final = (
    f"WITH newest AS MATERIALIZED (SELECT number, numbers, words FROM {INDEX} WHERE scope = :scope "  # noqa: S608
    "ORDER BY number DESC LIMIT :window) "
    "SELECT *, (SELECT min(number) FROM newest) AS floor FROM newest WHERE words @@ CAST(:query AS tsquery)"
)
_MATCH: Final = (
    f"SELECT number, numbers, words, 0 AS floor FROM {INDEX} "  # noqa: S608
    "WHERE words @@ CAST(:query AS tsquery) AND number < :below"
)
_ALL: Final = f"{_MATCH} ORDER BY number DESC LIMIT :most"
_ALL_ARCHIVED: Final = (
    f"{_MATCH} AND EXISTS (SELECT 1 FROM sync_error "  # noqa: S608
    "WHERE sync_error.workspace = :workspace AND sync_error.connection = :connection "
    f"AND sync_error.gone_at IS NOT NULL "
    f"AND sync_error.number = ANY(coalesce({INDEX}.numbers, ARRAY[{INDEX}.number]))) "
    "ORDER BY number DESC LIMIT :most"
)


def _one_of(group: Sequence[Term], weight: str = "") -> str:
    return f"({' | '.join(_rendered(term, weight) for term in group)})"


def _rendered(term: Term, weight: str = "") -> str:
    """A lexeme of a ``tsquery``; words and marks hold no quotes."""
    labels = f"{'*' if term.begins else ''}{weight}"
    return f"'{term.word}':{labels}" if labels else f"'{term.word}'"
