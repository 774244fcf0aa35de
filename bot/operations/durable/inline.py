"""The twin of the engine that forgets everything when the process ends: for tests, and for one command."""

from __future__ import annotations

import asyncio
import itertools
import pickle
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from bot.failures import NotFound
from bot.operations.durable.port import Outcome, OutcomeState, Queue, WorkflowBody, check_keys

P = ParamSpec("P")
R = TypeVar("R")

_REMEMBERED = 1_000
"""Ended workflows whose outcome can still be asked for."""


class InlineSteps:
    """Runs steps at once. Results must be picklable, as the engine's must."""

    async def run(
        self, name: str, step: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do the step."""
        result = await step(*args, **kwargs)
        pickle.dumps(result)
        return result

    async def changed(self, change: str) -> bool:
        """Always the new way: nothing is left from an older release."""
        return True


class InlineDurable:
    """Runs workflows as tasks of the running loop, with the engine's rules for queues."""

    def __init__(self) -> None:
        self._bodies: dict[str, WorkflowBody] = {}
        self._minutely: list[str] = []
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._unfinished: dict[tuple[Queue, str], str] = {}
        self._partitions: defaultdict[tuple[Queue, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._numbers = itertools.count(1)

    def register(self, name: str, body: WorkflowBody) -> None:
        """Make a workflow known."""
        if name in self._bodies:
            raise ValueError(f"workflow {name} is registered twice")
        self._bodies[name] = body

    def every_minute(self, name: str, body: WorkflowBody) -> None:
        """Register a workflow that ``tick`` runs; this twin has no clock of its own."""
        self.register(name, body)
        self._minutely.append(name)

    async def tick(self) -> None:
        """Let one minute be over: run what is to run every minute, to its end."""
        for name in self._minutely:
            await self._bodies[name](InlineSteps())

    async def enqueue(
        self,
        workflow: str,
        *args: str | int,
        queue: Queue,
        partition: str,
        deduplication: str | None = None,
    ) -> str:
        """Start the workflow as soon as its partition is free; returns its id."""
        check_keys(queue, deduplication)
        body = self._bodies[workflow]
        if deduplication is not None and (queue, deduplication) in self._unfinished:
            return self._unfinished[queue, deduplication]
        workflow_id = f"inline-{next(self._numbers)}"
        task = asyncio.create_task(self._run(body, args, queue, partition), name=f"{workflow} {workflow_id}")
        self._tasks[workflow_id] = task
        if deduplication is not None:
            key = (queue, deduplication)
            self._unfinished[key] = workflow_id
            task.add_done_callback(lambda _: self._unfinished.pop(key, None))
        self._forget_old()
        return workflow_id

    async def wait(self, workflow_id: str, timeout: float) -> Outcome | None:  # noqa: ASYNC109 - returns None
        """The workflow's end, or None; raises NotFound for an id that nobody knows any more."""
        task = self._tasks.get(workflow_id)
        if task is None:
            raise NotFound(what="workflow")
        await asyncio.wait({task}, timeout=timeout)
        return outcome_of(workflow_id, task) if task.done() else None

    async def start(self) -> None:
        """Nothing: whatever is enqueued runs."""

    async def stop(self) -> None:
        """Cancel what still runs."""
        running = [task for task in self._tasks.values() if not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def watched(self) -> None:
        """For ever: nobody else can know of this work."""
        await asyncio.Event().wait()

    async def _run(
        self, body: WorkflowBody, args: tuple[str | int, ...], queue: Queue, partition: str
    ) -> Any:
        if queue is Queue.PULL:
            return await body(InlineSteps(), *args)
        async with self._partitions[queue, partition]:
            return await body(InlineSteps(), *args)

    def _forget_old(self) -> None:
        ended = [key for key, task in self._tasks.items() if task.done()]
        for key in ended[: max(0, len(self._tasks) - _REMEMBERED)]:
            del self._tasks[key]


def outcome_of(workflow_id: str, task: asyncio.Task[Any]) -> Outcome:
    """How a task that is done has ended."""
    if task.cancelled():
        return Outcome(workflow_id, OutcomeState.FAILED, None, "CancelledError")
    error = task.exception()
    if error is not None:
        return Outcome(workflow_id, OutcomeState.FAILED, None, type(error).__name__)
    return Outcome(workflow_id, OutcomeState.SUCCEEDED, task.result())
