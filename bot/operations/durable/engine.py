"""Durable work on DBOS 3.4: workflows and step results live in the store's own database.

What was tried, and is relied upon here:

- Launched inside the running loop, DBOS runs asynchronous workflows on that loop.
- The default application version is a hash of the source, so that after an upgrade nothing enqueued would
  run; ours is a constant. Changes of a workflow's steps go through ``DBOS.patch``.
- A process recovers the PENDING work of its own executor id at launch, and of no other; see ``slots``.
- ``asyncio.to_thread`` of the loop is put on DBOS's threads, which end with it; ``stop`` gives it new ones.
- A task that is cancelled leaves its workflow PENDING, so stopping needs no waiting for pages under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

import dbos
import psycopg
from dbos import DBOS, DBOSConfig

from bot.clock import Clock, SystemClock
from bot.failures import NotFound, WorkersFull, WorkTakenOver
from bot.operations.durable.enqueueing import (
    APPLICATION,
    POLLING_SECONDS,
    options_for,
    outcome_of,
    plain_address,
)
from bot.operations.durable.housekeeping import forget_ended, owners_of_pending, take_over
from bot.operations.durable.port import Outcome, Queue, WorkflowBody
from bot.operations.durable.quiet import quieten
from bot.operations.durable.slots import (
    AdvisoryLocks,
    FileLocks,
    SlotLocks,
    executor_id,
    first_free,
    slot_of,
)
from bot.settings import sqlite_path

P = ParamSpec("P")
R = TypeVar("R")

APPLICATION_VERSION = "1"
EVERY_MINUTE = "0 * * * * *"
LOOK_FOR_DEAD_SECONDS = 5.0
KEEP_ENDED = timedelta(days=1)
FORGET_EVERY_SECONDS = 3_600.0
TICK_QUEUE = "tick"
"""Plain: a schedule on a partitioned queue is silently never run."""

_log = logging.getLogger("bot.durable")


class DbosSteps:
    """Records each step's result in the database; 6 to 10 ms a step."""

    async def run(
        self, name: str, step: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do the step, or hand back what it gave before the process died."""

        async def recorded() -> R:
            return await step(*args, **kwargs)

        return await DBOS.run_step_async({"name": name}, recorded)

    async def changed(self, change: str) -> bool:
        """Whether this workflow goes the new way; recorded at its place among the steps."""
        return await DBOS.patch_async(change)


class DbosDurable:
    """The engine; one for each process, since DBOS is.

    ``tick_cron`` (six fields, seconds first) is when the every-minute workflows run; tests make it quicker.
    """

    def __init__(
        self,
        database_url: str,
        *,
        tick_cron: str = EVERY_MINUTE,
        look_for_dead_seconds: float = LOOK_FOR_DEAD_SECONDS,
        keep_ended: timedelta = KEEP_ENDED,
        clock: Clock | None = None,
    ) -> None:
        self._database_url = plain_address(database_url)
        self._tick_cron = tick_cron
        self._look_for_dead_seconds = look_for_dead_seconds
        self._keep_ended = keep_ended
        self._clock = clock or SystemClock()
        self._bodies: dict[str, WorkflowBody] = {}
        self._minutely: list[str] = []
        self._running: set[asyncio.Task[Any]] = set()
        self._locks: SlotLocks | None = None
        self._slot = 0
        self._watch: asyncio.Task[None] | None = None
        self._taken_over = asyncio.Event()

    @property
    def executor(self) -> str:
        """Under which id this process works; set by ``start``."""
        return executor_id(self._slot)

    def register(self, name: str, body: WorkflowBody) -> None:
        """Make a workflow known. Only before ``start``."""
        if name in self._bodies:
            raise ValueError(f"workflow {name} is registered twice")
        self._bodies[name] = body

    def every_minute(self, name: str, body: WorkflowBody) -> None:
        """Register a workflow without arguments that runs once a minute, in one of all processes."""
        self.register(name, body)
        self._minutely.append(name)

    async def start(self) -> None:
        """Take a slot, launch DBOS, and go on with what was left unfinished.

        Raises WorkersFull where all slots are taken.
        """
        self._locks = await asyncio.to_thread(self._open_locks)
        try:
            self._slot = await asyncio.to_thread(first_free, self._locks)
        except WorkersFull:
            self._locks.close()
            self._locks = None
            raise
        quieten()
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                system_database_url=self._database_url,
                application_version=APPLICATION_VERSION,
                executor_id=self.executor,
                enable_otlp=False,
            )
        )
        workflows = {name: self._workflow(name, body) for name, body in self._bodies.items()}
        DBOS.launch()
        await self._open_queues()
        await self._schedule(workflows)
        await self._adopt()
        self._watch = asyncio.create_task(self._keep_house(), name="durable housekeeping")

    async def stop(self) -> None:
        """Stop working; what is unfinished stays PENDING for the next holder of the slot."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        await self._cancel_running()
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as own:
            # Neither on the loop, whose work it waits for, nor on DBOS's threads, which it ends.
            await loop.run_in_executor(own, lambda: DBOS.destroy(destroy_registry=True))
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="bot"))
        await self._cancel_running()
        if self._locks is not None:
            self._locks.close()
            self._locks = None

    async def enqueue(
        self,
        workflow: str,
        *args: str | int,
        queue: Queue,
        partition: str,
        deduplication: str | None = None,
    ) -> str:
        """Write the workflow into its queue; returns its id, or that of the one it doubles."""
        options = options_for(workflow, queue, partition, deduplication)
        handle = await DBOS.enqueue_workflow_with_options_async(options, *args)
        return handle.workflow_id

    async def wait(self, workflow_id: str, timeout: float) -> Outcome | None:  # noqa: ASYNC109 - returns None
        """The workflow's end, or None; raises NotFound for an id that was never enqueued."""
        if await DBOS.get_workflow_status_async(workflow_id) is None:
            raise NotFound(what="workflow")
        handle: dbos.WorkflowHandleAsync[Any] = await DBOS.retrieve_workflow_async(workflow_id)
        return await outcome_of(workflow_id, handle, timeout)

    async def watched(self) -> None:
        """Wait for ever; raises WorkTakenOver once another process works under this one's executor id."""
        await self._taken_over.wait()
        raise WorkTakenOver(executor=self.executor)

    def _open_locks(self) -> SlotLocks:
        file = sqlite_path(self._database_url)
        return FileLocks(file) if file is not None else AdvisoryLocks(self._database_url)

    def _workflow(self, name: str, body: WorkflowBody) -> Callable[..., Any]:
        async def run(*args: Any) -> Any:
            task = asyncio.current_task()
            if task is not None:
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            return await body(DbosSteps(), *args)

        async def run_on_schedule(_due: datetime, _context: Any) -> None:
            await run()

        return DBOS.workflow(name=name)(run_on_schedule if name in self._minutely else run)

    async def _open_queues(self) -> None:
        await DBOS.register_queue_async(Queue.PULL.value, polling_interval_sec=POLLING_SECONDS)
        await DBOS.register_queue_async(TICK_QUEUE, polling_interval_sec=POLLING_SECONDS)
        for queue in (Queue.ACT, Queue.DELIVER):
            await DBOS.register_queue_async(
                queue.value, partition_concurrency=1, polling_interval_sec=POLLING_SECONDS
            )

    async def _schedule(self, workflows: Mapping[str, Callable[..., Any]]) -> None:
        await DBOS.apply_schedules_async(
            [
                {
                    "schedule_name": name,
                    "workflow_fn": workflows[name],
                    "schedule": self._tick_cron,
                    "queue_name": TICK_QUEUE,
                }
                for name in self._minutely
            ]
        )

    async def _keep_house(self) -> None:
        """Forget what ended long ago, and look for the dead, until the engine stops."""
        forgotten_at: float | None = None
        while True:
            now = self._clock.monotonic()
            if forgotten_at is None or now - forgotten_at >= FORGET_EVERY_SECONDS:
                await forget_ended(self._clock.now() - self._keep_ended)
                forgotten_at = now
            await asyncio.sleep(self._look_for_dead_seconds)
            try:
                ours = await asyncio.to_thread(self._slot_is_ours)
            except psycopg.OperationalError as error:
                _log.warning("the lock on %s cannot be checked: %s", self.executor, type(error).__name__)
                continue
            if not ours:
                _log.critical("another process works as %s now: durable work stops here", self.executor)
                await self._cancel_running()
                self._taken_over.set()
                return
            await self._adopt()

    def _slot_is_ours(self) -> bool:
        """Whether the lock is still held, or could be taken again after the server forgot our session.

        Raises psycopg.OperationalError while there is no server.
        """
        if self._locks is None or self._locks.still_held():
            return True
        self._locks.close()
        self._locks = self._open_locks()
        return self._locks.try_hold(self._slot)

    async def _adopt(self) -> None:
        """Take over the PENDING work of those who hold their slot no more: they are dead."""
        locks = self._locks
        for owner in await owners_of_pending():
            slot = slot_of(owner)
            if slot is None or slot == self._slot or locks is None:
                continue
            if await asyncio.to_thread(locks.try_hold, slot):
                try:
                    await take_over(owner)
                finally:
                    await asyncio.to_thread(locks.let_go, slot)

    async def _cancel_running(self) -> None:
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
