"""*Clean up…*: what each purge would delete, and everything to know before it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button, Weight
from bot.cards.dates import moment
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Field, line_input
from bot.cards.limits import Block
from bot.cards.links import ERRORS_PAGE, Address, Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, link, mention, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.periods import NEVER, own_rule_words, period_words
from bot.cards.problem_line import problem_title
from bot.cards.purge_bounds import written
from bot.cards.texts import MessageId, Texts, msgid
from bot.operations.actors import Actor, From
from bot.operations.purging import PurgeChoice, PurgeOffer
from bot.store.purging import Purged
from bot.store.runs import Run

COMPANY: Final = "company"
"""Name of the form's input."""
_NAME: Final = 80
_TYPED: Final = 250

_TITLES: Final[Mapping[Purged, MessageId]] = {
    Purged.RESOLVED: msgid("Delete resolved only"),
    Purged.OLD: msgid("Delete entries older than 7 days"),
    Purged.ALL: msgid("Delete all entries"),
    Purged.PROBLEM: msgid("Delete this problem's entries"),
}


def purge_title(what: Purged, texts: Texts) -> Markup:
    """What a purge is called; two of them as on the page in Business Central."""
    return texts.say(_TITLES[what])


def choices_modal(offer: PurgeOffer, texts: Texts) -> Modal:
    """Every purge with its count and a red button; why there is none, where there is none."""
    title = texts.gettext("Clean up")
    if why := _why_nothing(offer, texts):
        return Modal(title, (blocks.section(why), *_where(offer, texts)))
    page = link(texts.gettext("Integration Synchronization Errors"), _page(offer))
    drawn: list[Block] = [
        blocks.section(
            texts.gettext(
                "This deletes entries of the page {page} in Business Central. "
                "They stay in the bot's archive.",
                page=page,
            )
        )
    ]
    for choice in offer.choices:
        drawn += [blocks.divider(), _choice(choice, offer, texts)]
    return Modal(title, (*drawn, *_small_print(offer, texts)))


def confirm_modal(offer: PurgeOffer, choice: PurgeChoice, texts: Texts, notice: Markup = EMPTY) -> Modal:
    """All that somebody should know before these entries go; ``notice`` says why it is asked once more."""
    drawn: list[Block] = [blocks.section(bold(notice))] if notice else []
    drawn.append(blocks.section(lines((bold(_heading(choice, offer, texts)), _span(choice, texts)))))
    drawn += blocks.paragraphs((bold(texts.gettext("What still matters")), *_verdicts(choice, offer, texts)))
    drawn += blocks.paragraphs((bold(texts.gettext("Causes")), *_causes(choice, texts)))
    drawn += blocks.paragraphs((bold(texts.gettext("What it costs")), *_costs(texts)))
    drawn += _small_print(offer, texts)
    if choice.bounds.what is Purged.ALL:
        company = Outside(offer.company).short(_NAME)
        label = texts.gettext("Type the company's name, {company}, to delete everything", company=company)
        drawn.append(line_input(Field(COMPANY, label), "", _TYPED))
    return Modal(
        texts.gettext("Clean up"),
        tuple(drawn),
        Submit(Form.PURGE, texts.gettext("Delete"), _value(choice, offer)),
    )


def started_modal(run: Run, who: str, texts: Texts) -> Modal:
    """That it has begun; or that somebody was quicker, and what they began."""
    if run.asked_by == who:
        words = texts.gettext(
            "It has begun. How far it is comes as a direct message, with a button that stops it."
        )
    else:
        words = sentence(
            (
                texts.gettext("{person} was quicker: nothing else is deleted.", person=person(run.asked_by)),
                texts.gettext("How far that is comes to you as a direct message, too."),
            )
        )
    return Modal(texts.gettext("Clean up"), (blocks.section(words),))


def wrong_name(typed: str, company: str, texts: Texts) -> Markup:
    """What was typed is not the company's name."""
    return texts.gettext(
        "You typed “{typed}”, but the company is called “{company}”. Nothing was deleted.",
        typed=Outside(typed).short(_NAME) or own("–"),
        company=Outside(company).short(_NAME),
    )


def person(actor: str) -> Markup:
    """Who did it: a mention in Slack, else the name of the operator's account."""
    who = Actor.parse(actor)
    return mention(who.id) if who.place is From.SLACK else Outside(who.id or "syncerrors").short(_NAME)


def _why_nothing(offer: PurgeOffer, texts: Texts) -> Markup:
    if offer.running is not None:
        return sentence(
            (
                texts.gettext(
                    "{person} is deleting entries right now: {done} of {total}.",
                    person=person(offer.running.asked_by),
                    done=offer.running.done,
                    total=offer.running.total,
                ),
                texts.gettext("How far that is comes to you as a direct message, too."),
            )
        )
    if not offer.choices:
        return texts.gettext("Nothing was read from Business Central yet, so there is nothing to delete.")
    if not any(choice.entries for choice in offer.choices):
        return texts.gettext(
            "There is nothing to delete: no entry that was read is old enough. Entries of the last minutes "
            "are left alone."
        )
    return EMPTY


def _choice(choice: PurgeChoice, offer: PurgeOffer, texts: Texts) -> Block:
    count = texts.ngettext("{n} entry", "{n} entries", choice.entries)
    title = purge_title(choice.bounds.what, texts)
    matters = EMPTY
    if choice.bounds.what is not Purged.RESOLVED and choice.entries:
        matters = texts.ngettext("{n} still matters", "{n} still matter", choice.matters)
    told = lines((bold(title), dotted((count, matters)), _span(choice, texts)))
    if not choice.entries:
        return blocks.section(told)
    label = texts.ngettext("Delete {n} entry…", "Delete {n} entries…", choice.entries)
    spoken = texts.gettext("{title}: {count}", title=title, count=count)
    value = _value(choice, offer)
    return blocks.section(told, Button(label, Action.PURGE_CONFIRM, value, spoken, Weight.RED))


def _value(choice: PurgeChoice, offer: PurgeOffer) -> ButtonValue:
    return ButtonValue(
        connection=offer.connection.key,
        problem=choice.bounds.problem_id or None,
        purge=written(choice.bounds),
    )


def _heading(choice: PurgeChoice, offer: PurgeOffer, texts: Texts) -> Markup:
    count = choice.entries
    match choice.bounds.what:
        case Purged.OLD:
            return texts.ngettext(
                "{n} entry older than 7 days, up to {time}",
                "{n} entries older than 7 days, up to {time}",
                count,
                time=moment(choice.bounds.logged_until),
            )
        case Purged.ALL:
            return texts.ngettext(
                "All that is there: {n} entry, up to {time}",
                "All that is there: {n} entries, up to {time}",
                count,
                time=moment(choice.bounds.logged_until),
            )
        case Purged.RESOLVED:
            return texts.ngettext(
                "{n} entry whose record has synchronized since",
                "{n} entries whose records have synchronized since",
                count,
            )
        case Purged.PROBLEM:
            title = problem_title(offer.problem, texts) if offer.problem is not None else EMPTY
            return texts.ngettext(
                "{n} entry of this problem: {title}",
                "{n} entries of this problem: {title}",
                count,
                title=title,
            )


def _span(choice: PurgeChoice, texts: Texts) -> Markup:
    if not choice.entries or choice.oldest is None or choice.newest is None:
        return EMPTY
    return texts.gettext(
        "Logged between {oldest} and {newest}.", oldest=moment(choice.oldest), newest=moment(choice.newest)
    )


def _verdicts(choice: PurgeChoice, offer: PurgeOffer, texts: Texts) -> list[Markup]:
    told = []
    if choice.matters:
        told.append(
            texts.ngettext(
                "• {n} still matters: its record still fails or is skipped, or the same error came again.",
                "• {n} still matter: their records still fail or are skipped, or the same error came again.",
                choice.matters,
            )
        )
    if choice.resolved:
        told.append(
            texts.ngettext(
                "• {n} is resolved: its record has synchronized since.",
                "• {n} are resolved: their records have synchronized since.",
                choice.resolved,
            )
        )
    if choice.unknown:
        told.append(
            texts.ngettext(
                "• {n} is unknown: Business Central keeps no result for its record, such as for lines.",
                "• {n} are unknown: Business Central keeps no result for their records, such as for lines.",
                choice.unknown,
            )
        )
    if offer.evidence_at is None:
        told.append(texts.gettext("Couplings were not read yet, so nothing can be told for certain."))
    else:
        told.append(texts.gettext("Couplings were last read {time}.", time=moment(offer.evidence_at)))
    return told


def _causes(choice: PurgeChoice, texts: Texts) -> list[Markup]:
    told = []
    for share in choice.causes:
        count = texts.ngettext("{n} entry", "{n} entries", share.entries)
        told.append(texts.gettext("• {title}: {count}", title=problem_title(share.line, texts), count=count))
    if choice.other_causes > 0:
        told.append(texts.ngettext("and {n} more cause", "and {n} more causes", choice.other_causes))
    return told


def _costs(texts: Texts) -> list[Markup]:
    """What else changes (``CRMSynchSkippedRecords.Codeunit.al`` and ``CRMSkippedRecords.Page.al`` in
    microsoft/BCApps)."""
    page = bold(texts.gettext("Coupled Data Synchronization Errors"))
    return [
        texts.gettext(
            "• Business Central skips a record when it fails twice with the same text. It finds that in "
            "these entries: without them it may try the record again in every run, each time with a new one."
        ),
        texts.gettext(
            "• The page {page} shows no text any more for the records that are skipped.",
            page=page,
        ),
        texts.gettext(
            "• Counts of these entries go down for everybody in Business Central. Couplings, jobs and "
            "records stay as they are, and nothing is synchronized by this."
        ),
        texts.gettext(
            "• It cannot be undone there. Everything that the bot has read stays in its archive, searchable."
        ),
        texts.gettext("• Errors that come meanwhile, and those of the last minutes, stay."),
    ]


def _retention(offer: PurgeOffer, texts: Texts) -> Markup:
    if offer.retention_enabled is None:
        return EMPTY
    if not offer.retention_enabled or offer.retention_period == NEVER:
        return texts.gettext("Business Central itself deletes none of these entries: its retention is off.")
    if period := period_words(offer.retention_period or "", texts):
        return texts.gettext(
            "Business Central itself deletes these entries when they are older than its retention period: "
            "{period}.",
            period=period,
        )
    return own_rule_words(texts)


def _small_print(offer: PurgeOffer, texts: Texts) -> tuple[Block, ...]:
    """What Business Central deletes by itself, where that was read, and where all this is."""
    retention = _retention(offer, texts)
    return (*([blocks.context(retention)] if retention else []), *_where(offer, texts))


def _where(offer: PurgeOffer, texts: Texts) -> tuple[Block, ...]:
    where = connection_words(offer.connection)
    return (blocks.context(where),) if where else ()


def _page(offer: PurgeOffer) -> Address | None:
    return Links(offer.connection).page(ERRORS_PAGE)
