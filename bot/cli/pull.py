"""``syncerrors pull``: read once, say what came of it."""

from __future__ import annotations

from rich.console import Console

from bot.cli.filling import fill
from bot.cli.sentences import sentence_for
from bot.cli.worlds import Opening


async def pull_once(opening: Opening, console: Console) -> int:
    """Return 0 when everything was read, 1 when a known failure ended the reading."""
    async with opening as world:
        report = await fill(world.core, console)
    console.print(
        f"Read {report.rows_read:,} rows: {report.stored:,} new, {report.new_problems:,} new problems"
        + (f", {report.unreadable:,} kept as they came (not understood)." if report.unreadable else ".")
    )
    if report.failure_key is None:
        return 0
    console.print(sentence_for(report.failure_key, report.failure_facts))
    return 1
