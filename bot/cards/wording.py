"""What the words of every failure consist of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.cards.markup import Markup
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.dataclass import dataclass

Facts = Mapping[str, str | int]

_FACT: Final = 80


@dataclass(frozen=True, slots=True)
class FailureWords:
    """``what`` it means, as a sentence or two; ``next_step`` tells who does what now."""

    what: Markup
    next_step: Markup


Words = Callable[[Facts, Texts], FailureWords]


def fact(facts: Facts, key: str) -> Markup:
    """A value of the failure; empty where it has none of that name."""
    return Outside(str(facts.get(key, ""))).short(_FACT)
