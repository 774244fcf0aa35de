"""A retry that acts or watches, and what came of one: messages that stay, lines of threads and cards."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.failure import failure_words
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.retry import reason_words
from bot.cards.texts import Texts, digits
from bot.operations.retry import RetryReport
from bot.operations.retry.values import StillFails
from bot.store.retries import MappingState, RetriedMapping, Standing, Tally
from bot.store.runs import Run, RunState

_NAME: Final = 60
_TEXT: Final = 500


def progress_of_retry(report: RetryReport, texts: Texts) -> Card:
    """How far it is, with *Stop watching*; once it is over, what came of it in one line."""
    run = report.run
    told = [bold(_what(report, texts)), _how_far(report, texts), _asked(run, texts)]
    if not run.state.is_over:
        if run.stop_asked_by:
            told.append(texts.gettext("{person} stops it.", person=person(run.stop_asked_by)))
        if run.failure_key is not None:
            words = failure_words(run.failure_key, run.failure_facts or {}, texts)
            told.append(sentence((words.what, texts.gettext("It goes on by itself."))))
    parts = [Part((blocks.section(lines(told)),), Importance.ESSENTIAL)]
    if not run.state.is_over and not run.stop_asked_by:
        stop = stop_button(report.connection.key, run, texts)
        parts.append(Part((blocks.actions(stop),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(report.connection)),), Importance.EXTRA))
    return compose(sentence((_what(report, texts), _how_far(report, texts))), parts, texts)


def result_of_retry(report: RetryReport, texts: Texts) -> Card:
    """What came of it: how many synchronized, what still fails and why, of what nothing is known."""
    told = [bold(ended_words(report.run, report.tally, texts)), *_remarks(report, texts)]
    parts = [Part(blocks.paragraphs(told), Importance.ESSENTIAL)]
    parts += [Part(blocks.paragraphs(_fails(fails, report, texts))) for fails in report.fails]
    if silent := _silence(report, texts):
        parts.append(Part(blocks.paragraphs(silent)))
    if buttons := _ways(report, texts):
        parts.append(Part((blocks.actions(*buttons),)))
    parts.append(Part((blocks.context(dotted((_what(report, texts), connection_words(report.connection)))),)))
    return compose(ended_words(report.run, report.tally, texts), parts, texts)


def retried_line(report: RetryReport, texts: Texts) -> Markup:
    """The line in the thread of a problem: what came of it, and why of what failed again."""
    tally = report.tally
    who = texts.gettext("{person} retried this.", person=person(report.run.asked_by))
    told = [sentence((who, ended_words(report.run, tally, texts)))]
    told += [_cause(fails, texts) for fails in report.fails]
    if report.run.state is RunState.DONE and tally.open:
        told += [_log(one, texts) for one in report.mappings if one.log_text or one.log_status]
    if tally.failed:
        told.append(texts.gettext("So this is open again."))
    if not tally.total:
        told += [reason_words(hope, n, texts) for hope, n in (report.left_out or {}).items()]
    return lines(told)


def standing_words(standing: Standing, texts: Texts) -> Markup:
    """The line on the card of a shared problem: the latest retry of it."""
    if standing.run.state.is_over:
        return ended_words(standing.run, standing.tally, texts)
    return sentence(
        (
            texts.gettext("{person} retries this.", person=person(standing.run.asked_by)),
            _so_far(standing.tally, texts),
        )
    )


def stop_button(connection: str, run: Run, texts: Texts) -> Button:
    """Ends a watch. What Business Central runs goes on."""
    value = ButtonValue(connection=connection, run=run.id)
    spoken = texts.gettext("Stop watching; what Business Central runs goes on")
    return Button(texts.gettext("Stop watching"), Action.RETRY_STOP, value, spoken)


def ended_words(run: Run, tally: Tally, texts: Texts) -> Markup:
    """What came of a run that is over: "31 of 31 synchronized"."""
    if not tally.total and run.failure_key is not None:
        return texts.gettext("Nothing was retried.")
    if not tally.total:
        return texts.gettext("There was nothing that a retry could do.")
    silent = tally.open - tally.untouched
    return dotted(
        (
            texts.gettext(
                "{done} of {total} synchronized", done=tally.synchronized, total=texts.number(tally.total)
            ),
            _part(texts.ngettext("{n} still fails", "{n} still fail", tally.failed), tally.failed),
            _part(texts.gettext("{n} refused", n=tally.refused), tally.refused),
            _part(texts.gettext("{n} not retried", n=tally.untouched), tally.untouched),
            _part(texts.gettext("no evidence for {n}", n=silent), silent),
        )
    )


def _part(words: Markup, count: int) -> Markup:
    return words if count else EMPTY


def _what(report: RetryReport, texts: Texts) -> Markup:
    if report.target.number is not None:
        return texts.gettext("Retry: error No. {number}", number=digits(report.target.number))
    if report.line is not None:
        return texts.gettext("Retry: {title}", title=problem_title(report.line, texts))
    if report.target.skipped is not None:
        records = texts.ngettext("{n} record", "{n} records", report.run.total)
        return texts.gettext("Release: {records}", records=records)
    if report.target.problem_id:
        return texts.gettext("Retry of a problem that is no longer kept")
    return texts.gettext("Retry: what is marked as fixed")


def _how_far(report: RetryReport, texts: Texts) -> Markup:
    run, tally = report.run, report.tally
    match run.state:
        case RunState.QUEUED:
            return texts.gettext("It begins as soon as nothing else is being done in this connection.")
        case RunState.RUNNING | RunState.WAITING:
            released = tally.total - tally.open
            return texts.ngettext(
                "Being released, and its job started: {n} record.",
                "Being released, and their jobs started: {n} records.",
                max(tally.total, released),
            )
        case RunState.WATCHING:
            until = EMPTY
            if report.watched_until is not None:
                until = texts.gettext("The bot watches until {time}.", time=moment(report.watched_until))
            return sentence((_so_far(tally, texts), until))
        case RunState.DONE | RunState.STOPPED | RunState.FAILED:
            return sentence((texts.gettext("Over:"), ended_words(run, tally, texts)))


def _so_far(tally: Tally, texts: Texts) -> Markup:
    return texts.gettext(
        "{done} of {total} synchronized so far.", done=tally.synchronized, total=texts.number(tally.total)
    )


def _asked(run: Run, texts: Texts) -> Markup:
    return texts.gettext(
        "Asked for by {person}, {time}.", person=person(run.asked_by), time=moment(run.asked_at)
    )


def _remarks(report: RetryReport, texts: Texts) -> list[Markup]:
    run = report.run
    told: list[Markup] = []
    if run.failure_key is not None:
        words = failure_words(run.failure_key, run.failure_facts or {}, texts)
        told.append(sentence((words.what, words.next_step)))
    if run.state is RunState.STOPPED:
        told.append(
            texts.gettext(
                "{person} stopped it. What was released and started in Business Central goes on there.",
                person=person(run.stop_asked_by),
            )
        )
    told += [_refused(guard, count, texts) for guard, count in (report.refused or {}).items()]
    if report.tally.refused > sum((report.refused or {}).values()):
        gone = report.tally.refused - sum((report.refused or {}).values())
        told.append(
            texts.ngettext("• {n} record is no longer coupled.", "• {n} records are no longer coupled.", gone)
        )
    told += [reason_words(hope, count, texts) for hope, count in (report.left_out or {}).items()]
    return told


def _refused(guard: str, count: int, texts: Texts) -> Markup:
    words = failure_words("action.refused", {"action": "release", "guard": guard}, texts)
    counted = texts.ngettext("• {n} record was refused.", "• {n} records were refused.", count)
    return sentence((counted, words.what, words.next_step))


def _fails(fails: StillFails, report: RetryReport, texts: Texts) -> list[Markup]:
    links = Links(report.connection)
    named = [record_words(one, links, texts) for one in fails.records]
    listed = EMPTY
    for number, name in enumerate(named):
        listed += (own(", ") if number else EMPTY) + name
    if fails.count > len(named):
        listed += own(" ") + texts.gettext("and {n} more", n=fails.count - len(named))
    return [_cause(fails, texts), listed]


def _cause(fails: StillFails, texts: Texts) -> Markup:
    if fails.line is None:
        return texts.ngettext(
            "• {n} still fails; its new error was not read yet.",
            "• {n} still fail; their new errors were not read yet.",
            fails.count,
        )
    return texts.ngettext(
        "• {n} still fails: {title} (No. {number})",
        "• {n} still fail: {title} (such as No. {number})",
        fails.count,
        title=problem_title(fails.line, texts),
        number=digits(fails.number),
    )


def _silence(report: RetryReport, texts: Texts) -> list[Markup]:
    """Of what nothing is known, and what the jobs say."""
    run, tally = report.run, report.tally
    if not tally.open:
        return []
    told = []
    if run.state is RunState.DONE and run.ended_at is not None and run.began_at is not None:
        minutes = max(1, round((run.ended_at - run.began_at).total_seconds() / 60))
        told.append(
            bold(
                texts.ngettext(
                    "No evidence after {n} minute: no run has taken these records since.",
                    "No evidence after {n} minutes: no run has taken these records since.",
                    minutes,
                )
            )
        )
    links = Links(report.connection)
    told += [own("• ") + record_words(one, links, texts) for one in report.silent]
    if tally.open > len(report.silent):
        told.append(texts.gettext("and {n} more", n=tally.open - len(report.silent)))
    told += [_log(one, texts) for one in report.mappings if one.log_text or one.log_status]
    return told


def _log(mapping: RetriedMapping, texts: Texts) -> Markup:
    name = Outside(mapping.mapping).short(_NAME)
    status = Outside(mapping.log_status).short(_NAME)
    told = texts.gettext("The job of {name}: {status}.", name=name, status=status)
    if mapping.state is MappingState.REFUSED:
        told = texts.gettext("The job of {name} could not be started.", name=name)
    text = Outside(mapping.log_text).short(_TEXT)
    says = texts.gettext("Its log says: {text}", text=text) if text else EMPTY
    return sentence((told, says or texts.gettext("Its log says nothing.")))


def _ways(report: RetryReport, texts: Texts) -> list[Button]:
    """Where to go on: the problem in which most records fail now."""
    lines_ = [fails.line for fails in report.fails if fails.line is not None]
    if not lines_:
        return []
    value = ButtonValue(connection=report.connection.key, problem=lines_[0].id)
    return [Button(texts.gettext("Details"), Action.SHARED_DETAILS, value)]
