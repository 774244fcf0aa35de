"""Answer of *Show error call stack*."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, dotted, link
from bot.cards.outside import Outside
from bot.cards.texts import Texts, digits
from bot.operations.views import CallStackView

_DESCRIPTION: Final = 120


def call_stack_card(view: CallStackView, texts: Texts) -> Card:
    """The frames, innermost first, as Business Central gave them."""
    heading = texts.gettext("Call stack of error No. {number}", number=digits(view.number))
    parts = [Part((blocks.header(heading), blocks.context(_about(view, texts))), Importance.ESSENTIAL)]
    if stack := Outside(view.call_stack):
        summary = texts.gettext("{heading}, innermost call first.", heading=heading)
        parts.append(Part((blocks.preformatted(stack),)))
        parts.append(Part((blocks.context(_caveat(texts)),)))
    else:
        summary = texts.gettext("Business Central has no call stack for this error.")
        parts.append(Part((blocks.section(summary),), Importance.ESSENTIAL))
    return compose(summary, parts, texts)


def _about(view: CallStackView, texts: Texts) -> Markup:
    """Which error: link, time, and the two records as Business Central describes them."""
    number = texts.gettext("No. {number}", number=digits(view.number))
    source = Outside(view.source_description).short(_DESCRIPTION)
    destination = Outside(view.destination_description).short(_DESCRIPTION)
    return dotted(
        (
            link(number, Links(view.connection).error(view.number)),
            moment(view.logged_at),
            texts.gettext("Source: {record}", record=source) if source else EMPTY,
            texts.gettext("Destination: {record}", record=destination) if destination else EMPTY,
        )
    )


def _caveat(texts: Texts) -> Markup:
    """Codeunits of the synchronization log ``GetLastErrorCallstack`` for every row, whatever raised it last
    (microsoft/BCApps, Integration/SynchEngine)."""
    return texts.gettext(
        "Business Central notes the last call stack it has. For a conflict, a deleted record or a missing "
        "match, that can be the one of an earlier error."
    )
