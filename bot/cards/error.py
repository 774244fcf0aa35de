"""Answer of ``/syncerrors 4711``: one error."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards import blocks
from bot.cards.access import SILENT, Said
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.conflict import conflict_buttons
from bot.cards.dates import moment
from bot.cards.facts import OF_ONE_RECORD, facts, fixer_words, without
from bot.cards.filling import prose
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, own, sentence
from bot.cards.match import match_button
from bot.cards.order import real_cause_part
from bot.cards.original import original_parts
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.problem import call_stack_button, here_words, remedy_parts
from bot.cards.problem_line import problem_title
from bot.cards.record_names import record_words
from bot.cards.remedy import remedy_lines
from bot.cards.retry import retry_button
from bot.cards.support_button import support_button
from bot.cards.teach import taught_parts
from bot.cards.texts import Texts, digits
from bot.cards.way_back import back_to_results
from bot.cards.why import why_button
from bot.operations.causes.awaiting import awaited_by_row
from bot.operations.views import ErrorView

_MAPPING = 40


def error_card(
    view: ErrorView, texts: Texts, opened: ButtonValue | None = None, access: Said = SILENT
) -> Card:
    """What it means, where it happened, what to do, and its text.

    ``opened`` is the value of the button that was pressed for it, ``access`` what Dataverse says.
    """
    links = Links(view.connection).in_organization(access.organization_id)
    error, line = view.error, view.line
    name = problem_title(line, texts)
    heading = texts.gettext("Error No. {number}", number=digits(error.number))
    explanation = prose(line.error_class.explanation_for(error.topic), error.params, texts)
    figures = dotted((fixer_words(line.error_class.fixer_for(error.topic), texts), moment(error.logged_at)))
    parts = [
        Part(
            (
                blocks.header(heading),
                blocks.section(lines((bold(name), explanation))),
                blocks.context(dotted((figures, connection_words(view.connection)))),
            ),
            Importance.ESSENTIAL,
        )
    ]
    parts += taught_parts(view.taught, texts)
    if error.gone_at is not None:
        parts.append(Part((blocks.context(_gone(view, texts)),)))
    if view.is_over:
        over = texts.gettext("Its record has synchronized since: nothing needs to be done about this error.")
        parts.append(Part((blocks.section(bold(over)),), Importance.ESSENTIAL))
    if told := lines(
        (
            *_where(view, links, texts),
            facts(access.left_of(without(error.params, OF_ONE_RECORD)), links, texts),
        )
    ):
        parts.append(Part((blocks.section(told),)))
    parts += real_cause_part(view.real_cause, view.connection.key, links, texts)
    record = error.source_record_id or error.destination_record_id
    parts += access.parts
    if not (access.tells_how or view.is_over):
        before = () if view.real_cause is None else (view.real_cause,)
        here = here_words(choosing_buttons(view, texts), before, texts)
        parts += remedy_parts(
            remedy_lines(view.steps, line.told, record, links, texts, error.number), texts, here
        )
    parts += original_parts(error, links, texts)
    parts.append(
        Part((blocks.actions(*_buttons(view, texts), *back_to_results(opened, texts)),), Importance.ESSENTIAL)
    )
    summary = texts.gettext(
        "{error}: {title}. {fixer}.",
        error=heading,
        title=name,
        fixer=fixer_words(line.error_class.fixer_for(error.topic), texts),
    )
    return compose(summary, parts, texts)


def _where(view: ErrorView, links: Links, texts: Texts) -> Iterator[Markup]:
    """The two records and the mapping; "Source" and "Destination" as on page 5339."""
    error = view.error
    source = record_words(error.source_record_id, links, texts, error.source_table, view.names)
    destination = record_words(error.destination_record_id, links, texts, error.destination_table, view.names)
    if source and not error.destination_record_id:
        destination = texts.gettext("none named: it may not exist yet")
    labelled = (
        (texts.gettext("Source"), source),
        (texts.gettext("Destination"), destination),
        (texts.gettext("Record, by its text"), EMPTY if source or destination else _told(view, links, texts)),
        (texts.gettext("Table mapping"), _mapping(view, texts)),
    )
    for label, words in labelled:
        if words:
            yield bold(label) + own(": ") + words


def _told(view: ErrorView, links: Links, texts: Texts) -> Markup:
    """The record that the text names, where Business Central says nothing of one: that is so without the
    bot's extension, and for couplings that found no match."""
    table, key = view.error.params.get("record_table"), view.error.params.get("record")
    return record_words(f"{table}: {key}", links, texts) if table and key else EMPTY


def _mapping(view: ErrorView, texts: Texts) -> Markup:
    """Name and direction, as table 5338 has them."""
    name = Outside(view.error.mapping).short(_MAPPING)
    match view.error.direction:
        case "ToIntegrationTable":
            direction = texts.gettext("from Business Central to Dataverse")
        case "FromIntegrationTable":
            direction = texts.gettext("from Dataverse to Business Central")
        case _:
            direction = EMPTY
    return sentence((name, direction)) if name else EMPTY


def _gone(view: ErrorView, texts: Texts) -> Markup:
    if view.error.gone_at is None:
        return EMPTY
    return texts.gettext(
        "No longer in Business Central: noticed {time}. This is what the bot kept.",
        time=moment(view.error.gone_at),
    )


def _buttons(view: ErrorView, texts: Texts) -> list[Button]:
    key = view.connection.key
    return [
        retry_button(ButtonValue(connection=key, number=view.error.number), texts),
        *choosing_buttons(view, texts),
        call_stack_button(key, view.error.number, texts),
        why_button(key, view.error.number, texts),
        support_button(
            ButtonValue(connection=key, number=view.error.number),
            texts.gettext("Prepare support request for No. {number}", number=digits(view.error.number)),
            texts,
        ),
        Button(
            texts.gettext("All errors with this cause"),
            Action.PROBLEM_SHOW,
            ButtonValue(connection=key, problem=view.line.id),
        ),
        Button(texts.gettext("Overview"), Action.OVERVIEW_SHOW, ButtonValue(connection=key)),
    ]


def choosing_buttons(view: ErrorView, texts: Texts) -> list[Button]:
    """What only a person can decide about this error: whose side wins, which records belong together."""
    error = view.error
    value = ButtonValue(connection=view.connection.key, number=error.number)
    buttons = conflict_buttons(error.class_code, value, texts)
    if awaited_by_row(error.class_code, error.topic, error.params, error.source_record_id):
        buttons.append(match_button(value, texts))
    return buttons
