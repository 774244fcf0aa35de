"""Who takes care of a problem, and what they said of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.tables import PROBLEM, belongs
from bot.store.values import ProblemState, Scope


@dataclass(frozen=True, slots=True)
class Care:
    """What people decided about a problem."""

    state: ProblemState
    assignee: str
    """Id of the person; empty where nobody takes care of it."""
    decided_by: str = ""
    decided_at: datetime | None = None


async def care_of(connection: AsyncConnection, scope: Scope, problem_id: str) -> Care | None:
    """What is decided now; None where there is no such problem."""
    return _care((await connection.execute(_question(scope, problem_id))).one_or_none())


async def lock_care(transaction: AsyncConnection, scope: Scope, problem_id: str) -> Care | None:
    """The same, such that nobody else decides before this transaction ends."""
    question = _question(scope, problem_id).with_for_update()
    return _care((await transaction.execute(question)).one_or_none())


async def write_care(transaction: AsyncConnection, scope: Scope, problem_id: str, care: Care) -> None:
    """Decide."""
    await transaction.execute(
        update(PROBLEM)
        .where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
        .values(
            state=care.state,
            assignee=care.assignee,
            decided_by=care.decided_by,
            decided_at=care.decided_at,
        )
    )


def _question(scope: Scope, problem_id: str) -> Select[Any]:
    return select(PROBLEM.c.state, PROBLEM.c.assignee, PROBLEM.c.decided_by, PROBLEM.c.decided_at).where(
        belongs(PROBLEM, scope), PROBLEM.c.id == problem_id
    )


def _care(row: Any) -> Care | None:
    if row is None:
        return None
    return Care(ProblemState(row.state), row.assignee, row.decided_by, row.decided_at)
