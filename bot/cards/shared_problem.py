"""The card of a problem in a channel, and what is written into its thread. Many people see both."""

from __future__ import annotations

from datetime import datetime

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.facts import fixer_words
from bot.cards.filling import prose
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, mention, sentence
from bot.cards.overview import connection_words
from bot.cards.problem import remedy_parts
from bot.cards.problem_line import fixer_of, problem_figures, problem_title
from bot.cards.record_names import record_words
from bot.cards.remedy import remedy_lines
from bot.cards.retry import retry_button
from bot.cards.retry_run import standing_words, stop_button
from bot.cards.texts import Texts
from bot.operations.actors import Actor, From
from bot.operations.sharing import SharedProblem
from bot.operations.views import Freed
from bot.store.care import Care
from bot.store.outbox import Told
from bot.store.values import ProblemState


def shared_problem_card(view: SharedProblem, texts: Texts) -> Card:
    """The state of the problem: cause, fixer, count, who takes care of it, what to do."""
    links = Links(view.connection)
    name = problem_title(view.line, texts)
    if view.superseded:
        return _superseded(name, texts)
    explanation = prose(view.line.error_class.explanation_for(view.line.topic), view.line.params, texts)
    parts = [
        Part(
            (
                blocks.header(name),
                blocks.section(lines((bold(_state(view, texts)), explanation))),
                blocks.context(_figures(view, links, texts)),
            ),
            Importance.ESSENTIAL,
        )
    ]
    if view.care.state is not ProblemState.FIXED:
        if frees := freed_words(view.line.frees, texts):
            parts.append(Part((blocks.section(frees),)))
        remedy = remedy_lines(view.steps, view.line.told, view.line.example_record, links, texts)
        parts += remedy_parts(remedy, texts)
    parts.append(Part((blocks.actions(*_buttons(view, texts)),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(view.connection)),), Importance.EXTRA))
    errors = texts.ngettext("{n} error", "{n} errors", view.line.count)
    summary = texts.gettext(
        "{title}. {errors}. {fixer}. {state}",
        title=name,
        errors=errors,
        fixer=fixer_words(fixer_of(view.line), texts),
        state=state_words(view.care, texts),
    )
    return compose(summary, parts, texts)


def state_words(care: Care, texts: Texts) -> Markup:
    """Open, claimed or fixed, and by whom."""
    if care.state is ProblemState.FIXED:
        return _fixed(care.decided_by, care.decided_at, texts)
    if care.assignee:
        return texts.gettext("{person} takes care of this.", person=mention(care.assignee))
    return texts.gettext("Open. Nobody takes care of this yet.")


def _state(view: SharedProblem, texts: Texts) -> Markup:
    """Its state, and what its latest retry shows."""
    shown = EMPTY if view.retry is None else standing_words(view.retry, texts)
    return lines((state_words(view.care, texts), shown))


def freed_words(frees: Freed, texts: Texts) -> Markup:
    """What goes on once it is fixed; empty where nothing waits for it."""
    if frees.errors <= 0:
        return EMPTY
    if frees.certain:
        return texts.ngettext(
            "{n} error of other causes goes on once this is fixed.",
            "{n} errors of other causes go on once this is fixed.",
            frees.errors,
        )
    return texts.ngettext(
        "Up to {n} error of other causes goes on once this is fixed.",
        "Up to {n} errors of other causes go on once this is fixed.",
        frees.errors,
    )


def what_happened(told: Told, actor: str, count: int, texts: Texts) -> Markup:
    """One line for the thread; empty for what is told in another way."""
    who = actor_words(actor, texts)
    match told:
        case Told.CLAIMED:
            return texts.gettext("{person} takes care of this.", person=who)
        case Told.RELEASED:
            return texts.gettext("{person} released the claim: nobody takes care of this now.", person=who)
        case Told.FIXED:
            return texts.gettext("{person} marked this as fixed. A new error opens it again.", person=who)
        case Told.REOPENED:
            return texts.gettext("{person} opened this again.", person=who)
        case Told.RECURRED:
            return texts.gettext("There is a new error, so this is open again.")
        case Told.OCCURRED:
            return texts.ngettext("{n} new error.", "{n} new errors.", count)
        case _:
            return EMPTY


def line_card(words: Markup, texts: Texts) -> Card:
    """One sentence as a message."""
    return compose(words, [Part((blocks.section(words),), Importance.ESSENTIAL)], texts)


def succession_words(successor: Markup, texts: Texts) -> Markup:
    """Said once, where a card has become that of another problem."""
    return texts.gettext(
        "What the bot knows has changed: these errors now belong to “{title}”. Whoever took care of them "
        "still does.",
        title=successor,
    )


def actor_words(actor: str, texts: Texts) -> Markup:
    """Who did something: a person in Slack by name."""
    try:
        who = Actor.parse(actor)
    except ValueError:
        return texts.gettext("Somebody")
    if who.place is From.SLACK and who.id:
        return mention(who.id)
    return texts.gettext("The bot") if who.place is From.BOT else texts.gettext("The operator")


def _fixed(by: str, at: datetime | None, texts: Texts) -> Markup:
    if not by or at is None:
        return texts.gettext("Marked as fixed.")
    return texts.gettext("Marked as fixed by {person}, {time}.", person=mention(by), time=moment(at))


def _figures(view: SharedProblem, links: Links, texts: Texts) -> Markup:
    records = texts.ngettext("{n} record affected", "{n} records affected", view.records)
    example = record_words(view.line.example_record, links, texts)
    return lines(
        (
            dotted((problem_figures(view.line, texts), records if view.records else EMPTY)),
            texts.gettext("For example {record}", record=example) if example else EMPTY,
        )
    )


def _buttons(view: SharedProblem, texts: Texts) -> list[Button]:
    value = ButtonValue(connection=view.connection.key, problem=view.line.id)
    details = Button(texts.gettext("Details"), Action.SHARED_DETAILS, value)
    retrying = view.retry is not None and not view.retry.run.state.is_over
    if view.retry is not None and retrying and not view.retry.run.stop_asked_by:
        details_and_retry = [stop_button(view.connection.key, view.retry.run, texts), details]
    else:
        details_and_retry = [details] if retrying else [retry_button(value, texts), details]
    if view.care.state is ProblemState.FIXED:
        return [Button(texts.gettext("Reopen"), Action.PROBLEM_REOPEN, value), *details_and_retry]
    claim = (
        Button(texts.gettext("Release claim"), Action.PROBLEM_RELEASE, value)
        if view.care.assignee
        else Button(texts.gettext("Claim"), Action.PROBLEM_CLAIM, value)
    )
    fixed = Button(texts.gettext("Mark fixed"), Action.PROBLEM_MARK_FIXED, value)
    return [claim, fixed, *details_and_retry]


def _superseded(successor: Markup, texts: Texts) -> Card:
    words = sentence(
        (
            texts.gettext(
                "What the bot knows has changed: these errors now belong to “{title}”.", title=successor
            ),
            texts.gettext("That cause has a card of its own in this channel."),
        )
    )
    return line_card(words, texts)
