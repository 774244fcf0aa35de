"""``syncerrors archive``: what Business Central has no more, as a file on standard output or a count."""

from __future__ import annotations

import getpass
import sys

from rich.console import Console

from bot.cli.worlds import Opening
from bot.operations.activity import Deed
from bot.operations.actors import operator
from bot.operations.archive import HEADINGS
from bot.operations.csv_text import BEGINNING, csv_line
from bot.operations.rights import Act
from bot.settings import WORKSPACE
from bot.store.values import Scope
from handlers.queries import query_of


async def tell_archive(opening: Opening, name: str | None, typed: str, console: Console, as_csv: bool) -> int:
    """Every row, written as it is read; raises ConnectionUnknown, FilterUnknown, FilterValueUnknown."""
    async with opening as world:
        core = world.core
        key = next(iter(core.connections)) if name is None else core.selection.named(name)
        scope, query = Scope(WORKSPACE, key), query_of(typed)
        if not as_csv:
            view = await core.archive.show(scope, query)
            more = "more than " if view.is_capped else ""
            console.print(f"{more}{min(view.total, 1000):,} in the archive; --csv prints them")
            return 0
        out = sys.stdout.buffer
        out.write((BEGINNING + csv_line(HEADINGS)).encode())
        rows = 0
        async for row in core.archive.rows(scope, query):
            out.write(csv_line(row).encode())
            rows += 1
        now = core.clock.now()
        who = operator(getpass.getuser())
        deed = Deed(f"archive:shell:{now.isoformat()}", who, Act.ARCHIVE_EXPORT, count=rows)
        await core.activity.add(scope, deed)
    return 0
