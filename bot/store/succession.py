"""Problems whose errors belong to another one since they were diagnosed anew: where they went."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import PROBLEM, belongs
from bot.store.values import Scope

MOST_SUCCESSORS = 100
"""In a row; a chain cannot be longer than a problem was re-diagnosed."""


async def living(connection: AsyncConnection, scope: Scope, problem_id: str) -> str:
    """The problem itself, or the one at the end of its chain of successors."""
    for _ in range(MOST_SUCCESSORS):
        found = await connection.execute(
            select(PROBLEM.c.successor).where(
                belongs(PROBLEM, scope), PROBLEM.c.id == problem_id, PROBLEM.c.successor != ""
            )
        )
        successor = found.scalar_one_or_none()
        if successor is None:
            break
        problem_id = successor
    return problem_id
