"""Text that comes from outside: record names, error texts, parameters, whatever a person typed.

It is a type of its own, so that it cannot slip into our own markup: there is no way from ``Outside`` to a
string but ``short`` (a value inside one of our sentences) and ``verbatim`` (for a ``rich_text`` text
element, which Slack never parses).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.cards.limits import shorten
from bot.cards.markup import Markup, Span

_KEPT_CONTROLS: Final = frozenset("\n\t")
_LINE_ENDS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf"})
"""Controls and invisible format characters, among them every bidirectional override and zero-width
character."""


class Outside:
    """Text from outside, kept as it came."""

    __slots__ = ("_raw",)

    def __init__(self, raw: str) -> None:
        self._raw = raw

    def __repr__(self) -> str:
        return f"<Outside, {len(self._raw)} characters>"

    def __bool__(self) -> bool:
        return bool(self._visible().strip())

    def short(self, limit: int) -> Markup:
        """On one line and at most ``limit`` long, as a value inside our own sentences."""
        text = shorten(" ".join(self._visible().split()), limit)
        return Markup((Span(text),)) if text else Markup()

    def verbatim(self, limit: int) -> str:
        """With its line breaks, at most ``limit`` long, for ``rich_text`` only: nothing in it is escaped."""
        return shorten(self._visible().strip("\n"), limit)

    def _visible(self) -> str:
        """Without what would deceive the eye or break the payload; a lone surrogate shows as U+FFFD."""
        text = _LINE_ENDS.sub("\n", self._raw)
        if text.isascii() and text.isprintable():
            return text
        return "".join(_visible_character(character) for character in text)


def _visible_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if category in _REFUSED_CATEGORIES and character not in _KEPT_CONTROLS:
        return ""
    return character
