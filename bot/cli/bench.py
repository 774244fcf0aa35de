"""``syncerrors bench``: how fast and how large, as figures with goals."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bot.bench.figures import Figure
from bot.bench.suites import Suite, measure

_TABLE_WIDTH = 110


async def run_bench(
    suites: Sequence[Suite], database: Sequence[str], scale: float, minutes: float, as_json: bool
) -> int:
    """Measure and print; gives 0 where every goal is met, else 1."""
    console = Console(stderr=True)
    figures: list[Figure] = []
    for suite in suites:
        for which in database:
            console.print(f"Measuring {suite} on {which.partition(':')[0]} ...")
            figures += await measure(suite, which, scale, minutes)
    if as_json:
        sys.stdout.write(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n")
    else:
        shown = Console()
        _print(figures, scale, Console(width=max(shown.width, _TABLE_WIDTH)))
    return 0 if all(figure.met for figure in figures) else 1


def _print(figures: Sequence[Figure], scale: float, out: Console) -> None:
    table = Table(title="syncerrors bench" if scale == 1 else f"syncerrors bench, scale {scale:g}")
    for heading in ("figure", "database", "value", "baseline", "ratio", "goal", "met"):
        table.add_column(heading, no_wrap=True)
    for figure in figures:
        told = figure.as_json()
        table.add_row(
            figure.name,
            figure.database,
            f"{told['value']:,} {figure.unit}",
            "" if told["baseline"] is None else f"{told['baseline']:,} {figure.unit}",
            "" if told["ratio"] is None else f"{told['ratio']:,}",
            str(figure.goal),
            "yes" if figure.met else "NO",
        )
    out.print(table)
    for figure in figures:
        if figure.against or figure.note:
            baseline = f"baseline: {figure.against}" if figure.against else ""
            out.print(f"{figure.name}: {'; '.join(part for part in (baseline, figure.note) if part)}")
