"""Where cards are read, as far as that place differs from Slack itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from bot.cards.card import Card
from bot.cards.texts import Texts
from bot.dataclass import dataclass


def _as_composed(card: Card, texts: Texts) -> Card:
    return card


@dataclass(frozen=True, slots=True)
class Surface:
    """What the composition root says about the place that shows the cards."""

    draw: Callable[[Card, Texts], Card] = _as_composed
    """The card as that place can draw it, for a reader of these texts."""
    locales: Mapping[str, str] = field(default_factory=dict)
    """The locale (``nl-NL``) by user id, of people of whom the place tells none."""


SLACK: Final = Surface()
"""Slack draws every card, and knows everybody's locale."""
