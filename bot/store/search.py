"""Errors by their words, newest first, found in an index: see ``bot.store.search_index``.

What is typed becomes words (``bot.store.search_words``) before it comes near a query, so nothing in it is
syntax. A word finds words that begin with it; one of fewer than three characters finds only itself.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    case,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.database import Database
from bot.store.search_entries import worded_row
from bot.store.search_index import open_index
from bot.store.search_words import (
    SHORTEST_BEGINNING,
    Term,
    class_mark,
    mapping_mark,
    record_mark,
    words_of,
)
from bot.store.tables import PROBLEM, SYNC_ERROR, belongs
from bot.store.values import Scope

MOST: Final = 1_000
"""Errors that a search looks at, the newest; where there are more, it says so."""
MOST_RECORDS: Final = 50
"""Errors of the very record that was typed, the newest."""
BEST: Final = 5
"""Single errors given beside the problems."""
MOST_SOME: Final = 300
"""Errors looked at where none has all words."""
WORDS: Final = 8
"""Words of a search; further ones are not looked for."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which problems: by class and topic. ``topic`` is empty where a problem has none."""

    pairs: frozenset[tuple[str, str]]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, sorted."""
        return tuple(sorted({code for code, _ in self.pairs}))

    def condition(self) -> ColumnElement[bool]:
        """The problem is one of them."""
        return tuple_(PROBLEM.c.class_code, func.coalesce(PROBLEM.c.topic, "")).in_(sorted(self.pairs))


class Kept(Enum):
    """Which errors, by where they still are."""

    ANYWHERE = "anywhere"
    HERE_ALONE = "here alone"
    """Business Central has them no more: the archive."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What filters leave; None leaves everything."""

    kinds: Kinds | None = None
    mapping: str | None = None
    since: date | None = None
    """First day (UTC)."""
    kept: Kept = Kept.ANYWHERE


NOTHING_NARROWED: Final = Narrowing()


@dataclass(frozen=True, slots=True)
class Match:
    """One error that was found."""

    number: int
    problem_id: str
    logged_at: datetime
    source_record_id: str
    source_table: int
    destination_record_id: str
    destination_table: int
    is_of_record: bool
    """It is about the very record that was typed."""
    words: int
    """How many of the words it has."""


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """A problem with how many of its errors were found."""

    problem_id: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first: the very record, then more of the words, then the newest."""

    words: tuple[str, ...]
    """What was looked for."""
    problems: tuple[FoundProblem, ...] = ()
    errors: tuple[Match, ...] = ()
    """The best ``BEST``."""
    total: int = 0
    """Errors found, those of ``problems`` together."""
    has_all_words: bool = True
    """False where no error has all words, and these have some."""

    @property
    def is_capped(self) -> bool:
        """There are more than ``MOST``, and the newest of them are looked at."""
        return self.total > MOST


@dataclass(frozen=True, slots=True)
class Search:
    """Finds errors of a connection by words."""

    database: Database

    async def find(self, scope: Scope, typed: str, narrowing: Narrowing = NOTHING_NARROWED) -> Found:
        """The errors that have all the words of ``typed``, else some; nothing for a text without words."""
        words = tuple(words_of(typed)[:WORDS])
        if not words or (narrowing.kinds is not None and not narrowing.kinds.pairs):
            return Found(words)
        async with self.database.reading() as connection:
            index = await open_index(connection, scope, narrowing.kept is Kept.HERE_ALONE)
            if index is None:
                return Found(words)
            narrow = _narrow_marks(narrowing)
            exact = await index.numbers([[Term(record_mark(typed))], *narrow], MOST_RECORDS)
            each = [await index.alternatives(word) for word in words]
            found = await index.numbers([*each, *narrow], MOST + 1)
            if exact or found or len(words) == 1:
                numbers = list(dict.fromkeys((*exact, *found)))
                return await _all(connection, scope, words, _Candidates(numbers, exact, narrowing))
            some = await index.numbers([[one for group in each for one in group], *narrow], MOST_SOME)
            return await _some(connection, scope, words, _Candidates(some, (), narrowing))

    async def numbers(
        self, scope: Scope, typed: str, narrowing: Narrowing, most: int
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """No. of the newest errors that have all the words, at most that many, and the words."""
        words = tuple(words_of(typed)[:WORDS])
        if not words or (narrowing.kinds is not None and not narrowing.kinds.pairs):
            return (), words
        async with self.database.reading() as connection:
            index = await open_index(connection, scope, narrowing.kept is Kept.HERE_ALONE)
            if index is None:
                return (), words
            each = [await index.alternatives(word) for word in words]
            found = await index.numbers([*each, *_narrow_marks(narrowing)], most)
            if not found:
                return (), words
            query = _Candidates(found, (), narrowing).of(connection, scope, SYNC_ERROR.c.number)
            left = await connection.execute(query.order_by(SYNC_ERROR.c.number.desc()))
            return tuple(left.scalars()), words


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What the index gave, before the filters that it does not know."""

    numbers: Sequence[int]
    exact: Sequence[int]
    """Those of the very record."""
    narrowing: Narrowing

    def of(self, connection: AsyncConnection, scope: Scope, *columns: ColumnElement[Any]) -> Select[Any]:
        """A question to their rows."""
        query = select(*columns).where(
            belongs(SYNC_ERROR, scope), _is_one_of(SYNC_ERROR.c.number, connection, self.numbers)
        )
        kinds, mapping, since = self.narrowing.kinds, self.narrowing.mapping, self.narrowing.since
        if self.narrowing.kept is Kept.HERE_ALONE:
            query = query.where(SYNC_ERROR.c.gone_at.is_not(None))
        if since is not None:
            query = query.where(SYNC_ERROR.c.logged_at >= datetime.combine(since, time(), UTC))
        if mapping is not None:
            query = query.where(SYNC_ERROR.c.mapping == mapping)
        if kinds is not None:
            problem = and_(belongs(PROBLEM, scope), PROBLEM.c.id == SYNC_ERROR.c.problem_id)
            query = query.join(PROBLEM, problem).where(kinds.condition())
        return query

    @property
    def is_of_record(self) -> ColumnElement[int]:
        """1 for errors of the very record."""
        return case((SYNC_ERROR.c.number.in_(self.exact), 1), else_=0)


async def _all(
    connection: AsyncConnection, scope: Scope, words: tuple[str, ...], candidates: _Candidates
) -> Found:
    """Errors that have every word."""
    if not candidates.numbers:
        return Found(words)
    grouped = (
        candidates.of(connection, scope, SYNC_ERROR.c.problem_id, func.count().label("found"))
        .group_by(SYNC_ERROR.c.problem_id)
        .order_by(
            func.max(candidates.is_of_record).desc(),
            func.max(SYNC_ERROR.c.logged_at).desc(),
            SYNC_ERROR.c.problem_id,
        )
    )
    best = (
        candidates.of(connection, scope, *_COLUMNS, candidates.is_of_record.label("exact"))
        .order_by(candidates.is_of_record.desc(), SYNC_ERROR.c.logged_at.desc(), SYNC_ERROR.c.number.desc())
        .limit(BEST)
    )
    problems = tuple(FoundProblem(row.problem_id, row.found) for row in await connection.execute(grouped))
    return Found(
        words,
        problems=problems,
        errors=tuple(_match(row, bool(row.exact), len(words)) for row in await connection.execute(best)),
        total=sum(problem.count for problem in problems),
    )


async def _some(
    connection: AsyncConnection, scope: Scope, words: tuple[str, ...], candidates: _Candidates
) -> Found:
    """Errors that have some of the words: the more the better."""
    if not candidates.numbers:
        return Found(words)
    rows = await connection.execute(candidates.of(connection, scope, *_COLUMNS, *_TEXTS))
    matches = [_match(row, False, _words_in(row, words)) for row in rows]
    matches.sort(key=lambda one: (one.words, one.logged_at, one.number), reverse=True)
    counts = Counter(one.problem_id for one in matches)
    return Found(
        words,
        problems=tuple(
            FoundProblem(problem_id, counts[problem_id])
            for problem_id in dict.fromkeys(one.problem_id for one in matches)
        ),
        errors=tuple(matches[:BEST]),
        total=len(matches),
        has_all_words=False,
    )


def _narrow_marks(narrowing: Narrowing) -> list[list[Term]]:
    """Groups that leave out, inside the index, what the filters leave out."""
    groups = []
    if narrowing.kinds is not None:
        groups.append([Term(class_mark(code)) for code in narrowing.kinds.classes])
    if narrowing.mapping is not None:
        groups.append([Term(mapping_mark(narrowing.mapping))])
    return groups


def _is_one_of(
    column: ColumnElement[int], connection: AsyncConnection, numbers: Sequence[int]
) -> ColumnElement[bool]:
    """One value to bind, however many numbers there are; each is one step in the column's index."""
    if connection.dialect.name == "postgresql":
        return column == any_(cast(list(numbers), postgresql.ARRAY(BigInteger)))
    return column.in_(select(func.json_each(json.dumps(list(numbers))).table_valued("value").c.value))


_COLUMNS: Final = (
    SYNC_ERROR.c.number,
    SYNC_ERROR.c.problem_id,
    SYNC_ERROR.c.logged_at,
    SYNC_ERROR.c.source_record_id,
    SYNC_ERROR.c.source_table,
    SYNC_ERROR.c.destination_record_id,
    SYNC_ERROR.c.destination_table,
)
_TEXTS: Final = (SYNC_ERROR.c.message, SYNC_ERROR.c.mapping, SYNC_ERROR.c.params)


def _match(row: Row[Any], is_of_record: bool, words: int) -> Match:
    return Match(
        number=row.number,
        problem_id=row.problem_id,
        logged_at=row.logged_at,
        source_record_id=row.source_record_id,
        source_table=row.source_table,
        destination_record_id=row.destination_record_id,
        destination_table=row.destination_table,
        is_of_record=is_of_record,
        words=words,
    )


def _words_in(row: Row[Any], words: Sequence[str]) -> int:
    """How many of the words the error has, by the rules of the index."""
    terms = frozenset(worded_row(row, class_code="").words.split())
    return sum(Term(word, begins=len(word) >= SHORTEST_BEGINNING).is_in(terms) for word in words)
