"""Outside text made safe for a terminal.

Record names and error texts come from anybody. A terminal obeys escape sequences (ECMA-48), may reorder
letters (Unicode bidirectional controls, UAX 9) and lets combining marks climb over neighbouring lines.
Nothing of that may come out of a message, and nothing that could deceive is hidden: it becomes visible.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS_ALLOWED: Final = 4
"""Combining marks kept on one letter; living scripts need no more than three."""

_JOINERS: Final = frozenset("\u200c\u200d")
"""Kept: emoji sequences and several scripts are wrong without them."""

_DROPPED: Final = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u061c")
"""Invisible and without effect on the order of other letters in a terminal: left out."""

_LINE_BREAKS: Final = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def harmless(text: str) -> str:
    """The same text, safe to print: line feeds stay, tabs become four spaces, controls become visible.

    C0 controls are shown as control pictures (ESC as ``␛``), every other control, bidirectional or tag
    character as its escape (``\\u202e``), a lone surrogate as U+FFFD.
    """
    text = _LINE_BREAKS.sub("\n", text)
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(_visible(text))


def harmless_line(text: str) -> str:
    """Like ``harmless``, on one line: line feeds become spaces."""
    return " ".join(harmless(text).split("\n"))


def _visible(text: str) -> list[str]:
    shown: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MARKS_ALLOWED:
            shown.append(_shown(letter, category))
    return shown


def _shown(letter: str, category: str) -> str:
    if letter == "\n" or letter in _JOINERS:
        return letter
    if letter == "\t":
        return "    "
    if letter in _DROPPED:
        return ""
    if category == "Cs":
        return "\ufffd"
    if category not in {"Cc", "Cf"}:
        return letter
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _escape(code)


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
