"""Answer of ``/syncerrors``: what is wrong, most pressing first."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.choosing import choosing_parts
from bot.cards.facts import fixer_words
from bot.cards.freshness import finding_words, freshness_words, trouble_words
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, sentence
from bot.cards.order import order_words
from bot.cards.outside import Outside
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import fixer_of, problem_figures, problem_title
from bot.cards.record_names import record_words
from bot.cards.texts import Texts
from bot.operations.views import ConnectionView, Overview, ProblemLine

_NAME: Final = 60


def overview_card(view: Overview, texts: Texts) -> Card:
    """The problems of one page, each with a way to its details."""
    heading = _heading(view, texts)
    where = dotted((connection_words(view.connection), freshness_words(view.freshness, texts)))
    known = lines((where, _gone(view, texts), finding_words(view.freshness, texts)))
    parts = [Part((blocks.header(heading), blocks.context(known)), Importance.ESSENTIAL)]
    if trouble := trouble_words(view.freshness, texts):
        parts.append(Part((blocks.section(trouble),), Importance.ESSENTIAL))
    links = Links(view.connection)
    value = ButtonValue(connection=view.connection.key)
    parts += [Part((problem_entry(line, value, links, texts),)) for line in view.lines]
    parts.append(Part((blocks.actions(*_buttons(view, texts)),), Importance.ESSENTIAL))
    parts += choosing_parts(view.connection, texts)
    if footer := _footer(view, texts):
        parts.append(Part((blocks.context(footer),), Importance.EXTRA))
    return compose(_summary(view, heading, texts), parts, texts)


def connection_words(connection: ConnectionView) -> Markup:
    """Which company of which environment; before them its name among several, unless it is the company's."""
    called = connection.display_name or connection.company_name
    name = "" if connection.name.casefold() == called.casefold() else connection.name
    return dotted(Outside(part).short(_NAME) for part in (name, called, connection.environment))


def _heading(view: Overview, texts: Texts) -> Markup:
    there = view.errors - view.gone
    if there > 0:
        causes = texts.ngettext("{n} cause", "{n} causes", view.problems)
        return texts.ngettext("{n} sync error, {causes}", "{n} sync errors, {causes}", there, causes=causes)
    if view.errors > 0:
        return texts.gettext("No sync errors in Business Central any more")
    if view.freshness.read_at is None:
        return texts.gettext("Nothing read from Business Central yet")
    if view.freshness.failure_key is not None:
        return texts.gettext("No sync errors when last read")
    return texts.gettext("No sync errors 🎉")


def _gone(view: Overview, texts: Texts) -> Markup:
    """How many more errors were read that Business Central no longer has; empty where it has all."""
    if view.gone <= 0:
        return EMPTY
    if view.gone >= view.errors:
        return texts.ngettext(
            "{n} error is gone (retention or purged there). That ended no cause: a record is in order once "
            "it has synchronized.",
            "{n} errors are gone (retention or purged there). That ended no cause: a record is in order once "
            "it has synchronized.",
            view.gone,
        )
    return texts.ngettext(
        "{n} more is no longer in Business Central (retention or purged there).",
        "{n} more are no longer in Business Central (retention or purged there).",
        view.gone,
    )


def problem_entry(line: ProblemLine, value: ButtonValue, links: Links, texts: Texts) -> Block:
    """A problem with the way to its details; ``value`` says of which list."""
    name = problem_title(line, texts)
    text = lines(
        (
            bold(name),
            order_words(line, texts),
            problem_figures(line, texts),
            _example(line, links, texts),
        )
    )
    value = value.model_copy(update={"problem": line.id})
    spoken = texts.gettext("Details: {title}", title=name)
    return blocks.section(text, Button(texts.gettext("Details"), Action.PROBLEM_SHOW, value, spoken))


def _example(line: ProblemLine, links: Links, texts: Texts) -> Markup:
    record = record_words(line.example_record, links, texts)
    return texts.gettext("For example {record}", record=record) if record else EMPTY


def _buttons(view: Overview, texts: Texts) -> list[Button]:
    value = ButtonValue(connection=view.connection.key)
    turning = page_buttons(
        Pages(view.page, view.pages), value, Action.OVERVIEW_PREVIOUS, Action.OVERVIEW_NEXT, texts
    )
    refresh = Button(
        texts.gettext("Refresh"),
        Action.OVERVIEW_REFRESH,
        value,
        texts.gettext("Refresh: read Business Central again"),
    )
    return [*turning, refresh, *cleaning_button(view.errors - view.gone, value, texts)]


def cleaning_button(entries: int, value: ButtonValue, texts: Texts) -> list[Button]:
    """The way to deleting entries; none where Business Central has none."""
    if entries <= 0:
        return []
    spoken = texts.gettext("Clean up: delete entries in Business Central")
    return [Button(texts.gettext("Clean up…"), Action.PURGE_OPEN, value, spoken)]


def _footer(view: Overview, texts: Texts) -> Markup:
    unreadable = EMPTY
    if view.unreadable > 0:
        unreadable = texts.ngettext(
            "{n} row from Business Central could not be understood; it is kept, and not counted above.",
            "{n} rows from Business Central could not be understood; they are kept, and not counted above.",
            view.unreadable,
        )
    return dotted((page_words(Pages(view.page, view.pages), texts), unreadable))


def _summary(view: Overview, heading: Markup, texts: Texts) -> Markup:
    """A full sentence for notifications and screen readers: how many, where, and the most pressing one."""
    company = Outside(view.connection.display_name or view.connection.company_name).short(_NAME)
    first = texts.gettext("{company}: {heading}.", company=company, heading=heading) if company else heading
    if not view.lines or view.page != 0:
        return first
    top = view.lines[0]
    errors = texts.ngettext("{n} error", "{n} errors", top.count)
    return sentence(
        (
            first,
            texts.gettext(
                "Most pressing: {title} ({errors}). {fixer}.",
                title=problem_title(top, texts),
                errors=errors,
                fixer=fixer_words(fixer_of(top), texts),
            ),
        )
    )
