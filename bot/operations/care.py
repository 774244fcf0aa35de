"""Taking care of a problem together: claim, mark as fixed, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import NotFound
from bot.operations.actors import Actor
from bot.operations.problem_moves import Move, WhyNot, moved
from bot.store import Database
from bot.store.activity import Line, Subject, write_line
from bot.store.care import Care, lock_care, write_care
from bot.store.holding import lock
from bot.store.outbox import Outbox, Told
from bot.store.values import Scope

BeginRetry = Callable[[AsyncConnection, Scope, str, Actor, datetime], Awaitable[str]]
"""What follows when somebody marks a problem as fixed: its records are retried, and watched. Enters that in
the transaction of the mark, and gives the run's id."""
DoRetry = Callable[[str, str], Awaitable[object]]
"""Has a run of a connection done. Where nobody gets to call it, the schedule finds the run."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a move."""

    care: Care
    why_not: WhyNot | None
    """None where it changed something."""
    retrying: bool = False
    """Its records are being retried now."""


@dataclass(frozen=True, slots=True)
class TakingCare:
    """Moves of people."""

    database: Database
    clock: Clock
    begin_retry: BeginRetry | None = None
    do_retry: DoRetry | None = None

    async def move(self, scope: Scope, problem_id: str, move: Move, actor: Actor) -> Decision:
        """Decide, once: of two people at the same moment one is first, and the other is told who.

        A move that changes nothing has the cards of the problem drawn anew, since somebody pressed a button
        that should not be there any more. Raises NotFound.
        """
        at = self.clock.now()
        async with self.database.writing() as transaction:
            if move is Move.MARK_FIXED:
                await lock(transaction, scope)  # a run is entered under it; whoever pulls takes it first, too
            care = await lock_care(transaction, scope, problem_id)
            if care is None:
                raise NotFound(what="problem")
            outcome = moved(care, move, actor.id, at)
            outbox = Outbox(transaction, scope, at)
            if isinstance(outcome, WhyNot):
                await outbox.tell(Told.PROBLEM, problem_id)
                return Decision(care, outcome)
            run = ""
            if move is Move.MARK_FIXED and self.begin_retry is not None:
                run = await self.begin_retry(transaction, scope, problem_id, actor, at)
            await write_care(transaction, scope, problem_id, outcome.care)
            await outbox.note(outcome.told, problem_id, about=f"{at.isoformat()} {move}", actor=str(actor))
            await write_line(
                transaction,
                scope,
                Line(
                    id=f"{move}:{problem_id}:{at.isoformat()}",
                    at=at,
                    actor=str(actor),
                    act=move.act,
                    subject_kind=Subject.PROBLEM,
                    subject=problem_id,
                ),
            )
        if run and self.do_retry is not None:
            await self.do_retry(scope.connection, run)
        return Decision(outcome.care, None, retrying=bool(run))
