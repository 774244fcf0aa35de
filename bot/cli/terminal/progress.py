"""The progress of a pull."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from bot.clock import Clock, SystemClock
from bot.dataclass import dataclass

ReadState = Callable[[], Awaitable[tuple[int, int | None]]]
"""Rows read so far, and how many are expected; None while that is not known."""

_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class ProgressWords:
    """What the bar says."""

    doing: str = "Reading Business Central"
    done: str = "Read {rows} rows in {seconds} s"
    broken: str = "Stopped after {rows} rows"
    rate: str = "{rate} rows/s"


@asynccontextmanager
async def pull_progress(
    console: Console,
    read_state: ReadState,
    *,
    words: ProgressWords | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[None]:
    """Show the progress of what happens within: a bar on a terminal, a line at either end in a pipe.

    ``read_state`` is asked ten times a second on a terminal, and once at the end if all went well. What it
    raises is raised at the end; it never ends the work within.
    """
    words = words or ProgressWords()
    clock = clock or SystemClock()
    started = clock.monotonic()
    seen = _Seen(read_state)
    try:
        if console.is_terminal:
            async with _bar(console, seen, words):
                yield
        else:
            console.print(Text(f"{words.doing} ..."), soft_wrap=True, highlight=False)
            yield
    except BaseException:
        _conclude(console, "✖", "red", words.broken.format(rows=f"{seen.rows:,}"))
        raise
    await seen.look()
    seconds = f"{clock.monotonic() - started:.1f}"
    _conclude(console, "✔", "green", words.done.format(rows=f"{seen.rows:,}", seconds=seconds))


def _conclude(console: Console, sign: str, style: str, said: str) -> None:
    line = Text.assemble((f"{sign} ", style), said) if console.is_terminal else Text(said)
    console.print(line, soft_wrap=True, highlight=False)


@dataclass(slots=True)
class _Seen:
    """The state as it was at the last look."""

    read_state: ReadState
    rows: int = 0
    expected: int | None = None

    async def look(self) -> None:
        self.rows, self.expected = await self.read_state()


@asynccontextmanager
async def _bar(console: Console, seen: _Seen, words: ProgressWords) -> AsyncIterator[None]:
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        _Count(),
        _Rate(words),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        expand=True,
    ) as progress:
        bar = progress.add_task(words.doing, total=None)
        looking = asyncio.ensure_future(_look(progress, bar, seen))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait({looking})
    if not looking.cancelled():
        looking.result()


async def _look(progress: Progress, bar: TaskID, seen: _Seen) -> None:
    while True:
        await seen.look()
        total = None if seen.expected is None else max(seen.expected, seen.rows)
        progress.update(bar, completed=seen.rows, total=total)
        await asyncio.sleep(_LOOK_SECONDS)


class _Count(ProgressColumn):
    """Rows read, of how many where that is known."""

    def render(self, task: Task) -> Text:
        total = f" / {task.total:,.0f}" if task.total is not None else ""
        return Text(f"{task.completed:,.0f}{total}", style="bold")


class _Rate(ProgressColumn):
    """Rows a second, as measured lately."""

    def __init__(self, words: ProgressWords) -> None:
        super().__init__()
        self._words = words

    def render(self, task: Task) -> Text:
        rate = f"{task.speed:,.0f}" if task.speed else "–"
        return Text(self._words.rate.format(rate=rate), style="bright_black")
