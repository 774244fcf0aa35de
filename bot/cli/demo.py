"""``make demo``: the whole bot in one terminal."""

from __future__ import annotations

from rich.console import Console

from bot.app import open_worker
from bot.cli.filling import fill
from bot.cli.stage import manifest, staged
from bot.cli.terminal.conversation import Conversation
from bot.cli.terminal.files import Files
from bot.cli.terminal.lines import open_lines
from bot.cli.terminal.people import Participant, SlashCommand
from bot.cli.worlds import demo_world
from bot.settings import WORKSPACE
from bot.simulator.slack import Rank
from bot.store.values import Scope


async def run_demo(console: Console) -> int:
    """Read the simulated company, then talk until the person leaves."""
    async with demo_world() as world:
        await fill(world.core, console)
        async with open_worker(world.settings, world.core) as durable, staged(world.core, durable) as slack:
            scopes = [Scope(WORKSPACE, connection) for connection in world.core.connections]

            async def reading() -> bool:
                reads = any([(await world.core.ask.freshness(scope)).reading for scope in scopes])
                learns = await world.core.rediagnose.under_way()
                return reads or learns or await world.core.delivery.under_way()

            kim = slack.person("Kim", rank=Rank.ADMIN)
            sanne = slack.person("Sanne", locale="nl-NL")
            names = {person.id: person.name for person in (kim, sanne)}
            people = [
                Participant("en", "Kim", "en-US", "kim ▸ ", kim, names=names),
                Participant("nl", "Sanne", "nl-NL", "sanne ▸ ", sanne, names=names),
            ]
            conversation = Conversation(
                console,
                open_lines(console),
                people,
                _commands(),
                clock=world.core.clock,
                under_way=reading,
                fix=world.fix,
                files=Files(slack.file),
            )
            await conversation.run()
    return 0


def _commands() -> list[SlashCommand]:
    return [
        SlashCommand(entry["command"], entry.get("usage_hint", ""), entry["description"])
        for entry in manifest()["features"]["slash_commands"]
    ]
