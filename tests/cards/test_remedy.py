"""Remedies on cards: filled with the facts of the very error, in the reader's words."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.problem import problem_card
from bot.cards.texts import Texts
from bot.diagnosis.model import Condition, Localized, Params, Step
from tests.cards.scene import MISSING_READ, detail, shown, stored_error

ENGLISH = Texts.for_locale("en-US")
DUTCH = Texts.for_locale("nl-NL")


def told(sentence: str, params: Params, texts: Texts) -> str:
    """A step as a problem with these facts shows it."""
    line = replace(MISSING_READ, params=params)
    return shown(problem_card(detail(line=line, steps=(Step(Localized(sentence, sentence)),)), texts))


def test_accesses_tables_and_fields_are_called_what_the_readers_screen_calls_them() -> None:
    params: Params = {"access": "Read", "entity": "bcbi_projecttask", "table": "Item", "field": "Item No."}
    sentence = "{access}, {entity}, {table}, {field}."
    assert "1. Read, Project Task (bcbi_projecttask), Item, Item No..\n" in told(sentence, params, ENGLISH)
    assert "1. Lezen, Projecttaak (bcbi_projecttask), Artikel, Artikelnr..\n" in told(sentence, params, DUTCH)


def test_a_value_that_nobody_translated_stays_as_it_is() -> None:
    params: Params = {"access": "Fly", "entity": "new_thing", "table": "Debitor", "field": "Farbe"}
    read = told("{access}, {entity}, {table}, {field}.", params, DUTCH)
    assert "1. Fly, new_thing, Debitor, Farbe.\n" in read


def test_a_step_for_many_records_does_not_vanish_because_the_latest_error_names_one() -> None:
    step = Step(Localized("Open the contacts.", "-"), condition=Condition(lacks=frozenset({"record"})))
    latest = stored_error(params={"record": "CT0001"})
    line = replace(MISSING_READ, params={})
    assert "1. Open the contacts." in shown(
        problem_card(detail(line=line, latest=latest, steps=(step,)), ENGLISH)
    )


def test_the_mapping_of_all_errors_fills_a_step_that_no_text_fills() -> None:
    step = Step(Localized("Choose {mapping}.", "-"), condition=Condition(needs=frozenset({"mapping"})))
    line = replace(MISSING_READ, mapping="CUSTOMER")
    assert "1. Choose CUSTOMER.\n" in shown(problem_card(detail(line=line, steps=(step,)), ENGLISH))
    named = replace(line, params={"mapping": "VENDOR"})
    assert "1. Choose VENDOR.\n" in shown(problem_card(detail(line=named, steps=(step,)), ENGLISH))
