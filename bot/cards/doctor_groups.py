"""What the doctor found, in the order in which it looks: what all share, each company,
then who reads, and what was read last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.cards.doctor_words import title_of
from bot.cards.markup import EMPTY, Markup, joined, own
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.dataclass import dataclass
from bot.operations.doctor.values import Finding, Patient, Report

_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A finding; ``company`` is empty where its group says whose it is, or where there is one company."""

    finding: Finding
    company: Markup = EMPTY

    def title(self, texts: Texts) -> Markup:
        """What was looked at, and of whom."""
        title = title_of(self.finding.check, texts)
        return title + own(" (") + self.company + own(")") if self.company else title


@dataclass(frozen=True, slots=True)
class Group:
    """Findings under one heading."""

    name: Markup
    lines: tuple[Line, ...]


def groups_of(report: Report, texts: Texts) -> Iterator[Group]:
    """All that was found. A worker works for all companies, so what depends on it comes at the end."""
    yield Group(texts.gettext("Bot and Slack"), tuple(map(Line, report.house)))
    for patient in report.patients:
        yield Group(patient_name(patient), tuple(map(Line, patient.set_up)))
    several = len(report.patients) > 1
    past = (
        Line(finding, patient_name(patient) if several else EMPTY)
        for patient in report.patients
        for finding in patient.past
    )
    yield Group(texts.gettext("Reading"), (Line(report.worker), *past))


def patient_name(patient: Patient) -> Markup:
    """A connection as people know it."""
    return Outside(patient.name).short(_NAME)


def titles_words(lines: Iterable[Line], texts: Texts) -> Markup:
    """What was looked at, in one line; the same of several companies once."""
    return joined(
        (title_of(check, texts) for check in dict.fromkeys(one.finding.check for one in lines)), ", "
    )


def unseen_words(lines: Sequence[Line], texts: Texts) -> Iterator[Markup]:
    """What was not looked at, in one sentence for each cause: the same eleven times over says no more."""
    for because in dict.fromkeys(one.finding.because for one in lines if one.finding.because is not None):
        unseen = [one for one in lines if one.finding.because is because]
        yield texts.gettext(
            "Not looked at because of “{check}”: {checks}.",
            check=title_of(because, texts),
            checks=joined((one.title(texts) for one in unseen), ", "),
        )
