"""The plain profile: the same card for surfaces that do not draw ``rich_text``.

What ``rich_text`` shows unparsed becomes code fences in sections, escaped. A text that needs more than a
few sections is cut, and the cut is marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.card import Card
from bot.cards.limits import BLOCKS, ELLIPSIS, MESSAGE_TEXT, SECTION_TEXT, Block, length, texts_of
from bot.cards.markup import fence


def plain(card: Card) -> Card:
    """``card`` without ``rich_text``."""
    drawn = [block for block in card.blocks if not _is_rich(block)]
    blocks_left = BLOCKS - len(drawn)
    text_left = MESSAGE_TEXT - sum(length(text) for block in drawn for text in texts_of(block))
    blocks: list[Block] = []
    for block in card.blocks:
        sections = _fenced(block, blocks_left, text_left) if _is_rich(block) else [block]
        if _is_rich(block):
            blocks_left -= len(sections)
            text_left -= sum(length(section["text"]["text"]) for section in sections)
        blocks.extend(sections)
    return Card(text=card.text, blocks=blocks)


def _is_rich(block: Block) -> bool:
    return bool(block["type"] == "rich_text")


def _fenced(block: Block, blocks_left: int, text_left: int) -> list[Block]:
    """The text of ``block`` in as many sections as there is room for; an ellipsis where that is not all."""
    sections: list[Block] = []
    for piece in _pieces("\n".join(texts_of(block))):
        text = fence(piece)
        text_left -= length(text)
        if len(sections) + 1 >= blocks_left or text_left < length(fence(ELLIPSIS)):
            return [*sections, _section(fence(ELLIPSIS))]
        sections.append(_section(text))
    return sections


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _pieces(text: str) -> Iterator[str]:
    """``text`` in pieces whose fence fits a section, split between lines where lines are short enough."""
    limit = SECTION_TEXT
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
