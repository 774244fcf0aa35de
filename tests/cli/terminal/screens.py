"""Screens to draw on, and people to play, for the tests of the terminal."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from bot.cli.terminal.rendering import show
from bot.cli.terminal.screen import Links, Screen, Surface

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
"""Two o'clock in the afternoon in Amsterdam."""

PIPE = Screen(Surface.PIPE, Links.WRITTEN, "en-US", ZoneInfo("Europe/Amsterdam"), NOW)
TERMINAL = replace(PIPE, surface=Surface.TERMINAL, links=Links.HIDDEN)

Json = dict[str, Any]


def pipe_console(width: int = 80) -> Console:
    """What a pipe gets."""
    return Console(file=io.StringIO(), width=width, force_terminal=False, markup=False, highlight=False)


def terminal_console(width: int = 80) -> Console:
    """What a person gets, with colours."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="truecolor",
        markup=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


def colourless_console(width: int = 80) -> Console:
    """A terminal without any escape sequence: what is seen, letter by letter."""
    return Console(
        file=io.StringIO(), width=width, force_terminal=True, color_system=None, markup=False, highlight=False
    )


def written(console: Console) -> str:
    """All that was printed."""
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def drawn(drawing: RenderableType, console: Console | None = None) -> str:
    """The letters of a drawing, without spaces at line ends."""
    console = console or pipe_console()
    show(console, drawing)
    return "\n".join(line.rstrip() for line in written(console).split("\n")).strip("\n")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(label: str, action_id: str, value: str | None = None, **more: Any) -> Json:
    filled = {"value": value} if value else {}
    return {"type": "button", "text": plain(label), "action_id": action_id, **filled, **more}


@dataclass(frozen=True)
class FakeElement:
    """Something to press."""

    label: str
    action_id: str
    value: str | None = None
    url: str | None = None
    kind: str = "button"


@dataclass(frozen=True)
class FakeMessage:
    """A message; its elements are those of its blocks."""

    ts: str = "1782907200.000100"
    ephemeral: bool = True
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    author: str = "U0SIMBOT1"
    channel_name: str = "general"
    thread_ts: str | None = None
    files: tuple[str, ...] = ()

    def elements(self) -> list[FakeElement]:
        return _elements(self.blocks)


@dataclass(frozen=True)
class FakeModal:
    """A dialog."""

    view_id: str = "V1"
    title: str = "Dialog"
    submit_label: str | None = None
    blocks: list[Json] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def elements(self) -> list[FakeElement]:
        return _elements(self.blocks)


def _elements(blocks: list[Json]) -> list[FakeElement]:
    raw = [
        element
        for block in blocks
        for element in [block.get("accessory"), *block.get("elements", [])]
        if element and "action_id" in element
    ]
    return [
        FakeElement(one["text"]["text"], one["action_id"], one.get("value"), one.get("url"), one["type"])
        for one in raw
    ]


Answer = Callable[["FakePerson", str], Awaitable[None]]


@dataclass
class FakePerson:
    """Somebody whose Slack answers as scripted: ``answer`` gets the command, or ``action_id:value``."""

    answer: Answer
    messages: list[FakeMessage] = field(default_factory=list)
    modal: FakeModal | None = None
    did: list[str] = field(default_factory=list)

    @property
    def screen(self) -> list[FakeMessage]:
        return self.messages

    async def command(self, text: str, /) -> None:
        await self._do(text)

    async def press(self, element: FakeElement, /) -> None:
        await self._do(f"{element.action_id}:{element.value or ''}")

    async def modal_click(self, label: str, /, *, nth: int = 0) -> None:
        assert self.modal is not None
        alike = [element for element in self.modal.elements() if element.label == label]
        await self.press(alike[nth])

    async def submit(self) -> None:
        await self._do("submit")

    async def close_modal(self) -> None:
        self.modal = None
        await self._do("close")

    async def _do(self, what: str) -> None:
        self.did.append(what)
        await self.answer(self, what)

    def say(self, message: FakeMessage) -> None:
        """A message appears, or takes the place of the one with the same ``ts``."""
        for index, old in enumerate(self.messages):
            if old.ts == message.ts:
                self.messages[index] = message
                return
        self.messages.append(message)


class ScriptedLines:
    """Lines typed beforehand. A function among them is awaited instead of typed, while the prompt waits."""

    def __init__(self, console: Console, *script: str | Callable[[], Awaitable[None]]) -> None:
        self._console = console
        self._script: Iterator[str | Callable[[], Awaitable[None]]] = iter(script)
        self.closed = False
        self.asides = 0
        self.drawn_aside = asyncio.Event()

    async def read(self, prompt: str) -> str | None:
        for step in self._script:
            if isinstance(step, str):
                self._console.print(prompt + step)
                return step
            await step()
        return None

    @contextmanager
    def aside(self) -> Iterator[None]:
        self.asides += 1
        yield
        self.drawn_aside.set()

    def close(self) -> None:
        self.closed = True
