"""A worker that retries, and dies between what it did and its being recorded.

``python -m tests.processes.dying_retry WHAT PERSON``: dies right after that was done; ``never`` works until
the run is over and everything is told. Settings come from the environment, as those of any process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bot.app import Core, Outside, open_core, open_worker
from bot.businesscentral import BusinessCentralClient
from bot.failures import NotFound
from bot.operations.actors import slack_user
from bot.operations.durable.inline import InlineSteps
from bot.operations.retry import Retry, Target, Watch
from bot.operations.retry.ending import Ending
from bot.settings import WORKSPACE, Need, load_settings
from bot.store.outbox import Place
from bot.store.retries import RecordState, Retries
from bot.store.runs import Runs
from bot.store.values import Scope

RUN = "run-1"
KILLED_AFTER = {
    "release": (BusinessCentralClient, "release_all"),
    "wake": (BusinessCentralClient, "wake"),
    "watching": (Retry, "hand_over"),
    "evidence": (Watch, "take_note"),
    "end": (Ending, "end"),
}


def die_after(what: str) -> None:
    """Replace a method by one that kills the process when it has done its work."""
    owner, name = KILLED_AFTER[what]
    work: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def fatal(self: Any, *args: Any, **options: Any) -> Any:
        done = await work(self, *args, **options)
        if what != "evidence" or await _is_shown(self, args[0]):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, fatal)


async def _is_shown(watch: Watch, scope: Scope) -> bool:
    states = {record.state for record in await Retries(watch.database).records(scope, RUN)}
    return states == {RecordState.SYNCHRONIZED}


async def begin(core: Core, durable: Any, scope: Scope, person: str) -> None:
    """The first life reads everything, and somebody presses the button."""
    try:
        await Runs(core.database).get(scope, RUN)
    except NotFound:
        await core.pull.workflow(InlineSteps(), scope.connection)
        await core.synchronization.workflow(InlineSteps(), scope.connection)
        line = (await core.ask.overview(scope)).lines[0]
        who = slack_user(person)
        await core.retrying.start(durable, scope, Target(line.id), 10, who, Place(person), RUN)


async def work(what: str, person: str) -> None:
    if what != "never":
        die_after(what)
    settings = load_settings([Need.BUSINESS_CENTRAL])
    async with open_core(settings, Outside()) as core, open_worker(settings, core) as durable:
        scope = Scope(WORKSPACE, next(iter(core.connections)))
        await begin(core, durable, scope, person)
        print("working", flush=True)  # noqa: T201 # the test waits for it
        while not (await Runs(core.database).get(scope, RUN)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        while await core.delivery.under_way():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2]))
