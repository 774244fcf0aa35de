"""Answer of ``/syncerrors doctor``: what is broken, with who can mend it and how; then what is fine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.doctor_words import finding_words, step_words, title_of, titles_words, unseen_words
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, bold, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.operations.doctor.values import Finding, Patient, Report, Verdict

SIGNS: Final = {
    Verdict.GOOD: own("✅"),
    Verdict.NOTE: own("⚠️"),
    Verdict.BROKEN: own("❌"),
    Verdict.UNKNOWN: own("❔"),
}
_NAME: Final = 60


def doctor_card(report: Report, about: str, texts: Texts, *, again: str | None = None) -> Card:
    """The whole examination. *Check again* asks about the connection ``about``, or what ``again`` says."""
    headline = summary_words(report, texts)
    parts = [Part((blocks.header(headline),), Importance.ESSENTIAL)]
    parts += _group(texts.gettext("Bot and Slack"), report.house, texts)
    for patient in report.patients:
        parts += _group(patient_name(patient), patient.findings, texts)
    once_more = Button(
        texts.gettext("Check again"),
        Action.DOCTOR_AGAIN,
        ButtonValue(connection=about, query=again),
    )
    errors = Button(texts.gettext("Errors"), Action.OVERVIEW_SHOW, ButtonValue(connection=about))
    parts.append(Part((blocks.actions(once_more, errors),), Importance.ESSENTIAL))
    told = [finding for finding in report.findings if finding.verdict is Verdict.BROKEN]
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


def patient_name(patient: Patient) -> Markup:
    """A connection as people know it."""
    return Outside(patient.name).short(_NAME)


def finding_lines(finding: Finding, texts: Texts) -> Markup:
    """A finding that somebody should read: what it means, the next step, and who takes it."""
    words = finding_words(finding, texts)
    titled = sentence((SIGNS[finding.verdict], bold(title_of(finding.check, texts) + own(":")), words.what))
    if not words.next_step:
        return titled
    return lines((titled, sentence((own("→"), step_words(finding, words, texts)))))


def _group(name: Markup, findings: Sequence[Finding], texts: Texts) -> list[Part]:
    """The broken first, then what is worth knowing; what is fine and what was not looked at in short."""
    parts = [Part((blocks.section(bold(name)),), Importance.ESSENTIAL)]
    for verdict, importance in ((Verdict.BROKEN, Importance.ESSENTIAL), (Verdict.NOTE, Importance.NORMAL)):
        parts += [
            Part((blocks.section(finding_lines(finding, texts)),), importance)
            for finding in findings
            if finding.verdict is verdict
        ]
    parts += [
        Part((blocks.context(sentence((SIGNS[Verdict.UNKNOWN], words))),))
        for words in unseen_words(findings, texts)
    ]
    if good := titles_words((one for one in findings if one.verdict is Verdict.GOOD), texts):
        words = texts.gettext("Fine: {checks}.", checks=good)
        parts.append(Part((blocks.context(sentence((SIGNS[Verdict.GOOD], words))),)))
    return parts


def _said(finding: Finding, texts: Texts) -> Markup:
    return sentence((title_of(finding.check, texts) + own(":"), finding_words(finding, texts).what))
