"""Errors that share the words of their message are one entry of the index, on both databases.

What an index costs is the number of words times the number of entries that have them, and the errors of a
page repeat the words of few messages. What is found by words that an entry's errors share is of each of them;
words of records are of one or another, so that what is found by those is looked at error by error.

The numbers of an entry lie in one block of ``BLOCK``, so that the entry of a number is found by a primary
key: its highest number is not below it, and in the same block.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.search_entries import Groups, Worded
from bot.store.search_words import record_terms
from bot.store.values import Scope

MEMBERS: Final = 32
"""Errors of an entry at most: as many are looked at where a word is of one of their records."""
BLOCK: Final = 8_192
NO_LIMIT: Final = 2**62


class Entry(NamedTuple):
    """Errors, the words and marks that all of them have, and those of their records, parted by blanks."""

    numbers: Sequence[int]
    shared: str
    records: str

    @property
    def words(self) -> str:
        """All of them."""
        return f"{self.shared} {self.records}"


@dataclass(frozen=True, slots=True)
class Indexing:
    """What the index takes of some errors."""

    entries: Sequence[Entry] = ()
    """On SQLite."""
    vocabulary: Sequence[str] = ()
    """Words for ``search_word``, on SQLite."""
    lines: Sequence[str] = ()
    """On PostgreSQL, where they can be made before the transaction."""


def entries_of(errors: Iterable[Worded]) -> list[Entry]:
    """The errors in entries; one that shares its words with no other is an entry of its own."""
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
    return entries


def _entry(shared: str, members: Sequence[tuple[str, str, int]]) -> Entry:
    records = dict.fromkeys(terms for source, destination, _ in members for terms in (source, destination))
    return Entry([number for _, _, number in members], shared, " ".join(records))


def by_block(numbers: Iterable[int]) -> Iterator[tuple[list[int], int]]:
    """Numbers of one block, sorted, with the highest number that the block has room for."""
    for block, these in groupby(sorted(numbers), lambda one: one // BLOCK):
        yield list(these), (block + 1) * BLOCK - 1


class Candidate(NamedTuple):
    """An entry that has what is looked for."""

    number: int
    """Its highest."""
    numbers: Sequence[int]
    left: Groups
    """What its errors do not share."""


@dataclass(frozen=True, slots=True)
class Grouped(ABC):
    """Looks things up: what both databases have in common."""

    connection: AsyncConnection
    scope: Scope
    number: int
    is_archive: bool = False
    """Only errors that Business Central has no more."""

    async def numbers(self, groups: Groups, limit: int) -> list[int]:
        """No. of the newest errors that have one term of each group."""
        found: list[int] = []
        below, most = NO_LIMIT, limit
        while True:
            entries = await self.candidates(groups, below, most)
            found += await self.members(entries)
            if len(entries) < most:
                return sorted(found, reverse=True)[:limit]
            below = entries[-1].number
            if near := reaching(found, below, limit):
                return near
            most *= 4  # words that meet in many entries, but in few errors

    @abstractmethod
    async def candidates(self, groups: Groups, below: int, most: int) -> Sequence[Candidate]:
        """The newest entries that may have such errors, with their highest number below that one."""

    @abstractmethod
    async def records(self, numbers: Sequence[int]) -> Iterable[tuple[int, str, str]]:
        """No., source and destination of these errors; in an archive of those alone that are gone."""

    async def members(self, entries: Iterable[Candidate]) -> list[int]:
        """Errors of these entries that have one term of each group."""
        sure: list[int] = []
        doubtful: dict[int, Groups] = {}
        for entry in entries:
            if entry.left or self.is_archive:
                doubtful.update(dict.fromkeys(entry.numbers, entry.left))
            else:
                sure += entry.numbers
        if doubtful:
            for number, source, destination in await self.records(list(doubtful)):
                words = {*record_terms(source).split(), *record_terms(destination).split()}
                if all(any(term.is_in(words) for term in group) for group in doubtful[number]):
                    sure.append(number)
        return sure


def reaching(found: Iterable[int], floor: int, limit: int) -> list[int]:
    """The highest numbers, where there are enough that no entry below the floor can have a higher one."""
    near = sorted((number for number in found if number >= floor), reverse=True)
    return near[:limit] if len(near) >= limit else []
