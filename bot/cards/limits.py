"""The one place that makes everything fit.

Numbers are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit) unless a line says
otherwise. Slack does not say whether it counts code points or UTF-16 units, so lengths here are UTF-16
units: whoever is right, the text fits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Final

from bot.dataclass import dataclass

Block = dict[str, Any]

BLOCKS: Final = 50
"""Blocks in a message."""
SECTION_TEXT: Final = 3000
HEADER_TEXT: Final = 150
CONTEXT_TEXT: Final = 3000
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2000
ACCESSIBILITY_LABEL: Final = 75
SELECT_OPTIONS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
PLACEHOLDER: Final = 150
ACTION_ID: Final = 255
URL: Final = 3000
TOP_LEVEL_TEXT: Final = 4000
"""What Slack recommends for the ``text`` of chat.postMessage; it cuts at 40,000."""
MESSAGE_TEXT: Final = 12_000
"""Text of all blocks together. Slack refuses too much with ``msg_blocks_too_long`` and publishes no number;
this is the one that it gives for all ``markdown`` blocks of a payload."""
PREFORMATTED_TEXT: Final = 6000
"""One ``rich_text_preformatted``: our own number, Slack gives none."""

ELLIPSIS: Final = "…"
_WORD_SEARCH: Final = 24
"""How far back a cut looks for the end of a word; a longer word is cut inside."""


def length(text: str) -> int:
    """UTF-16 units of ``text``."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """``text`` itself where it fits ``limit``, else its beginning and an ellipsis.

    The cut is never inside a visible character, and at the end of a word where one is near.
    """
    if limit < 1:
        return ""
    if len(text) <= limit and length(text) <= limit:
        return text
    kept = _cut(text, limit - len(ELLIPSIS))
    return kept + ELLIPSIS


def _cut(text: str, limit: int) -> str:
    end = _units_to_index(text, limit)
    while end > 0 and _joins(text, end):
        end -= 1
    if end == 0:
        # One endless cluster of combining marks: there is no good place, so any is right.
        end = _units_to_index(text, limit)
    word_end = next((i for i in range(end, max(end - _WORD_SEARCH, 0), -1) if text[i].isspace()), end)
    return text[:word_end].rstrip()


def _units_to_index(text: str, limit: int) -> int:
    """Index of the first character that no longer fits ``limit`` units."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > limit:
            return index
    return len(text)


def _joins(text: str, index: int) -> bool:
    """Does the character at ``index`` belong to the one before it?

    A short form of the grapheme rules of UAX #29: marks, joiners, variation selectors, skin tones, flags.
    """
    character, before = text[index], text[index - 1]
    if unicodedata.category(character) in {"Mn", "Me", "Mc"} or character == "\u200d" or before == "\u200d":
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if _is_regional(character) and _is_regional(before):
        start = index
        while start > 0 and _is_regional(text[start - 1]):
            start -= 1
        return (index - start) % 2 == 1
    return (before, character) == ("\r", "\n")


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


class Importance(IntEnum):
    """What goes first when a card holds too much: the lowest, and among equals the last."""

    EXTRA = 1
    NORMAL = 2
    ESSENTIAL = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks that stay or go together."""

    blocks: tuple[Block, ...]
    importance: Importance = Importance.NORMAL


def fit(parts: Sequence[Part], note: Callable[[int], Block]) -> list[Block]:
    """The blocks of ``parts`` in their order, at most ``BLOCKS`` and ``MESSAGE_TEXT``.

    What does not fit goes, least important first; ``note(n)`` tells at the end how many parts that were.
    """
    kept = [part for part in parts if part.blocks]
    if _fits(kept, spare_blocks=0):
        return [block for part in kept for block in part.blocks]
    left_out = 0
    while kept and not _fits(kept, spare_blocks=1):
        least = min(range(len(kept)), key=lambda i: (kept[i].importance, -i))
        del kept[least]
        left_out += 1
    return [*(block for part in kept for block in part.blocks), note(left_out)]


def _fits(parts: Sequence[Part], *, spare_blocks: int) -> bool:
    blocks = [block for part in parts for block in part.blocks]
    text = sum(length(text) for block in blocks for text in texts_of(block))
    return len(blocks) + spare_blocks <= BLOCKS and text + spare_blocks * 100 <= MESSAGE_TEXT


def texts_of(node: object) -> Iterator[str]:
    """Every text that a block shows, in reading order."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            elif key not in {"value", "action_id", "url", "accessibility_label"}:
                yield from texts_of(value)
    elif isinstance(node, list):
        for item in node:
            yield from texts_of(item)
