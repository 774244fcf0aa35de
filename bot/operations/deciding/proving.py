"""Which problems a decision has ended: those of which every record has synchronized since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import NotFound
from bot.operations.actors import Actor
from bot.operations.retry import Hope, Target
from bot.operations.retry.survey import Survey
from bot.store.care import lock_care, write_care
from bot.store.outbox import Outbox, Told
from bot.store.runs import Run
from bot.store.values import ProblemState, Scope

MOST: Final = 10
"""Problems that are looked at; each costs a few requests."""


async def ended_by(survey: Survey, scope: Scope, problems: Iterable[str]) -> tuple[str, ...]:
    """Those whose records have all synchronized since their last error, as Business Central says now.

    What it does not answer proves nothing.
    """
    ended = []
    for problem in list(problems)[:MOST]:
        try:
            surveyed = await survey.take(scope, Target(problem))
        except NotFound:
            continue
        is_whole = (
            not surveyed.left_over and not surveyed.first and set(surveyed.hopes) == {Hope.SYNCHRONIZED}
        )
        if surveyed.now.unread is None and surveyed.now.hopeless is None and is_whole:
            ended.append(problem)
    return tuple(ended)


async def mark_ended(
    transaction: AsyncConnection, scope: Scope, problems: Collection[str], run: Run, at: datetime
) -> None:
    """These are fixed from when the run began: an error logged since contradicts that."""
    for problem in problems:
        care = await lock_care(transaction, scope, problem)
        if care is None or care.state is not ProblemState.OPEN:
            continue
        by = Actor.parse(run.asked_by).id
        fixed = replace(care, state=ProblemState.FIXED, decided_by=by, decided_at=run.began_at or at)
        await write_care(transaction, scope, problem, fixed)
        await Outbox(transaction, scope, at).tell(Told.PROBLEM, problem)
