"""What the use cases know of durable work.

A *workflow* is a coroutine that does everything outside itself in *steps*. After a crash it runs again from
its start, and a step that had ended is not repeated: its recorded result is handed back. Hence the rules:
between steps nothing but decisions on their results; arguments and results are small picklable values (ids,
counts, links), never texts of errors, for they are stored; a step may run twice when the process dies in it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum, StrEnum
from typing import Any, ParamSpec, Protocol, TypeVar

from bot.dataclass import dataclass

P = ParamSpec("P")
R = TypeVar("R")


class Queue(StrEnum):
    """Kinds of work that must not wait for each other."""

    PULL = "pull"
    """Many connections at once; a connection's own pulls are kept apart by their deduplication key."""
    ACT = "act"
    """One at a time within a partition, which is a connection."""
    DELIVER = "deliver"
    """One at a time within a partition, which is a channel."""


class OutcomeState(Enum):
    """How a workflow ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a workflow."""

    id: str
    state: OutcomeState
    value: Any
    """What the workflow returned; None where it failed."""
    error: str = ""
    """Name of the exception's class; its text is not for others."""


class Steps(Protocol):
    """Handed to every workflow."""

    async def run(
        self, name: str, step: Callable[P, Awaitable[R]], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do one step, or hand back its recorded result. What it raises, it raises again."""

    async def changed(self, change: str) -> bool:
        """Whether to go the new way, where a release changed the steps of a workflow.

        False for a workflow that went past this place under the older release: it must find its recorded
        steps again. ``if await steps.changed("names the change"): await steps.run(...)``. The call may be
        removed, and the old way with it, once no such workflow can be left.
        """


WorkflowBody = Callable[..., Awaitable[Any]]
"""``async def body(steps: Steps, *args)``."""


class Durable(Protocol):
    """Runs workflows."""

    def register(self, name: str, body: WorkflowBody) -> None:
        """Make a workflow known. Only before ``start``; the name is stored and must not change."""

    def every_minute(self, name: str, body: WorkflowBody) -> None:
        """Register a workflow without arguments and run it once a minute, in one process only."""

    async def enqueue(
        self,
        workflow: str,
        *args: str | int,
        queue: Queue,
        partition: str,
        deduplication: str | None = None,
    ) -> str:
        """Have a workflow run; returns its id.

        While one with the same ``deduplication`` waits or runs in that queue, its id is returned and nothing
        is added. Only Queue.PULL takes deduplication. Raises ValueError for a combination that no engine has.
        """

    async def wait(self, workflow_id: str, timeout: float) -> Outcome | None:  # noqa: ASYNC109 - returns None
        """The workflow's end, or None where that has not come within ``timeout`` seconds."""

    async def start(self) -> None:
        """Begin to run what is enqueued, first of all what another process left unfinished."""

    async def stop(self) -> None:
        """Stop working. Unfinished workflows go on after the next ``start``."""

    async def watched(self) -> None:
        """Wait for ever; raises WorkTakenOver where this process may work no longer."""


def check_keys(queue: Queue, deduplication: str | None) -> None:
    """DBOS refuses deduplication on partitioned queues (dbos 3.4, ``Queue._validate_enqueue``)."""
    if deduplication is not None and queue is not Queue.PULL:
        raise ValueError(f"queue {queue} is partitioned and takes no deduplication")
    if deduplication is None and queue is Queue.PULL:
        raise ValueError("a pull needs a deduplication key, or two could read one connection at once")
