"""Answer of ``/syncerrors coupled``: skipped records by mapping and cause, and lost creations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.decision import (
    TO_DATAVERSE,
    allowance_words,
    cost_words,
    evidence_words,
    record_list,
    step_title,
    step_words,
)
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice, Field, choices_input
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, joined, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import problem_title
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.retry import CHOSEN, reason_words, record_names
from bot.cards.texts import Texts, digits
from bot.operations.coupled import (
    CoupledView,
    CreateOffer,
    Lost,
    LostGroup,
    RecordLine,
    RecordsView,
    SkippedGroup,
    UncoupleOffer,
)
from bot.operations.deciding import Step
from bot.operations.retry import Hope, Skipped

PAGE: Final = 5333
"""Coupled Data Synchronization Errors: where records are restored and deleted."""
_NAME: Final = 60


def coupled_card(view: CoupledView, texts: Texts) -> Card:
    """One page of groups, with what can be done about each."""
    heading = _heading(view, texts)
    value = ButtonValue(connection=view.connection.key)
    at = Pages(view.page, view.pages)
    parts = [Part((blocks.header(heading),), Importance.ESSENTIAL)]
    if page := page_words(at, texts):
        parts.append(Part((blocks.context(page),), Importance.ESSENTIAL))
    if view.page == 0:
        parts += [Part((blocks.section(told),)) for told in _told_first(view, texts)]
    for group in view.groups:
        drawn = _skipped(group, view, texts) if isinstance(group, SkippedGroup) else _lost(group, view, texts)
        parts.append(Part(drawn))
    buttons = page_buttons(at, value, Action.COUPLED_PREVIOUS, Action.COUPLED_NEXT, texts)
    if view.skipped:
        everything = value.model_copy(update={"about": Skipped().what})
        buttons = [*buttons, _release(everything, texts.gettext("Release all…"), texts)]
    if view.lost and view.lost_page > view.page:
        there = value.model_copy(update={"page": view.lost_page})
        buttons = [*buttons, Button(texts.gettext("Lost creations"), Action.COUPLED_SHOW, there)]
    buttons = [*buttons, Button(texts.gettext("Show overview"), Action.OVERVIEW_SHOW, value)]
    parts.append(Part((blocks.actions(*buttons),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(*_small_print(view, texts)),), Importance.EXTRA))
    return compose(heading, parts, texts)


def records_card(view: RecordsView, texts: Texts) -> Card:
    """One page of the records of a group, each with its own buttons."""
    value = ButtonValue(connection=view.connection.key, about=view.which.what)
    heading = _group_title(view.which, view.count, texts)
    at = Pages(view.page, view.pages)
    parts = [Part((blocks.section(bold(heading)),), Importance.ESSENTIAL)]
    if view.line is not None:
        parts.append(Part((blocks.section(problem_title(view.line, texts)),)))
    if page := page_words(at, texts):
        parts.append(Part((blocks.context(page),), Importance.ESSENTIAL))
    parts += [Part(_record(record, view, texts)) for record in view.records]
    if not view.records:
        parts.append(Part((blocks.section(texts.gettext("Nothing is left here.")),), Importance.ESSENTIAL))
    buttons = page_buttons(at, value, Action.COUPLED_RECORDS_PREVIOUS, Action.COUPLED_RECORDS_NEXT, texts)
    back = ButtonValue(connection=view.connection.key)
    buttons = [*buttons, Button(texts.gettext("Back to all"), Action.COUPLED_SHOW, back)]
    parts.append(Part((blocks.actions(*buttons),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(_where_else(view, texts), connection_words(view.connection)),)))
    return compose(heading, parts, texts)


def create_modal(offer: CreateOffer, texts: Texts, notice: Markup = EMPTY) -> Modal:
    """What creating lost records will do, to be confirmed; some of them or all."""
    title = step_title(Step.CREATE, offer.which.direction, texts)
    drawn: list[Block] = [blocks.section(bold(notice))] if notice else []
    count = texts.ngettext("{n} record", "{n} records", offer.count)
    mapping = Outside(offer.which.mapping).short(_NAME)
    drawn.append(
        blocks.section(bold(dotted((step_words(Step.CREATE, offer.which.direction, texts), mapping, count))))
    )
    can_start = offer.allowance.can_start and offer.running is None and offer.count > 0
    if why := _why_not(offer, texts):
        drawn.append(blocks.section(why))
    if offer.count:
        names = [one.record_id for one in offer.plan.records]
        drawn += blocks.paragraphs(record_list(names, offer.count, offer.connection, texts, offer.names))
        drawn += blocks.paragraphs(_made_fail(offer, texts))
    if can_start:
        told = [*cost_words(Step.CREATE, offer.which.direction, texts), evidence_words(texts)]
        if offer.left_over:
            told.append(
                texts.ngettext(
                    "• {n} more record is left for a second time.",
                    "• {n} more records are left for a second time.",
                    offer.left_over,
                )
            )
        drawn += blocks.paragraphs((bold(texts.gettext("What will happen")), *told))
        if len(offer.choices) > 1:
            drawn.append(_chooser(offer, texts))
    drawn.append(blocks.context(connection_words(offer.connection)))
    submit = None
    if can_start:
        value = ButtonValue(
            connection=offer.connection.key,
            about=offer.which.what,
            number=offer.which.number,
            confirmed=offer.count,
        )
        submit = Submit(Form.LOST_CREATE, texts.gettext("Create"), value)
    return Modal(title, tuple(drawn), submit)


def uncouple_modal(offer: UncoupleOffer, texts: Texts) -> Modal:
    """What uncoupling will do, to be confirmed."""
    title = step_title(Step.UNCOUPLE, "", texts)
    links = Links(offer.connection)
    record = record_words(offer.record.record_id, links, texts, names=offer.names)
    other = record_words(offer.record.other_record, links, texts, names=offer.names)
    drawn: list[Block] = [blocks.section(lines((bold(record or title), other)))]
    can_start = offer.allowance.can_start and offer.running is None
    if why := allowance_words(offer.allowance, texts):
        drawn.append(blocks.section(why))
    if offer.running is not None:
        drawn.append(blocks.section(_running(offer.running.asked_by, texts)))
    if can_start:
        told = cost_words(Step.UNCOUPLE, "", texts)
        if not offer.can_be_undone:
            told = [
                *told[:-1],
                texts.gettext("• It cannot be undone here: one of the two records is no longer known."),
            ]
        drawn += blocks.paragraphs((bold(texts.gettext("What will happen")), *told))
    drawn.append(blocks.context(connection_words(offer.connection)))
    submit = None
    if can_start:
        value = ButtonValue(
            connection=offer.connection.key, about=f"coupling:{offer.record.coupling_id}", confirmed=1
        )
        submit = Submit(Form.UNCOUPLE, title, value)
    return Modal(title, tuple(drawn), submit)


def nothing_left_modal(texts: Texts) -> Modal:
    """Instead of it, where the record is not skipped any more."""
    told = texts.gettext("Business Central does not skip this record any more.")
    return Modal(step_title(Step.UNCOUPLE, "", texts), (blocks.section(told),))


def _heading(view: CoupledView, texts: Texts) -> Markup:
    if view.read_at is None:
        return texts.gettext("Couplings were not read yet")
    if not view.skipped and not view.lost:
        return texts.gettext("Business Central has given up on nothing")
    skipped = texts.ngettext("{n} skipped record", "{n} skipped records", view.skipped)
    lost = texts.ngettext("{n} lost creation", "{n} lost creations", view.lost)
    return dotted((skipped if view.skipped else EMPTY, lost if view.lost else EMPTY))


def _told_first(view: CoupledView, texts: Texts) -> list[Markup]:
    """What the two words mean, where there is something of it."""
    told = []
    if view.read_at is None:
        told.append(
            texts.gettext(
                "Nothing is known of couplings until Business Central was read with the bot's extension."
            )
        )
    if view.skipped:
        told.append(
            texts.gettext(
                "Skipped: the same failure twice in a row, so that no run takes the record until it is "
                "released."
            )
        )
    if view.lost:
        told.append(
            texts.gettext(
                "Lost: a new record whose first insert failed. It is not coupled, so no page shows it, and "
                "no run takes it again unless somebody changes it."
            )
        )
    return told


def _skipped(group: SkippedGroup, view: CoupledView, texts: Texts) -> tuple[Block, ...]:
    value = ButtonValue(connection=view.connection.key, about=group.which.what)
    title = bold(_group_title(group.which, group.count, texts))
    cause = EMPTY
    if group.line is not None:
        cause = problem_title(group.line, texts)
    elif group.which.problem_id == "":
        cause = texts.gettext("Its error is not stored: it was deleted, or is older than what the bot keeps.")
    named = _examples(group.examples, group.count, view, texts)
    buttons = [
        _release(value, texts.gettext("Release…"), texts),
        Button(texts.gettext("Records"), Action.COUPLED_RECORDS, value),
    ]
    if group.line is not None:
        details = ButtonValue(connection=view.connection.key, problem=group.line.id)
        buttons.append(Button(texts.gettext("Details"), Action.PROBLEM_SHOW, details))
    return blocks.section(lines((title, cause, named))), blocks.actions(*buttons)


def _lost(group: LostGroup, view: CoupledView, texts: Texts) -> tuple[Block, ...]:
    value = ButtonValue(connection=view.connection.key, about=group.which.what)
    told = [bold(_group_title(group.which, group.count, texts))]
    told += [dotted((problem_title(line, texts), texts.number(n))) for line, n in group.causes]
    told.append(_examples(group.examples, group.count, view, texts))
    buttons = [
        _create(group.which, value, texts),
        Button(texts.gettext("Records"), Action.COUPLED_RECORDS, value),
    ]
    if group.causes:
        details = ButtonValue(connection=view.connection.key, problem=group.causes[0][0].id)
        buttons.append(Button(texts.gettext("Details"), Action.PROBLEM_SHOW, details))
    return blocks.section(lines(told)), blocks.actions(*buttons)


def _made_fail(offer: CreateOffer, texts: Texts) -> Iterator[Markup]:
    """Why they failed the first time, and how many would again."""
    if not offer.causes:
        return
    yield bold(texts.gettext("What made them fail"))
    for line, count in offer.causes:
        yield sentence((own("•"), dotted((problem_title(line, texts), texts.number(count)))))
    if offer.waiting:
        yield reason_words(Hope.DEPENDENCY, offer.waiting, texts)


def _group_title(which: Skipped | Lost, count: int, texts: Texts) -> Markup:
    name = Outside(which.mapping).short(_NAME) or texts.gettext("Mapping not known")
    if isinstance(which, Skipped):
        return dotted((name, texts.ngettext("{n} skipped", "{n} skipped", count)))
    lost = texts.ngettext(
        "{n} lost on its way to {app}", "{n} lost on their way to {app}", count, app=_app(which)
    )
    return dotted((name, lost))


def _app(which: Lost) -> Markup:
    return own("Dataverse") if which.direction == TO_DATAVERSE else own("Business Central")


def _examples(records: tuple[str, ...], count: int, view: CoupledView, texts: Texts) -> Markup:
    links = Links(view.connection)
    named = [words for record in records if (words := record_words(record, links, texts, names=view.names))]
    if count > len(named):
        named.append(texts.gettext("and {n} more", n=count - len(named)))
    return joined(named, ", ")


def _record(record: RecordLine, view: RecordsView, texts: Texts) -> tuple[Block, ...]:
    links = Links(view.connection)
    told = [
        bold(record_words(record.record_id, links, texts, names=view.names)),
        record_words(record.other_record, links, texts, names=view.names),
    ]
    if record.is_gone:
        told.append(texts.gettext("The record in Business Central no longer exists."))
    if record.number:
        number = link(texts.gettext("No. {number}", number=digits(record.number)), links.error(record.number))
        at = moment(record.failed_at) if record.failed_at is not None else EMPTY
        told.append(texts.gettext("Failed last: {number}, {time}", number=number, time=at))
    key = view.connection.key
    buttons = []
    if isinstance(view.which, Lost):
        value = ButtonValue(connection=key, about=view.which.what, number=record.number)
        buttons.append(_create(view.which, value, texts))
    else:
        value = ButtonValue(connection=key, about=f"coupling:{record.coupling_id}")
        if not record.is_gone:
            buttons.append(_release(value, texts.gettext("Release…"), texts))
        buttons.append(Button(texts.gettext("Uncouple…"), Action.UNCOUPLE_OPEN, value))
    return blocks.section(lines(told)), blocks.actions(*buttons)


def _release(value: ButtonValue, label: Markup, texts: Texts) -> Button:
    spoken = texts.gettext("Release: have the mapping's own run take these records again")
    return Button(label, Action.RETRY_OPEN, value, spoken)


def _create(which: Lost, value: ButtonValue, texts: Texts) -> Button:
    label = texts.gettext("Create in Dataverse…")
    if which.direction != TO_DATAVERSE:
        label = texts.gettext("Create in Business Central…")
    return Button(label, Action.LOST_CREATE, value)


def _chooser(offer: CreateOffer, texts: Texts) -> Block:
    names = record_names(offer.connection, texts, offer.names)
    hint = texts.gettext("Leave this empty to create all of them.")
    if offer.count > len(offer.choices):
        first = texts.gettext("Only the first {n} are listed.", n=len(offer.choices))
        hint = sentence((hint, first))
    field = Field(CHOSEN, texts.gettext("Only these"), hint, is_optional=True)
    choices = [Choice(names(record), number) for number, record in offer.choices]
    return choices_input(field, texts.gettext("Choose records"), choices)


def _why_not(offer: CreateOffer, texts: Texts) -> Markup:
    if offer.running is not None:
        return _running(offer.running.asked_by, texts)
    if why := allowance_words(offer.allowance, texts):
        return why
    return EMPTY if offer.count else texts.gettext("Nothing is left here.")


def _running(asked_by: str, texts: Texts) -> Markup:
    return sentence(
        (
            texts.gettext("{person} is having this done right now.", person=person(asked_by)),
            texts.gettext("How far that is comes to you as a direct message, too."),
        )
    )


def _where_else(view: RecordsView, texts: Texts) -> Markup:
    """Restoring and deleting need somebody's choice, on the page for it."""
    if isinstance(view.which, Lost):
        return EMPTY
    page = link(texts.gettext("Coupled Data Synchronization Errors"), Links(view.connection).page(PAGE))
    return texts.gettext("Records are restored and deleted on the page {page}.", page=page)


def _small_print(view: CoupledView, texts: Texts) -> tuple[Markup, ...]:
    page = link(texts.gettext("Coupled Data Synchronization Errors"), Links(view.connection).page(PAGE))
    told = [texts.gettext("Records are restored and deleted on the page {page}.", page=page)]
    if view.is_cut:
        told.append(texts.gettext("There are more records than the bot looks at: the groups are not all."))
    if view.read_at is not None:
        told.append(texts.gettext("Couplings were read {time}.", time=moment(view.read_at)))
    return (*told, connection_words(view.connection))
