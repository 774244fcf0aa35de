"""Lines that a person types, or that come through a pipe, without holding up the event loop.

A thread of its own reads them. It is a daemon, and it never reads through ``sys.stdin``'s buffer: a thread
that waits inside that buffer when the program ends makes the interpreter abort.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from queue import SimpleQueue
from types import ModuleType
from typing import Final, Protocol

from rich.console import Console
from rich.text import Text

from bot.cli.terminal.harmless import harmless_line
from bot.dataclass import dataclass

_LONGEST: Final = 65_536
"""Bytes of a line that are kept; what a pipe sends beyond that is dropped."""


class Lines(Protocol):
    """Where lines come from."""

    async def read(self, prompt: str) -> str | None:
        """Show ``prompt`` and wait for a line, without its end; None when there are no more."""

    def aside(self) -> AbstractContextManager[None]:
        """Within it something may be printed while ``read`` waits; the prompt is restored behind it."""

    def close(self) -> None:
        """Leave the terminal as it was found."""


def open_lines(console: Console) -> Lines:
    """A person's keyboard where both ends are a terminal, otherwise plain standard input."""
    if sys.stdin.isatty() and console.is_terminal:
        return KeyboardLines(console)
    return PipedLines(console, sys.stdin.fileno())


class PipedLines:
    """Lines of a file or of another program, shown behind the prompt so that the transcript reads well."""

    def __init__(self, console: Console, descriptor: int) -> None:
        self._console = console
        self._reader = _LineThread(_DescriptorLines(descriptor).next)

    async def read(self, prompt: str) -> str | None:
        line = await self._reader.read(prompt)
        if line is not None:
            self._console.print(Text(prompt + harmless_line(line)), highlight=False, soft_wrap=True)
        return line

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        pass


class KeyboardLines:
    """A person at a terminal, with history and editing where Python has readline."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._readline = _optional("readline")
        self._restore = _terminal_state(sys.stdin.fileno())
        self._reader = _LineThread(_ask_keyboard)
        self._prompt = ""

    async def read(self, prompt: str) -> str | None:
        self._prompt = self._styled(prompt)
        line = await self._reader.read(self._prompt)
        if line is None:
            self._console.print()
        return line

    @contextmanager
    def aside(self) -> Iterator[None]:
        out = self._console.file
        out.write("\r\x1b[K")
        yield
        typed = self._readline.get_line_buffer() if self._readline else ""
        out.write(self._prompt.replace("\001", "").replace("\002", "") + typed)
        out.flush()

    def close(self) -> None:
        self._restore()

    def _styled(self, prompt: str) -> str:
        """In colour where readline can be told which letters take no room (libedit cannot)."""
        module = self._readline
        if module is None or "libedit" in (module.__doc__ or ""):
            return prompt
        if self._console.no_color or self._console.color_system is None:
            return prompt
        return f"\001\x1b[1;36m\002{prompt.rstrip()}\001\x1b[0m\002 "


@dataclass(slots=True)
class _LineThread:
    """Asks ``ask`` for one line at a time, in a thread, and only when somebody wants one."""

    ask: Callable[[str], str | None]
    _wanted: SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Future[str | None]]] | None = None

    async def read(self, prompt: str) -> str | None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[str | None] = loop.create_future()
        if self._wanted is None:
            self._wanted = SimpleQueue()
            threading.Thread(target=self._serve, args=(self._wanted,), name="lines", daemon=True).start()
        self._wanted.put((prompt, loop, future))
        return await future

    def _serve(
        self, wanted: SimpleQueue[tuple[str, asyncio.AbstractEventLoop, asyncio.Future[str | None]]]
    ) -> None:
        while True:
            prompt, loop, future = wanted.get()
            try:
                line = self.ask(prompt)
            except (EOFError, OSError, ValueError):
                line = None
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, future, line)


def _settle(future: asyncio.Future[str | None], line: str | None) -> None:
    if not future.done():
        future.set_result(line)


class _DescriptorLines:
    """Lines of a file descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._ended = False

    def next(self, prompt: str) -> str | None:
        """The next line; a last one without line end counts. None at the end."""
        while b"\n" not in self._rest and not self._ended:
            chunk = os.read(self._descriptor, 8192)
            self._ended = not chunk
            self._rest = (self._rest + chunk)[: _LONGEST if b"\n" not in chunk else None]
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition(b"\n")
        return line[:_LONGEST].decode("utf-8", "replace").rstrip("\r")


def _ask_keyboard(prompt: str) -> str | None:
    return input(prompt)


def _optional(name: str) -> ModuleType | None:
    """A module that only some systems have."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _terminal_state(descriptor: int) -> Callable[[], None]:
    """A call that puts the terminal back: readline may be interrupted while echo is off."""
    termios = _optional("termios")
    if termios is None:
        return lambda: None
    state = termios.tcgetattr(descriptor)

    def restore() -> None:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, state)

    return restore
