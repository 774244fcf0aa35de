"""Answer of *Details*: one problem, from what happened to what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cards import blocks
from bot.cards.access import SILENT, Said
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.conflict import conflict_buttons, conflict_title
from bot.cards.dates import moment
from bot.cards.facts import OF_ONE_RECORD, facts, fixer_words, without
from bot.cards.filling import prose
from bot.cards.freshness import freshness_words
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, link, own, sentence
from bot.cards.match import match_button, match_title
from bot.cards.order import chain_parts, real_cause_part
from bot.cards.original import original_parts
from bot.cards.overview import cleaning_button, connection_words
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import fixer_of, problem_figures, problem_title
from bot.cards.record_names import record_words
from bot.cards.remedy import remedy_lines
from bot.cards.retry import retry_button
from bot.cards.support_button import support_button
from bot.cards.teach import taught_parts, teach_button
from bot.cards.texts import Texts, digits
from bot.cards.way_back import back_to_results
from bot.cards.why import why_button
from bot.diagnosis.model import UNKNOWN
from bot.operations.causes.awaiting import awaited_records
from bot.operations.views import ProblemDetail
from bot.store.values import AffectedRecord


def problem_card(
    view: ProblemDetail,
    texts: Texts,
    opened: ButtonValue | None = None,
    access: Said = SILENT,
) -> Card:
    """What happened, what was found, the steps, the records, the original text.

    ``opened`` is the value of the button that was pressed for it, ``access`` what Dataverse says.
    """
    links = Links(view.connection).in_organization(access.organization_id)
    name = problem_title(view.line, texts)
    params = view.line.params
    parts = [
        Part(
            (
                blocks.header(name),
                blocks.section(prose(view.line.error_class.explanation_for(view.line.topic), params, texts)),
                blocks.context(problem_figures(view.line, texts)),
            ),
            Importance.ESSENTIAL,
        )
    ]
    if found := facts(access.left_of(without(params, OF_ONE_RECORD)), links, texts):
        parts.append(Part((blocks.section(found),)))
    parts += real_cause_part(view.real_cause, view.connection.key, links, texts)
    parts += chain_parts(view, links, texts, opened)
    parts += taught_parts(view.taught, texts)
    parts += access.parts
    if not access.tells_how:
        parts += remedy_parts(
            remedy_lines(
                view.steps, view.line.told, view.line.example_record, links, texts, view.latest.number
            ),
            texts,
            _here(view, texts),
        )
    parts += _records(view, links, texts, opened)
    parts += original_parts(view.latest, links, texts)
    parts.append(
        Part((blocks.actions(*_buttons(view, texts), *back_to_results(opened, texts)),), Importance.ESSENTIAL)
    )
    where = dotted((connection_words(view.connection), freshness_words(view.freshness, texts)))
    parts.append(Part((blocks.context(where),), Importance.EXTRA))
    return compose(_summary(view, name, texts), parts, texts)


def remedy_parts(remedy: Iterable[Markup], texts: Texts, here: Markup = EMPTY) -> list[Part]:
    """The steps under their heading; nothing where there are none. ``here`` is what a button of the card
    does of it."""
    steps = [here, *remedy] if here else list(remedy)
    if not steps:
        return []
    heading = bold(texts.gettext("What to do"))
    return [Part(blocks.paragraphs((heading, *steps)), Importance.ESSENTIAL)]


def _here(view: ProblemDetail, texts: Texts) -> Markup:
    if not _holds_others_up(view):
        return here_words(_choosing(view, texts), view.chain.links, texts)
    return texts.gettext(
        "Is {record} in the other app already? Then press {button} below: the two are coupled, and what "
        "waited is retried. If not, by hand:",
        record=record_words(view.chain.held, Links(view.connection), texts, names=view.names),
        button=bold(match_title(texts)),
    )


def here_words(buttons: Iterable[Button], before: Sequence[object], texts: Texts) -> Markup:
    """Which of these buttons does the work, before the steps that do it by hand; empty where none does.

    ``before`` is what the card names that has to be solved first: until then the button would fail, too.
    """
    words = _short_way(buttons, texts)
    if not (words and before):
        return words
    return sentence((bold(texts.gettext("First solve what comes before it, see above.")), words))


def _short_way(buttons: Iterable[Button], texts: Texts) -> Markup:
    for button in buttons:
        if button.action is Action.CONFLICT_OPEN:
            return texts.gettext(
                "The short way: press {button} below, see both values and choose. By hand:",
                button=bold(conflict_title(texts)),
            )
        if button.action is Action.MATCH_OPEN:
            return texts.gettext(
                "The short way: press {button} below. It looks in the other app for what is missing, couples "
                "or creates it, and retries what waited. By hand:",
                button=bold(match_title(texts)),
            )
    return EMPTY


def _records(view: ProblemDetail, links: Links, texts: Texts, opened: ButtonValue | None) -> list[Part]:
    if not view.records:
        return []
    at = Pages(view.records_page, view.records_pages)
    heading = texts.ngettext("{n} record affected", "{n} records affected", view.records_total)
    listed = [_record(record, view, links, texts) for record in view.records]
    title = dotted((bold(heading), page_words(at, texts)))
    parts = [Part(blocks.paragraphs((title, *listed)))]
    query = None if opened is None else opened.query
    value = ButtonValue(connection=view.connection.key, problem=view.line.id, query=query)
    if buttons := page_buttons(at, value, Action.PROBLEM_PREVIOUS, Action.PROBLEM_NEXT, texts):
        parts.append(Part((blocks.actions(*buttons),)))
    return parts


def _record(record: AffectedRecord, view: ProblemDetail, links: Links, texts: Texts) -> Markup:
    name = record_words(record.record_id, links, texts, record.table, view.names) or record_words(
        record.other_record_id, links, texts, names=view.names
    )
    number = link(
        texts.gettext("No. {number}", number=digits(record.last_number)), links.error(record.last_number)
    )
    return dotted(
        (
            sentence((own("•"), name or texts.gettext("No record named"))),
            texts.ngettext("{n} error", "{n} errors", record.count),
            texts.gettext("latest {number}, {time}", number=number, time=moment(record.last_seen)),
            bold(texts.gettext("synchronized since")) if record.record_id in view.synchronized else EMPTY,
        )
    )


def _buttons(view: ProblemDetail, texts: Texts) -> list[Button]:
    return [
        retry_button(ButtonValue(connection=view.connection.key, problem=view.line.id), texts),
        *_choosing(view, texts),
        call_stack_button(view.connection.key, view.latest.number, texts),
        why_button(view.connection.key, view.latest.number, texts),
        *_teaching(view, texts),
        Button(
            texts.gettext("Share"),
            Action.PROBLEM_SHARE,
            ButtonValue(connection=view.connection.key, problem=view.line.id),
            texts.gettext("Share: {title}", title=problem_title(view.line, texts)),
        ),
        support_button(
            ButtonValue(connection=view.connection.key, problem=view.line.id),
            texts.gettext("Prepare support request: {title}", title=problem_title(view.line, texts)),
            texts,
        ),
        *cleaning_button(
            view.line.count - view.line.gone,
            ButtonValue(connection=view.connection.key, problem=view.line.id),
            texts,
        ),
        Button(
            texts.gettext("Back to overview"),
            Action.OVERVIEW_SHOW,
            ButtonValue(connection=view.connection.key),
        ),
    ]


def _choosing(view: ProblemDetail, texts: Texts) -> list[Button]:
    """What only a person can decide: whose side wins, which records belong together."""
    line = view.line
    value = ButtonValue(connection=view.connection.key, problem=line.id)
    buttons = conflict_buttons(line.error_class.code, value, texts)
    if _awaits(view) or _holds_others_up(view):
        buttons.append(match_button(value, texts))
    return buttons


def _awaits(view: ProblemDetail) -> bool:
    line = view.line
    return bool(awaited_records(line.error_class.code, line.topic, line.params))


def _holds_others_up(view: ProblemDetail) -> bool:
    """With one record that was never coupled, for another reason than that it waits itself."""
    return bool(view.chain.held) and not _awaits(view)


def _teaching(view: ProblemDetail, texts: Texts) -> list[Button]:
    """For a text that is not recognised."""
    if view.line.error_class.code != UNKNOWN:
        return []
    return [teach_button(view.connection.key, view.line.id, texts)]


def call_stack_button(connection: str, number: int, texts: Texts) -> Button:
    """Business Central's own words for it: "Show Error Call Stack"."""
    return Button(
        texts.gettext("Show error call stack"),
        Action.CALL_STACK_SHOW,
        ButtonValue(connection=connection, number=number),
        texts.gettext("Show error call stack of No. {number}", number=digits(number)),
    )


def _summary(view: ProblemDetail, name: Markup, texts: Texts) -> Markup:
    errors = texts.ngettext("{n} error", "{n} errors", view.line.count)
    return texts.gettext(
        "{title}. {errors}. {fixer}.",
        title=name,
        errors=errors,
        fixer=fixer_words(fixer_of(view.line), texts),
    )
