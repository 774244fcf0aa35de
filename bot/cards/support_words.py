"""What the parts of a support request are written with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bot.cards.markdown import words
from bot.cards.markup import Markup
from bot.cards.texts import Texts

VALUE: Final = 4_000
"""Characters of one value; filters can be long."""


def time_of(at: datetime | None) -> str:
    """A time with its zone, which is UTC; a dash for none."""
    if at is None:
        return "–"
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"


def item(label: Markup, value: str) -> str:
    return f"**{words(label)}:** {value}"


def yes_or_no(value: bool, texts: Texts) -> str:
    return words(texts.gettext("yes") if value else texts.gettext("no"))
