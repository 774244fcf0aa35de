"""``make demo``: the whole bot in one terminal."""

from __future__ import annotations

from rich.console import Console

from bot.app import open_worker
from bot.cli.filling import fill
from bot.cli.stage import staged
from bot.cli.terminal.conversation import converse
from bot.cli.worlds import demo_world


async def run_demo(console: Console) -> int:
    """Read the simulated company, then talk until the person leaves."""
    async with demo_world() as world:
        await fill(world.core, console)
        async with open_worker(world.settings, world.core) as durable, staged(world.core, durable) as slack:
            people = {"en": slack.person("Kim"), "nl": slack.person("Sanne", locale="nl-NL")}
            await converse(console, people)
    return 0
