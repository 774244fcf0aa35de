"""*Resolve conflict*: what differs, who changed it, whose values win, and what is lost then.

Shown in a modal, so to one person alone: both systems' values are on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.businesscentral import Comparison, FieldPair
from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.compared import compared
from bot.cards.dates import moment
from bot.cards.decision import allowance_words, evidence_words, step_title
from bot.cards.failure import failure_sentence
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice, ChoiceGroup, Field, menu_input
from bot.cards.limits import Block
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.purge import person
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.operations.conflicts import (
    BOTH_CHANGED,
    ConflictChoice,
    ConflictRecord,
    ConflictView,
    Side,
    Standing,
)
from bot.operations.conflicts.values import LastChange
from bot.operations.deciding import Step

RECORD: Final = "record"
"""Name of the input that chooses a record."""
MAPPINGS_PAGE: Final = 5335
_NAME: Final = 60
_SHOWN: Final = 15
"""Fields; a mapping has some twenty."""


def conflict_buttons(class_code: str, value: ButtonValue, texts: Texts) -> list[Button]:
    """The way to it, on what both sides changed; none on anything else."""
    if class_code != BOTH_CHANGED:
        return []
    spoken = texts.gettext("Resolve conflict: see both values and choose a side")
    return [Button(texts.gettext("Resolve conflict…"), Action.CONFLICT_OPEN, value, spoken)]


def conflict_title(texts: Texts) -> Markup:
    """As a heading of at most 24 characters."""
    return texts.gettext("Resolve conflict")


def choose_record_modal(choice: ConflictChoice, texts: Texts) -> Modal:
    """The records of a problem, and the mapping's own rule, which is the way for many."""
    count = texts.ngettext(
        "{n} record was changed in both apps.", "{n} records were changed in both apps.", choice.total
    )
    links = Links(choice.connection)
    drawn: list[Block] = [blocks.section(sentence((bold(count), _over(choice, texts))))]
    choices = tuple(_choice(one, choice, texts) for one in choice.records)
    hint = EMPTY
    if choice.total - choice.over > len(choices):
        hint = texts.ngettext(
            "Only the latest {n} is listed.", "Only the latest {n} are listed.", len(choices)
        )
    field = Field(RECORD, texts.gettext("Record"), hint)
    heading = ChoiceGroup(texts.gettext("Latest failure first"), choices)
    placeholder = texts.gettext("Choose a record")
    if choices:
        drawn.append(menu_input(field, placeholder, (heading,), choices[0].value))
    drawn += blocks.paragraphs(_rule(choice.mapping, choice.rule, links, texts))
    drawn.append(blocks.context(connection_words(choice.connection)))
    value = ButtonValue(connection=choice.connection.key, problem=choice.problem_id)
    submit = Submit(Form.CONFLICT_CHOOSE, texts.gettext("Show"), value)
    return Modal(conflict_title(texts), tuple(drawn), submit if choices else None)


def conflict_modal(
    view: ConflictView, texts: Texts, *, refusal: Markup = EMPTY, notice: Markup = EMPTY
) -> Modal:
    """Both records with what differs, and a button for each side.

    ``refusal`` says why this person may not choose; ``notice`` why it is shown again.
    """
    links = Links(view.connection)
    drawn: list[Block] = [blocks.section(bold(notice))] if notice else []
    drawn += blocks.paragraphs(_records(view, links, texts))
    if said := _standing(view, texts):
        drawn.append(blocks.section(said))
    if view.standing in {Standing.OPEN, Standing.SYNCHRONIZED} and view.fields:
        drawn += blocks.paragraphs(_changes(view, texts))
        drawn += _fields(view.fields, bold(texts.gettext("What differs")), texts)
        drawn += _alike(view, texts)
    if view.standing is Standing.OPEN:
        drawn += _ways(view, refusal, texts)
        drawn += blocks.paragraphs(_rule(view.mapping, view.rule, links, texts))
    drawn.append(blocks.context(connection_words(view.connection)))
    return Modal(conflict_title(texts), tuple(drawn))


def confirm_conflict_modal(view: ConflictView, winner: Side, texts: Texts) -> Modal:
    """Whose change is lost, value by value; then it can be sent off."""
    title = step_title(Step.SYNCHRONIZE, winner.direction, texts)
    links = Links(view.connection)
    lost, kept = view.lost(winner), view.kept(winner)
    drawn: list[Block] = [*blocks.paragraphs(_records(view, links, texts))]
    drawn.append(blocks.section(bold(_loss(view, winner, texts))))
    surely = [one for one in lost if one.comparison is Comparison.DIFFERS]
    drawn += blocks.paragraphs(_lost(surely, winner, texts))
    if perhaps := [one for one in lost if one.comparison is not Comparison.DIFFERS]:
        drawn.append(
            blocks.section(
                texts.gettext(
                    "These may be overwritten, too; the values cannot be compared: {fields}.",
                    fields=_named(perhaps),
                )
            )
        )
    if kept:
        drawn.append(
            blocks.section(
                texts.gettext(
                    "These differ and stay as they are, since they go the other way only: {fields}.",
                    fields=_named(kept),
                )
            )
        )
    drawn += blocks.paragraphs(
        (
            texts.gettext(
                "• This record alone is synchronized, at once, in this direction. The mapping's rules for "
                "conflicts and its filters are not asked. The bot cannot take it back."
            ),
            texts.gettext(
                "• Just before, the bot looks again. If anything changed since you were shown this, nothing "
                "is done, and you see it anew."
            ),
            evidence_words(texts),
        )
    )
    drawn.append(blocks.context(connection_words(view.connection)))
    value = ButtonValue(connection=view.connection.key, number=view.number, side=winner.value, seen=view.seen)
    return Modal(title, tuple(drawn), Submit(Form.CONFLICT, title, value))


def _over(choice: ConflictChoice, texts: Texts) -> Markup:
    """Those that are settled, by the bot or by anybody."""
    if not choice.over:
        return EMPTY
    if choice.over >= choice.total:
        return texts.gettext("All of that has synchronized since: there is nothing to choose any more.")
    return texts.ngettext(
        "{n} of them has synchronized since.", "{n} of them have synchronized since.", choice.over
    )


def _choice(one: ConflictRecord, choice: ConflictChoice, texts: Texts) -> Choice:
    """The No. before the name: a menu cuts long lines off."""
    links = Links(choice.connection)
    number = texts.gettext("No. {number}", number=digits(one.number))
    known = choice.names.get(one.record_id)
    name = EMPTY if known is None else Outside(known.name).short(_NAME)
    return Choice(
        dotted((record_words(one.record_id, links, texts, one.table), number, name)), str(one.number)
    )


def _records(view: ConflictView, links: Links, texts: Texts) -> Iterator[Markup]:
    here = record_words(view.record_id, links, texts, view.table, view.names)
    there = record_words(view.row_id, links, texts, view.row_table, view.names)
    if here:
        yield bold(own("Business Central: ")) + here
    if there:
        yield bold(texts.gettext("Dataverse") + own(": ")) + there
    yield texts.gettext("Error No. {number}", number=link(digits(view.number), links.error(view.number)))


def _standing(view: ConflictView, texts: Texts) -> Markup:
    match view.standing:
        case Standing.OPEN:
            return EMPTY
        case Standing.SYNCHRONIZED:
            return texts.gettext("It has synchronized since this error: there is nothing to choose any more.")
        case Standing.ALIKE:
            return texts.gettext(
                "All mapped fields of the two records hold the same now: there is nothing to choose. Press "
                "Retry on the error, and the mapping's own run takes the record."
            )
        case Standing.NOT_COUPLED:
            return texts.gettext("The two records are not coupled any more: nothing is synchronized.")
        case Standing.NO_RECORD:
            return texts.gettext("The error names no record, so there is nothing to compare.")


def _changes(view: ConflictView, texts: Texts) -> Iterator[Markup]:
    yield bold(own("Business Central: ")) + _changed(view.here, texts)
    yield bold(texts.gettext("Dataverse") + own(": ")) + _changed(view.there, texts)
    if view.synchronized_at is not None:
        yield texts.gettext("Last synchronized: {time}", time=moment(view.synchronized_at))
    if view.unread is not None:
        yield failure_sentence(view.unread, texts)
    elif not view.is_dataverse_known:
        yield texts.gettext(
            "Who changed the row in Dataverse can be told with Dataverse's address in the settings "
            "({setting}).",
            setting=own("DATAVERSE_URL"),
        )


def _changed(change: LastChange, texts: Texts) -> Markup:
    by = Outside(change.by).short(_NAME)
    if change.at is None:
        return texts.gettext("changed last by {person}", person=by) if by else EMPTY
    if by:
        return texts.gettext("changed last by {person}, {time}", person=by, time=moment(change.at))
    return texts.gettext("changed last: {time}", time=moment(change.at))


def _fields(fields: Sequence[FieldPair], heading: Markup, texts: Texts) -> list[Block]:
    told = [heading]
    for one in [one for one in fields if one.comparison is Comparison.DIFFERS][:_SHOWN]:
        here, there = compared(one.business_central, one.dataverse, texts)
        told.append(
            lines(
                (
                    bold(_name(one)),
                    own("      Business Central: ") + here,
                    own("      ") + texts.gettext("Dataverse") + own(": ") + there,
                )
            )
        )
    return list(blocks.paragraphs(told))


def _alike(view: ConflictView, texts: Texts) -> list[Block]:
    """What is not shown."""
    differing = sum(one.comparison is Comparison.DIFFERS for one in view.fields)
    unknown = [one for one in view.fields if one.comparison is not Comparison.DIFFERS]
    told = []
    if differing > _SHOWN:
        told.append(texts.ngettext("{n} more field differs.", "{n} more fields differ.", differing - _SHOWN))
    if unknown:
        told.append(texts.gettext("Cannot be compared: {fields}.", fields=_named(unknown)))
    if view.alike:
        told.append(
            texts.ngettext(
                "{n} other mapped field holds the same.", "{n} other mapped fields hold the same.", view.alike
            )
        )
    return [blocks.context(sentence(told))] if told else []


def _ways(view: ConflictView, refusal: Markup, texts: Texts) -> list[Block]:
    if view.running is not None:
        told = texts.gettext(
            "{person} has chosen a side: it is being done.", person=person(view.running.asked_by)
        )
        return [blocks.section(told)]
    if why := allowance_words(view.allowance, texts):
        drawn: list[Block] = [blocks.section(why)]
        if not view.allowance.can_start:
            return drawn
    else:
        drawn = []
    if refusal:
        return [*drawn, blocks.section(refusal)]
    if not view.sides:
        told = texts.gettext("The bot does not know the table mapping of this record, so it cannot choose.")
        return [*drawn, blocks.section(told)]
    drawn.append(
        blocks.section(texts.gettext("Whose values win? You are shown what is lost before anything happens."))
    )
    drawn.append(blocks.actions(*(_way(view, side, texts) for side in view.sides)))
    return drawn


def _way(view: ConflictView, side: Side, texts: Texts) -> Button:
    action = {
        Side.BUSINESS_CENTRAL: Action.CONFLICT_BUSINESS_CENTRAL,
        Side.DATAVERSE: Action.CONFLICT_DATAVERSE,
    }[side]
    value = ButtonValue(connection=view.connection.key, number=view.number, seen=view.seen)
    return Button(step_title(Step.SYNCHRONIZE, side.direction, texts), action, value)


def _loss(view: ConflictView, winner: Side, texts: Texts) -> Markup:
    loser = view.there if winner is Side.BUSINESS_CENTRAL else view.here
    app = texts.gettext("Dataverse") if winner is Side.BUSINESS_CENTRAL else own("Business Central")
    if by := Outside(loser.by).short(_NAME):
        if loser.at is not None:
            return texts.gettext(
                "What {person} changed in {app} ({time}) is lost:", person=by, app=app, time=moment(loser.at)
            )
        return texts.gettext("What {person} changed in {app} is lost:", person=by, app=app)
    return texts.gettext("What was changed in {app} is lost:", app=app)


def _lost(fields: Sequence[FieldPair], winner: Side, texts: Texts) -> Iterator[Markup]:
    if not fields:
        yield texts.gettext("• No field that differs goes this way: nothing is overwritten.")
    for one in fields:
        here, there = compared(one.business_central, one.dataverse, texts)
        before, after = (there, here) if winner is Side.BUSINESS_CENTRAL else (here, there)
        yield texts.gettext(
            "• {field}: {before} becomes {after}", field=bold(_name(one)), before=before, after=after
        )


def _name(one: FieldPair) -> Markup:
    """By its captions on both sides, where these differ."""
    here, there = Outside(one.name), Outside(one.column_name or one.column)
    first, second = here.short(_NAME), there.short(_NAME)
    if str(first).casefold() == str(second).casefold() or not second:
        return first
    return first + own(" (") + second + own(")") if first else second


def _named(fields: Sequence[FieldPair]) -> Markup:
    listed = EMPTY
    for place, one in enumerate(fields[:_SHOWN]):
        listed += (own(", ") if place else EMPTY) + _name(one)
    return listed + own(", …") if len(fields) > _SHOWN else listed


def _rule(mapping: str, rule: str, links: Links, texts: Texts) -> Iterator[Markup]:
    """The way for many: the mapping's own rule."""
    filters = (("Name", mapping),) if mapping else ()
    page = link(texts.gettext("Integration Table Mappings"), links.page(MAPPINGS_PAGE, filters))
    yield bold(texts.gettext("For many"))
    yield texts.gettext(
        "An administrator can let Business Central choose by itself: field {field} of mapping {mapping} on "
        "page {page}.",
        field=bold(texts.gettext("Resolve Update Conflicts")),
        mapping=Outside(mapping or "?").short(_NAME),
        page=page,
    )
    send = texts.gettext("Send data update to integration table")
    get = texts.gettext("Get data update from integration table")
    yield texts.gettext("• {option}: Business Central's values win.", option=bold(send))
    yield texts.gettext("• {option}: Dataverse's values win.", option=bold(get))
    if rule:
        # Business Central gives the option's name, in English whoever asks: its first word tells which it is.
        said = {"send": send, "get": get}.get(rule.partition(" ")[0].lower())
        yield texts.gettext(
            "It says now: {rule}. With a rule no conflict fails: press Retry, and these are settled by it.",
            rule=bold(said if said is not None else Outside(rule).short(_NAME)),
        )
    else:
        yield texts.gettext(
            "It has no rule now, which is why this failed. With one, every conflict of this mapping is "
            "settled that way, without asking anybody; press Retry for those that have failed."
        )
