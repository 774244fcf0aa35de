"""The button that opens the form of a support request, on problems and errors."""

from __future__ import annotations

from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.markup import Markup
from bot.cards.texts import Texts


def support_button(value: ButtonValue, spoken: Markup, texts: Texts) -> Button:
    """``value`` names a problem or an error, ``spoken`` says which."""
    return Button(texts.gettext("Prepare support request"), Action.SUPPORT_OPEN, value, spoken)
