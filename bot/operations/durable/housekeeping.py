"""What DBOS leaves to us: taking over from the dead, and forgetting what ended long ago."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from dbos import DBOS

FORGOTTEN_AT_ONCE = 500
"""Workflows a transaction, so that SQLite's other writers wait briefly."""

_log = logging.getLogger("bot.durable")


async def owners_of_pending() -> list[str]:
    """Executor ids with workflows that are under way, or were when their process died."""
    left = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
    return sorted({workflow.executor_id for workflow in left if workflow.executor_id})


async def take_over(dead: str) -> None:
    """Put the unfinished work of a dead executor back into its queues; the caller holds its slot.

    DBOS's own recovery, which it calls internal: ``resume_workflow`` would drop the deduplication key (dbos
    3.4, ``resume_workflows``), and a second pull could begin beside the one that was taken over.
    """
    recovered = await asyncio.to_thread(DBOS._recover_pending_workflows, [dead])
    if recovered:
        _log.warning("took over unfinished work of %s: %s workflows", dead, len(recovered))


async def forget_ended(before: datetime) -> None:
    """Delete workflows, and their steps, that ended before that time. A tick alone makes 1,440 a day."""
    while True:
        ended = await DBOS.list_workflows_async(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before.isoformat(),
            limit=FORGOTTEN_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if not ended:
            return
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])
