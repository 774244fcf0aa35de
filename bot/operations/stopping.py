"""*Stop*: a run under way ends at its next step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import NotFound
from bot.operations.actors import Actor
from bot.operations.rights import Act
from bot.store.activity import Line, Subject, write_line
from bot.store.outbox import Outbox, Told
from bot.store.runs import Run, RunBook, RunKind
from bot.store.values import Scope


async def stop_run(
    transaction: AsyncConnection, scope: Scope, run_id: str, kind: RunKind, actor: Actor, at: datetime
) -> Run:
    """Have it end; nothing happens to one that is over. Raises NotFound, also for a run of another kind.

    Whoever asks first is kept, and has a line in the activity; the run's own line is of who began it.
    """
    book = RunBook(transaction, scope)
    run = await book.get(run_id)
    if run.kind is not kind:
        raise NotFound(what="run")
    if not run.state.is_over:
        run = await book.ask_to_stop(run_id, str(actor))
        line = Line(
            id=f"{Act.STOP}:{run_id}",
            at=at,
            actor=str(actor),
            act=Act.STOP,
            subject_kind=Subject.PROBLEM if run.problem_id else Subject.RUN,
            subject=run.problem_id or run_id,
            facts={"run": run_id, "kind": run.kind.value},
        )
        await write_line(transaction, scope, line)
    await Outbox(transaction, scope, at).tell(Told.PROGRESS, run_id)
    return run
