"""Putting work into DBOS's queues and asking for its end: the same from inside a worker and from outside."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any, Protocol

import dbos
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.failures import SettingsInvalid, StoreUnavailable
from bot.operations.durable.port import Outcome, OutcomeState, Queue, check_keys
from bot.settings import sqlite_path

APPLICATION = "syncerrors"
"""Owner of every queue, schedule and workflow; other applications may share the database."""

POLLING_SECONDS = 0.15
"""Between looks into a queue, and at a workflow's status; one partition starts one workflow a look."""


class Handle(Protocol):
    """A workflow as DBOS hands it out, to a worker and to a client alike."""

    async def get_result(self, *, polling_interval_sec: float) -> Any:
        """What the workflow returned; raises what it raised."""


def options_for(
    workflow: str, queue: Queue, partition: str, deduplication: str | None
) -> dbos.EnqueueOptions:
    """How to enqueue; raises ValueError for a combination that no engine has."""
    check_keys(queue, deduplication)
    options = dbos.EnqueueOptions(workflow_name=workflow, queue_name=queue.value)
    if deduplication is None:
        options["queue_partition_key"] = partition
    else:
        options["deduplication_id"] = deduplication
        options["duplication_policy"] = "return-existing"
    return options


async def outcome_of(
    workflow_id: str,
    handle: Handle,
    timeout: float,  # noqa: ASYNC109 - returns None
) -> Outcome | None:
    """The workflow's end, or None where that has not come within ``timeout`` seconds.

    Raises StoreUnavailable where the database does not answer.
    """
    result = asyncio.ensure_future(handle.get_result(polling_interval_sec=POLLING_SECONDS))
    try:
        await asyncio.wait({result}, timeout=timeout)
    finally:
        if not result.done():
            result.cancel()
    if not result.done():
        return None
    error = result.exception()
    if isinstance(error, OperationalError | PoolTimeout):
        raise StoreUnavailable(type(error).__name__) from error  # of the asking, not of the workflow
    if error is not None:
        return Outcome(workflow_id, OutcomeState.FAILED, None, type(error).__name__)
    return Outcome(workflow_id, OutcomeState.SUCCEEDED, result.result())


@contextlib.contextmanager
def telling_unavailable() -> Iterator[None]:
    """What the driver says without a database is one sentence for a person: StoreUnavailable."""
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        raise StoreUnavailable(type(error).__name__) from error


def plain_address(database_url: str) -> str:
    """The address without a driver; DBOS brings its own. Raises SettingsInvalid for SQLite in memory."""
    scheme, _, rest = database_url.partition("://")
    scheme = scheme.partition("+")[0]
    if scheme == "sqlite" and sqlite_path(database_url) is None:
        raise SettingsInvalid(("DATABASE_URL: durable work needs a file or PostgreSQL, not memory",))
    return f"{'postgresql' if scheme == 'postgres' else scheme}://{rest}"
