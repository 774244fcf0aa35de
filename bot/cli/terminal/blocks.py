"""Block Kit blocks to pieces of a layout.

Shapes: https://docs.slack.dev/reference/block-kit/blocks. A block of an unknown type becomes one
readable line with whatever texts it holds, and a malformed one loses only what cannot be read: nothing fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from bot.cli.terminal.elements import Node, Pen, chip, input_line, picture_line, text_pieces, text_run
from bot.cli.terminal.harmless import harmless, harmless_line
from bot.cli.terminal.layout import Beside, Chips, Divider, Fields, Gap, Paragraph, Preformatted
from bot.cli.terminal.rich_text import inline_text, rich_text_pieces
from bot.cli.terminal.screen import Surface
from bot.cli.terminal.tables import table_pieces

_CLOSE_TO_THE_BLOCK_ABOVE: Final = frozenset({"context", "divider"})
_ALERT_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "error": ("✖", "red"),
    "warning": ("▲", "yellow"),
    "success": ("✔", "green"),
    "info": ("ℹ", "blue"),
}


def block_pieces(blocks: Sequence[Any], pen: Pen) -> list[RenderableType]:
    """All blocks, top to bottom, with the gaps that keep them apart."""
    pieces: list[RenderableType] = []
    above = "divider"
    for block in blocks:
        node = block if isinstance(block, Mapping) else {}
        kind = str(node.get("type"))
        drawn = _DRAWERS.get(kind, _unknown)(node, pen)
        if drawn and above != "divider" and not _stands_close(kind, drawn[0]):
            pieces.append(Gap())
        pieces.extend(drawn)
        above = kind if drawn else above
    return pieces


def _stands_close(kind: str, first: RenderableType) -> bool:
    """Whether no gap is wanted above: small print belongs to what it follows, a frame keeps its distance."""
    return kind in _CLOSE_TO_THE_BLOCK_ABOVE or isinstance(first, Preformatted)


def _header(block: Node, pen: Pen) -> list[RenderableType]:
    title = text_run(block.get("text"), pen)
    title.stylize("bold bright_cyan")
    return [Paragraph(title)]


def _section(block: Node, pen: Pen) -> list[RenderableType]:
    pieces = text_pieces(block["text"], pen) if block.get("text") else []
    fields = [text_run(field, pen) for field in _list(block, "fields")]
    if fields:
        pieces = [*pieces, Gap(), Fields(fields)] if pieces else [Fields(fields)]
    accessory = block.get("accessory")
    if not isinstance(accessory, Mapping):
        return pieces
    if accessory.get("type") == "image":
        return [*pieces, Paragraph(picture_line(accessory, pen.screen))]
    return [Beside(pieces, chip(accessory, pen))]


def _context(block: Node, pen: Pen) -> list[RenderableType]:
    parts = [
        picture_line(element, pen.screen) if element.get("type") == "image" else text_run(element, pen)
        for element in _list(block, "elements")
    ]
    line = Text("  ·  " if pen.screen.surface is Surface.TERMINAL else " · ").join(
        part for part in parts if part.plain
    )
    quiet = Text(style="bright_black").append_text(line)
    return [Paragraph(quiet)] if quiet.plain else []


def _actions(block: Node, pen: Pen) -> list[RenderableType]:
    chips = [chip(element, pen) for element in _list(block, "elements")]
    return [Chips(chips)] if chips else []


def _divider(block: Node, pen: Pen) -> list[RenderableType]:
    return [Divider()]


def _image(block: Node, pen: Pen) -> list[RenderableType]:
    title = text_run(block.get("title"), pen)
    title.stylize("bold")
    line = picture_line(block, pen.screen)
    return [Paragraph(title), Paragraph(line)] if title.plain else [Paragraph(line)]


def _rich_text(block: Node, pen: Pen) -> list[RenderableType]:
    return rich_text_pieces(block, pen.screen)


def _markdown(block: Node, pen: Pen) -> list[RenderableType]:
    """Shown as it was written: standard Markdown reads well unrendered."""
    return [Paragraph(Text(harmless(str(block.get("text") or ""))))]


def _alert(block: Node, pen: Pen) -> list[RenderableType]:
    sign, style = _ALERT_SIGNS.get(str(block.get("level")), ("●", "cyan"))
    return [Paragraph(text_run(block.get("text"), pen), f"{sign} ", "  ", prefix_style=f"bold {style}")]


def _container(block: Node, pen: Pen) -> list[RenderableType]:
    rich_title = block.get("rich_text_title")
    title = text_run(block.get("title"), pen)
    if not title.plain and isinstance(rich_title, Mapping):
        title = Text(" ").join(inline_text(part, pen.screen) for part in _list(rich_title, "elements"))
    title.stylize("bold")
    subtitle = text_run(block.get("subtitle"), pen)
    subtitle.stylize("bright_black")
    heads: list[RenderableType] = [Paragraph(part) for part in (title, subtitle) if part.plain]
    return [*heads, *block_pieces(_list(block, "child_blocks"), pen)]


def _input(block: Node, pen: Pen) -> list[RenderableType]:
    label = text_run(block.get("label"), pen)
    label.stylize("bold")
    if block.get("optional"):
        label.append(f" ({pen.screen.words.optional})", style="bright_black")
    element = block.get("element")
    pieces: list[RenderableType] = [Paragraph(label)]
    if isinstance(element, Mapping):
        pieces.append(Paragraph(input_line(element, pen), "  ", "  "))
    hint = text_run(block.get("hint"), pen)
    hint.stylize("bright_black")
    return [*pieces, Paragraph(hint, "  ", "  ")] if hint.plain else pieces


def _table(block: Node, pen: Pen) -> list[RenderableType]:
    return table_pieces(block, pen.screen)


def _unknown(block: Node, pen: Pen) -> list[RenderableType]:
    kind = harmless_line(str(block.get("type") or "?"))[:60]
    said = " ".join(harmless_line(text) for text in _texts(block))
    line = Text(pen.screen.words.cannot_draw.format(type=kind), style="italic bright_black")
    return [Paragraph(line), Paragraph(Text(said))] if said else [Paragraph(line)]


def _texts(node: object) -> Iterator[str]:
    """Every string under a ``text`` key, in order."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


def _list(node: Node, key: str) -> list[Node]:
    value = node.get(key)
    items: Iterable[object] = value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, Mapping)]


_DRAWERS: Final[Mapping[str, Callable[[Node, Pen], list[RenderableType]]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "alert": _alert,
    "container": _container,
    "input": _input,
    "table": _table,
    "data_table": _table,
}
