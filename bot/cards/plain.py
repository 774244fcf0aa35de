"""The plain profile: the same card for surfaces that do not draw ``rich_text``.

What ``rich_text`` shows unparsed becomes quotations in sections, escaped; quotations and not code fences,
since surfaces that lack the one tend to lack the other (local-slack 0.1.8 shows the backticks). A text that
needs more than a few sections is cut, and the cut is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards.card import Card
from bot.cards.limits import BLOCKS, ELLIPSIS, MESSAGE_TEXT, SECTION_TEXT, Block, length, texts_of
from bot.cards.markup import quote

_LONGEST_ESCAPE: Final = len("&amp;")


def plain(card: Card) -> Card:
    """``card`` without ``rich_text``."""
    drawn = [block for block in card.blocks if not _is_rich(block)]
    blocks_left = BLOCKS - len(drawn)
    text_left = MESSAGE_TEXT - sum(length(text) for block in drawn for text in texts_of(block))
    blocks: list[Block] = []
    for block in card.blocks:
        sections = _quoted(block, blocks_left, text_left) if _is_rich(block) else [block]
        if _is_rich(block):
            blocks_left -= len(sections)
            text_left -= sum(length(section["text"]["text"]) for section in sections)
        blocks.extend(sections)
    return Card(text=card.text, blocks=blocks)


def _is_rich(block: Block) -> bool:
    return bool(block["type"] == "rich_text")


def _quoted(block: Block, blocks_left: int, text_left: int) -> list[Block]:
    """The text of ``block`` in as many sections as there is room for; an ellipsis where that is not all."""
    sections: list[Block] = []
    for piece in _pieces("\n".join(texts_of(block))):
        text = quote(piece)
        text_left -= length(text)
        if len(sections) + 1 >= blocks_left or text_left < length(quote(ELLIPSIS)):
            return [*sections, _section(quote(ELLIPSIS))]
        sections.append(_section(text))
    return sections


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _pieces(text: str) -> Iterator[str]:
    """``text`` in pieces whose quotation fits a section, split between lines where lines are short enough."""
    piece: list[str] = []
    for line in text.split("\n"):
        for part in _slices(line):
            if piece and length(quote("\n".join((*piece, part)))) > SECTION_TEXT:
                yield "\n".join(piece)
                piece = []
            piece.append(part)
    yield "\n".join(piece)


def _slices(line: str) -> list[str]:
    """One line in parts that fit a section each."""
    if length(quote(line)) <= SECTION_TEXT:
        return [line]
    size = (SECTION_TEXT - len("> ")) // _LONGEST_ESCAPE
    return [line[start : start + size] for start in range(0, len(line), size)]
