"""``syncerrors ask``: one question, answered as the bot would in Slack."""

from __future__ import annotations

import json
import sys
from enum import StrEnum

from rich.console import Console

from bot.cli.filling import fill
from bot.cli.stage import staged
from bot.cli.terminal.rendering import render_message
from bot.cli.worlds import Opening
from bot.operations.durable.inline import InlineDurable
from bot.operations.pull import register_pull


class AskFormat(StrEnum):
    """How the answer is printed."""

    TEXT = "text"
    JSON = "json"


async def ask_once(question: str, opening: Opening, form: AskFormat, locale: str, console: Console) -> int:
    """Print the answer and return the exit code."""
    async with opening as world:
        if world.starts_empty:
            await fill(world.core, Console(stderr=True))
        durable = InlineDurable()
        register_pull(durable, world.core.pull)
        async with staged(world.core, durable) as slack:
            message = await slack.person(locale=locale).command(_as_command(question))
            if form is AskFormat.JSON:
                sys.stdout.write(json.dumps(message.payload, ensure_ascii=False, indent=2) + "\n")
            else:
                console.print(render_message(message))
    return 0


def _as_command(question: str) -> str:
    """People leave the command's own name out; ``4711`` means ``/syncerrors 4711``."""
    words = question.strip()
    return words if words.startswith("/") else f"/syncerrors {words}"
