"""The original text of an error, as Business Central stored it."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.dates import moment
from bot.cards.limits import Part
from bot.cards.links import Links
from bot.cards.markup import bold, dotted, link
from bot.cards.outside import Outside
from bot.cards.texts import Texts, digits
from bot.store.values import StoredError

_TEXT: Final = 2100
"""Business Central keeps 2,048 characters of a message (table 5339, field Error Message)."""


def original_parts(error: StoredError, links: Links, texts: Texts) -> list[Part]:
    """Which error it is, in which language, and its text untouched."""
    number = link(texts.gettext("No. {number}", number=digits(error.number)), links.error(error.number))
    original = bold(texts.gettext("Original text"))
    heading = texts.gettext(
        "{original} of error {number}, {time}",
        original=original,
        number=number,
        time=moment(error.logged_at),
    )
    heading = dotted((heading, texts.language_name(error.language)))
    return [Part((blocks.section(heading), blocks.preformatted(Outside(error.message), _TEXT)))]
