"""Problems that wait for others, as ``bot.store.ties`` keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, select

from bot.dataclass import dataclass
from bot.store.cause_tables import PROBLEM_TIE, PROBLEM_WAIT
from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.tables import PROBLEM, belongs
from bot.store.values import ProblemState, Scope, TieKind

MOST_WAITS: Final = 2_000
"""Waits that one answer looks at, so that its cost has a bound; those of most errors. More than that many
problems that wait is nothing a person goes through: those left out stand alone."""


@dataclass(frozen=True, slots=True)
class StoredWait:
    """An open problem that waits for another open one."""

    problem_id: str
    waits_for: str
    record_id: str
    """The record that is awaited, and fails in the other problem; empty where a whole table is refused."""
    certain: bool
    errors: int
    """Of the problem that waits: those that Business Central still has."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Who waits for whom."""

    database: Database

    async def awaiting(self, scope: Scope, record_ids: Sequence[str]) -> tuple[str, ...]:
        """The open problems whose errors name one of these records as what they wait for, most errors
        first."""
        keys = [as_key(record) for record in record_ids]
        query = (
            select(PROBLEM.c.id)
            .where(
                belongs(PROBLEM, scope),
                PROBLEM.c.state == ProblemState.OPEN,
                PROBLEM.c.gone < PROBLEM.c.errors,
                PROBLEM.c.id.in_(
                    select(PROBLEM_TIE.c.problem_id).where(
                        belongs(PROBLEM_TIE, scope),
                        PROBLEM_TIE.c.kind == TieKind.AWAITS,
                        PROBLEM_TIE.c.key.in_(keys),
                    )
                ),
            )
            .order_by(PROBLEM.c.errors.desc(), PROBLEM.c.id)
            .limit(MOST_WAITS)
        )
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def between_open(self, scope: Scope) -> tuple[StoredWait, ...]:
        """The waits between open problems of which Business Central still has errors, most errors first."""
        other = PROBLEM.alias("other")
        its_own = and_(other.c.workspace == scope.workspace, other.c.connection == scope.connection)
        query = (
            select(
                PROBLEM_WAIT.c.problem_id,
                PROBLEM_WAIT.c.waits_for,
                PROBLEM_WAIT.c.record_id,
                PROBLEM_WAIT.c.certain,
                (PROBLEM.c.errors - PROBLEM.c.gone).label("errors"),
            )
            .join(PROBLEM, and_(belongs(PROBLEM, scope), PROBLEM.c.id == PROBLEM_WAIT.c.problem_id))
            .join(other, and_(its_own, other.c.id == PROBLEM_WAIT.c.waits_for))
            .where(
                belongs(PROBLEM_WAIT, scope),
                *(
                    condition
                    for one in (PROBLEM, other)
                    for condition in (one.c.state == ProblemState.OPEN, one.c.gone < one.c.errors)
                ),
            )
            .order_by((PROBLEM.c.errors - PROBLEM.c.gone).desc(), PROBLEM_WAIT.c.problem_id)
            .limit(MOST_WAITS)
        )
        async with self.database.reading() as connection:
            return tuple(
                StoredWait(row.problem_id, row.waits_for, row.record_id, row.certain, row.errors)
                for row in await connection.execute(query)
            )
