"""Who takes care of a problem, and what they said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

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


async def lock_care(transaction: AsyncConnection, scope: Scope, problem_id: str) -> Care | None:
    """What is decided now, such that nobody else decides before this transaction ends; None where there is no
    such problem."""
    row = (
        await transaction.execute(
            select(PROBLEM.c.state, PROBLEM.c.assignee, PROBLEM.c.decided_by, PROBLEM.c.decided_at)
            .where(belongs(PROBLEM, scope), PROBLEM.c.id == problem_id)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return None
    return Care(ProblemState(row.state), row.assignee, row.decided_by, row.decided_at)


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
