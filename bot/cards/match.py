"""*Find a match*: what an awaited record may belong to, why, and what a choice sets going.

Shown in a modal, so to one person alone: names and e-mail addresses are on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from bot.businesscentral.record_ids import parse_record_id
from bot.businesscentral.records import Direction
from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.decision import allowance_words, cost_words, evidence_words, step_title
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice as Option
from bot.cards.inputs import Field, radio_input, tick_input
from bot.cards.limits import OPTION_TEXT, Block
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.texts import Texts
from bot.operations.deciding import Step
from bot.operations.matching import Awaited, Candidate, Choice, Evidence, MatchView, Obstacle, Reason
from bot.operations.matching.values import What
from bot.store.record_names import RecordName, RecordState

CHOICE: Final = "choice"
"""Name of the input that chooses a record."""
CREATE_NEW: Final = "create_new"
"""Name of the box that has new records created, too, and its value."""
OPTIONS_PAGE: Final = 5334
_NAME: Final = 60
_VALUE: Final = 80
_CALLED: Final = 30
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


def match_button(value: ButtonValue, texts: Texts) -> Button:
    """The way to it."""
    spoken = texts.gettext("Find a match for the record that this waits for, or create it")
    return Button(texts.gettext("Find a match…"), Action.MATCH_OPEN, value, spoken)


def match_title(texts: Texts) -> Markup:
    """As a heading of at most 24 characters."""
    return texts.gettext("Find a match")


def match_modal(view: MatchView, texts: Texts, notice: Markup = EMPTY) -> Modal:
    """What is awaited, the candidates with their evidence, and the choice; ``notice`` says why it is shown
    again."""
    links = Links(view.connection)
    drawn: list[Block] = [blocks.section(bold(notice))] if notice else []
    drawn += blocks.paragraphs(_awaited(view, links, texts))
    if why := _why_not(view, links, texts):
        drawn += blocks.paragraphs(why)
    drawn += blocks.paragraphs(_candidates(view, links, texts))
    submit = None
    if options := _options(view, texts):
        field = Field(CHOICE, texts.gettext("What belongs together?"))
        drawn.append(radio_input(field, options, ""))
        submit = Submit(Form.MATCH, texts.gettext("Next"), _value(view))
    drawn.append(blocks.context(connection_words(view.connection)))
    return Modal(match_title(texts), tuple(drawn), submit)


def confirm_match_modal(view: MatchView, choice: Choice, texts: Texts) -> Modal:
    """Exactly what will be done, and what goes on then; new records are created only with the tick."""
    awaited = view.of(choice.mapping_id)
    if awaited is None or not view.allows(choice):
        return match_modal(view, texts)
    links = Links(view.connection)
    step = Step.COUPLE if choice.what is What.COUPLE else Step.CREATE
    title = step_title(step, awaited.direction, texts)
    drawn: list[Block] = [*blocks.paragraphs(_pair(view, awaited, choice, links, texts))]
    if said := allowance_words(view.allowance, texts):
        drawn.append(blocks.section(said))
    heading = bold(texts.gettext("What will happen"))
    told = [heading, *cost_words(step, awaited.direction, texts), *_then(view, texts)]
    drawn += blocks.paragraphs([*told, evidence_words(texts)])
    if view.behind.new:
        drawn.append(_new(view, links, texts))
    drawn.append(blocks.context(connection_words(view.connection)))
    value = _value(view).model_copy(update={"match": choice.written(), "seen": view.seen(choice)})
    return Modal(title, tuple(drawn), Submit(Form.MATCH_CONFIRM, title, value))


def _value(view: MatchView) -> ButtonValue:
    target = view.target
    return ButtonValue(
        connection=view.connection.key, problem=target.problem_id or None, number=target.number
    )


def _awaited(view: MatchView, links: Links, texts: Texts) -> Iterator[Markup]:
    if not view.awaited:
        if record := record_words(view.record_id, links, texts):
            yield bold(record)
        return
    for one in view.awaited:
        mapping = texts.gettext("mapping {name}", name=Outside(one.mapping).short(_NAME))
        yield dotted((_known_by(one, links, texts), mapping))
    if view.obstacle is None:
        where = own("Business Central") if view.awaited[0].is_row else texts.gettext("Dataverse")
        yield texts.gettext("It is coupled to no record in {app}.", app=where)


def _why_not(view: MatchView, links: Links, texts: Texts) -> list[Markup]:
    """What stands in the way, and where to go instead."""
    told: list[Markup] = []
    match view.obstacle:
        case Obstacle.NOT_NAMED:
            told.append(
                texts.gettext("The text does not say which record it waits for, so no match can be found.")
            )
        case Obstacle.NOT_FOUND if view.unread is None:
            told.append(texts.gettext("There is no such record any more, or the bot may not read it."))
        case Obstacle.OPTION:
            page = link(texts.gettext("Dataverse Option Mapping"), links.page(OPTIONS_PAGE))
            told.append(
                texts.gettext("This is an option, not a record: it is coupled on page {page}.", page=page)
            )
        case Obstacle.COUPLED:
            other = record_words(view.coupled_to, links, texts)
            told.append(
                texts.gettext(
                    "It has been coupled since, to {record}. Press Retry for what waited for it.",
                    record=other,
                )
            )
        case _:
            pass
    if view.running is not None:
        told.append(
            texts.gettext(
                "{person} has decided this: it is being done.", person=person(view.running.asked_by)
            )
        )
    if view.obstacle is None and not view.allowance.can_start:
        told.append(allowance_words(view.allowance, texts))
    if view.unread is not None:
        told.append(failure_sentence(view.unread, texts))
    elif view.obstacle is None and not view.is_dataverse_known:
        told += _without_dataverse(view, links, texts)
    return told


def _without_dataverse(view: MatchView, links: Links, texts: Texts) -> Iterator[Markup]:
    record = record_words(view.record_id, links, texts)
    yield texts.gettext(
        "The bot cannot look into Dataverse: that needs its address in the settings ({setting}) and an "
        "application user there.",
        setting=code(own("DATAVERSE_URL")),
    )
    yield texts.gettext(
        "Without it: open {record} and choose Related, Dataverse, Coupling, Set Up Coupling.",
        record=record,
    )


def _candidates(view: MatchView, links: Links, texts: Texts) -> Iterator[Markup]:
    if view.obstacle is not None or not view.is_dataverse_known or view.unread is not None:
        return
    if not view.candidates:
        yield texts.gettext("No record with the same number, code, e-mail or name was found.")
        return
    yield bold(texts.gettext("Found, the strongest evidence first"))
    for one in view.candidates:
        yield _candidate(one, links, texts)
    if view.left_out:
        yield texts.gettext("and {n} more", n=view.left_out)


def _candidate(one: Candidate, links: Links, texts: Texts) -> Markup:
    told = [sentence((own("•"), _known_by(one, links, texts)))]
    told.append(own("      ") + joined((_reason(reason, texts) for reason in one.reasons), ", "))
    if not one.is_active:
        told.append(own("      ") + texts.gettext("It is inactive in Dataverse."))
    if one.coupled_to:
        other = record_words(one.coupled_to, links, texts)
        told.append(
            own("      ")
            + texts.gettext("It is coupled to {record} already: uncouple that first.", record=other)
        )
    return lines(told)


def _reason(reason: Reason, texts: Texts) -> Markup:
    value = code(Outside(reason.value).short(_VALUE))
    match reason.evidence:
        case Evidence.NUMBER:
            return texts.gettext("same number {value}", value=value)
        case Evidence.ISO_CODE:
            return texts.gettext("same ISO code {value}", value=value)
        case Evidence.EMAIL:
            return texts.gettext("same e-mail {value}", value=value)
        case Evidence.NAME:
            return texts.gettext("same name {value}", value=value)
        case Evidence.CRITERION:
            return texts.gettext(
                "same {field} {value}, by which Business Central matches",
                field=Outside(reason.field).short(_NAME),
                value=value,
            )


def _options(view: MatchView, texts: Texts) -> tuple[Option, ...]:
    if view.obstacle is not None or view.running is not None or not view.allowance.can_start:
        return ()
    free = [one for one in view.candidates if not one.coupled_to]
    options = [
        Option(label, Choice(What.COUPLE, one.mapping_id, one.id).written())
        for one, label in zip(free, _labels(free, Links(view.connection), texts), strict=True)
    ]
    for awaited in view.awaited:
        if awaited.can_be_created and len(options) < _MOST_OPTIONS:
            app = texts.gettext("Dataverse") if _to_dataverse(awaited) else own("Business Central")
            options.append(
                Option(
                    texts.gettext("Create a new record in {app}", app=app),
                    Choice(What.CREATE, awaited.mapping_id).written(),
                )
            )
    return tuple(options)


def _labels(candidates: Sequence[Candidate], links: Links, texts: Texts) -> Iterator[Markup]:
    """Each unlike all the others: what reads the same gets the beginning of its id in front."""
    labels = [texts.gettext("Couple with {name}", name=_called(one, links, texts)) for one in candidates]
    counts = Counter(label.plain(OPTION_TEXT) for label in labels)
    for one, label in zip(candidates, labels, strict=True):
        is_alone = counts[label.plain(OPTION_TEXT)] == 1
        yield label if is_alone else dotted((own(one.id[:8]), label))


_MOST_OPTIONS: Final = 10
"""Slack's limit of radio buttons."""


def _known_by(one: Awaited | Candidate, links: Links, texts: Texts) -> Markup:
    """A record as people know it: name, number, e-mail address, city; as a link."""
    named = RecordName(one.record_id, one.name, "", RecordState.UNKNOWN, _NEVER)
    record = record_words(one.record_id, links, texts, one.table, {one.record_id: named})
    return dotted((bold(record), *(Outside(value).short(_NAME) for value in one.told)))


def _called(one: Candidate, links: Links, texts: Texts) -> Markup:
    """In a line of a form: what a row is called, and its number; a record by its number, then its name."""
    name = Outside(one.name).short(_CALLED)
    if one.told or not name:
        told = [Outside(value).short(_CALLED) for value in one.told]
        return sentence((name, own("(") + joined(told, ", ") + own(")") if told else own(one.id[:8])))
    if (parsed := parse_record_id(one.record_id, one.table)) is not None and parsed.row_id is None:
        return dotted((record_words(one.record_id, links, texts, one.table), name))
    return name


def _pair(view: MatchView, awaited: Awaited, choice: Choice, links: Links, texts: Texts) -> Iterator[Markup]:
    """Which two it is about, or which one."""
    here, there = own("Business Central"), texts.gettext("Dataverse")
    if awaited.is_row:
        here, there = there, here
    yield bold(here + own(": ")) + _known_by(awaited, links, texts)
    candidate = view.chosen(choice)
    if candidate is None:
        return
    yield bold(there + own(": ")) + _known_by(candidate, links, texts)
    yield joined((_reason(reason, texts) for reason in candidate.reasons), ", ")
    if not candidate.is_active:
        yield texts.gettext("It is inactive in Dataverse.")


def _then(view: MatchView, texts: Texts) -> Iterator[Markup]:
    if view.behind.problems:
        yield texts.ngettext(
            "• Then what waits for it is retried, down the chain: {n} problem. Nothing of that is forced.",
            "• Then what waits for it is retried, down the chain: {n} problems. Nothing of that is forced.",
            len(view.behind.problems),
        )
    if view.behind.left_over:
        yield texts.ngettext(
            "• {n} more new record is left for a second time.",
            "• {n} more new records are left for a second time.",
            view.behind.left_over,
        )


def _new(view: MatchView, links: Links, texts: Texts) -> Block:
    """Ticked at first: they were wanted when somebody made them."""
    new = view.behind.new
    named = [record_words(one.record_id, links, texts, one.table_number, view.names) for one in new[:3]]
    more = [texts.gettext("and {n} more", n=len(new) - 3)] if len(new) > 3 else []
    label = texts.ngettext(
        "Create {n} new record that waits for it, too",
        "Create {n} new records that wait for it, too",
        len(new),
    )
    hint = texts.gettext(
        "Their first insert failed, and no run takes them again by itself: {records}.",
        records=joined((*named, *more), ", "),
    )
    field = Field(CREATE_NEW, texts.gettext("What waited"), hint, is_optional=True)
    return tick_input(field, Option(label, CREATE_NEW), (CREATE_NEW,))


def _to_dataverse(awaited: Awaited) -> bool:
    return awaited.direction is Direction.TO_DATAVERSE
