"""Sentences of the catalogue on a card: right language, holes filled with what the message said.

The catalogue's sentences are our own; the values in them are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.cards.markup import Markup, bold, own
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.diagnosis.model import Localized, Params, ParamValue

VALUE: Final = 80
"""Characters of one value inside a sentence: enough for a key or a name, too few for a speech."""


def title(localized: Localized, params: Params, texts: Texts) -> Markup:
    """A heading: values look like the rest of it."""
    return _fill(localized, params, texts, look=lambda value: value)


def prose(localized: Localized, params: Params, texts: Texts) -> Markup:
    """A sentence to act on: values stand out."""
    return _fill(localized, params, texts, look=bold)


def value(raw: ParamValue) -> Markup:
    """One value read out of a message."""
    return Outside(str(raw)).short(VALUE)


def _fill(localized: Localized, params: Params, texts: Texts, look: Callable[[Markup], Markup]) -> Markup:
    values = {key: look(value(raw)) for key, raw in params.items()}
    return texts.filled(localized.in_language(texts.language), values, absent=own("…"))
