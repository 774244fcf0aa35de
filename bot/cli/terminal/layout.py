"""Pieces that a message is laid out with.

Each is a Rich renderable and asks the console at the moment of drawing whether a person looks at a terminal
(frames, folding at the width) or a pipe takes the text (no frames, and no word is ever broken, so that an
address or a number can be searched for).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from bot.dataclass import dataclass

QUIET: Final = "bright_black"
"""Style of everything that only frames."""

READABLE_WIDTH: Final = 104
"""Wider lines are hard to read; a wide terminal leaves the rest empty."""

_NARROWEST: Final = 16
_WORD: Final = re.compile(r"[^ ]+ *| +")


def wrapped(text: Text, width: int, *, options: ConsoleOptions) -> list[Text]:
    """Lines of ``text`` no wider than ``width`` cells, broken between words.

    On a terminal a word wider than that is folded; in a pipe it stays whole and its line becomes longer.
    """
    lines: list[Text] = []
    for line in _spanned(text).split("\n", allow_blank=True):
        breaks = _breaks(line.plain, max(width, 1), folds=options.is_terminal)
        for part in line.divide(breaks):
            part.rstrip()
            lines.append(part)
    return lines or [Text()]


def _spanned(text: Text) -> Text:
    """The same text, its base style as a span: ``Text.render`` forgets that of a text without spans."""
    if not text.style:
        return text
    spanned = text.copy()
    spanned.stylize_before(text.style)
    spanned.style = ""
    return spanned


def _breaks(line: str, width: int, *, folds: bool) -> list[int]:
    if cell_len(line) <= width:
        return []
    breaks: list[int] = []
    used = 0
    for word in _WORD.finditer(line):
        wide = cell_len(word[0].rstrip(" "))
        if used and used + wide > width:
            breaks.append(word.start())
            used = 0
        if folds and wide > width:
            offset = word.start()
            pieces = chop_cells(word[0], width)
            for piece in pieces[:-1]:
                offset += len(piece)
                breaks.append(offset)
            used = cell_len(pieces[-1])
        else:
            used += cell_len(word[0])
    return breaks


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text behind a hanging indent: ``first`` before its first line, ``rest`` before the others."""

    text: Text
    first: str = ""
    rest: str = ""
    prefix_style: str = QUIET

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = max(cell_len(self.first), cell_len(self.rest))
        width = max(options.max_width - indent, _NARROWEST)
        style = Style.parse(self.prefix_style)
        for index, line in enumerate(wrapped(self.text, width, options=options)):
            prefix = self.rest if index else self.first
            if prefix:
                yield Segment(prefix, style) if line.plain else Segment(prefix.rstrip(), style)
            yield from line.render(console)
            yield Segment.line()


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment.line()


@dataclass(frozen=True, slots=True)
class Divider:
    """A line across; three hyphens in a pipe."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = "─" * options.max_width if options.is_terminal else "---"
        yield Segment(line, Style.parse(QUIET))
        yield Segment.line()


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text whose spaces matter, in a frame; in a pipe indented by four spaces and never wrapped."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not options.is_terminal:
            for line in self.text.split("\n", allow_blank=True):
                yield Segment(f"    {line.plain}".rstrip())
                yield Segment.line()
            return
        style = Style.parse(QUIET)
        inner = max(options.max_width - 4, _NARROWEST)
        yield Segment(f"╭{'─' * (inner + 2)}╮", style)
        yield Segment.line()
        for line in self._lines(inner, options):
            yield Segment("│ ", style)
            yield from line.render(console)
            yield Segment(" " * (inner - line.cell_len))
            yield Segment(" │", style)
            yield Segment.line()
        yield Segment(f"╰{'─' * (inner + 2)}╯", style)
        yield Segment.line()

    def _lines(self, inner: int, options: ConsoleOptions) -> Iterator[Text]:
        """Each line wrapped, what follows a break stands two cells to the right of where the line begins."""
        for line in self.text.split("\n", allow_blank=True):
            if line.cell_len <= inner:
                yield line
                continue
            indent = min(len(line.plain) - len(line.plain.lstrip(" ")), inner // 3)
            body = line[len(line.plain) - len(line.plain.lstrip(" ")) :]
            for index, part in enumerate(wrapped(body, inner - indent - 2, options=options)):
                yield Text(" " * (indent + (2 if index else 0))) + part


@dataclass(frozen=True, slots=True)
class Beside:
    """Pieces with something pressable at the right of the first; below all in a pipe, or for want of room."""

    left: Sequence[RenderableType]
    right: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - self.right.cell_len - 3
        if not options.is_terminal or room < options.max_width // 2:
            yield from self.left
            yield Paragraph(self.right, "  ", "  ")
            return
        narrow = options.update(width=room, height=None)
        for index, line in enumerate(console.render_lines(Group(*self.left[:1]), narrow)):
            yield from line
            if index == 0:
                yield Segment("   ")
                yield from _spanned(self.right).render(console)
            yield Segment.line()
        yield from self.left[1:]


@dataclass(frozen=True, slots=True)
class Fields:
    """Short texts, two in a row; one under the other in a pipe or where it is narrow."""

    cells: Sequence[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not options.is_terminal or options.max_width < 48:
            for cell in self.cells:
                yield Paragraph(_on_one_line(cell))
            return
        width = (options.max_width - 4) // 2
        for start in range(0, len(self.cells), 2):
            if start:
                yield Segment.line()
            pair = [wrapped(cell, width, options=options) for cell in self.cells[start : start + 2]]
            for row in range(max(len(lines) for lines in pair)):
                yield from self._row(pair, row, width, console)

    def _row(self, pair: list[list[Text]], row: int, width: int, console: Console) -> Iterator[Segment]:
        left = pair[0][row] if row < len(pair[0]) else Text()
        yield from left.render(console)
        if len(pair) > 1 and row < len(pair[1]):
            yield Segment(" " * (width - left.cell_len + 4))
            yield from pair[1][row].render(console)
        yield Segment.line()


@dataclass(frozen=True, slots=True)
class Chips:
    """Buttons in a row; one is never broken over two lines as long as it fits on one."""

    chips: Sequence[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = Text()
        for chip in self.chips:
            if row and row.cell_len + 3 + chip.cell_len > options.max_width:
                yield Paragraph(row, rest="    ")
                row = Text()
            row = row + Text("   ") + chip if row else chip
        yield Paragraph(row, rest="    ")


@dataclass(frozen=True, slots=True)
class Barred:
    """Everything behind a bar at the left, like a message in Slack; without a bar in a pipe."""

    pieces: Sequence[RenderableType]
    style: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not options.is_terminal:
            yield from self.pieces
            return
        width = min(options.max_width - 2, READABLE_WIDTH)
        inner = options.update(width=width, height=None)
        bar = Segment("▌", Style.parse(self.style))
        for line in console.render_lines(Group(*self.pieces), inner, pad=False):
            yield bar
            if any(segment.text.strip() for segment in line):
                yield Segment(" ")
                yield from line
            yield Segment.line()


def _on_one_line(cell: Text) -> Text:
    """``Label`` over ``value`` becomes ``Label: value``."""
    lines = cell.split("\n", allow_blank=True)
    if len(lines) != 2 or not lines[0] or not lines[1]:
        return cell
    return lines[0] + Text(" " if lines[0].plain.endswith(":") else ": ") + lines[1]
