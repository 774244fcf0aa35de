"""What DBOS leaves to us: taking over from the dead, and forgetting what ended long ago."""

from __future__ import annotations

import logging
from datetime import datetime

import dbos
from dbos import DBOS

FORGOTTEN_AT_ONCE = 500
"""Workflows a transaction, so that SQLite's other writers wait briefly."""

_log = logging.getLogger("bot.durable")


async def pending(owner: str | None = None) -> list[dbos.WorkflowStatus]:
    """Workflows that are under way, or were when their process died; all, or those of one executor id."""
    return await DBOS.list_workflows_async(
        status="PENDING", executor_id=owner, load_input=False, load_output=False
    )


async def resume(dead: str) -> None:
    """Put the unfinished work of a dead executor back into its queues; the caller holds its slot."""
    for workflow in await pending(dead):
        await DBOS.resume_workflow_async(workflow.workflow_id, queue_name=workflow.queue_name)
        _log.warning("took over unfinished work of %s: %s", dead, workflow.name)


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
