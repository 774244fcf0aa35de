"""Words that all of what Dataverse says is made of."""

from __future__ import annotations

from typing import Final

from bot.cards.markup import Markup
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.dataverse import Depth, Table

_NAME: Final = 80
_ENGLISH, _DUTCH = 1033, 1043


def short(text: str) -> Markup:
    """A name from outside."""
    return Outside(text).short(_NAME)


def depth_words(depth: Depth, texts: Texts) -> Markup:
    """As the editor of security roles calls it."""
    match depth:
        case Depth.BASIC:
            return texts.gettext("User (own rows)")
        case Depth.LOCAL:
            return texts.gettext("Business unit")
        case Depth.DEEP:
            return texts.gettext("Parent: Child business unit")
        case Depth.GLOBAL:
            return texts.gettext("Organization")


def table_name(table: Table, texts: Texts) -> str:
    """In the person's language, where somebody translated it."""
    return table.called(_DUTCH if texts.language == "nl" else _ENGLISH)
