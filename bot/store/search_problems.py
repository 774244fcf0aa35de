"""Problems that filters leave, counted from ``problem_counter``: nothing here looks at ``sync_error``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select

from bot.dataclass import dataclass
from bot.store.database import Database
from bot.store.problems import AS_THEY_ARE, Precedence, most_pressing_first, newest_error, problem_row
from bot.store.search import Kinds, Narrowing
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, belongs
from bot.store.values import ProblemRow, ProblemState, Scope

MOST_MAPPINGS: Final = 200
"""Names of mappings that are looked up at most; Business Central comes with some 40."""


@dataclass(frozen=True, slots=True)
class NarrowedTotals:
    """Sums over the open problems that filters leave."""

    errors: int
    problems: int


@dataclass(frozen=True, slots=True)
class NarrowedProblems:
    """The open problems of a connection that filters leave; ``count`` of each is what the filters leave of
    it."""

    database: Database

    async def totals(self, scope: Scope, narrowing: Narrowing) -> NarrowedTotals:
        """How many there are."""
        counted = _counted(scope, narrowing)
        query = _left(
            select(func.coalesce(func.sum(counted.count), 0), func.count()), scope, narrowing, counted
        )
        async with self.database.reading() as connection:
            errors, problems = (await connection.execute(query)).one()
        return NarrowedTotals(int(errors), problems)

    async def page(
        self,
        scope: Scope,
        narrowing: Narrowing,
        limit: int,
        offset: int,
        precedence: Precedence = AS_THEY_ARE,
    ) -> tuple[ProblemRow, ...]:
        """Some of them, in the order of the overview."""
        counted = _counted(scope, narrowing)
        async with self.database.reading() as connection:
            newest = await newest_error(connection, scope)
            if newest is None:
                return ()
            rows = await connection.execute(
                _left(
                    select(PROBLEM, counted.count.label("left"), counted.gone.label("left_gone")),
                    scope,
                    narrowing,
                    counted,
                )
                .order_by(*most_pressing_first(newest, counted.count, precedence))
                .limit(limit)
                .offset(offset)
            )
            return tuple(_narrowed(row) for row in rows)

    async def by_id(self, scope: Scope, problem_ids: Sequence[str]) -> Mapping[str, ProblemRow]:
        """Problems, open or fixed; one that is not stored is left out."""
        query = select(PROBLEM).where(belongs(PROBLEM, scope), PROBLEM.c.id.in_(problem_ids))
        async with self.database.reading() as connection:
            return {row.id: problem_row(row) for row in await connection.execute(query)}

    async def kinds(self, scope: Scope) -> Kinds:
        """Every class with its topics that the connection has a problem of."""
        query = (
            select(PROBLEM.c.class_code, func.coalesce(PROBLEM.c.topic, ""))
            .where(belongs(PROBLEM, scope))
            .distinct()
        )
        async with self.database.reading() as connection:
            rows = await connection.execute(query)
            return Kinds(frozenset((class_code, topic) for class_code, topic in rows))

    async def mappings(self, scope: Scope) -> tuple[str, ...]:
        """Names of the table mappings that have errors; each is one step in an index."""
        names: list[str] = []
        async with self.database.reading() as connection:
            while len(names) < MOST_MAPPINGS:
                query = select(func.min(PROBLEM_COUNTER.c.mapping)).where(belongs(PROBLEM_COUNTER, scope))
                if names:
                    query = query.where(PROBLEM_COUNTER.c.mapping > names[-1])
                name = (await connection.execute(query)).scalar_one()
                if name is None:
                    break
                names.append(name)
        return tuple(name for name in names if name)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Where the number of errors of a problem comes from."""

    source: FromClause
    count: ColumnElement[int]
    gone: ColumnElement[int]
    """How many of them are no longer in Business Central."""
    is_of: ColumnElement[bool] | None
    """How the rows of ``source`` belong to problems; None where it is the problems themselves."""


def _counted(scope: Scope, narrowing: Narrowing) -> _Counted:
    """The problem's own sum, or that of its counters of the days and the mapping."""
    if narrowing.mapping is None and narrowing.since is None:
        return _Counted(PROBLEM, PROBLEM.c.errors, PROBLEM.c.gone, None)
    query = select(
        PROBLEM_COUNTER.c.problem_id,
        func.sum(PROBLEM_COUNTER.c.errors).label("errors"),
        func.sum(PROBLEM_COUNTER.c.gone).label("gone"),
    ).where(belongs(PROBLEM_COUNTER, scope))
    if narrowing.mapping is not None:
        query = query.where(PROBLEM_COUNTER.c.mapping == narrowing.mapping)
    if narrowing.since is not None:
        query = query.where(PROBLEM_COUNTER.c.day >= narrowing.since)
    counters = query.group_by(PROBLEM_COUNTER.c.problem_id).subquery("counters")
    return _Counted(counters, counters.c.errors, counters.c.gone, counters.c.problem_id == PROBLEM.c.id)


_Question = Select[*tuple[Any, ...]]


def _left(query: _Question, scope: Scope, narrowing: Narrowing, counted: _Counted) -> _Question:
    if counted.is_of is None:
        query = query.select_from(counted.source)
    else:
        query = query.select_from(counted.source).join(PROBLEM, counted.is_of)
    query = query.where(belongs(PROBLEM, scope), PROBLEM.c.state == ProblemState.OPEN)
    return query if narrowing.kinds is None else query.where(narrowing.kinds.condition())


def _narrowed(row: Row[Any]) -> ProblemRow:
    """The problem with what the filters leave of its counts."""
    return replace(problem_row(row), count=int(row.left), gone=int(row.left_gone))
