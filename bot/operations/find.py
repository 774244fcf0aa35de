"""Finding errors by words, and overviews that filters narrow.

Filters alone are answered from counters; text goes through the index. Neither scans errors.
"""

from __future__ import annotations

from dataclasses import field

from bot.dataclass import dataclass
from bot.operations.ask import PROBLEMS_A_PAGE, Ask
from bot.operations.filters import Applied, Meaning, Query, Understanding
from bot.operations.views import ConnectionView, Freshness, ProblemLine
from bot.store import Database, Problems
from bot.store.record_names import Names, RecordNames
from bot.store.search import MOST, Found, Match, Search
from bot.store.search_problems import NarrowedProblems
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A problem with how many of its errors were found."""

    problem: ProblemLine
    found: int


@dataclass(frozen=True, slots=True)
class FoundView:
    """Answer of ``/syncerrors customer 10000``."""

    connection: ConnectionView
    freshness: Freshness
    query: Query
    applied: tuple[Applied, ...]
    words: tuple[str, ...]
    """What was looked for; empty where nothing in the text can be."""
    lines: tuple[FoundLine, ...]
    """One page of problems, best first."""
    errors: tuple[Match, ...]
    """The best single errors; on the first page only."""
    total: int
    problems: int
    most: int
    """How many errors are looked at."""
    has_all_words: bool
    page: int
    """Zero based."""
    pages: int
    names: Names = field(default_factory=dict)
    """Of the records of these errors, those that are known; nobody waits for others here."""

    @property
    def is_capped(self) -> bool:
        """There are more than ``most``; the newest of them are looked at."""
        return self.total > self.most


@dataclass(frozen=True, slots=True)
class NarrowedView:
    """Answer of ``/syncerrors fixer:admin``: the overview of what filters leave."""

    connection: ConnectionView
    freshness: Freshness
    query: Query
    applied: tuple[Applied, ...]
    errors: int
    problems: int
    lines: tuple[ProblemLine, ...]
    page: int
    """Zero based."""
    pages: int


@dataclass(frozen=True, slots=True)
class Find:
    """Answers queries about one connection. Every method raises FilterUnknown and FilterValueUnknown."""

    database: Database
    ask: Ask
    understanding: Understanding

    async def answer(self, scope: Scope, query: Query, page: int = 0) -> FoundView | NarrowedView:
        """One page of what the query asks for; a page beyond the end becomes the last one."""
        await self.ask.knowledge.current()
        async with self.database.moment():
            meaning = await self.understanding.of(scope, query)
            if query.text:
                return await self._found(scope, query, meaning, page)
            return await self._narrowed(scope, query, meaning, page)

    async def _found(self, scope: Scope, query: Query, meaning: Meaning, page: int) -> FoundView:
        found = await Search(self.database).find(scope, query.text, meaning.narrowing)
        page, pages = _pages(len(found.problems), page)
        shown = found.problems[page * PROBLEMS_A_PAGE : (page + 1) * PROBLEMS_A_PAGE]
        rows = await NarrowedProblems(self.database).by_id(scope, [one.problem_id for one in shown])
        errors = _best(found, page)
        records = (one.source_record_id or one.destination_record_id for one in errors)
        return FoundView(
            connection=await self.ask.connection(scope),
            freshness=await self.ask.freshness(scope),
            query=query,
            applied=meaning.applied,
            words=found.words,
            lines=tuple(
                FoundLine(self.ask.line(rows[one.problem_id]), one.count)
                for one in shown
                if one.problem_id in rows
            ),
            errors=errors,
            total=found.total,
            problems=len(found.problems),
            most=MOST,
            has_all_words=found.has_all_words,
            page=page,
            pages=pages,
            names=await RecordNames(self.database).known(scope, records),
        )

    async def _narrowed(self, scope: Scope, query: Query, meaning: Meaning, page: int) -> NarrowedView:
        problems = NarrowedProblems(self.database)
        totals = await problems.totals(scope, meaning.narrowing)
        page, pages = _pages(totals.problems, page)
        causes = self.ask.causes
        order = await causes.order(scope, await Problems(self.database).totals(scope))
        rows = await problems.page(
            scope,
            meaning.narrowing,
            limit=PROBLEMS_A_PAGE,
            offset=page * PROBLEMS_A_PAGE,
            precedence=order.precedence,
        )
        return NarrowedView(
            connection=await self.ask.connection(scope),
            freshness=await self.ask.freshness(scope),
            query=query,
            applied=meaning.applied,
            errors=totals.errors,
            problems=totals.problems,
            lines=await causes.standing(scope, order, [self.ask.line(row) for row in rows]),
            page=page,
            pages=pages,
        )


def _pages(problems: int, page: int) -> tuple[int, int]:
    pages = max(1, -(-problems // PROBLEMS_A_PAGE))
    return min(page, pages - 1), pages


def _best(found: Found, page: int) -> tuple[Match, ...]:
    return found.errors if page == 0 else ()
