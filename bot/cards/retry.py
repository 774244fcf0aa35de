"""*Retry*: what it would do, and all that should be known before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.failure import failure_sentence, failure_words
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice, Field, choices_input
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.operations.retry import Hope, RetryOffer, Target
from bot.operations.retry.values import JobNote
from bot.operations.views import ConnectionView
from bot.store.record_names import NO_NAMES, Names
from bot.store.runs import Run

_NAME: Final = 60
_TEXT: Final = 300
_NAMED: Final = 5
_COUPLED: Final = code(own("/syncerrors coupled"))
CHOSEN: Final = "records"
"""Name of the input in which some of many records are chosen."""


def retry_button(value: ButtonValue, texts: Texts) -> Button:
    """The way to the form."""
    spoken = texts.gettext("Retry: have Business Central synchronize these records again")
    return Button(texts.gettext("Retry…"), Action.RETRY_OPEN, value, spoken)


def retry_modal(offer: RetryOffer, texts: Texts, notice: Markup = EMPTY) -> Modal:
    """What will happen, how many records, what cannot help and why; ``notice`` says why it is asked anew."""
    drawn: list[Block] = [blocks.section(bold(notice))] if notice else []
    drawn.append(blocks.section(lines((bold(_heading(offer, texts)), _title(offer, texts)))))
    if why := _why_not(offer, texts):
        drawn.append(blocks.section(why))
    if offer.can_start:
        drawn += blocks.paragraphs((bold(texts.gettext("What will happen")), *_plan(offer, texts)))
    if warned := _doubts(offer, texts):
        drawn += blocks.paragraphs((bold(texts.gettext("What cannot help yet")), *warned))
    if left_out := _left_out(offer, texts):
        drawn += blocks.paragraphs((bold(texts.gettext("What is not retried")), *left_out))
    if told := [_job(note, texts) for note in offer.jobs]:
        drawn += blocks.paragraphs((bold(texts.gettext("Jobs")), *told))
    if offer.can_start and offer.choices:
        drawn.append(_chooser(offer, texts))
    if where := connection_words(offer.connection):
        drawn.append(blocks.context(where))
    submit = None
    if offer.can_start:
        submit = Submit(Form.RETRY, retry_title(offer.target, texts), _value(offer))
    return Modal(retry_title(offer.target, texts), tuple(drawn), submit)


def retry_title(target: Target, texts: Texts) -> Markup:
    """What the form and its button are called: as the button that led there."""
    return texts.gettext("Retry") if target.skipped is None else texts.gettext("Release")


def retry_started_modal(target: Target, run: Run, who: str, texts: Texts) -> Modal:
    """That it has begun; or that somebody was quicker."""
    direct = texts.gettext(
        "How far it is comes as a direct message, with a button that stops watching. You can close this."
    )
    begun = texts.gettext("It has begun.")
    if run.asked_by != who:
        begun = texts.gettext(
            "{person} was quicker: the same is being retried already.", person=person(run.asked_by)
        )
    return Modal(retry_title(target, texts), (blocks.section(sentence((begun, direct))),))


def fixed_card(offer: RetryOffer, texts: Texts) -> Card:
    """Answer of ``/syncerrors retry fixed``: how much there is to retry, with the button for it."""
    told = _heading(offer, texts)
    parts = [Part((blocks.section(told),), Importance.ESSENTIAL)]
    if offer.problems:
        button = retry_button(ButtonValue(connection=offer.connection.key), texts)
        parts.append(Part((blocks.actions(button),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(offer.connection)),), Importance.EXTRA))
    return compose(told, parts, texts)


def value_of(target: Target, connection: str) -> ButtonValue:
    """What a button carries that points at it."""
    if target.skipped is not None:
        return ButtonValue(connection=connection, about=target.what)
    return ButtonValue(connection=connection, problem=target.problem_id or None, number=target.number)


def reason_words(hope: Hope, count: int, texts: Texts) -> Markup:
    """Why so many records are not retried, or will not be helped."""
    match hope:
        case Hope.DEPENDENCY:
            return texts.ngettext(
                "• {n} record waits for another one that is still not coupled: it will fail again.",
                "• {n} records wait for another one that is still not coupled: they will fail again.",
                count,
            )
        case Hope.DELETED:
            return texts.ngettext(
                "• {n} record is coupled to a deleted one, and its mapping has no rule for that: unless that "
                "was restored, it will fail again.",
                "• {n} records are coupled to deleted ones, and their mapping has no rule for that: unless "
                "those were restored, they will fail again.",
                count,
            )
        case Hope.SYNCHRONIZED:
            return texts.ngettext(
                "• {n} record has synchronized since: nothing to do.",
                "• {n} records have synchronized since: nothing to do.",
                count,
            )
        case Hope.NOT_COUPLED:
            return texts.ngettext(
                "• {n} new record is not coupled: its first insert failed, and no run takes it again by "
                "itself. {command} offers to create it.",
                "• {n} new records are not coupled: their first insert failed, and no run takes them again "
                "by itself. {command} offers to create them.",
                count,
                command=_COUPLED,
            )
        case Hope.BOTH_CHANGED:
            return texts.ngettext(
                "• {n} record was changed in both apps: somebody has to choose a side, a retry cannot.",
                "• {n} records were changed in both apps: somebody has to choose a side, a retry cannot.",
                count,
            )
        case Hope.RECORD_GONE:
            return texts.ngettext(
                "• {n} record no longer exists in Business Central.",
                "• {n} records no longer exist in Business Central.",
                count,
            )
        case Hope.LINE:
            return texts.ngettext(
                "• {n} is a line or the like: it goes with its document, and Business Central keeps no "
                "result for it.",
                "• {n} are lines or the like: they go with their documents, and Business Central keeps no "
                "result for them.",
                count,
            )
        case Hope.NO_JOB:
            return texts.ngettext(
                "• {n} record has a mapping without a job of its own that could be started.",
                "• {n} records have a mapping without a job of its own that could be started.",
                count,
            )
        case Hope.NO_RECORD:
            return texts.ngettext(
                "• {n} error names no record of a mapping that is known.",
                "• {n} errors name no record of a mapping that is known.",
                count,
            )
        case Hope.READY:
            return EMPTY


def _heading(offer: RetryOffer, texts: Texts) -> Markup:
    records = texts.ngettext("{n} record", "{n} records", offer.records)
    if offer.target.number is not None:
        number = digits(offer.target.number)
        return texts.gettext("Retry error No. {number}: {records}", number=number, records=records)
    if offer.target.skipped is not None:
        return texts.gettext("Release what Business Central skips: {records}", records=records)
    if offer.target.problem_id:
        return texts.gettext("Retry this problem: {records}", records=records)
    if not offer.problems:
        return texts.gettext("No problem is marked as fixed.")
    return texts.ngettext(
        "Retry what is marked as fixed: {n} problem, {records}",
        "Retry what is marked as fixed: {n} problems, {records}",
        offer.problems,
        records=records,
    )


def _title(offer: RetryOffer, texts: Texts) -> Markup:
    return problem_title(offer.line, texts) if offer.line is not None else EMPTY


def _why_not(offer: RetryOffer, texts: Texts) -> Markup:
    if offer.running is not None:
        return sentence(
            (
                texts.gettext("{person} is retrying this right now.", person=person(offer.running.asked_by)),
                texts.gettext("How far that is comes to you as a direct message, too."),
            )
        )
    if offer.hopeless is not None:
        reason = Outside(offer.reason).short(_TEXT)
        told = texts.gettext("Business Central says: {reason}", reason=reason) if reason else EMPTY
        return lines((failure_sentence(offer.hopeless, texts), told))
    if not offer.records:
        return texts.gettext("There is nothing that a retry could do now.")
    if offer.unread is not None:
        older = texts.gettext("So what follows is as last read, and may be older.")
        return sentence((failure_words(offer.unread.key, offer.unread.facts, texts).what, older))
    return EMPTY


def _plan(offer: RetryOffer, texts: Texts) -> list[Markup]:
    names = [Outside(name).short(_NAME) for name in offer.mappings]
    told = [
        texts.ngettext(
            "• {n} record is released, so that Business Central no longer skips it.",
            "• {n} records are released, so that Business Central no longer skips them.",
            offer.records,
        ),
        texts.ngettext(
            "• The mapping's own job is started: {names}. It goes by its own rules for conflicts. Nothing "
            "is forced, and nothing is overwritten that it would not overwrite anyway.",
            "• The mappings' own jobs are started, in this order: {names}. They go by their own rules for "
            "conflicts. Nothing is forced, and nothing is overwritten that they would not overwrite anyway.",
            len(names),
            names=_listed(names, texts),
        ),
        texts.ngettext(
            "• Then the bot watches, for {n} minute at most, and believes evidence only: a result of a run "
            "that started afterwards.",
            "• Then the bot watches, for {n} minutes at most, and believes evidence only: a result of a run "
            "that started afterwards.",
            max(1, round(offer.watched_for.total_seconds() / 60)),
        ),
    ]
    if offer.first:
        records = [record_words(one, Links(offer.connection), texts) for one in offer.first]
        told.insert(
            0, texts.gettext("• First comes what these wait for: {names}.", names=_listed(records, texts))
        )
    if offer.left_over:
        told.append(
            texts.ngettext(
                "• {n} more record is left for a second retry.",
                "• {n} more records are left for a second retry.",
                offer.left_over,
            )
        )
    return told


def _chooser(offer: RetryOffer, texts: Texts) -> Block:
    """Some of them instead of all."""
    names = record_names(offer.connection, texts)
    hint = texts.gettext("Leave this empty to release all of them.")
    if offer.records > len(offer.choices):
        first = texts.gettext("Only the first {n} are listed.", n=len(offer.choices))
        hint = sentence((hint, first))
    field = Field(CHOSEN, texts.gettext("Only these"), hint, is_optional=True)
    choices = [Choice(names(record), coupling) for coupling, record in offer.choices]
    return choices_input(field, texts.gettext("Choose records"), choices)


def record_names(
    connection: ConnectionView, texts: Texts, names: Names = NO_NAMES
) -> Callable[[str], Markup]:
    """How records are called in menus; by their ids where nothing else is known."""
    links = Links(connection)
    return lambda record: (
        record_words(record, links, texts, names=names) or Outside(record).short(_NAME) or own("–")
    )


def _doubts(offer: RetryOffer, texts: Texts) -> list[Markup]:
    return _reasons(offer, (Hope.DEPENDENCY, Hope.DELETED), texts)


def _left_out(offer: RetryOffer, texts: Texts) -> list[Markup]:
    return _reasons(offer, tuple(hope for hope in Hope if not hope.is_retried), texts)


def _reasons(offer: RetryOffer, hopes: tuple[Hope, ...], texts: Texts) -> list[Markup]:
    counts: Mapping[Hope, int] = offer.hopes
    told = []
    for hope in hopes:
        if count := counts.get(hope, 0):
            record = record_words(offer.examples.get(hope, ""), Links(offer.connection), texts)
            example = texts.gettext("For example {record}", record=record) if record else EMPTY
            told.append(sentence((reason_words(hope, count, texts), example)))
    return told


def _job(note: JobNote, texts: Texts) -> Markup:
    """Said, since only a job that waits for its next run can be started without changing whom it runs as."""
    name, text = Outside(note.mapping).short(_NAME), Outside(note.text).short(_TEXT)
    said = texts.gettext("It says: {text}", text=text) if text else EMPTY
    if note.status == "Error":
        told = texts.gettext(
            "• The job of {name} has ended in an error. An administrator restarts it first, on the page Job "
            "Queue Entries: through the bot it would run as the bot from then on.",
            name=name,
        )
    else:
        told = texts.gettext(
            "• The job of {name} was put on hold. An administrator sets it to Ready first, on the page Job "
            "Queue Entries: through the bot it would run as the bot from then on.",
            name=name,
        )
    return sentence((told, said))


def _listed(names: list[Markup], texts: Texts) -> Markup:
    shown = names[:_NAMED]
    listed = EMPTY
    for number, name in enumerate(shown):
        listed += (own(", ") if number else EMPTY) + name
    if len(names) > _NAMED:
        listed += own(" ") + texts.gettext("and {n} more", n=len(names) - _NAMED)
    return listed


def _value(offer: RetryOffer) -> ButtonValue:
    value = value_of(offer.target, offer.connection.key)
    return value.model_copy(update={"confirmed": offer.records})
