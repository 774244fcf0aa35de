"""Reading Business Central once, with a progress bar."""

from __future__ import annotations

from rich.console import Console

from bot.app import Core
from bot.cli.terminal.progress import ProgressWords, pull_progress
from bot.operations.durable.inline import InlineSteps
from bot.operations.views import PullReport
from bot.settings import WORKSPACE
from bot.store import Pulls
from bot.store.values import Scope


async def fill(core: Core, console: Console) -> tuple[PullReport, ...]:
    """Pull every connection, one after the other, showing how far it is."""
    return tuple([await read(core, console, connection) for connection in core.connections])


async def read(core: Core, console: Console, connection: str) -> PullReport:
    """Pull one connection, by its key; a failure is in the report, never raised."""
    scope = Scope(WORKSPACE, connection)

    async def read_state() -> tuple[int, int | None]:
        state = await Pulls(core.database).state(scope)
        return state.rows_read, state.rows_expected

    name = core.connections[connection].name if len(core.connections) > 1 else ""
    words = ProgressWords(doing=f"Reading {name}") if name else ProgressWords()
    async with pull_progress(console, read_state, words=words):
        return await core.pull.workflow(InlineSteps(), connection)
