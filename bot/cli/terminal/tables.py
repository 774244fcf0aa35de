"""The ``table`` and ``data_table`` blocks.

Shapes: https://docs.slack.dev/reference/block-kit/blocks/table-block and .../data-table-block.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.layout import QUIET, Paragraph
from bot.cli.terminal.rich_text import inline_text
from bot.cli.terminal.screen import Screen, Surface


def table_pieces(block: Mapping[str, Any], screen: Screen) -> list[RenderableType]:
    """A caption and a table whose first row is the heading; in a pipe a line a row, cells parted by tabs."""
    caption = block.get("caption")
    pieces: list[RenderableType] = []
    if isinstance(caption, str) and caption:
        pieces.append(Paragraph(Text(harmless_line(caption), style="bold")))
    rows = block.get("rows")
    cells = (
        [[_cell(cell, screen) for cell in row] for row in rows if isinstance(row, list)]
        if isinstance(rows, list)
        else []
    )
    if not cells:
        return pieces
    if screen.surface is Surface.PIPE:
        return [*pieces, *(Paragraph(Text("\t").join(row)) for row in cells)]
    return [*pieces, _drawn(cells)]


def _drawn(cells: list[list[Text]]) -> Table:
    columns = max(len(row) for row in cells)
    table = Table(box=box.SIMPLE_HEAD, border_style=QUIET, pad_edge=False, show_edge=False)
    head = [*cells[0], *[Text()] * (columns - len(cells[0]))]
    for title in head:
        table.add_column(title, overflow="fold")
    for row in cells[1:]:
        table.add_row(*row)
    return table


def _cell(cell: object, screen: Screen) -> Text:
    if not isinstance(cell, Mapping):
        return Text()
    elements = cell.get("elements")
    if isinstance(elements, list):
        return Text(" ").join(inline_text(part, screen) for part in elements if isinstance(part, Mapping))
    value = cell.get("text", cell.get("value", cell.get("number")))
    return Text(harmless_line(str(value))) if value is not None else Text()
