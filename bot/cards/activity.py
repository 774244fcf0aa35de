"""Answer of ``/syncerrors activity``: who did what, when, on what, with which outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.doing import DOING
from bot.cards.failure import failure_words
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, mention, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.problem_line import problem_title
from bot.cards.texts import MessageId, Texts, digits, msgid
from bot.operations.activity import COUNTED
from bot.operations.activity_list import ActivityView
from bot.operations.actors import Actor, From
from bot.operations.csv_text import csv_file
from bot.operations.rights import Act
from bot.operations.views import ProblemLine
from bot.store.activity import Line, Outcome, Subject

OUTCOMES: Final[Mapping[Outcome, MessageId]] = {
    Outcome.DONE: msgid("done"),
    Outcome.PARTLY: msgid("partly done"),
    Outcome.NO_EVIDENCE: msgid("no evidence"),
    Outcome.STOPPED: msgid("stopped"),
    Outcome.FAILED: msgid("failed"),
    Outcome.REFUSED: msgid("refused"),
}
REFUSED: Final[Mapping[str, MessageId]] = {
    "not_allowed": msgid("no right"),
    "rights.unknown": msgid("Slack did not tell whether they may"),
    "stranger": msgid("of another organization"),
    "button.stale": msgid("a button out of date"),
    "form.stale": msgid("a form out of date"),
    "purge.changed": msgid("more than was confirmed"),
    "purge.out_of_bounds": msgid("bounds that were never shown"),
    "retry.changed": msgid("more than was confirmed"),
    "choice.changed": msgid("changed meanwhile"),
    "connection.gone": msgid("connection no longer set up"),
    "place.refused": msgid("the bot cannot post there"),
    "action.not_permitted": msgid("the bot lacks a permission in Business Central"),
    "action.missing": msgid("the bot's extension is missing or too old"),
}
"""Why, in the few words that a line has; by key of the failure."""
NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
_ACCOUNT: Final = 40
_ID: Final = 60


def activity_card(view: ActivityView, texts: Texts) -> Card:
    """A page of lines, newest first, with what narrows them."""
    heading = activity_title(texts)
    at = Pages(view.list.page, view.list.pages)
    counted = _count(view, texts)
    about = dotted((counted, *_filters(view, texts), page_words(at, texts)))
    parts = [Part((blocks.header(heading), blocks.context(about)), Importance.ESSENTIAL)]
    if view.list.lines:
        listed = [activity_line(line, view.problems, texts) for line in view.list.lines]
        parts.append(Part(blocks.paragraphs(listed), Importance.ESSENTIAL))
    else:
        parts.append(Part((blocks.section(texts.gettext("Nobody did anything of the kind yet.")),)))
    parts.append(Part((blocks.actions(*_buttons(view, at, texts)),), Importance.ESSENTIAL))
    parts.append(Part((blocks.context(connection_words(view.connection)),), Importance.EXTRA))
    return compose(sentence((heading + own(":"), counted)), parts, texts)


def file_promised_card(texts: Texts) -> Card:
    """Said at once: the file comes by another way."""
    told = texts.gettext("The file comes to you as a direct message.")
    return compose(told, [Part((blocks.section(told),), Importance.ESSENTIAL)], texts)


def activity_csv(
    lines: Iterable[Line], connection: str, texts: Texts, names: Mapping[str, str] = NOBODY
) -> bytes:
    """The lines as a file: times with zone, ids as they are, what and outcome in words and as codes.

    ``names`` are those of people, by Slack id, as far as Slack tells them.
    """
    heading = (
        texts.gettext("Time"),
        texts.gettext("From"),
        texts.gettext("By"),
        texts.gettext("Name"),
        texts.gettext("What"),
        texts.gettext("Code"),
        texts.gettext("Subject"),
        texts.gettext("Id"),
        texts.gettext("Outcome"),
        texts.gettext("Number"),
        texts.gettext("Connection"),
        texts.gettext("Details"),
    )
    rows = (
        (
            line.at.isoformat(timespec="seconds"),
            _actor(line).place.value,
            _actor(line).id,
            names.get(_actor(line).id, ""),
            str(_doing(line, texts)),
            line.act,
            line.subject_kind.value,
            line.subject,
            str(texts.say(OUTCOMES[line.outcome])),
            line.count,
            connection,
            "; ".join(f"{key}: {value}" for key, value in sorted(line.facts.items())),
        )
        for line in lines
    )
    return csv_file([str(word) for word in heading], rows)


def activity_title(texts: Texts) -> Markup:
    """Name of the list and of its file."""
    return texts.gettext("Activity")


def activity_comment(lines: int, texts: Texts) -> Markup:
    """What is said beside the file."""
    return texts.ngettext("Who did what: {n} line", "Who did what: {n} lines", lines)


def who_words(actor: Actor, texts: Texts) -> Markup:
    """Somebody who did something."""
    match actor.place:
        case From.SLACK:
            return mention(actor.id)
        case From.SHELL:
            return texts.gettext("{account} at the shell", account=Outside(actor.id).short(_ACCOUNT))
        case From.BOT:
            return texts.gettext("the bot itself")


def activity_line(line: Line, problems: Mapping[str, ProblemLine], texts: Texts) -> Markup:
    """When, who, what, on what, how it ended."""
    what = _doing(line, texts)
    if line.count:
        what = sentence((what, own("(") + texts.number(line.count) + own(")")))
    outcome = _came_of_it(line, texts)
    return dotted(
        (
            sentence((own("•"), moment(line.at))),
            who_words(_actor(line), texts),
            bold(what),
            _subject(line, problems, texts),
            outcome,
        )
    )


def _came_of_it(line: Line, texts: Texts) -> Markup:
    outcome = texts.say(OUTCOMES[line.outcome])
    key = str(line.facts.get("failure", ""))
    if key in REFUSED:
        return outcome + own(": ") + texts.say(REFUSED[key])
    if key:
        return outcome + own(": ") + failure_words(key, line.facts, texts).what
    if line.outcome is Outcome.REFUSED:
        return outcome + own(": ") + texts.gettext("by Business Central")
    return outcome


def _doing(line: Line, texts: Texts) -> Markup:
    """In words; an act of another version by its code."""
    return texts.say(DOING[Act(line.act)]) if line.act in set(Act) else code(Outside(line.act).short(_ID))


def _subject(line: Line, problems: Mapping[str, ProblemLine], texts: Texts) -> Markup:
    match line.subject_kind:
        case Subject.PROBLEM if line.subject in problems:
            return problem_title(problems[line.subject], texts)
        case Subject.PROBLEM:
            return texts.gettext("a problem that is no longer kept")
        case Subject.ERROR if line.subject.isdecimal():
            return texts.gettext("No. {number}", number=digits(int(line.subject)))
        case Subject.PERSON:
            return mention(line.subject)
        case _:
            return EMPTY


def _count(view: ActivityView, texts: Texts) -> Markup:
    if view.list.count >= COUNTED:
        return texts.gettext("more than {n} lines", n=COUNTED)
    return texts.ngettext("{n} line", "{n} lines", view.list.count)


def _filters(view: ActivityView, texts: Texts) -> Iterable[Markup]:
    if view.person is not None:
        yield texts.gettext("by {person}", person=who_words(view.person, texts))
    if view.since is not None:
        yield texts.gettext("since {day}", day=own(view.since.isoformat()))


def _buttons(view: ActivityView, at: Pages, texts: Texts) -> list[Button]:
    value = ButtonValue(connection=view.connection.key, query=view.typed or None)
    return [
        *page_buttons(at, value, Action.ACTIVITY_PREVIOUS, Action.ACTIVITY_NEXT, texts),
        Button(texts.gettext("Export as CSV"), Action.ACTIVITY_EXPORT, value),
        Button(texts.gettext("Overview"), Action.OVERVIEW_SHOW, ButtonValue(connection=view.connection.key)),
    ]


def _actor(line: Line) -> Actor:
    try:
        return Actor.parse(line.actor)
    except ValueError:
        return Actor(From.BOT, line.actor)
