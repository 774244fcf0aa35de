"""Answer of ``/syncerrors doctor``: what is broken, with who can mend it and how; then what is fine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.doctor_groups import Group, Line, groups_of, titles_words, unseen_words
from bot.cards.doctor_words import finding_words, step_words
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, lines, own, sentence
from bot.cards.texts import Texts
from bot.operations.doctor.values import Report, Verdict

SIGNS: Final = {
    Verdict.GOOD: own("✅"),
    Verdict.NOTE: own("⚠️"),
    Verdict.BROKEN: own("❌"),
    Verdict.UNKNOWN: own("❔"),
}


def doctor_card(report: Report, about: str, texts: Texts, *, again: str | None = None) -> Card:
    """The whole examination. *Check again* asks about the connection ``about``, or what ``again`` says."""
    headline = summary_words(report, texts)
    parts = [Part((blocks.header(headline),), Importance.ESSENTIAL)]
    for group in groups_of(report, texts):
        parts += _group(group, texts, _fine_in_short if len(report.patients) > 1 else _fine)
    once_more = Button(
        texts.gettext("Check again"),
        Action.DOCTOR_AGAIN,
        ButtonValue(connection=about, query=again),
    )
    errors = Button(texts.gettext("Errors"), Action.OVERVIEW_SHOW, ButtonValue(connection=about))
    parts.append(Part((blocks.actions(once_more, errors),), Importance.ESSENTIAL))
    told = [
        line
        for group in groups_of(report, texts)
        for line in group.lines
        if line.finding.verdict is Verdict.BROKEN
    ]
    first = _said(told[0], texts) if told else EMPTY
    return compose(sentence((headline, first)), parts, texts)


def examining_card(made: int, of: int, texts: Texts) -> Card:
    """While it lasts."""
    words = (
        texts.gettext("Checking: {made} of {all}…", made=made, all=of)
        if made
        else texts.gettext("Checking everything. This takes a few seconds…")
    )
    return compose(words, [Part((blocks.section(words),), Importance.ESSENTIAL)], texts)


def summary_words(report: Report, texts: Texts) -> Markup:
    """One sentence for everything."""
    broken, notes = report.count(Verdict.BROKEN), report.count(Verdict.NOTE)
    if broken:
        return texts.ngettext("{n} check failed.", "{n} checks failed.", broken)
    if notes:
        return texts.ngettext(
            "Everything works; {n} thing is worth knowing.",
            "Everything works; {n} things are worth knowing.",
            notes,
        )
    return texts.gettext("Everything works.")


def finding_lines(line: Line, texts: Texts) -> Markup:
    """A finding that somebody should read: what it means, the next step, and who takes it."""
    words = finding_words(line.finding, texts)
    titled = sentence((SIGNS[line.finding.verdict], bold(line.title(texts) + own(":")), words.what))
    if not words.next_step:
        return titled
    return lines((titled, sentence((own("→"), step_words(line.finding, words, texts)))))


def _group(group: Group, texts: Texts, fine: Callable[[Sequence[Line], Texts], Markup]) -> list[Part]:
    """The broken first, then what is worth knowing, what was not looked at, and what is fine."""
    parts = [Part((blocks.section(bold(group.name)),), Importance.ESSENTIAL)]
    for verdict, importance in ((Verdict.BROKEN, Importance.ESSENTIAL), (Verdict.NOTE, Importance.NORMAL)):
        parts += [
            Part((blocks.section(finding_lines(line, texts)),), importance)
            for line in group.lines
            if line.finding.verdict is verdict
        ]
    parts += [
        Part((blocks.context(sentence((SIGNS[Verdict.UNKNOWN], words))),))
        for words in unseen_words(group.lines, texts)
    ]
    if good := [one for one in group.lines if one.finding.verdict is Verdict.GOOD]:
        parts.append(Part((blocks.context(fine(good, texts)),)))
    return parts


def _fine(good: Sequence[Line], texts: Texts) -> Markup:
    """Each with its answer."""
    return lines(sentence((SIGNS[Verdict.GOOD], _said(line, texts))) for line in good)


def _fine_in_short(good: Sequence[Line], texts: Texts) -> Markup:
    """Of many companies: what was looked at."""
    words = texts.gettext("Fine: {checks}.", checks=titles_words(good, texts))
    return sentence((SIGNS[Verdict.GOOD], words))


def _said(line: Line, texts: Texts) -> Markup:
    return sentence((line.title(texts) + own(":"), finding_words(line.finding, texts).what))
