"""Shapes of blocks, where each may stand, and the rules that span a whole list of blocks.

Source: docs.slack.dev, reference/block-kit/blocks. Left out, and therefore refused: file, video, plan,
task_card, context_actions and data_visualization.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit import elements
from bot.simulator.slack.blockkit.rich_text import RICH_TEXT, RICH_TEXT_CELL
from bot.simulator.slack.blockkit.rules import (
    Boolean,
    ByType,
    Integer,
    Items,
    Number,
    Rule,
    Shape,
    String,
    Violation,
    at_least_one_of,
    at_most_one_of,
    plain_text,
    text,
    typed,
)
from bot.simulator.slack.limits import Limit


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_ID: Final[dict[str, Rule]] = {"block_id": String(limits.BLOCK_ID)}
_NOT_EMPTY: Final = String(Limit(100_000))


def _characters(value: object) -> int:
    """All characters in ``text`` fields below ``value``."""
    if isinstance(value, dict):
        return sum(
            len(inner) if name == "text" and isinstance(inner, str) else _characters(inner)
            for name, inner in value.items()
        )
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _table_size(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if _characters(value.get("rows")) > limits.TABLE_CHARACTERS.most:
        yield Violation(
            f"{at}/rows", f"no more than {limits.TABLE_CHARACTERS.most} characters allowed in a table"
        )


def _data_table_grid(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    listed = value.get("rows")
    rows = [row for row in listed if isinstance(row, list)] if isinstance(listed, list) else []
    if len({len(row) for row in rows}) > 1:
        yield Violation(f"{at}/rows", "all rows must have the same number of cells")
    if rows and any(isinstance(cell, dict) and cell.get("type") == "rich_text" for cell in rows[0]):
        yield Violation(f"{at}/rows/0", "header cells must not be rich_text")
    if _characters(rows) > limits.DATA_TABLE_CHARACTERS.most:
        yield Violation(
            f"{at}/rows",
            f"no more than {limits.DATA_TABLE_CHARACTERS.most} characters allowed in a data table",
        )
    column = value.get("row_header_column_index")
    if rows and isinstance(column, int) and not 0 <= column < len(rows[0]):
        yield Violation(f"{at}/row_header_column_index", "must be the index of a column")


def _folding(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield Violation(at, "`default_collapsed` requires `is_collapsible`")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        yield Violation(at, "`has_header_divider` excludes `is_collapsible`")


_RAW_TEXT: Final = typed({"text": _NOT_EMPTY}, {"emoji": Boolean()})
_CELLS: Final = ByType({"raw_text": _RAW_TEXT, "rich_text": RICH_TEXT_CELL})
_DATA_CELLS: Final = ByType({**_CELLS.shapes, "raw_number": typed({"text": _NOT_EMPTY, "value": Number()})})
_CARD: Final = typed(
    {},
    {
        **_ID,
        "hero_image": elements.IMAGES,
        "icon": elements.IMAGES,
        "title": text(limits.CARD_TITLE),
        "subtitle": text(limits.CARD_SUBTITLE),
        "body": text(limits.CARD_BODY),
        "subtext": text(limits.CARD_SUBTEXT),
        "actions": Items(elements.BUTTONS, limits.CARD_ACTIONS),
    },
    at_least_one_of("hero_image", "title", "actions", "body"),
)

_SIMPLE: Final[dict[str, Rule]] = {
    "section": typed(
        {},
        {
            **_ID,
            "text": text(limits.SECTION_TEXT),
            "fields": Items(text(limits.SECTION_FIELD_TEXT), limits.SECTION_FIELDS),
            "accessory": elements.IN_SECTION,
            "expand": Boolean(),
        },
        at_least_one_of("text", "fields"),
    ),
    "header": typed({"text": plain_text(limits.HEADER_TEXT)}, {**_ID, "level": Integer(Limit(4))}),
    "divider": typed({}, _ID),
    "context": typed({"elements": Items(elements.IN_CONTEXT, limits.CONTEXT_ELEMENTS)}, _ID),
    "actions": typed({"elements": Items(elements.IN_ACTIONS, limits.ACTIONS_ELEMENTS)}, _ID),
    "image": elements.image({**_ID, "title": plain_text(limits.IMAGE_TITLE)}),
    "input": typed(
        {"label": plain_text(limits.INPUT_LABEL), "element": elements.IN_INPUT},
        {**_ID, "hint": plain_text(limits.INPUT_HINT), "optional": Boolean(), "dispatch_action": Boolean()},
    ),
    "rich_text": RICH_TEXT,
    "table": typed(
        {"rows": Items(Items(_CELLS, limits.TABLE_CELLS), limits.TABLE_ROWS)},
        {
            **_ID,
            "column_settings": Items(
                Shape(
                    {},
                    {
                        "align": String(choices=frozenset({"left", "center", "right"})),
                        "is_wrapped": Boolean(),
                    },
                ),
                limits.TABLE_COLUMN_SETTINGS,
            ),
        },
        _table_size,
    ),
}
_CONTAINER: Final = typed(
    {"child_blocks": Items(ByType(_SIMPLE), limits.CONTAINER_CHILDREN)},
    {
        **_ID,
        "title": plain_text(limits.CONTAINER_TITLE),
        "rich_text_title": ByType({"rich_text": RICH_TEXT}),
        "subtitle": text(limits.CONTAINER_SUBTITLE),
        "icon": elements.IMAGES,
        "width": String(choices=frozenset({"narrow", "standard", "wide", "full"})),
        "is_collapsible": Boolean(),
        "default_collapsed": Boolean(),
        "has_header_divider": Boolean(),
    },
    at_least_one_of("title", "rich_text_title"),
    at_most_one_of("title", "rich_text_title"),
    _folding,
)
BLOCKS: Final[dict[str, Rule]] = {
    **_SIMPLE,
    "markdown": typed({"text": String(limits.MARKDOWN_TEXT)}, _ID),
    "alert": typed(
        {"text": text(limits.ALERT_TEXT)},
        {**_ID, "level": String(choices=frozenset({"default", "info", "warning", "error", "success"}))},
    ),
    "card": _CARD,
    "carousel": typed({"elements": Items(ByType({"card": _CARD}), limits.CAROUSEL_CARDS)}, _ID),
    "container": _CONTAINER,
    "data_table": typed(
        {
            "caption": _NOT_EMPTY,
            "rows": Items(Items(_DATA_CELLS, limits.DATA_TABLE_CELLS), limits.DATA_TABLE_ROWS),
        },
        {
            **_ID,
            "page_size": Integer(limits.DATA_TABLE_PAGE_SIZE),
            "row_header_column_index": Integer(Limit(limits.DATA_TABLE_CELLS.most, 0)),
        },
        _data_table_grid,
    ),
}

_EVERYWHERE: Final = frozenset(
    {"section", "header", "divider", "context", "actions", "image", "input", "rich_text", "card"}
)
_ALLOWED: Final[dict[Surface, frozenset[str]]] = {
    Surface.MESSAGE: _EVERYWHERE | {"markdown", "table", "data_table", "container", "carousel"},
    Surface.MODAL: _EVERYWHERE | {"alert"},
    Surface.HOME: _EVERYWHERE | {"table", "data_table", "container", "carousel"},
}
"""Source: the "Available in surfaces" line of each block's page."""
_RULES: Final[dict[Surface, Items]] = {
    surface: Items(
        ByType({name: BLOCKS[name] for name in allowed}),
        limits.MESSAGE_BLOCKS if surface is Surface.MESSAGE else limits.VIEW_BLOCKS,
    )
    for surface, allowed in _ALLOWED.items()
}


def check_blocks(blocks: object, surface: Surface, at: str = "/blocks") -> list[Violation]:
    """Everything Slack would refuse about ``blocks`` on ``surface``; empty when they are fine."""
    found = list(_RULES[surface].check(blocks, at))
    if not found and isinstance(blocks, list):
        found += _identities(blocks, at)
        found += _sums(blocks, at)
    return found


def walk(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Blocks in reading order, with those inside containers and carousels."""
    for block in blocks:
        yield block
        if block.get("type") == "container":
            yield from walk(block.get("child_blocks") or [])
        elif block.get("type") == "carousel":
            yield from walk(block.get("elements") or [])


def elements_of(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The interactive elements of one block, in reading order."""
    kind = block.get("type")
    candidates: list[Any] = []
    if kind == "actions":
        candidates = list(block.get("elements") or [])
    elif kind == "section":
        candidates = [block.get("accessory")]
    elif kind == "input":
        candidates = [block.get("element")]
    elif kind == "card":
        candidates = list(block.get("actions") or [])
    return [
        item for item in candidates if isinstance(item, dict) and item.get("type") in elements.INTERACTIVE
    ]


def _identities(blocks: list[dict[str, Any]], at: str) -> Iterator[Violation]:
    """``block_id`` unique in the message or view, ``action_id`` unique in its block."""
    names = Counter(block["block_id"] for block in walk(blocks) if block.get("block_id"))
    for name, count in names.items():
        if count > 1:
            yield Violation(at, f"`block_id` must be unique: {name}")
    for block in walk(blocks):
        actions = Counter(element["action_id"] for element in elements_of(block) if element.get("action_id"))
        for name, count in actions.items():
            if count > 1:
                yield Violation(at, f"`action_id` must be unique within a block: {name}")


def _sums(blocks: list[dict[str, Any]], at: str) -> Iterator[Violation]:
    """Limits over the whole payload."""
    everything = list(walk(blocks))
    markdown = sum(len(block["text"]) for block in everything if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_TEXT.most:
        yield Violation(
            at, f"markdown blocks must be less than {limits.MARKDOWN_TEXT.most + 1} characters in all"
        )
    if sum(block["type"] == "table" for block in everything) > 1:
        yield Violation(at, "only_one_table_allowed")
    data = sum(_characters(block["rows"]) for block in everything if block["type"] == "data_table")
    if data > limits.DATA_TABLE_CHARACTERS.most:
        yield Violation(
            at, f"no more than {limits.DATA_TABLE_CHARACTERS.most} characters allowed in data tables"
        )
