"""Answer of ``/syncerrors archive``: errors that Business Central has no more."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import Markup, bold, code, dotted, joined, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.operations.archive import MOST, ArchiveView
from bot.store.archive import Archived

_TEXT: Final = 120
_VALUE: Final = 40


def archive_card(view: ArchiveView, texts: Texts) -> Card:
    """One page of the archive, the highest No. first."""
    heading = _heading(view, texts)
    where = connection_words(view.connection)
    about = lines((_asked(view, texts), where))
    parts = [
        Part((blocks.header(heading), *([blocks.context(about)] if about else [])), Importance.ESSENTIAL)
    ]
    if view.total <= 0:
        parts.append(Part((blocks.section(_nothing(view, texts)),), Importance.ESSENTIAL))
    elif view.is_capped:
        hint = texts.gettext(
            "Here are those with the {most} highest numbers. The file has them all; words or filters leave "
            "fewer.",
            most=MOST,
        )
        parts.append(Part((blocks.section(hint),)))
    links = Links(view.connection)
    parts += [Part((_row(row, view, links, texts),)) for row in view.rows]
    parts.append(Part((blocks.actions(*_buttons(view, texts)),), Importance.ESSENTIAL))
    if pages := page_words(Pages(view.page, view.pages), texts):
        parts.append(Part((blocks.context(pages),), Importance.EXTRA))
    return compose(sentence((heading + own("."), _asked(view, texts))), parts, texts)


def archive_promised_card(texts: Texts) -> Card:
    """Where the file will be."""
    says = texts.gettext("The file comes to you as a direct message.")
    return compose(says, [Part((blocks.section(says),), Importance.ESSENTIAL)], texts)


def archive_comment(rows: int, most: int, texts: Texts) -> Markup:
    """What is said beside the file."""
    told = texts.ngettext("The archive: {n} error", "The archive: {n} errors", rows)
    if rows < most:
        return told
    shell = code(own("syncerrors archive --csv"))
    return sentence(
        (told + own("."), texts.gettext("There may be more: {command} writes them all.", command=shell))
    )


def _heading(view: ArchiveView, texts: Texts) -> Markup:
    if view.is_capped:
        return texts.gettext("More than {most} errors in the archive", most=MOST)
    if view.total <= 0:
        return texts.gettext("Nothing in the archive")
    return texts.ngettext("{n} error in the archive", "{n} errors in the archive", view.total)


def _asked(view: ArchiveView, texts: Texts) -> Markup:
    filters = [own(f"{one.name}:") + Outside(one.value).short(_VALUE) for one in view.applied]
    filtered = joined((code(one) for one in filters), ", ")
    if view.query.text:
        text = Outside(view.query.text).short(_TEXT)
        if filtered:
            return texts.gettext("Searched for “{text}”, filtered by {filters}.", text=text, filters=filtered)
        return texts.gettext("Searched for “{text}”.", text=text)
    return texts.gettext("Filtered by {filters}.", filters=filtered) if filtered else Markup()


def _nothing(view: ArchiveView, texts: Texts) -> Markup:
    if view.query.text or view.applied:
        return texts.gettext("Nothing that Business Central has no more fits this. Try fewer words.")
    return texts.gettext(
        "What is deleted in Business Central, by this bot, by people there or by its retention, stays here."
    )


def _row(row: Archived, view: ArchiveView, links: Links, texts: Texts) -> Block:
    number = texts.gettext("No. {number}", number=digits(row.number))
    problem = view.problems.get(row.problem_id)
    title = (
        problem_title(problem, texts) if problem is not None else code(Outside(row.class_code).short(_VALUE))
    )
    record = record_words(row.source_record_id, links, texts, row.source_table, view.names) or record_words(
        row.destination_record_id, links, texts, row.destination_table, view.names
    )
    if row.deleted_by:
        gone = texts.gettext(
            "deleted by {person} {time}", person=person(row.deleted_by), time=moment(row.gone_at)
        )
    else:
        gone = texts.gettext("not in Business Central since {time}", time=moment(row.gone_at))
    text = lines((bold(title), dotted((number, record, moment(row.logged_at))), gone))
    value = ButtonValue(connection=view.connection.key, number=row.number)
    spoken = texts.gettext("Details: {title}", title=number)
    return blocks.section(text, Button(texts.gettext("Details"), Action.ERROR_SHOW, value, spoken))


def _buttons(view: ArchiveView, texts: Texts) -> list[Button]:
    key = view.connection.key
    value = ButtonValue(connection=key, query=view.query.typed or None)
    buttons = page_buttons(
        Pages(view.page, view.pages), value, Action.ARCHIVE_PREVIOUS, Action.ARCHIVE_NEXT, texts
    )
    if view.total > 0:
        buttons.append(Button(texts.gettext("Export as CSV"), Action.ARCHIVE_EXPORT, value))
    buttons.append(Button(texts.gettext("Overview"), Action.OVERVIEW_SHOW, ButtonValue(connection=key)))
    return buttons
