"""What is shown while Business Central is read."""

from __future__ import annotations

from bot.cards import blocks
from bot.cards.card import Card, compose
from bot.cards.freshness import reading_words
from bot.cards.limits import Importance, Part
from bot.cards.overview import connection_words
from bot.cards.texts import Texts
from bot.operations.views import ConnectionView, Freshness


def progress_card(connection: ConnectionView, freshness: Freshness, texts: Texts) -> Card:
    """How far the reading under way is; that it begins, where none is under way yet."""
    words = reading_words(freshness, texts) or texts.gettext("Business Central will be read in a moment.")
    parts = [Part((blocks.section(words),), Importance.ESSENTIAL)]
    if where := connection_words(connection):
        parts.append(Part((blocks.context(where),), Importance.EXTRA))
    return compose(words, parts, texts)
