"""The whole bot in this process, on one of the bench's databases, in front of a sink."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.app import Core, Outside, http_app, migrate, open_core, open_slack, slack_app
from bot.bench.commands import BOT_TOKEN, SIGNING_SECRET
from bot.bench.sink import Sink
from bot.operations.durable.inline import InlineDurable
from bot.settings import WORKSPACE, Settings
from bot.store.values import Scope

COMPANY = "53390000-0000-4000-8000-00000000c0de"


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


def settings_for(
    database_url: str, business_central: str = "http://127.0.0.1:9", company: str = COMPANY
) -> Settings:
    """Settings that owe nothing to the environment; ``business_central`` is asked without Entra."""
    return Settings.model_construct(
        database_url=database_url,
        bc_base_url=business_central,
        bc_company_id=company,
        bc_username="bench",
        bc_web_service_key=SecretStr("bench"),
    )


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
