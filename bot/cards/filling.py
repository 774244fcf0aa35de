"""Sentences of the catalogue on a card: right language, holes filled with what the message said.

The catalogue's sentences are our own; the values in them are not.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.cards.markup import Markup, bold, own
from bot.cards.texts import Texts
from bot.cards.value_words import entity_and_name, worded
from bot.diagnosis.model import Localized, Params, ParamValue


def title(localized: Localized, params: Params, texts: Texts) -> Markup:
    """A heading: values look like the rest of it."""
    return _fill(localized, params, texts, look=lambda value: value)


def prose(localized: Localized, params: Params, texts: Texts) -> Markup:
    """A sentence to act on: values stand out, and a table has its logical name beside it."""
    return _fill(localized, params, texts, look=bold, named=entity_and_name)


def _fill(
    localized: Localized,
    params: Params,
    texts: Texts,
    look: Callable[[Markup], Markup],
    named: Callable[[ParamValue, Texts], Markup] | None = None,
) -> Markup:
    values = {key: look(worded(key, raw, texts)) for key, raw in params.items()}
    if named is not None and "entity" in params:
        values["entity"] = named(params["entity"], texts)
    return texts.filled(localized.in_language(texts.language), values, absent=own("…"))
