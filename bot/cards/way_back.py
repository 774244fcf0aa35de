"""The way back to the results from which a card was opened."""

from __future__ import annotations

from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.texts import Texts


def back_to_results(opened: ButtonValue | None, texts: Texts) -> list[Button]:
    """A button where the card was opened from results; ``opened`` is the value of the button that did it."""
    if opened is None or opened.query is None:
        return []
    value = ButtonValue(connection=opened.connection, query=opened.query)
    return [Button(texts.gettext("Back to results"), Action.FIND_SHOW, value)]
