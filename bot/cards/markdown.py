"""Markdown for files that leave the house: CommonMark with GitHub's additions.

Whatever stands in a text from outside, nothing of it becomes a heading, a link, an image or HTML, no fence is
left, and what would deceive the eye is spelled out. Sources: spec.commonmark.org ("Fenced code blocks", "Code
spans", "Backslash escapes"), github.github.com/gfm ("Autolinks").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from bot.cards.markup import Markup

_LINE_ENDS: Final = re.compile(r"\r\n?")
_SPELLED: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cn"})
"""Controls, invisible format characters (every bidirectional one among them), separators of lines that no
editor breaks at, and what has no meaning at all."""
_SPECIAL: Final = re.compile(
    r"[\\`*_\[\]{}<>&#|~!@$]|:(?=/)|(?<=\bwww)\.|^\s*[-+=](?=\s|$|-|=)|^\s*\d+(?=[.)])", re.IGNORECASE
)
_TICKS: Final = re.compile(r"`+")
_FENCE: Final = 3


def visible(text: str) -> str:
    """The text with everything in it to be seen: ``[U+202E]`` for what has no form. Line breaks stay."""
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(map(_seen, text))


def escaped(text: str) -> str:
    """As words of a paragraph, on one line."""
    return _SPECIAL.sub(_backslashed, " ".join(visible(text).split()))


def words(markup: Markup) -> str:
    """Our own sentence, with the values that it holds."""
    return escaped(str(markup))


def code(text: str) -> str:
    """A value, as it is, on one line; a dash where there is none."""
    text = " ".join(visible(text).split("\n")).strip()
    if not text:
        return "–"
    ticks = "`" * (_longest(text) + 1)
    inside = f" {text} " if text[0] == "`" or text[-1] == "`" else text
    return f"{ticks}{inside}{ticks}"


def fenced(text: str) -> str:
    """A block in which nothing has a meaning: its fence is longer than any inside."""
    text = visible(text).strip("\n")
    fence = "`" * max(_FENCE, _longest(text) + 1)
    return f"{fence}text\n{text}\n{fence}"


def heading(level: int, title: str) -> str:
    """``title`` is ``escaped`` already."""
    return f"{'#' * level} {title}"


def points(items: Iterable[str]) -> str:
    """A list; its items are written already."""
    return "\n".join(f"- {item}" for item in items)


def document(paragraphs: Iterable[str]) -> str:
    """The whole, with an empty line between its parts."""
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def _seen(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return f"[U+{ord(character):04X}]" if category in _SPELLED else character


def _backslashed(found: re.Match[str]) -> str:
    text = found[0]
    # A number that would begin a list: its dot follows, and is what gets the backslash.
    if text.strip().isdecimal():
        return f"{text}\\"
    return f"{text[:-1]}\\{text[-1]}"


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
