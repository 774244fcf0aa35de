"""``syncerrors pull``: read once, say what came of it."""

from __future__ import annotations

from rich.console import Console

from bot.cli.filling import read
from bot.cli.sentences import sentence_for
from bot.cli.worlds import Opening
from bot.operations.views import PullReport


async def pull_once(opening: Opening, name: str | None, console: Console) -> int:
    """Read every connection, or the one of that name; one that fails stops no other.

    Return 0 when everything was read, 1 when a known failure ended the reading of any. Raises
    ConnectionUnknown.
    """
    async with opening as world:
        core = world.core
        chosen = core.connections if name is None else [core.selection.named(name)]
        failed = False
        for connection in chosen:
            report = await read(core, console, connection)
            _tell(report, console)
            failed = failed or report.failure_key is not None
    return 1 if failed else 0


def _tell(report: PullReport, console: Console) -> None:
    console.print(
        f"Read {report.rows_read:,} rows: {report.stored:,} new, {report.new_problems:,} new problems"
        + (f", {report.unreadable:,} kept as they came (not understood)." if report.unreadable else ".")
    )
    if report.failure_key is not None:
        console.print(sentence_for(report.failure_key, report.failure_facts))
