"""Answers of ``/syncerrors status``: all mappings, and one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import Markup, bold, code, dotted, joined, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.status_notes import (
    age_words,
    connection_lines,
    misleading_words,
    unknown_words,
    verdict_words,
)
from bot.cards.status_words import (
    LOG,
    LOG_IN_A_LIST,
    between_words,
    job_words,
    last_jobs_words,
    name_words,
    next_run_words,
    remark_words,
    watermark_words,
)
from bot.cards.texts import Texts
from bot.operations.status import (
    MappingStatus,
    MappingView,
    StatusView,
)

MAPPINGS_PAGE: Final = 5335
JOBS_PAGE: Final = 5338
QUEUE_PAGE: Final = 672
QUEUE_LOG_PAGE: Final = 674
_NAME: Final = 40
_FILTER: Final = 300
_ASKED: Final = 180
"""Characters of a name that go into a button; Business Central's have 20 at most."""


def status_card(view: StatusView, texts: Texts) -> Card:
    """A page of mappings, those first whose records others need, with what is wrong above them."""
    heading = texts.gettext("Synchronization status")
    links = Links(view.connection)
    top = tuple(connection_lines(view, links, texts))
    parts = [Part((blocks.header(heading),), Importance.ESSENTIAL)]
    if top:
        parts.append(Part(blocks.paragraphs(top), Importance.ESSENTIAL))
    verdict = verdict_words(view, texts)
    parts.append(Part((blocks.section(verdict),), Importance.ESSENTIAL))
    parts += [Part((_line(line, view, links, texts),)) for line in view.lines]
    if told := tuple(misleading_words(view.lines, view, texts)):
        parts.append(Part((blocks.context(lines(told)),)))
    if unknown := tuple(unknown_words(view.parts, texts)):
        parts.append(Part((blocks.context(lines(unknown)),), Importance.ESSENTIAL))
    parts.append(Part((blocks.actions(*_buttons(view, texts)),), Importance.ESSENTIAL))
    where = dotted(
        (
            page_words(Pages(view.page, view.pages), texts),
            _pages(links, texts),
            connection_words(view.connection),
            age_words(view.parts, texts),
        )
    )
    parts.append(Part((blocks.context(where),)))
    return compose(sentence((heading + own(":"), verdict)), parts, texts)


def mapping_card(view: MappingView, texts: Texts) -> Card:
    """One mapping: how it goes, its last jobs, what it needs, its rules and filters."""
    links = Links(view.connection)
    heading = texts.gettext("Synchronization status of {name}", name=name_words(view.status))
    parts = [
        Part((blocks.header(heading),), Importance.ESSENTIAL),
        Part(blocks.paragraphs(tuple(mapping_lines(view.status, texts))), Importance.ESSENTIAL),
    ]
    if view.last_jobs:
        title = bold(texts.gettext("Last jobs"))
        listed = [own("• ") + job_words(job, texts) for job in view.last_jobs]
        parts.append(Part(blocks.paragraphs((title, *listed))))
    parts.append(Part(blocks.paragraphs(tuple(about_lines(view, texts)))))
    if told := tuple(misleading_words((view.status,), None, texts)):
        parts.append(Part((blocks.context(lines(told)),)))
    if unknown := tuple(unknown_words(view.parts, texts)):
        parts.append(Part((blocks.context(lines(unknown)),), Importance.ESSENTIAL))
    value = ButtonValue(connection=view.connection.key, query=_asked(view.status.name))
    buttons = [
        Button(texts.gettext("Refresh"), Action.STATUS_REFRESH, value),
        Button(
            texts.gettext("All mappings"), Action.STATUS_SHOW, ButtonValue(connection=view.connection.key)
        ),
    ]
    if view.errors:
        asked = value.model_copy(update={"query": f'mapping:"{_asked(view.status.name)}"'})
        errors = texts.ngettext("{n} error", "{n} errors", view.errors)
        buttons.insert(1, Button(texts.gettext("Show {errors}", errors=errors), Action.FIND_SHOW, asked))
    parts.append(Part((blocks.actions(*buttons),), Importance.ESSENTIAL))
    where = dotted((_pages(links, texts), connection_words(view.connection), age_words(view.parts, texts)))
    parts.append(Part((blocks.context(where),)))
    return compose(sentence((heading + own("."), *remark_words(view.status, texts))), parts, texts)


def mapping_lines(status: MappingStatus, texts: Texts, log: int = LOG) -> Iterator[Markup]:
    """What a list says of one mapping, below its name."""
    yield from remark_words(status, texts, log)
    if status.mapping is not None or status.jobs:
        yield from last_jobs_words(status, texts)
    yield sentence((next_run_words(status, texts), watermark_words(status.mapping, texts)))


def about_lines(view: MappingView, texts: Texts) -> Iterator[Markup]:
    """What the mapping is: tables, dependencies, rules, filters, sums."""
    mapping = view.status.mapping
    if mapping is None:
        return
    yield dotted(
        (
            between_words(mapping, texts),
            texts.gettext("only coupled records")
            if mapping.only_coupled
            else texts.gettext("also records that are not coupled yet"),
        )
    )
    if view.needs:
        yield texts.gettext("Needs first: {names}", names=_names(view.needs))
    if view.needed_by:
        yield texts.gettext("Needed by: {names}", names=_names(view.needed_by))
    yield _labelled(texts.gettext("Resolve Update Conflicts"), _rule(mapping.update_conflict, texts))
    yield _labelled(texts.gettext("Resolve Deletion Conflicts"), _rule(mapping.deletion_conflict, texts))
    if table := Outside(mapping.table_filter).short(_FILTER):
        yield _labelled(texts.gettext("Table Filter"), code(table))
    if table := Outside(mapping.integration_table_filter).short(_FILTER):
        yield _labelled(texts.gettext("Integration Table Filter"), code(table))
    if mapping.failed:
        yield texts.ngettext(
            "Business Central's own number of errors is {n}: it adds up all jobs that are kept, and is not "
            "what fails now.",
            "Business Central's own number of errors is {n}: it adds up all jobs that are kept, and is not "
            "what fails now.",
            mapping.failed,
        )
    if view.errors:
        problems = texts.ngettext("{n} problem", "{n} problems", view.problems)
        yield texts.ngettext(
            "The bot keeps {n} error of it in {problems}.",
            "The bot keeps {n} errors of it in {problems}.",
            view.errors,
            problems=problems,
        )


def _line(line: MappingStatus, view: StatusView, links: Links, texts: Texts) -> Block:
    page = links.page(MAPPINGS_PAGE, (("Name", line.name),))
    name = bold(link(name_words(line), page))
    value = ButtonValue(connection=view.connection.key, query=_asked(line.name))
    spoken = texts.gettext("Details: {title}", title=name_words(line))
    return blocks.section(
        lines(
            (dotted((name, between_words(line.mapping, texts))), *mapping_lines(line, texts, LOG_IN_A_LIST))
        ),
        Button(texts.gettext("Details"), Action.STATUS_SHOW, value, spoken),
    )


def _buttons(view: StatusView, texts: Texts) -> list[Button]:
    value = ButtonValue(connection=view.connection.key)
    at = Pages(view.page, view.pages)
    return [
        *page_buttons(at, value, Action.STATUS_PREVIOUS, Action.STATUS_NEXT, texts),
        Button(
            texts.gettext("Refresh"),
            Action.STATUS_REFRESH,
            value.model_copy(update={"page": view.page}),
        ),
        Button(texts.gettext("Overview"), Action.OVERVIEW_SHOW, value),
    ]


def _pages(links: Links, texts: Texts) -> Markup:
    """The pages of Business Central that show the same; those that the connection knows no address of are
    left out."""
    named = (
        (texts.gettext("Integration Table Mappings"), MAPPINGS_PAGE),
        (texts.gettext("Integration Synchronization Jobs"), JOBS_PAGE),
        (texts.gettext("Job Queue Entries"), QUEUE_PAGE),
        (texts.gettext("Job Queue Log Entries"), QUEUE_LOG_PAGE),
    )
    found = [(words, links.page(number)) for words, number in named]
    return dotted(link(words, address) for words, address in found if address is not None)


def _asked(name: str) -> str:
    """A name as a button can carry it."""
    return name.encode("utf-8", "replace").decode()[:_ASKED]


def _names(names: tuple[str, ...]) -> Markup:
    return joined((Outside(name).short(_NAME) for name in names), ", ")


def _labelled(label: Markup, words: Markup) -> Markup:
    return bold(label) + own(": ") + words


def _rule(rule: str, texts: Texts) -> Markup:
    """A rule of table 5335, in Business Central's own words; None stands for the blank option."""
    known = Outside("" if rule == "None" else rule).short(_NAME)
    return known or texts.gettext("no rule, such records fail")
