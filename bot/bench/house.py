"""The whole bot in this process, on one of the bench's databases, in front of a sink."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.types import ASGIApp

from bot.app import Core, Outside, http_app, migrate, open_core, open_slack, slack_app
from bot.bench.commands import BOT_TOKEN, SIGNING_SECRET
from bot.bench.place import settings_for
from bot.bench.sink import Sink
from bot.operations.durable.inline import InlineDurable
from bot.settings import WORKSPACE
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class House:
    """A bot that can be asked."""

    core: Core
    web: ASGIApp

    @property
    def scope(self) -> Scope:
        """The rows of its one connection."""
        return scope_of(self.core)


def scope_of(core: Core) -> Scope:
    """The rows of the one connection."""
    return Scope(WORKSPACE, next(iter(core.connections)))


@contextlib.asynccontextmanager
async def open_house(database_url: str, sink: Sink) -> AsyncIterator[House]:
    """The web application on a new database, without a worker: what is asked here enqueues nothing."""
    settings = settings_for(database_url)
    await migrate(settings)
    async with (
        open_core(settings, Outside()) as core,
        open_slack(BOT_TOKEN, SIGNING_SECRET, f"{sink.address}/api", core.clock) as slack,
    ):
        app = slack_app(core, InlineDurable(), slack)
        yield House(core, http_app(app, slack, core.clock))
