"""Waiting while Business Central is down or too busy, or the store, in the middle of a run of actions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from bot.clock import Clock
from bot.failures import StoreUnavailable
from bot.operations.reading import FailureNote
from bot.store import Database
from bot.store.runs import Runs, RunState
from bot.store.values import Scope

LOOK: Final = 5.0
"""Seconds between looks for *Stop* while waiting."""
_STORE_TRIES: Final = 120

T = TypeVar("T")
_log = logging.getLogger("bot.outage")


class Change(Protocol):
    """Changes a run and has its progress told."""

    def __call__(self, scope: Scope, run_id: str, **values: object) -> Awaitable[None]: ...


async def wait_out(
    database: Database,
    clock: Clock,
    change: Change,
    scope: Scope,
    run_id: str,
    seconds: float,
    failure: FailureNote,
) -> bool:
    """Wait that long and say why meanwhile; whether somebody asked to stop."""
    await change(
        scope, run_id, state=RunState.WAITING, failure_key=failure.key, failure_facts=dict(failure.facts)
    )
    waited = 0.0
    while waited < seconds:
        if (await Runs(database).get(scope, run_id)).stop_asked_by:
            return True
        await clock.sleep(LOOK)
        waited += LOOK
    await change(scope, run_id, state=RunState.RUNNING, failure_key=None, failure_facts=None)
    return False


async def despite_the_store(clock: Clock, step: Callable[[], Awaitable[T]]) -> T:
    """Do a step again while the store does not answer: a run that has begun must come to an end."""
    for _ in range(_STORE_TRIES):
        try:
            return await step()
        except StoreUnavailable:
            _log.warning("the store does not answer; the run waits")
            await clock.sleep(LOOK)
    return await step()
