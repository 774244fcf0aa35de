"""Reading Business Central once, with a progress bar."""

from __future__ import annotations

from rich.console import Console

from bot.app import Core
from bot.cli.terminal.progress import pull_progress
from bot.operations.durable.inline import InlineSteps
from bot.operations.views import PullReport
from bot.settings import WORKSPACE
from bot.store import Pulls
from bot.store.values import Scope


async def fill(core: Core, console: Console) -> PullReport:
    """Pull the first connection, showing how far it is."""
    connection = next(iter(core.connections))
    scope = Scope(WORKSPACE, connection)

    async def read_state() -> tuple[int, int | None]:
        state = await Pulls(core.database).state(scope)
        return state.rows_read, state.rows_expected

    async with pull_progress(console, read_state):
        return await core.pull.workflow(InlineSteps(), connection)
