"""Turning pages: the two buttons and the words between them."""

from __future__ import annotations

from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.markup import EMPTY, Markup
from bot.cards.texts import Texts
from bot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a list one is."""

    page: int
    """Zero based."""
    pages: int


def page_words(at: Pages, texts: Texts) -> Markup:
    """``Page 2 of 5``; empty where there is only one."""
    if at.pages <= 1:
        return EMPTY
    return texts.gettext("Page {page} of {pages}", page=at.page + 1, pages=at.pages)


def page_buttons(at: Pages, value: ButtonValue, back: Action, forth: Action, texts: Texts) -> list[Button]:
    """Previous and next, each only where there is such a page; ``value`` says of which list."""
    buttons = []
    if at.page > 0:
        to = value.model_copy(update={"page": min(at.page, at.pages) - 1 if at.pages else 0})
        buttons.append(Button(texts.gettext("Previous"), back, to))
    if at.page + 1 < at.pages:
        buttons.append(Button(texts.gettext("Next"), forth, value.model_copy(update={"page": at.page + 1})))
    return buttons
