"""What the status says of the whole: connections, the verdict, what misleads, what cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards.dates import moment
from bot.cards.failure import failure_words
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.periods import NEVER, own_rule_words, period_words
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.status import ConnectionNote, MappingStatus, PartNote, Remark, StatusView
from bot.operations.status import Part as Asked

_SETUP_PAGES: Final = {"Dataverse": 7200}
_SALES_SETUP: Final = 5330
_NAME: Final = 40
_PERSON: Final = 80
_REASON: Final = 300
_NAMED: Final = 8
"""Mappings in trouble that are named at the top."""

_UNKNOWN: Final[dict[Asked, MessageId]] = {
    Asked.CONNECTIONS: msgid("whether the connection is enabled, and by whose name it writes"),
    Asked.MAPPINGS: msgid("what the jobs counted, and how far each mapping has come"),
    Asked.QUEUE: msgid("next runs, and jobs on hold or in error"),
}


def connection_lines(view: StatusView, links: Links, texts: Texts) -> Iterator[Markup]:
    """The set-up of each connection: on, or off and why; by whose name it writes."""
    if view.connections is None:
        return
    if not view.connections:
        yield sentence((own("⚠️"), texts.gettext("No connection to Dataverse is set up in this company.")))
    for one in view.connections:
        page = links.page(_SETUP_PAGES.get(one.name, _SALES_SETUP))
        name = bold(link(texts.gettext("Connection {name}", name=Outside(one.name).short(_NAME)), page))
        yield dotted((sentence((name + own(":"), _is_on(one, texts))), *_set_up(one, texts)))


def _is_on(one: ConnectionNote, texts: Texts) -> Markup:
    if one.enabled:
        return texts.gettext("enabled")
    reason = Outside(one.disable_reason).short(_REASON)
    if reason:
        return sentence((own("⚠️"), texts.gettext("disabled: {reason}", reason=reason)))
    return sentence((own("⚠️"), texts.gettext("disabled; Business Central gives no reason: somebody did it")))


def _set_up(one: ConnectionNote, texts: Texts) -> Iterator[Markup]:
    if user := Outside(one.user_name).short(_PERSON):
        yield texts.gettext("integration user {user}", user=user)
    if model := Outside(one.ownership_model).short(_NAME):
        unit = Outside(one.business_unit).short(_PERSON)
        owners = texts.gettext("ownership model {model}", model=model)
        yield sentence((owners, own("(") + unit + own(")"))) if unit else owners


def verdict_words(view: StatusView, texts: Texts) -> Markup:
    """The whole in a sentence or two: what a person reads first."""
    if view.is_off:
        return bold(
            texts.gettext(
                "Nothing is synchronized while the connection is off, and the error list shows nothing new."
            )
        )
    if not view.total:
        return texts.gettext("No table mapping is known yet.")
    counted = texts.ngettext("{n} table mapping.", "{n} table mappings.", view.total)
    if not view.trouble:
        if view.without_extension:
            return counted
        return sentence((counted, texts.gettext("None needs anybody's attention.")))
    shown = joined((Outside(name).short(_NAME) for name in view.trouble[:_NAMED]), ", ")
    if more := len(view.trouble) - _NAMED if len(view.trouble) > _NAMED else 0:
        shown = sentence((shown, texts.gettext("and {n} more", n=more)))
    need = texts.ngettext(
        "{n} needs attention: {names}.", "{n} need attention: {names}.", len(view.trouble), names=shown
    )
    return sentence((counted, bold(need)))


def misleading_words(
    shown: tuple[MappingStatus, ...], view: StatusView | None, texts: Texts
) -> Iterator[Markup]:
    """What makes these very numbers misleading; nothing where they say what they seem to."""
    remarks = {remark for status in shown for remark in status.remarks}
    if Remark.FAILED_IS_NOT_ALL in remarks:
        yield texts.gettext(
            "“0 failed” beside skipped records does not mean no errors: in the run that gives up on a "
            "record, Business Central counts it as skipped and not as failed, although it logs the error."
        )
    if Remark.SKIPPED in remarks:
        yield texts.gettext(
            "No new errors can mean that Business Central has given up: a skipped record is tried again only "
            "after it is released ({command}).",
            command=code(own("/syncerrors coupled")),
        )
    if remarks & {Remark.JOB_FAILED, Remark.JOB_ON_HOLD, Remark.JOB_OVERDUE, Remark.NO_JOB}:
        yield texts.gettext(
            "A job that does not run logs no errors: an empty error list of its mapping says nothing."
        )
    if any(status.mapping and not status.mapping.only_coupled and _failed(status) for status in shown):
        yield texts.gettext(
            "A new record whose first creation failed is not tried again by any run; it counts only once."
        )
    if view is not None and view.retention_period not in (None, NEVER):
        period = period_words(view.retention_period or "", texts)
        yield (
            texts.gettext("Business Central deletes errors and jobs by itself after {period}.", period=period)
            if period
            else own_rule_words(texts)
        )


def unknown_words(notes: tuple[PartNote, ...], texts: Texts) -> Iterator[Markup]:
    """What cannot be told, or is not as fresh as it should be, and what mends that."""
    told: dict[str, list[PartNote]] = {}
    for note in notes:
        if note.failure_key is not None:
            told.setdefault(note.failure_key, []).append(note)
    for key, some in told.items():
        words = failure_words(key, some[0].failure_facts or {}, texts)
        missing = [texts.say(_UNKNOWN[note.part]) for note in some if note.read_at is None]
        old = [texts.say(_UNKNOWN[note.part]) for note in some if note.read_at is not None]
        yield sentence(
            (
                own("⚠️"),
                texts.gettext("Not known: {what}.", what=joined(missing, "; ")) if missing else EMPTY,
                texts.gettext("Not asked anew: {what}.", what=joined(old, "; ")) if old else EMPTY,
                words.what,
                words.next_step,
            )
        )


def age_words(notes: tuple[PartNote, ...], texts: Texts) -> Markup:
    """How old what is shown is."""
    at = {note.part: note.read_at for note in notes}
    mappings, queue = at.get(Asked.MAPPINGS), at.get(Asked.QUEUE)
    told = [
        texts.gettext("mappings and jobs read {time}", time=moment(mappings)) if mappings else EMPTY,
        texts.gettext("job queue read {time}", time=moment(queue)) if queue else EMPTY,
    ]
    return joined(told, ", ")


def _failed(status: MappingStatus) -> bool:
    return any(job.failed for job in status.jobs)
