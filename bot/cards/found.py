"""Answers of a search, and overviews that filters narrow."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.facts import fixer_words
from bot.cards.freshness import freshness_words, trouble_words
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words, problem_entry
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import fixer_of, problem_title, seen_words
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.operations.filters import Applied
from bot.operations.find import FoundLine, FoundView, NarrowedView
from bot.store.search import Match

_TEXT: Final = 120
"""Characters of what was typed, in a sentence."""
_VALUE: Final = 40


def found_card(view: FoundView, texts: Texts, without_filters: str) -> Card:
    """The causes of what was found, best first, and the best single errors.

    ``without_filters`` is the query that a press on *Without filters* asks.
    """
    heading = _found_heading(view, texts)
    parts = [Part((blocks.header(heading), blocks.context(_about(view, texts))), Importance.ESSENTIAL)]
    if trouble := trouble_words(view.freshness, texts):
        parts.append(Part((blocks.section(trouble),)))
    if hint := _hint(view, texts):
        parts.append(Part((blocks.section(hint),), Importance.ESSENTIAL))
    links = Links(view.connection)
    parts += [Part((_found(line, view, texts),)) for line in view.lines]
    if view.errors:
        parts.append(Part((blocks.section(bold(texts.gettext("Best matches"))),)))
        parts += [Part((_match(match, view, links, texts),)) for match in view.errors]
    parts.append(Part((blocks.actions(*_buttons(view, texts, without_filters)),), Importance.ESSENTIAL))
    if pages := page_words(Pages(view.page, view.pages), texts):
        parts.append(Part((blocks.context(pages),), Importance.EXTRA))
    return compose(sentence((heading + own("."), _searched(view, texts))), parts, texts)


def narrowed_card(view: NarrowedView, texts: Texts) -> Card:
    """The overview of what filters leave, and the way to all of it."""
    heading = _narrowed_heading(view, texts)
    parts = [Part((blocks.header(heading), blocks.context(_about(view, texts))), Importance.ESSENTIAL)]
    if trouble := trouble_words(view.freshness, texts):
        parts.append(Part((blocks.section(trouble),), Importance.ESSENTIAL))
    links = Links(view.connection)
    value = ButtonValue(connection=view.connection.key, query=view.query.typed)
    parts += [Part((problem_entry(line, value, links, texts),)) for line in view.lines]
    parts.append(Part((blocks.actions(*_buttons(view, texts, None)),), Importance.ESSENTIAL))
    if pages := page_words(Pages(view.page, view.pages), texts):
        parts.append(Part((blocks.context(pages),), Importance.EXTRA))
    return compose(sentence((heading + own("."), _searched(view, texts))), parts, texts)


def _found_heading(view: FoundView, texts: Texts) -> Markup:
    if view.total <= 0:
        return texts.gettext("Nothing found")
    if view.is_capped:
        return texts.gettext("More than {most} sync errors found", most=view.most)
    causes = texts.ngettext("{n} cause", "{n} causes", view.problems)
    return texts.ngettext(
        "{n} sync error found, {causes}", "{n} sync errors found, {causes}", view.total, causes=causes
    )


def _narrowed_heading(view: NarrowedView, texts: Texts) -> Markup:
    if view.errors > 0:
        causes = texts.ngettext("{n} cause", "{n} causes", view.problems)
        return texts.ngettext(
            "{n} sync error, {causes}", "{n} sync errors, {causes}", view.errors, causes=causes
        )
    if view.freshness.read_at is None:
        return texts.gettext("Nothing read from Business Central yet")
    return texts.gettext("No sync errors with this filter")


def _about(view: FoundView | NarrowedView, texts: Texts) -> Markup:
    where = dotted((connection_words(view.connection), freshness_words(view.freshness, texts)))
    return lines((_searched(view, texts), where))


def _searched(view: FoundView | NarrowedView, texts: Texts) -> Markup:
    """What was asked for, as it was understood."""
    filtered = joined((_applied(one, texts) for one in view.applied), ", ")
    if isinstance(view, NarrowedView) or not view.query.text:
        return texts.gettext("Filtered by {filters}.", filters=filtered)
    text = Outside(view.query.text).short(_TEXT)
    if filtered:
        return texts.gettext("Searched for “{text}”, filtered by {filters}.", text=text, filters=filtered)
    return texts.gettext("Searched for “{text}”.", text=text)


def _applied(one: Applied, texts: Texts) -> Markup:
    """A filter as it is typed; errors are counted by day, and days are UTC."""
    shown = code(Outside(f"{one.name}:{one.value}").short(_VALUE))
    return texts.gettext("{filter} (UTC)", filter=shown) if one.name == "since" else shown


def _hint(view: FoundView, texts: Texts) -> Markup:
    """What to make of the answer; how to widen the search where it is empty."""
    if not view.words:
        return texts.gettext("There is no letter and no digit in this, so there is nothing to search for.")
    if view.total <= 0:
        if view.freshness.read_at is None:
            return texts.gettext("Nothing read from Business Central yet.")
        return sentence(
            (
                texts.gettext("No error that was read names this in its records or its text."),
                texts.gettext("Try without filters.") if view.applied else EMPTY,
                texts.gettext(
                    "Try fewer words, or only how a word begins: {beginning} finds {whole}.",
                    beginning=code(own("prvRead")),
                    whole=code(own("prvReadAccount")),
                ),
            )
        )
    if not view.has_all_words:
        return texts.gettext("No error has all these words. These have some of them.")
    if view.is_capped:
        return texts.gettext(
            "Here are the newest {most}, by cause. Another word or a filter leaves fewer.", most=view.most
        )
    return EMPTY


def _found(line: FoundLine, view: FoundView, texts: Texts) -> Block:
    problem = line.problem
    name = problem_title(problem, texts)
    figures = dotted(
        (
            fixer_words(fixer_of(problem), texts),
            _share(line, view, texts),
            seen_words(problem, texts),
        )
    )
    value = ButtonValue(connection=view.connection.key, problem=problem.id, query=view.query.typed)
    spoken = texts.gettext("Details: {title}", title=name)
    return blocks.section(
        lines((bold(name), figures)), Button(texts.gettext("Details"), Action.PROBLEM_SHOW, value, spoken)
    )


def _share(line: FoundLine, view: FoundView, texts: Texts) -> Markup:
    """How many of the problem's errors were found; a lower bound where not all were looked at."""
    found = texts.number(line.found)
    if view.is_capped:
        return texts.ngettext(
            "at least {found} of {n} error", "at least {found} of {n} errors", line.problem.count, found=found
        )
    return texts.ngettext("{found} of {n} error", "{found} of {n} errors", line.problem.count, found=found)


def _match(match: Match, view: FoundView, links: Links, texts: Texts) -> Block:
    number = texts.gettext("No. {number}", number=digits(match.number))
    record = record_words(
        match.source_record_id, links, texts, match.source_table, view.names
    ) or record_words(match.destination_record_id, links, texts, match.destination_table, view.names)
    value = ButtonValue(connection=view.connection.key, number=match.number, query=view.query.typed)
    text = dotted((link(number, links.error(match.number)), record, moment(match.logged_at)))
    spoken = texts.gettext("Details: {title}", title=number)
    return blocks.section(text, Button(texts.gettext("Details"), Action.ERROR_SHOW, value, spoken))


def _buttons(view: FoundView | NarrowedView, texts: Texts, without_filters: str | None) -> list[Button]:
    key = view.connection.key
    asked = ButtonValue(connection=key, query=view.query.typed)
    buttons = page_buttons(Pages(view.page, view.pages), asked, Action.FIND_PREVIOUS, Action.FIND_NEXT, texts)
    if without_filters is None:
        buttons.append(
            Button(texts.gettext("Without filters"), Action.OVERVIEW_SHOW, ButtonValue(connection=key))
        )
        return buttons
    if view.applied:
        buttons.append(
            Button(
                texts.gettext("Without filters"),
                Action.FIND_SHOW,
                ButtonValue(connection=key, query=without_filters),
            )
        )
    buttons.append(Button(texts.gettext("Overview"), Action.OVERVIEW_SHOW, ButtonValue(connection=key)))
    return buttons
