"""How a mapping and its job go, in words: for a card and for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bot.businesscentral.records import Direction
from bot.cards.dates import moment
from bot.cards.markup import EMPTY, Markup, dotted, joined, own, sentence
from bot.cards.outside import Outside
from bot.cards.table_names import entity_words, table_words
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.status import JobNote, MappingStatus, Remark, Still
from bot.operations.status.judging import RESTS, directions
from bot.operations.status.order import GO_ALONG
from bot.store.synchronization import StoredJob, StoredMapping

_NAME: Final = 40
_TEXT: Final = 250
_BRIEF: Final = 80
"""Characters of what a job said, in a list."""
LOG: Final = 400
LOG_IN_A_LIST: Final = 150
"""Characters of what a log says."""

_WAYS: Final[Mapping[str, MessageId]] = {
    Direction.TO_DATAVERSE: msgid("to Dataverse"),
    Direction.FROM_DATAVERSE: msgid("from Dataverse"),
    Direction.BIDIRECTIONAL: msgid("both ways"),
}

_TYPES: Final[Mapping[str, MessageId]] = {
    "Coupling": msgid("coupling job"),
    "Uncoupling": msgid("uncoupling job"),
}
"""Option "Type" of table 5338; a synchronization is the usual one and goes without saying."""


def name_words(status: MappingStatus) -> Markup:
    """The mapping's name, which no language translates."""
    return Outside(status.name).short(_NAME)


def between_words(mapping: StoredMapping | None, texts: Texts) -> Markup:
    """Which tables, which way."""
    if mapping is None:
        return EMPTY
    signs: dict[str, str] = {Direction.TO_DATAVERSE: " → ", Direction.FROM_DATAVERSE: " ← "}
    table = table_words(mapping.table_name, texts)
    entity = entity_words(mapping.entity_name, texts)
    return joined((table, entity), signs.get(mapping.direction, " ↔ "))


def way_words(direction: str, texts: Texts) -> Markup:
    """``to Dataverse``; empty for none."""
    known = _WAYS.get(direction)
    return EMPTY if known is None else texts.say(known)


def job_words(job: StoredJob, texts: Texts, most: int = _TEXT) -> Markup:
    """One run: when, which way, what it counted, what it said."""
    kind = _TYPES.get(job.type)
    heading = dotted(
        (
            moment(job.started_at),
            EMPTY if kind is None else texts.say(kind),
            way_words(job.direction, texts),
            EMPTY if job.finished_at is not None else texts.gettext("not finished"),
        )
    )
    said = Outside(job.message).short(most)
    told = texts.gettext("it said: {text}", text=said) if said else EMPTY
    return sentence((heading + own(":"), joined((*_counts(job, texts), told), ", ")))


def _counts(job: StoredJob, texts: Texts) -> Iterator[Markup]:
    """Failures always, other counts where there are any."""
    yield texts.gettext("{n} failed", n=job.failed)
    if job.skipped:
        yield texts.ngettext("{n} skipped", "{n} skipped", job.skipped)
    if job.inserted:
        yield texts.gettext("{n} inserted", n=job.inserted)
    if job.modified:
        yield texts.gettext("{n} modified", n=job.modified)
    if job.deleted:
        yield texts.gettext("{n} deleted", n=job.deleted)
    if job.unchanged:
        yield texts.gettext("{n} unchanged", n=job.unchanged)
    if job.coupled:
        yield texts.gettext("{n} coupled", n=job.coupled)
    if job.uncoupled:
        yield texts.gettext("{n} uncoupled", n=job.uncoupled)


def last_jobs_words(status: MappingStatus, texts: Texts) -> Iterator[Markup]:
    """The latest run in each direction."""
    for job in status.jobs:
        yield texts.gettext("Last job {job}", job=job_words(job, texts, _BRIEF))
    if not status.jobs and not status.goes_along:
        yield texts.gettext("No job of it is known.")


def next_run_words(status: MappingStatus, texts: Texts) -> Markup:
    """When it runs next, or why it does not; empty where the job queue is not known."""
    job = status.job
    if job is None:
        if status.goes_along:
            return texts.gettext("No job of its own: its records go with those that they belong to.")
        return EMPTY
    match job.status:
        case "Ready" if job.next_run_at is not None:
            return texts.gettext("Next run {time}.", time=moment(job.next_run_at))
        case "In Process":
            return texts.gettext("It runs now.")
        case "Ready":
            return texts.gettext("Ready to run.")
        case _ if job.status == RESTS:
            if job.next_run_at is not None:
                return texts.gettext(
                    "It rests until something changes, at the latest until {time}.",
                    time=moment(job.next_run_at),
                )
            return texts.gettext("It rests until something changes.")
        case "Error" | "On Hold":
            return texts.gettext("No next run.")
        case other:
            return texts.gettext("Its job is in status {status}.", status=Outside(other).short(_NAME))


def watermark_words(mapping: StoredMapping | None, texts: Texts) -> Markup:
    """Up to which change each direction has come; empty where nothing is known."""
    if mapping is None:
        return EMPTY
    marks = {
        Direction.TO_DATAVERSE: mapping.synched_until,
        Direction.FROM_DATAVERSE: mapping.dataverse_synched_until,
    }
    if mapping.name in GO_ALONG and not any(marks.values()):
        return EMPTY
    told = []
    for direction in directions(mapping):
        at = marks[direction]
        when = texts.gettext("never") if at is None else moment(at)
        told.append(sentence((way_words(direction, texts), when)))
    return texts.gettext("Latest change taken: {marks}.", marks=joined(told, ", "))


def remark_words(status: MappingStatus, texts: Texts, log: int = LOG) -> Iterator[Markup]:
    """What somebody has to look at, the most serious first; each with a sign and in words."""
    for remark in status.remarks:
        words = _remark(remark, status, texts, log)
        if words:
            yield sentence((own("⚠️"), words))


def _remark(remark: Remark, status: MappingStatus, texts: Texts, log: int) -> Markup:
    job = status.job
    match remark:
        case Remark.JOB_FAILED:
            return sentence((texts.gettext("Its job stopped with an error."), _log(job, texts, log)))
        case Remark.JOB_ON_HOLD:
            held = texts.gettext(
                "Its job is on hold: somebody set it so, or a manual synchronization is running or broke off."
            )
            return sentence((held, _log(job, texts, log)))
        case Remark.JOB_OVERDUE if job is not None and job.next_run_at is not None:
            return texts.gettext(
                "Its job was due {time} and has not started: the job queue itself may stand still.",
                time=moment(job.next_run_at),
            )
        case Remark.NO_JOB:
            return texts.gettext("No job in the job queue runs it.")
        case Remark.BROKE_OFF:
            return texts.gettext("The last run never finished: what it counted is not all.")
        case Remark.STILL:
            marks = joined((_still(one, texts) for one in status.still), ", ")
            return texts.gettext(
                "Its jobs run, but took no change {marks}: nothing changed there, or a filter or an error "
                "keeps changes back.",
                marks=marks,
            )
        case Remark.SKIPPED if status.mapping is not None:
            return texts.ngettext(
                "{n} record is skipped: no run tries it any more.",
                "{n} records are skipped: no run tries them any more.",
                status.mapping.skipped,
            )
        case _:
            return EMPTY


def _still(one: Still, texts: Texts) -> Markup:
    return texts.gettext(
        "{direction} since {time}", direction=way_words(one.direction, texts), time=moment(one.since)
    )


def _log(job: JobNote | None, texts: Texts, most: int) -> Markup:
    """Why it stopped, by its own words or those of its last failed run."""
    if job is None:
        return EMPTY
    said = Outside(job.error).short(most)
    if not said:
        return EMPTY
    if job.failed_at is None:
        return texts.gettext("Its log says: {text}", text=said)
    return texts.gettext("Its log says ({time}): {text}", time=moment(job.failed_at), text=said)
