"""Two values of one field beside each other, such that a person sees what differs."""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from bot.cards.markup import Markup, code, own
from bot.cards.outside import Outside
from bot.cards.texts import Texts

VALUE: Final = 160
"""Characters of a value; a long one is shown around what differs."""
_BEFORE: Final = 30
"""Characters before the first difference that are still shown."""


def compared(one: str, other: str, texts: Texts) -> tuple[Markup, Markup]:
    """Both values, cut alike; what looks the same although it differs is said to."""
    start = _start(one, other)
    first, second = _shown(one, start, texts), _shown(other, start, texts)
    if one != other and str(first) == str(second):
        hidden = own(" ") + texts.gettext("(differs in signs that cannot be seen)")
        return first, second + hidden
    return first, second


def _start(one: str, other: str) -> int:
    """Where both are cut off at their beginning: nowhere, unless they agree for long."""
    if max(len(one), len(other)) <= VALUE:
        return 0
    alike = (here == there for here, there in zip(one, other, strict=False))
    common = sum(1 for _ in takewhile(bool, alike))
    return common - _BEFORE if common > VALUE // 2 else 0


def _shown(value: str, start: int, texts: Texts) -> Markup:
    shown = Outside(value[start:]).short(VALUE)
    if not shown:
        return texts.gettext("(empty)") if not value else texts.gettext("(nothing that can be seen)")
    return code(own("…") + shown if start else shown)
