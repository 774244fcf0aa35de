"""A purge that runs, and how one ended: messages that stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.failure import failure_words
from bot.cards.limits import Importance, Part
from bot.cards.links import ERRORS_PAGE, Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, link, sentence
from bot.cards.overview import connection_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person, purge_title
from bot.cards.texts import Texts
from bot.operations.purging import PurgeReport
from bot.store.runs import Run, RunState

_MINUTE: Final = timedelta(minutes=1)


def progress_of_purge(report: PurgeReport, texts: Texts) -> Card:
    """How far it is, with *Stop*; once it is over, that it is."""
    run = report.run
    told = [bold(_what(report, texts)), _how_far(run, texts), _asked(run, texts)]
    if not run.state.is_over and run.stop_asked_by:
        told.append(texts.gettext("{person} stops it after this step.", person=person(run.stop_asked_by)))
    if run.state is RunState.WAITING and run.failure_key is not None:
        words = failure_words(run.failure_key, run.failure_facts or {}, texts)
        told.append(sentence((words.what, texts.gettext("It goes on by itself."))))
    parts = [Part((blocks.section(lines(told)),), Importance.ESSENTIAL)]
    value = ButtonValue(connection=report.connection.key, run=run.id)
    if not run.state.is_over and not run.stop_asked_by:
        stop = Button(texts.gettext("Stop"), Action.PURGE_STOP, value, texts.gettext("Stop deleting"))
        parts.append(Part((blocks.actions(stop),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(report.connection)),), Importance.EXTRA))
    return compose(sentence((_what(report, texts), _how_far(run, texts))), parts, texts)


def result_of_purge(report: PurgeReport, texts: Texts) -> Card:
    """Who, what, how long, what is left; the way to the archive."""
    run = report.run
    told = [bold(_ended(run, texts)), _took(run, texts), *_remarks(report, texts)]
    value = ButtonValue(connection=report.connection.key)
    archive = Button(texts.gettext("Archive"), Action.ARCHIVE_SHOW, value, texts.gettext("Open the archive"))
    parts = [
        Part((blocks.section(lines(told)), blocks.actions(archive)), Importance.ESSENTIAL),
        Part((blocks.context(dotted((_what(report, texts), connection_words(report.connection)))),)),
    ]
    return compose(sentence((_ended(run, texts), _took(run, texts))), parts, texts)


def purged_line(actor: str, count: int, texts: Texts) -> Markup:
    """The line in the thread of a problem."""
    return texts.ngettext(
        "{person} deleted {n} entry of this problem in Business Central. It is in the bot's archive.",
        "{person} deleted {n} entries of this problem in Business Central. They are in the bot's archive.",
        count,
        person=person(actor),
    )


def _what(report: PurgeReport, texts: Texts) -> Markup:
    title = purge_title(report.bounds.what, texts)
    if report.problem is None:
        return title
    return texts.gettext("{title}: {count}", title=title, count=problem_title(report.problem, texts))


def _how_far(run: Run, texts: Texts) -> Markup:
    percent = texts.percent(run.done, run.total)
    match run.state:
        case RunState.QUEUED:
            return texts.ngettext(
                "{n} entry. It begins in a moment.", "{n} entries. It begins in a moment.", run.total
            )
        case RunState.DONE | RunState.STOPPED | RunState.FAILED:
            return texts.gettext("Over: {done} of {total} deleted.", done=run.done, total=run.total)
        case RunState.RUNNING | RunState.WAITING | RunState.WATCHING:
            return texts.gettext(
                "{done} of {total} deleted ({percent}).", done=run.done, total=run.total, percent=percent
            )


def _asked(run: Run, texts: Texts) -> Markup:
    return texts.gettext(
        "Asked for by {person}, {time}.", person=person(run.asked_by), time=moment(run.asked_at)
    )


def _ended(run: Run, texts: Texts) -> Markup:
    who = person(run.asked_by)
    match run.state:
        case RunState.STOPPED:
            return texts.ngettext(
                "{person} deleted {n} entry in Business Central; then {stopper} stopped it.",
                "{person} deleted {n} entries in Business Central; then {stopper} stopped it.",
                run.done,
                person=who,
                stopper=person(run.stop_asked_by),
            )
        case RunState.FAILED:
            return texts.ngettext(
                "{person} deleted {n} entry in Business Central; then it broke off.",
                "{person} deleted {n} entries in Business Central; then it broke off.",
                run.done,
                person=who,
            )
        case _:
            return texts.ngettext(
                "{person} deleted {n} entry in Business Central.",
                "{person} deleted {n} entries in Business Central.",
                run.done,
                person=who,
            )


def _took(run: Run, texts: Texts) -> Markup:
    if run.began_at is None or run.ended_at is None:
        return EMPTY
    return texts.gettext(
        "{time}, within {duration}.",
        time=moment(run.ended_at),
        duration=_duration(run.began_at, run.ended_at, texts),
    )


def _duration(begun: datetime, ended: datetime, texts: Texts) -> Markup:
    took = ended - begun
    if took < 2 * _MINUTE:
        return texts.ngettext("{n} second", "{n} seconds", max(1, round(took.total_seconds())))
    return texts.ngettext("{n} minute", "{n} minutes", round(took / _MINUTE))


def _remarks(report: PurgeReport, texts: Texts) -> list[Markup]:
    run = report.run
    result = run.result or {}
    told: list[Markup] = []
    if run.failure_key is not None:
        words = failure_words(run.failure_key, run.failure_facts or {}, texts)
        page = Links(report.connection).page(ERRORS_PAGE)
        told += [sentence((words.what, words.next_step))]
        if page is not None:
            name = texts.gettext("Integration Synchronization Errors")
            told.append(
                texts.gettext(
                    "In Business Central itself you can delete entries on the page {page}.",
                    page=link(name, page),
                )
            )
    if run.failed:
        told.append(
            texts.ngettext(
                "{n} entry was not deleted: Business Central refused. Try again later.",
                "{n} entries were not deleted: Business Central refused. Try again later.",
                run.failed,
            )
        )
    if foreign := int(result.get("foreign") or 0):
        told.append(
            texts.ngettext(
                "{n} number belongs to another entry now, because the environment was restored or copied. "
                "That entry was left alone.",
                "{n} numbers belong to other entries now, because the environment was restored or copied. "
                "Those entries were left alone.",
                foreign,
            )
        )
    others = run.total - run.done - run.failed - foreign
    if others > 0 and run.state is RunState.DONE:
        told.append(
            texts.ngettext(
                "{n} entry was gone already: retention, or somebody deleted it in Business Central.",
                "{n} entries were gone already: retention, or somebody deleted them in Business Central.",
                others,
            )
        )
    left = result.get("left")
    if left is not None:
        told.append(
            texts.ngettext(
                "{n} entry is left in Business Central.",
                "{n} entries are left in Business Central.",
                int(left),
            )
        )
    return told
