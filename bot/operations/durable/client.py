"""Durable work for processes that only ask for it: they enqueue, and workers elsewhere do it.

``DBOSClient`` starts no threads of its own and registers nothing, so that such a process can be killed at any
time and never holds work.
"""

from __future__ import annotations

import asyncio

import dbos

from bot.failures import NotFound
from bot.operations.durable.enqueueing import (
    APPLICATION,
    options_for,
    outcome_of,
    plain_address,
    telling_unavailable,
)
from bot.operations.durable.port import Outcome, Queue, WorkflowBody
from bot.operations.durable.quiet import quieten


class DurableClient:
    """Enqueues into the system tables of a database that ``migrate_system_tables`` has prepared."""

    def __init__(self, database_url: str) -> None:
        self._database_url = plain_address(database_url)
        self._client: dbos.DBOSClient | None = None

    def register(self, name: str, body: WorkflowBody) -> None:
        """Nothing: the workers know their workflows."""

    def every_minute(self, name: str, body: WorkflowBody) -> None:
        """Nothing: the workers have the schedule."""

    async def enqueue(
        self,
        workflow: str,
        *args: str | int,
        queue: Queue,
        partition: str,
        deduplication: str | None = None,
    ) -> str:
        """Write the workflow into its queue; returns its id, or that of the one it doubles.

        Raises StoreUnavailable where the database does not answer.
        """
        options = options_for(workflow, queue, partition, deduplication)
        with telling_unavailable():
            handle: dbos.WorkflowHandleAsync[object] = await self._open_client().enqueue_async(options, *args)
        return handle.get_workflow_id()

    async def wait(self, workflow_id: str, timeout: float) -> Outcome | None:  # noqa: ASYNC109 - returns None
        """The workflow's end, or None; raises NotFound for an id that was never enqueued."""
        with telling_unavailable():
            found = await self._open_client().list_workflows_async(
                workflow_ids=[workflow_id], load_input=False, load_output=False
            )
            if not found:
                raise NotFound(what="workflow")
            handle: dbos.WorkflowHandleAsync[object] = await self._open_client().retrieve_workflow_async(
                workflow_id
            )
        return await outcome_of(workflow_id, handle, timeout)

    async def start(self) -> None:
        """Connect. Raises StoreUnavailable where the database does not answer."""
        quieten()
        self._client = dbos.DBOSClient(
            system_database_url=self._database_url,
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,  # a person waits: better a sentence now
        )
        with telling_unavailable():
            await self._client.check_connection_async()

    async def stop(self) -> None:
        """Let go of the database."""
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
            self._client = None

    async def watched(self) -> None:
        """For ever: nothing can be taken from a process that does no work."""
        await asyncio.Event().wait()

    def _open_client(self) -> dbos.DBOSClient:
        if self._client is None:
            raise RuntimeError("start was not called")
        return self._client
