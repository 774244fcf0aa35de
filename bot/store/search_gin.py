"""The index on PostgreSQL: a ``tsvector`` column under GIN, in a table beside the errors, so that updating an
error does not touch the index.

Errors of a page that share the words of their message are one entry. What its errors share has the weight A;
words of records have D, and are of one of the errors or another: what is found by those is looked at error
by error. An entry of one error has no ``numbers``, and no weights. Measured for 100,000 errors in pages of
5,000: 33 microseconds of the server's time an error where each has an entry of its own, 10 so; GIN's price is
the number of words times the number of rows that have them.

The numbers of an entry lie in one block of ``BLOCK``, so that the entry of a number is found by the primary
key: its highest number is not below it, and in the same block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import BigInteger, Row, any_, bindparam, cast, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.copying import copy_in, lines_of
from bot.store.search_entries import INDEX, SLICE, Entry, Groups, Indexing, Worded
from bot.store.search_words import SHORTEST_BEGINNING, Term, record_terms, scope_mark
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.values import Scope

MEMBERS: Final = 32
"""Errors of an entry at most: as many are looked at where a word is of one of their records."""
BLOCK: Final = 8_192
_WINDOW: Final = 2_000
"""Newest entries that are looked through before GIN is asked, which gives all there are."""
_NO_LIMIT: Final = 2**63 - 1
_SHARED: Final = "A"
"""The weight."""


def indexing_of(errors: Sequence[Worded]) -> Indexing:
    """What the index takes of these errors."""
    alike: defaultdict[tuple[str, str, int], list[tuple[str, str, int]]] = defaultdict(list)
    for number, message, source, destination, kind in errors:
        alike[message, kind, number // BLOCK].append((source, destination, number))
    entries: list[Entry] = []
    for (message, kind, _), members in alike.items():
        if len(members) > MEMBERS:
            members.sort()  # so that errors of one record are in few entries
        entries += [
            _entry(f"{message} {kind}", members[start : start + MEMBERS])
            for start in range(0, len(members), MEMBERS)
        ]
    return Indexing(entries)


def _entry(shared: str, members: Sequence[tuple[str, str, int]]) -> Entry:
    if len(members) == 1:
        source, destination, number = members[0]
        return Entry((number,), f"{shared} {source} {destination}")
    records = " ".join({terms for source, destination, _ in members for terms in (source, destination)})
    # A lexeme without a position has every weight.
    weighted = [f"{word}:1{_SHARED}" for word in shared.split()] + [f"{word}:1" for word in records.split()]
    return Entry([number for _, _, number in members], " ".join(weighted))


async def add(connection: AsyncConnection, number: int, indexing: Indexing) -> None:
    """Add to the index of the scope with that number."""
    for start in range(0, len(indexing.entries), SLICE):
        part = indexing.entries[start : start + SLICE]
        block = lines_of(_line(number, entry) for entry in part)
        await copy_in(connection, INDEX, ("scope", "number", "numbers", "words"), block)


def _line(scope: int, entry: Entry) -> str:
    """A row as COPY takes it; words and marks hold nothing that means something to it."""
    numbers = f"{{{','.join(map(str, entry.numbers))}}}" if len(entry.numbers) > 1 else r"\N"
    return f"{scope}\t{max(entry.numbers)}\t{numbers}\t{entry.words} {scope_mark(scope)}"


_TAKE_OUT: Final = text(
    f"DELETE FROM {INDEX} WHERE scope = :scope AND number BETWEEN :first AND :last "  # noqa: S608
    "AND (number = ANY(:numbers) OR numbers && :numbers) RETURNING number, numbers"
).bindparams(bindparam("numbers", type_=postgresql.ARRAY(BigInteger)))


async def take_out(connection: AsyncConnection, number: int, numbers: Sequence[int]) -> list[int]:
    """Take the entries of errors out; gives the other errors of those entries, which have none now."""
    others: set[int] = set()
    for block, these in groupby(sorted(numbers), lambda one: one // BLOCK):
        wanted = list(these)
        bounds = {"scope": number, "first": wanted[0], "last": (block + 1) * BLOCK - 1, "numbers": wanted}
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
class Gin:
    """Looks things up."""

    connection: AsyncConnection
    scope: Scope
    number: int
    is_archive: bool = False
    """Only errors that Business Central has no more."""

    async def alternatives(self, word: str) -> Sequence[Term]:
        """The word, or everything that begins with it."""
        return (Term(word, begins=len(word) >= SHORTEST_BEGINNING),)

    async def numbers(self, groups: Groups, limit: int) -> list[int]:
        """No. of the newest errors that have one term of each group."""
        if not self.is_archive:
            newest = await self._entries(_NEWEST, groups, {"scope": self.number, "window": _WINDOW})
            found = await self._members(newest, groups)
            if newest and (near := _reaching(found, newest[0].floor, limit)):
                return near
        return await self._all(groups, limit)

    async def _all(self, groups: Groups, limit: int) -> list[int]:
        found: list[int] = []
        below, most = _NO_LIMIT, limit
        while True:
            query = _ALL_ARCHIVED if self.is_archive else _ALL
            entries = await self._entries(query, groups, {"below": below, "most": most})
            found += await self._members(entries, groups)
            if len(entries) < most:
                return sorted(found, reverse=True)[:limit]
            below = entries[-1].number
            if near := _reaching(found, below, limit):
                return near
            most *= 4  # words that meet in many entries, but in few errors

    async def _entries(self, query: str, groups: Groups, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        """Entries that may have such errors, newest first.

        ``shared`` is null where all errors of an entry are such ones; else it says for each group whether the
        errors share one of its terms.
        """
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
        return (
            await self.connection.execute(text(_WITH_FLAGS.format(query=query, flags=flags)), bound)
        ).all()

    async def _members(self, entries: Sequence[Row[Any]], groups: Groups) -> list[int]:
        """Errors of these entries that have one term of each group."""
        sure: list[int] = []
        doubtful: dict[int, Groups] = {}
        for entry in entries:
            if entry.shared is None:
                sure += _numbers_of(entry)
                continue
            left = [group for group, shared in zip(groups, entry.shared, strict=True) if not shared]
            doubtful.update(dict.fromkeys(_numbers_of(entry), left))
        if doubtful:
            columns = (SYNC_ERROR.c.number, SYNC_ERROR.c.source_record_id, SYNC_ERROR.c.destination_record_id)
            for row in await self._rows(columns, list(doubtful)):
                words = _words_of_records(row.source_record_id, row.destination_record_id)
                if all(any(term.is_in(words) for term in group) for group in doubtful[row.number]):
                    sure.append(row.number)
        if self.is_archive:
            return [row.number for row in await self._rows((SYNC_ERROR.c.number,), sure)]
        return sure

    async def _rows(self, columns: Sequence[Any], numbers: Sequence[int]) -> Sequence[Row[Any]]:
        query = select(*columns).where(
            belongs(SYNC_ERROR, self.scope),
            SYNC_ERROR.c.number == any_(cast(list(numbers), postgresql.ARRAY(BigInteger))),
        )
        if self.is_archive:
            query = query.where(SYNC_ERROR.c.gone_at.is_not(None))
        return (await self.connection.execute(query)).all()


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


def _words_of_records(source: str, destination: str) -> frozenset[str]:
    return frozenset((*record_terms(source).split(), *record_terms(destination).split()))


def _reaching(found: Iterable[int], floor: int, limit: int) -> list[int]:
    """The highest numbers, where there are enough that no entry below the floor can have a higher one."""
    near = sorted((number for number in found if number >= floor), reverse=True)
    return near[:limit] if len(near) >= limit else []


def _one_of(group: Sequence[Term], weight: str = "") -> str:
    return f"({' | '.join(_rendered(term, weight) for term in group)})"


def _rendered(term: Term, weight: str = "") -> str:
    """A lexeme of a ``tsquery``; words and marks hold no quotes."""
    labels = f"{'*' if term.begins else ''}{weight}"
    return f"'{term.word}':{labels}" if labels else f"'{term.word}'"
