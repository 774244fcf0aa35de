"""Workers that act, and die between what they did and its being recorded.

``python -m tests.processes.dying``: reads commands from standard input, one a line, and answers each by a
line. Every worker is a process of its own, forked from this one, since importing takes longer than all the
rest. Settings come from the environment, as those of any process; so does ``DEED``, what somebody asked for.

- ``start ROLE``: the process id. ``dies N`` kills itself (SIGKILL) behind its Nth effect, in the store or in
  Business Central; ``hangs N`` stops there until somebody kills it, and says ``hangs``; ``release`` is of the
  next release, whose workflows have one step more; ``bot ...`` is the command ``syncerrors ...``.
- ``wait PID``: its exit code, or the negative number of its signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import Core, Outside, open_core
from bot.cli import main
from bot.failures import NotFound
from bot.operations.actors import Actor, slack_user
from bot.operations.coupled import Lost
from bot.operations.durable.engine import DbosDurable
from bot.operations.durable.inline import InlineSteps
from bot.operations.durable.port import Durable, Steps, WorkflowBody
from bot.operations.retry import Target
from bot.operations.support import Part, Wanted, Whither
from bot.settings import WORKSPACE, Need, load_settings
from bot.store.outbox import Place
from bot.store.purging import Purged
from bot.store.runs import Runs
from bot.store.values import Scope

RUN = "run-1"
ROWS_AT_ONCE = 4
ACTS = ("create", "delete_errors", "delete_error_rows", "release", "release_all", "wake", "details")
"""Of Business Central's client."""


async def _purge_problem(core: Core, durable: Durable, scope: Scope, who: Actor) -> None:
    [line] = (await core.ask.overview(scope)).lines
    [choice] = (await core.purging.offer(scope, line.id)).choices
    await core.purging.start(durable, scope, choice.bounds, who, Place(who.id), RUN)


async def _purge_all(core: Core, durable: Durable, scope: Scope, who: Actor) -> None:
    choices = (await core.purging.offer(scope)).choices
    [bounds] = [choice.bounds for choice in choices if choice.bounds.what is Purged.ALL]
    await core.purging.start(durable, scope, bounds, who, Place(who.id), RUN)


async def _retry(core: Core, durable: Durable, scope: Scope, who: Actor) -> None:
    [line] = (await core.ask.overview(scope)).lines
    await core.retrying.start(durable, scope, Target(line.id), 100, who, Place(who.id), RUN)


async def _support(core: Core, durable: Durable, scope: Scope, who: Actor) -> None:
    [line] = (await core.ask.overview(scope)).lines
    wanted = Wanted(
        problem_id=line.id,
        number=None,
        parts=frozenset({Part.VERSIONS, Part.MESSAGES, Part.CALL_STACKS}),
        is_unmasked=False,
        language="en",
        whither=Whither.PERSON,
        place=Place(who.id, "en", asked_by=who.id),
    )
    await core.support.start(durable, scope, wanted, who, RUN)


async def _create(core: Core, durable: Durable, scope: Scope, who: Actor) -> None:
    offer = await core.coupled.offer_to_create(scope, Lost("CUSTOMER", "ToIntegrationTable"))
    await core.deciding.start(durable, scope, offer.plan, who, Place(who.id), RUN)


DEEDS: Mapping[str, Callable[[Core, Durable, Scope, Actor], Awaitable[None]]] = {
    "purge problem": _purge_problem,
    "purge all": _purge_all,
    "retry": _retry,
    "support": _support,
    "create": _create,
}


class Peril:
    """Does something terrible behind one of the effects that it surrounds."""

    def __init__(self, deadly: int, terrible: Callable[[], Awaitable[None]]) -> None:
        self.left = deadly
        self.terrible = terrible

    async def passed(self) -> None:
        self.left -= 1
        if self.left == 0:
            await self.terrible()

    def surround(self, core: Core) -> None:
        """Every transaction of the store, and everything that is done in Business Central."""
        writing = core.database.writing

        @contextlib.asynccontextmanager
        async def perilous() -> AsyncIterator[AsyncConnection]:
            async with writing() as connection:
                yield connection
            await self.passed()

        def after(act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
            async def acting(*args: Any, **options: Any) -> Any:
                answer = await act(*args, **options)
                await self.passed()
                return answer

            return acting

        client: Any = next(iter(core.purge.clients.values()))
        database: Any = core.database
        database.writing = perilous
        for name in ACTS:
            setattr(client, name, after(getattr(client, name)))


class NextRelease:
    """The steps of a program that looks around before it hands over, and before the end."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    async def run(self, name: str, step: Callable[..., Awaitable[Any]], /, *args: Any, **kwargs: Any) -> Any:
        if name in ("hand over", "end") and await self._steps.changed(f"look around before {name}"):
            await self._steps.run("look around", _look_around)
        return await self._steps.run(name, step, *args, **kwargs)

    async def changed(self, change: str) -> bool:
        return await self._steps.changed(change)


class Released(DbosDurable):
    """The engine of that program."""

    def register(self, name: str, body: WorkflowBody) -> None:
        async def released(steps: Steps, *args: Any) -> Any:
            return await body(NextRelease(steps), *args)

        super().register(name, released)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def _look_around() -> None:
    say("looked around")


async def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _hang() -> None:
    say("hangs")
    await asyncio.Event().wait()


async def begin(core: Core, durable: Durable, scope: Scope) -> None:
    """The first life reads everything, and somebody confirms."""
    try:
        await Runs(core.database).get(scope, RUN)
    except NotFound:
        await core.pull.workflow(InlineSteps(), scope.connection)
        await core.synchronization.workflow(InlineSteps(), scope.connection)
        await DEEDS[os.environ["DEED"]](core, durable, scope, slack_user(os.environ["PERSON"]))


async def work(role: str, deadly: int) -> None:
    settings = load_settings([Need.BUSINESS_CENTRAL])
    async with open_core(settings, Outside()) as core:
        scope = Scope(WORKSPACE, next(iter(core.connections)))
        engine = Released if role == "release" else DbosDurable
        durable = engine(settings.database_url, look_for_dead_seconds=0.2)
        purge = dataclasses.replace(core.purge, rows_a_window=ROWS_AT_ONCE, rows_by_id=ROWS_AT_ONCE)
        deciding = (core.decide, core.watch_decision)
        for workflows in (purge, core.retry, core.watch, *deciding, core.prepare_support):
            workflows.register(durable)
        await durable.start()
        await begin(core, durable, scope)
        if deadly:
            Peril(deadly, _hang if role == "hangs" else _die).surround(core)
        while not (await Runs(core.database).get(scope, RUN)).state.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await durable.stop()


def live(role: str, *arguments: str) -> None:
    """What a forked process does; it ends here."""
    code = 1
    try:
        if role == "bot":
            sys.argv = ["syncerrors", *arguments]
            main()
        else:
            asyncio.run(work(role, int(arguments[0]) if arguments else 0))
        code = 0
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


def serve() -> None:
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "start":
            process = os.fork()
            if process == 0:
                live(*arguments)
            say(process)
        else:
            _, status = os.waitpid(int(arguments[0]), 0)
            say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    serve()
