"""Answer of ``/syncerrors connections``: how every connection stands, most pressing first."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.freshness import freshness_words, trouble_words
from bot.cards.limits import Block, Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, sentence
from bot.cards.outside import Outside
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.texts import Texts
from bot.operations.views import ConnectionLine, ConnectionList, ConnectionView

_NAME: Final = 60


def connections_card(view: ConnectionList, texts: Texts, *, gone: str | None = None) -> Card:
    """One page of connections, each with a button to its overview.

    ``gone`` is the company of the connection that the reader had chosen and that is no longer there; empty
    where nobody knows its name, None where nothing is gone.
    """
    notice = _gone_words(gone, texts)
    heading = texts.ngettext("{n} connection", "{n} connections", view.total)
    parts = [Part((blocks.section(notice),), Importance.ESSENTIAL)] if notice else []
    parts.append(Part((blocks.header(heading),), Importance.ESSENTIAL))
    parts += [Part((_line(line, texts),)) for line in view.lines]
    if turning := _turning(view, texts):
        parts.append(Part((blocks.actions(*turning),), Importance.ESSENTIAL))
    if where := page_words(Pages(view.page, view.pages), texts):
        parts.append(Part((blocks.context(where),), Importance.EXTRA))
    return compose(sentence((notice, _summary(view, heading, texts))), parts, texts)


def _gone_words(gone: str | None, texts: Texts) -> Markup:
    if gone is None:
        return EMPTY
    if name := Outside(gone).short(_NAME):
        return texts.gettext("{name} is no longer set up in this bot. Open another connection.", name=name)
    return texts.gettext("Your connection is no longer set up in this bot. Open another one.")


def _line(line: ConnectionLine, texts: Texts) -> Block:
    name = connection_name(line.connection)
    figures = lines(
        (
            dotted((bold(name), _place(line.connection))),
            sentence((_figures(line, texts), freshness_words(line.freshness, texts))),
            trouble_words(line.freshness, texts),
        )
    )
    return blocks.section(
        figures,
        Button(
            texts.gettext("Open"),
            Action.CONNECTION_OPEN,
            ButtonValue(connection=line.connection.key),
            texts.gettext("Open: {name}", name=name),
        ),
    )


def connection_name(connection: ConnectionView) -> Markup:
    """As whoever runs the bot calls it, else as its company is called."""
    called = connection.name or connection.display_name or connection.company_name or connection.key
    return Outside(called).short(_NAME)


def _place(connection: ConnectionView) -> Markup:
    company = connection.display_name or connection.company_name
    if company.casefold() == connection.name.casefold():
        company = ""
    return dotted((Outside(company).short(_NAME), Outside(connection.environment).short(_NAME)))


def _figures(line: ConnectionLine, texts: Texts) -> Markup:
    if line.errors > 0:
        causes = texts.ngettext("{n} cause", "{n} causes", line.problems)
        return texts.ngettext(
            "{n} sync error, {causes}.", "{n} sync errors, {causes}.", line.errors, causes=causes
        )
    if line.freshness.read_at is None:
        return texts.gettext("Not read yet.")
    return texts.gettext("No sync errors.")


def _turning(view: ConnectionList, texts: Texts) -> list[Button]:
    if not view.lines:
        return []
    value = ButtonValue(connection=view.lines[0].connection.key)
    return page_buttons(
        Pages(view.page, view.pages), value, Action.CONNECTIONS_PREVIOUS, Action.CONNECTIONS_NEXT, texts
    )


def _summary(view: ConnectionList, heading: Markup, texts: Texts) -> Markup:
    if not view.lines or view.page != 0:
        return texts.gettext("{heading}.", heading=heading)
    top = view.lines[0]
    errors = texts.ngettext("{n} error", "{n} errors", top.errors)
    return texts.gettext(
        "{heading}. Most pressing: {name} ({errors}).",
        heading=heading,
        name=connection_name(top.connection),
        errors=errors,
    )
