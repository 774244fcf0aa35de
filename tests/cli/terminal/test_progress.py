"""The progress of a pull."""

from __future__ import annotations

import asyncio

import pytest

from bot.cli.terminal.progress import pull_progress
from bot.clock import ManualClock
from tests.cli.terminal.screens import NOW, colourless_console, pipe_console, written


class Rows:
    """A pull that says how far it is."""

    def __init__(self, read: int = 0, expected: int | None = None) -> None:
        self.read = read
        self.expected = expected
        self.looks = 0
        self.looked_twice = asyncio.Event()

    async def state(self) -> tuple[int, int | None]:
        self.looks += 1
        if self.looks >= 2:
            self.looked_twice.set()
        return self.read, self.expected


async def test_a_pipe_gets_one_line_at_either_end() -> None:
    console, rows, clock = pipe_console(), Rows(), ManualClock(NOW)
    async with pull_progress(console, rows.state, clock=clock):
        rows.read = 4213
        clock.advance(2.5)
    assert written(console) == "Reading Business Central ...\nRead 4,213 rows in 2.5 s\n"
    assert rows.looks == 1


async def test_a_terminal_gets_a_bar() -> None:
    console, rows = colourless_console(100), Rows(1000, 4000)
    async with pull_progress(console, rows.state):
        await rows.looked_twice.wait()
    shown = written(console)
    assert "Reading Business Central" in shown
    assert "1,000 / 4,000" in shown
    assert "rows/s" in shown
    assert "✔ Read 1,000 rows" in shown


async def test_a_pull_that_breaks_says_how_far_it_came_and_its_error_goes_on() -> None:
    console, rows = colourless_console(), Rows(7)

    async def pull() -> None:
        async with pull_progress(console, rows.state):
            await rows.looked_twice.wait()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await pull()
    assert "✖ Stopped after 7 rows" in written(console)


async def test_a_state_that_cannot_be_read_ends_the_bar_but_not_the_work() -> None:
    async def broken() -> tuple[int, int | None]:
        looked.set()
        raise OSError("store is gone")

    async def pull() -> None:
        async with pull_progress(colourless_console(), broken):
            await looked.wait()
            worked.set()

    looked, worked = asyncio.Event(), asyncio.Event()
    with pytest.raises(OSError, match="store is gone"):
        await pull()
    assert worked.is_set()
