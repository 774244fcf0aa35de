"""Remedies on cards: filled with the facts of the very error, in the reader's words."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest

from bot.cards.links import Links
from bot.cards.problem import problem_card
from bot.cards.remedy import remedy_lines
from bot.cards.texts import Texts
from bot.diagnosis import load_catalogue, load_classifier
from bot.diagnosis.model import Condition, LinkKind, Localized, Params, Step, StepLink
from tests.cards.scene import CRONUS, MISSING_READ, USER_ID, detail, shown, stored_error

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


def test_a_step_about_the_error_itself_opens_its_row() -> None:
    step = Step(Localized("Read it.", "-"), StepLink(LinkKind.ERROR))
    card = problem_card(detail(steps=(step,), latest=stored_error(number=4711)), ENGLISH)
    section = next(str(block) for block in card.blocks if "1. Read it." in str(block))
    assert "page=5339&filter='No.' IS '4711'" in unquote(section)


NEEDS_NO_LINK = (
    "Nothing to repair: ",
    "If you saw this on screen: refresh the page.",
    "Once you know what it means: Teach, on the card of the problem,",
    "The user may work with the table, but not with this record: ",
    # In which table the record is, the text does not tell:
    "Open {field} {value} in Business Central: ",
    "The id {value} ({field}) is a row of Dataverse: find it there",
    "Find {other_record}: ",
    "Look for {other_record} in both apps: ",
    "Open the set-up page {table} and fill in {field}.",
    "On its card choose Related > Dataverse > Coupling > Set Up Coupling, or Synchronize. Order: ",
)


def test_every_step_leads_somewhere_unless_it_cannot() -> None:
    without = {
        step.text.en
        for known in load_catalogue().classes.values()
        for steps in (known.steps, *known.steps_by_topic.values())
        for step in steps
        if step.link is None and not step.warning
    }
    assert [text for text in without if not text.startswith(NEEDS_NO_LINK)] == []


def dutch_remedy(message: str) -> list[tuple[str, str]]:
    """The steps for a message of the mapping ITEM-PRODUCT, each with the query of its link."""
    diagnosis = load_classifier().classify(message)
    known = load_catalogue().classes[diagnosis.class_code]
    params = {"mapping": "ITEM-PRODUCT", **diagnosis.params}
    steps = known.remedy_for(diagnosis.topic, params)
    written = []
    for line in remedy_lines(steps, params, "Customer: 10000", Links(CRONUS), DUTCH):
        words, _, address = unquote(line.mrkdwn(3_000)).replace("*", "").partition(" <http")
        written.append((words, address.partition("?")[2].partition("|")[0]))
    return written


LACKS_READ = f"Principal user (Id={USER_ID}, type=8) is missing prvReadbcbi_projecttask privilege"
NO_UNIT = "Base Unit of Measure must have a value in Item: No.=1000-S. It cannot be zero or empty."
EXPIRED = "AADSTS7000222: The provided client secret keys for app 'x' are expired."
NO_RATE = (
    "Cannot create or update the currency USD in Dataverse, because there is no exchange rate defined for it."
)
CHANGED_TWICE = (
    "Cannot update a record in the Dataverse Account table. The mapping between Address field on the "
    "Customer table and the Street 1 field on the Dataverse Account table is bi-directional, and one or both "
    "values have changed since the last synchronization."
)
RULE_FOR_CONFLICTS = (
    "3. Voor een regel die het steeds beslist: pagina Toewijzingen van integratietabellen, toewijzing "
    "ITEM-PRODUCT, veld Updateconflicten oplossen: gegevensupdate naar de integratietabel sturen "
    "(Business Central wint) of gegevensupdate uit de integratietabel ophalen (Dataverse wint)"
)
RULE_FOR_DELETIONS = (
    "3. Voor veel records: pagina Toewijzingen van integratietabellen, toewijzing ITEM-PRODUCT, veld "
    "Verwijderingsconflicten oplossen: records herstellen of koppeling verwijderen"
)
MAPPING = "company=CRONUS NL&page=5335&filter='Name' IS 'ITEM-PRODUCT'"
ITEM = "company=CRONUS NL&page=30&filter='No.' IS "


@pytest.mark.parametrize(
    ("message", "step", "link"),
    [
        (NO_RATE, "1. Open valuta USD, kies Wisselkoersen en voer", "page=495&filter='Code' IS 'USD'"),
        (
            "Currency Code USD must be coupled to a record in Dataverse.",
            "1. Open Valuta USD in Business Central: die record moet eerst",
            "page=495&filter='Code' IS 'USD'",
        ),
        (
            f"Primary Contact No. {{{USER_ID}}} must be coupled to a Dataverse row.",
            f"1. De id {USER_ID} (Primary Contact No.) is een rij in Dataverse: open dat contact",
            f"etn=contact&id={USER_ID}",
        ),
        (LACKS_READ, f"1. Open gebruiker {USER_ID} in Dataverse", f"etn=systemuser&id={USER_ID}"),
        (LACKS_READ, "3. Geef Lezen op tabel Projecttaak (`bcbi_projecttask`) in een eigen, aparte rol", ""),
        (NO_UNIT, "1. Open Artikel 1000-S en vul Basiseenheid in.", ITEM + "'1000-S'"),
        (NO_UNIT, "2. Ontbreekt bij elke nieuwe record dezelfde standaardwaarde", MAPPING),
        (EXPIRED, "1. Het clientgeheim van de app-registratie is verlopen: maak een nieuw", ""),
        (EXPIRED, "2. Voer het in op pagina Dataverse-verbinding instellen", "page=7200"),
        (
            "The selected type of the Fabrikam Dataverse account is not customer.",
            "1. Open account Fabrikam in Dataverse en zet Relatietype op Klant.",
            "etn=account",
        ),
        (
            "You cannot sell Item 1000 because the Sales Blocked check box is selected on the Item card.",
            "1. Open Artikel 1000 en kijk of die geblokkeerd moet blijven.",
            ITEM + "'1000'",
        ),
        (
            "You cannot assign new numbers from the number series CUST.",
            "1. Open nummerreeks CUST: die heeft een regel nodig",
            "page=456&filter='Code' IS 'CUST'",
        ),
        (
            CHANGED_TWICE,
            RULE_FOR_CONFLICTS,
            MAPPING,
        ),
        (
            "The Item record cannot be updated because it is coupled to a deleted record.",
            RULE_FOR_DELETIONS,
            MAPPING,
        ),
        (
            "Phone No. must not contain letters in Customer No.='10000'.",
            "1. Open de bronrecord en corrigeer Phone No.: de waarde heeft niet de vorm",
            "page=21&filter='No.' IS '10000'",
        ),
        (
            "Posting Date must be greater than 01/01/2026",
            "1. De oorspronkelijke tekst noemt de regel. Open de record en wijzig Boekingsdatum",
            "",
        ),
        (
            "The record in table Customer already exists. Identification fields and values: No.='10000'",
            "2. Gaat het om hetzelfde, koppel de twee dan (in Business Central:",
            "page=21&filter='No.' IS '10000'",
        ),
        (
            "Principal user is missing a privilege. (0x80040220)",
            "3. Welke machtiging ontbreekt, zegt deze tekst niet",
            "page=5339",
        ),
        (
            "Unit of measure DOOS does not exist.",
            "1. Open eenheid DOOS (pagina Eenheden)",
            "page=209&filter='Code' IS 'DOOS'",
        ),
    ],
)
def test_a_remedy_names_the_facts_of_the_very_error_and_leads_to_the_record(
    message: str, step: str, link: str
) -> None:
    steps = dutch_remedy(message)
    assert any(words.startswith(step) and link in query for words, query in steps), steps
