"""What is typed: its meaning, and how it gets in."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.terminal.lines import PipedLines
from bot.cli.terminal.typed import Command, Fix, Help, Leave, Nothing, Press, Switch, Typed, Words, understood
from tests.cli.terminal.screens import pipe_console, written


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("  ", Nothing()),
        ("/quit", Leave()),
        ("EXIT", Leave()),
        ("?", Help()),
        ("help", Help()),
        ("/as NL ", Switch("nl")),
        ("/as", Switch("")),
        ("/fix Currency Code ", Fix("Currency Code")),
        ("/fix", Fix("")),
        ("/syncerrors  4711 ", Command("/syncerrors  4711")),
        ("/assign me", Command("/assign me")),
        ("/syncerrors help", Command("/syncerrors help")),
        ("7", Press(7)),
        ("[12]", Press(12)),
        ("12345678", Words("12345678")),
        ("refresh", Words("refresh")),
    ],
)
def test_meaning_of_a_line(line: str, meaning: Typed) -> None:
    assert understood(line) == meaning


@given(st.text())
def test_every_line_means_something(line: str) -> None:
    understood(line)


async def read_all(data: bytes) -> tuple[list[str], str]:
    """Lines that come out of a pipe, and the transcript."""
    source, sink = os.pipe()
    console = pipe_console(40)
    lines = PipedLines(console, source)
    got: list[str] = []
    try:
        writing = asyncio.to_thread(_write, sink, data)
        write = asyncio.ensure_future(writing)
        while (line := await asyncio.wait_for(lines.read("kim ▸ "), 60)) is not None:
            got.append(line)
        await write
    finally:
        os.close(source)
    return got, written(console)


def _write(sink: int, data: bytes) -> None:
    with os.fdopen(sink, "wb") as file:
        file.write(data)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"/syncerrors\n/quit\n", ["/syncerrors", "/quit"]),
        (b"one\r\n\r\nlast", ["one", "", "last"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        ("müller\n".encode(), ["müller"]),
    ],
)
async def test_lines_of_a_pipe(data: bytes, lines: list[str]) -> None:
    got, _ = await read_all(data)
    assert got == lines


async def test_the_transcript_shows_what_was_typed_harmlessly() -> None:
    _, transcript = await read_all(b"a \x1b[2J\n" + b"x" * 100 + b"\n")
    assert transcript == "kim ▸ a ␛[2J\n" + "kim ▸ " + "x" * 100 + "\n"


async def test_an_endless_line_does_not_fill_the_memory() -> None:
    got, _ = await read_all(b"y" * 300_000 + b"\nnext\n")
    assert len(got[0]) <= 80_000
    assert got[-1] == "next"


KEYBOARD = """
import asyncio
from rich.console import Console
from bot.cli.terminal.lines import KeyboardLines

async def main():
    lines = KeyboardLines(Console(markup=False))
    try:
        reading = asyncio.ensure_future(lines.read("kim > "))
        await asyncio.sleep(0)
        while not reading.done():
            await asyncio.wait({reading}, timeout=0.02)
        print("GOT", repr(reading.result()))
        reading = asyncio.ensure_future(lines.read("again > "))
        await asyncio.wait({reading}, timeout=0.3)
        with lines.aside():
            print("ASIDE")
        print("LEFT", reading.done())
    finally:
        lines.close()

asyncio.run(main())
"""


def test_a_keyboard_is_read_beside_the_event_loop_and_the_program_can_end_meanwhile() -> None:
    """In a terminal of its own: the second read is never answered, and must not hold the program up."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    program = subprocess.Popen(  # noqa: S603 # our own words
        [sys.executable, "-c", KEYBOARD], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    screen = b""
    os.write(master, "größe 1\n".encode())
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        screen += chunk
    os.close(master)
    shown = screen.decode()
    assert program.wait(10) == 0, shown
    assert "GOT 'größe 1'" in shown
    assert "ASIDE" in shown
    assert shown.index("ASIDE") < shown.rindex("again >")
    assert "LEFT False" in shown
