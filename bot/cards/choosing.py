"""The way from one connection to another, on a card that shows one of several."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button, Menu, Option
from bot.cards.limits import SELECT_OPTIONS, Importance, Part
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.operations.views import ConnectionView

_NAME: Final = 60


def choosing_parts(connection: ConnectionView, texts: Texts) -> list[Part]:
    """A menu of all connections and a button to the list of them; nothing where there is one.

    Slack's menus hold 100 options: where there are more, the list is the way.
    """
    if not connection.choices:
        return []
    show_all = Button(
        texts.gettext("All connections"), Action.CONNECTIONS_SHOW, ButtonValue(connection=connection.key)
    )
    if len(connection.choices) > SELECT_OPTIONS:
        return [Part((blocks.actions(show_all),), Importance.ESSENTIAL)]
    options = {
        choice.key: Option(Outside(choice.name).short(_NAME), ButtonValue(connection=choice.key))
        for choice in connection.choices
    }
    menu = Menu(
        texts.gettext("Choose a connection"),
        Action.CONNECTION_CHOOSE,
        tuple(options.values()),
        options.get(connection.key),
    )
    return [Part((blocks.actions(menu, show_all),), Importance.ESSENTIAL)]
