"""``syncerrors ask``: one question, answered as the bot would in Slack."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from enum import StrEnum

from rich.console import Console

from bot.cli.filling import fill
from bot.cli.stage import staged
from bot.cli.terminal.rendering import print_message
from bot.cli.terminal.screen import open_console, screen_of
from bot.cli.worlds import Opening
from bot.dataclass import dataclass
from bot.operations.durable.inline import InlineDurable
from bot.simulator.slack import RESPONSE_URL, Rank, Refused


class AskFormat(StrEnum):
    """How the answer is printed."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how whoever asks looks at it."""

    text: str
    locale: str
    connection: str | None = None
    """Name of a connection; None is the first one."""


async def ask_once(question: Question, opening: Opening, form: AskFormat, console: Console) -> int:
    """Print the answer and return the exit code: 2 for another command; raises ConnectionUnknown."""
    locale = question.locale
    async with opening as world:
        # Who asks is the operator at the shell, whatever the settings say about people in Slack.
        core = replace(world.core, roles={})
        if question.connection is not None:
            chosen = core.selection.named(question.connection)
            core = replace(core, selection=replace(core.selection, default=chosen))
        if world.starts_empty:
            await fill(core, open_console(sys.stderr))
        durable = InlineDurable()
        core.pull.register(durable)
        core.rediagnose.register(durable)
        async with staged(core, durable) as slack:
            try:
                message = await slack.person(locale=locale, rank=Rank.ADMIN).command(
                    _as_command(question.text)
                )
            except Refused as refusal:
                sys.stderr.write(f"{refusal}\n")
                return 2
            if form is AskFormat.JSON:
                payload = [dict(call.arguments) for call in slack.calls if call.method == RESPONSE_URL][-1]
                sys.stdout.write(json.dumps(payload, ensure_ascii=False, indent=2) + "\n")
            else:
                print_message(console, message, screen_of(console, locale, core.clock.now()))
    return 0


def _as_command(question: str) -> str:
    """People leave the command's own name out; ``4711`` means ``/syncerrors 4711``."""
    words = question.strip()
    return words if words.startswith("/") else f"/syncerrors {words}"
