"""A decision that is being carried out, and what came of it: messages that stay, and lines of threads."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.decision import record_list, step_words
from bot.cards.failure import failure_words
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, own, sentence
from bot.cards.overview import connection_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person
from bot.cards.texts import Texts, digits
from bot.operations.deciding import DecisionReport, DecisionTally, Step
from bot.operations.deciding.values import FailedNow
from bot.store.runs import RunState

_FEW: Final = 5


def progress_of_decision(report: DecisionReport, texts: Texts) -> Card:
    """How far it is, with *Stop*; once it is over, what came of it in one line."""
    run = report.run
    told = [bold(_what(report, texts)), _how_far(report, texts), _asked(report, texts)]
    if not run.state.is_over:
        if run.stop_asked_by:
            told.append(texts.gettext("{person} stops it.", person=person(run.stop_asked_by)))
        if run.failure_key is not None:
            words = failure_words(run.failure_key, run.failure_facts or {}, texts)
            told.append(sentence((words.what, texts.gettext("It goes on by itself."))))
    parts = [Part((blocks.section(lines(told)),), Importance.ESSENTIAL)]
    if not run.state.is_over and not run.stop_asked_by:
        parts.append(Part((blocks.actions(_stop(report, texts)),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(report.connection)),), Importance.EXTRA))
    return compose(sentence((_what(report, texts), _how_far(report, texts))), parts, texts)


def result_of_decision(report: DecisionReport, texts: Texts) -> Card:
    """What came of it: how many are done, which failed and why, of what nothing shows, and the way back."""
    told = [bold(decided_words(report, texts)), *_remarks(report, texts)]
    parts = [Part(blocks.paragraphs(told), Importance.ESSENTIAL)]
    if report.named and report.tally.done == report.tally.total <= _FEW:
        names = [one.decided.record_id for one in report.named]
        parts.append(
            Part(blocks.paragraphs(record_list(names, len(names), report.connection, texts, report.names)))
        )
    parts += [Part(blocks.paragraphs(_fails(fails, report, texts))) for fails in report.fails]
    if report.silent:
        listed = record_list(report.silent, report.tally.silent, report.connection, texts, report.names)
        parts.append(Part(blocks.paragraphs((bold(_no_evidence(report, texts)), *listed))))
    if buttons := _ways(report, texts):
        parts.append(Part((blocks.actions(*buttons),), Importance.ESSENTIAL))
    where = dotted((_what(report, texts), connection_words(report.connection)))
    parts.append(Part((blocks.context(where),)))
    return compose(decided_words(report, texts), parts, texts)


def decided_line(report: DecisionReport, texts: Texts) -> Markup:
    """The line in the thread of a problem, for many to read."""
    who = texts.gettext(
        "{person} decided: {what}.", person=person(report.run.asked_by), what=_title(report, texts)
    )
    told = [sentence((who, decided_words(report, texts)))]
    told += [_cause(fails, texts) for fails in report.fails]
    return lines(told)


def decided_words(report: DecisionReport, texts: Texts) -> Markup:
    """What came of a run that is over: "31 of 31 created"."""
    tally = report.tally
    if tally.total == tally.untouched and report.run.failure_key is not None:
        return texts.gettext("Nothing was done.")
    return dotted(
        (
            _done(report, texts),
            _part(texts.gettext("{n} failed", n=tally.failed), tally.failed),
            _part(texts.gettext("{n} refused", n=tally.refused), tally.refused),
            _part(texts.gettext("{n} not tried", n=tally.untouched), tally.untouched),
            _part(texts.gettext("no evidence for {n}", n=tally.silent), tally.silent),
        )
    )


def _done(report: DecisionReport, texts: Texts) -> Markup:
    tally: DecisionTally = report.tally
    done, total = tally.done, texts.number(tally.total)
    match report.step:
        case Step.COUPLE:
            return texts.gettext("{done} of {total} coupled", done=done, total=total)
        case Step.UNCOUPLE:
            return texts.gettext("{done} of {total} uncoupled", done=done, total=total)
        case Step.CREATE:
            return texts.gettext("{done} of {total} created", done=done, total=total)
        case Step.SYNCHRONIZE:
            return texts.gettext("{done} of {total} synchronized", done=done, total=total)
        case None:
            return texts.gettext("{done} of {total} done", done=done, total=total)


def _part(words: Markup, count: int) -> Markup:
    return words if count else EMPTY


def _title(report: DecisionReport, texts: Texts) -> Markup:
    return step_words(report.step, report.direction, texts)


def _what(report: DecisionReport, texts: Texts) -> Markup:
    count = texts.ngettext("{n} record", "{n} records", report.run.total)
    return sentence((_title(report, texts) + own(":"), count))


def _how_far(report: DecisionReport, texts: Texts) -> Markup:
    run = report.run
    match run.state:
        case RunState.QUEUED:
            return texts.gettext("It begins as soon as nothing else is being done in this connection.")
        case RunState.RUNNING | RunState.WAITING:
            tally = report.tally
            return texts.gettext(
                "Asked Business Central for {done} of {total} so far.",
                done=tally.total - tally.untouched,
                total=texts.number(tally.total),
            )
        case RunState.WATCHING:
            until = EMPTY
            if report.watched_until is not None:
                until = texts.gettext("The bot watches until {time}.", time=moment(report.watched_until))
            return sentence((_done(report, texts) + own("."), until))
        case RunState.DONE | RunState.STOPPED | RunState.FAILED:
            return sentence((texts.gettext("Over:"), decided_words(report, texts)))


def _asked(report: DecisionReport, texts: Texts) -> Markup:
    run = report.run
    return texts.gettext(
        "Asked for by {person}, {time}.", person=person(run.asked_by), time=moment(run.asked_at)
    )


def _stop(report: DecisionReport, texts: Texts) -> Button:
    value = ButtonValue(connection=report.connection.key, run=report.run.id)
    spoken = texts.gettext("Stop this; what Business Central was asked for goes on there")
    return Button(texts.gettext("Stop"), Action.DECISION_STOP, value, spoken)


def _remarks(report: DecisionReport, texts: Texts) -> list[Markup]:
    run = report.run
    told: list[Markup] = []
    if run.failure_key is not None:
        words = failure_words(run.failure_key, run.failure_facts or {}, texts)
        told.append(sentence((words.what, words.next_step)))
    if run.state is RunState.STOPPED:
        told.append(
            texts.gettext(
                "{person} stopped it. What Business Central was asked for goes on there.",
                person=person(run.stop_asked_by),
            )
        )
    told += [_refused(guard, count, texts) for guard, count in sorted(report.refused.items())]
    if report.then:
        told.append(
            texts.ngettext(
                "What waited for this is retried now: {n} problem.",
                "What waited for this is retried now: {n} problems.",
                report.then,
            )
        )
    return told


def _refused(guard: str, count: int, texts: Texts) -> Markup:
    words = failure_words("action.refused", {"action": "decision", "guard": guard}, texts)
    counted = texts.ngettext("• {n} record was refused.", "• {n} records were refused.", count)
    return sentence((counted, words.what, words.next_step))


def _fails(fails: FailedNow, report: DecisionReport, texts: Texts) -> list[Markup]:
    return [
        _cause(fails, texts),
        *record_list(fails.records, fails.count, report.connection, texts, report.names),
    ]


def _cause(fails: FailedNow, texts: Texts) -> Markup:
    if fails.line is None:
        return texts.ngettext(
            "• {n} failed; its new error was not read yet.",
            "• {n} failed; their new errors were not read yet.",
            fails.count,
        )
    return texts.ngettext(
        "• {n} failed: {title} (No. {number})",
        "• {n} failed: {title} (such as No. {number})",
        fails.count,
        title=problem_title(fails.line, texts),
        number=digits(fails.number),
    )


def _no_evidence(report: DecisionReport, texts: Texts) -> Markup:
    run = report.run
    if run.state is RunState.DONE and run.ended_at is not None and run.began_at is not None:
        minutes = max(1, round((run.ended_at - run.began_at).total_seconds() / 60))
        return texts.ngettext(
            "No evidence after {n} minute: look at these in Business Central before you repeat it.",
            "No evidence after {n} minutes: look at these in Business Central before you repeat it.",
            minutes,
        )
    return texts.gettext("Nothing is known of these: look at them in Business Central before you repeat it.")


def _ways(report: DecisionReport, texts: Texts) -> list[Button]:
    """Where to go on: back, or to the problem in which most records fail now."""
    key = report.connection.key
    buttons = []
    if report.undoable and report.run.state.is_over:
        value = ButtonValue(connection=key, run=report.run.id)
        label = texts.gettext("Couple again…")
        if Step.COUPLE in report.steps:
            label = texts.gettext("Uncouple again…")
        buttons.append(Button(label, Action.DECISION_UNDO, value))
    line = next((fails.line for fails in report.fails if fails.line is not None), None)
    if line is not None:
        value = ButtonValue(connection=key, problem=line.id)
        buttons.append(Button(texts.gettext("Details"), Action.SHARED_DETAILS, value))
    return buttons
