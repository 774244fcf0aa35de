"""The plain profile: the same card for surfaces that do not draw ``rich_text``.

What ``rich_text`` shows unparsed becomes code fences in sections, escaped. A text that needs more than a
few sections is cut, and the cut is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards.card import Card
from bot.cards.limits import BLOCKS, ELLIPSIS, SECTION_TEXT, Block, length, texts_of
from bot.cards.markup import fence

_SECTIONS: Final = 4
"""Sections for one ``rich_text`` block."""


def plain(card: Card) -> Card:
    """``card`` without ``rich_text``."""
    blocks: list[Block] = []
    for index, block in enumerate(card.blocks):
        room = BLOCKS - len(blocks) - (len(card.blocks) - index - 1)
        blocks.extend(_drawn(block, min(room, _SECTIONS)))
    return Card(text=card.text, blocks=blocks)


def _drawn(block: Block, room: int) -> Iterator[Block]:
    if block.get("type") != "rich_text":
        yield block
        return
    pieces = list(_pieces("\n".join(texts_of(block))))
    if len(pieces) > room:
        pieces = [*pieces[: room - 1], pieces[room - 1].rstrip("\n") + ELLIPSIS]
    for piece in pieces:
        yield {"type": "section", "text": {"type": "mrkdwn", "text": fence(piece), "verbatim": True}}


def _pieces(text: str) -> Iterator[str]:
    """``text`` in pieces whose fence fits a section, split between lines where lines are short enough."""
    limit = SECTION_TEXT - len(ELLIPSIS)
    piece = ""
    for line in text.splitlines(keepends=True):
        if length(fence(piece + line)) > limit:
            if piece:
                yield piece
            *whole, piece = _slices(line, limit)
            yield from whole
        else:
            piece += line
    yield piece


def _slices(line: str, limit: int) -> list[str]:
    """One line in pieces that fit; escaping makes a character five at most."""
    if length(fence(line)) <= limit:
        return [line]
    size = (limit - length(fence(""))) // len("&amp;")
    return [line[start : start + size] for start in range(0, len(line), size)]
