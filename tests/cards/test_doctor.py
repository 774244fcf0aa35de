"""The doctor's words: one sentence for each outcome and each number of Entra's, and none left over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.cards.aadsts import REFUSALS, WORDS_OF_REFUSALS, Refusal, refusal_words
from bot.cards.doctor import doctor_card, summary_words
from bot.cards.doctor_groups import groups_of
from bot.cards.doctor_wording import Mender
from bot.cards.doctor_words import MENDERS, TITLES, WORDS, finding_words
from bot.cards.failure import failure_words
from bot.cards.texts import Texts
from bot.operations.doctor.values import Check, Finding, Outcome, Patient, Report, Verdict
from tests.cards.oracle import check

ENGLISH, DUTCH = Texts.for_locale("en"), Texts.for_locale("nl")
NOW = datetime(2026, 3, 4, tzinfo=UTC)


def test_every_outcome_has_its_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == set(Outcome) - {Outcome.FAILURE, Outcome.BLOCKED}
    assert set(TITLES) == set(Check)
    assert set(MENDERS) == set(Mender) - {Mender.NOBODY}


@pytest.mark.parametrize("outcome", sorted(WORDS))
def test_no_words_need_a_fact_to_be_said(outcome: Outcome) -> None:
    for texts in (ENGLISH, DUTCH):
        words = finding_words(Finding(Check.PULL, Verdict.NOTE, outcome), texts)
        assert words.what


def test_every_number_of_entra_leads_to_words() -> None:
    assert set(REFUSALS.values()) == set(Refusal) == set(WORDS_OF_REFUSALS)
    assert all(number.isdigit() for number in REFUSALS)
    assert refusal_words("AADSTS7000222") is WORDS_OF_REFUSALS[Refusal.SECRET_EXPIRED]
    assert refusal_words("AADSTS1") is None
    known = failure_words("source.sign_in_refused", {"code": "AADSTS53003"}, ENGLISH)
    assert "Conditional Access" in str(known.what)
    unknown = failure_words("source.sign_in_refused", {"code": "AADSTS1"}, ENGLISH)
    assert str(unknown.next_step).startswith("An administrator checks the app registration")


def test_a_card_of_many_companies_fits_and_leads_with_what_is_broken() -> None:
    bad = Finding(Check.ENTRA, Verdict.BROKEN, Outcome.FAILURE, {"key": "source.unreachable"})
    rest = tuple(Finding(check, Verdict.UNKNOWN, Outcome.BLOCKED, because=Check.ENTRA) for check in Check)
    patients = tuple(Patient(f"{n:016x}", f"<!channel> {n}", (bad, *rest)) for n in range(60))
    worker = Finding(Check.WORKER, Verdict.GOOD, Outcome.WORKER_FINE, {"workers": 1})
    report = Report(NOW, (Finding(Check.SETTINGS, Verdict.GOOD, Outcome.SETTINGS_FINE),), patients, worker)
    for texts in (ENGLISH, DUTCH):
        card = doctor_card(report, patients[0].key, texts, again="all")
        check(card)
        assert "<!channel>" not in str(card.blocks)
    assert str(summary_words(report, ENGLISH)) == "60 checks failed."
    assert not report.is_well


def test_the_worker_of_all_is_named_once_between_the_set_up_and_what_was_read() -> None:
    worker = Finding(Check.WORKER, Verdict.BROKEN, Outcome.WORKER_NONE)
    late = Finding(Check.PULL, Verdict.BROKEN, Outcome.PULL_LATE, {"read_at": NOW, "minutes": 5})
    fine = Finding(Check.ENTRA, Verdict.GOOD, Outcome.ENTRA_FINE)
    patients = tuple(Patient(name, name, (fine, late)) for name in ("Bakker", "Zwart"))
    told = [
        f"{group.name.plain(50)}: {', '.join(line.title(ENGLISH).plain(80) for line in group.lines)}"
        for group in groups_of(Report(NOW, (), patients, worker), ENGLISH)
    ]
    assert told[1:] == [
        "Bakker: Sign-in for Business Central",
        "Zwart: Sign-in for Business Central",
        "Reading: Worker, Last reading (Bakker), Last reading (Zwart)",
    ]
    (*_, alone) = groups_of(Report(NOW, (), patients[:1], worker), ENGLISH)
    assert [line.title(ENGLISH).plain(80) for line in alone.lines] == ["Worker", "Last reading"]
