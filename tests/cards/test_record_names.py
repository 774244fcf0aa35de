"""Records by the names that people know them by."""

from __future__ import annotations

import pytest

from bot.cards.links import Links
from bot.cards.record_names import record_words
from bot.cards.texts import Texts
from bot.store.record_names import RecordName, RecordState
from tests.cards.scene import CRONUS, NOW

GUID = "{1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}"
NONE = "{00000000-0000-0000-0000-000000000000}"
OURS = "https://businesscentral.dynamics.com/contoso.example/Production/?company=CRONUS&bookmark=15%3bx"


def words(record: str, locale: str = "en-US", **known: str) -> str:
    return str(record_words(record, Links(CRONUS), Texts.for_locale(locale), names=named(record, **known)))


def written(record: str, **known: str) -> str:
    texts = Texts.for_locale("en-US")
    return record_words(record, Links(CRONUS), texts, names=named(record, **known)).mrkdwn(900)


def named(record: str, name: str = "", url: str = "", state: str = "Found") -> dict[str, RecordName]:
    return {record: RecordName(record, name, url, RecordState(state), NOW)}


@pytest.mark.parametrize(
    ("record", "english", "dutch"),
    [
        ("Customer: 10000", "Customer 10000", "Klant 10000"),
        ("Salesperson/Purchaser: JO", "Salesperson/Purchaser JO", "Verkoper/inkoper JO"),
        ("Job Task: JOB001,100", "Project Task JOB001, 100", "Projecttaak JOB001, 100"),
        ("Project Task: JOB001,100", "Project Task JOB001, 100", "Projecttaak JOB001, 100"),
        ("Item Unit of Measure: 1000,PCS", "Item Unit of Measure 1000, PCS", "Artikeleenheid 1000, PCS"),
        ("Sales Header: Order,1001", "Sales Order 1001", "Verkooporder 1001"),
        ("Sales Header: Strange,1", "Sales document Strange, 1", "Verkoopdocument Strange, 1"),
        ("Sales Line: Quote,A,1,10000", "Sales Quote A,1, line 10000", "Verkoopofferte A,1, regel 10000"),
        ("Service Line: Invoice,S1,20", "Service Invoice S1, line 20", "Servicefactuur S1, regel 20"),
        ("Sales Invoice Header: VF1", "Posted Sales Invoice VF1", "Geboekte verkoopfactuur VF1"),
        (
            "Sales Invoice Line: VF1,30",
            "Posted Sales Invoice VF1, line 30",
            "Geboekte verkoopfactuur VF1, regel 30",
        ),
        ("Price List Line: VK,10", "Price List VK, line 10", "Prijslijst VK, regel 10"),
        ("Job Journal Line: P,D,10", "Project Journal P, D, line 10", "Projectdagboek P, D, regel 10"),
        (f"Unit Group: Item,{GUID}", "Unit Group Item", "Eenhedengroep Item"),
        (
            "CRM Payment Terms: 3",
            "Option 3 of column paymenttermscode in Dataverse",
            "Optie 3 van kolom paymenttermscode in Dataverse",
        ),
        (f"CRM Account: {NONE}", "Account, not created yet", "Account, nog niet gemaakt"),
        ("Contact: ", "Contact, not created yet", "Contactpersoon, nog niet gemaakt"),
        ("Sales Header: ,", "Sales document, not created yet", "Verkoopdocument, nog niet gemaakt"),
        ("Sales Price: a,b,c", "Sales Price: a,b,c", "Sales Price: a,b,c"),  # not taken apart for certain
        ("Bicycle: 1", "Bicycle: 1", "Bicycle: 1"),
        ("", "", ""),
    ],
)
def test_every_kind_of_record_reads_as_people_call_it(record: str, english: str, dutch: str) -> None:
    assert words(record) == english
    assert words(record, "nl-NL") == dutch


@pytest.mark.parametrize(
    ("record", "name", "shown"),
    [
        ("Customer: 10000", "Adatum", "Customer 10000 · Adatum"),
        (f"CRM Account: {GUID}", "Adatum", "Account Adatum"),
        (f"CRM Account: {GUID}", "", f"Account in Dataverse ({GUID[1:-1].lower()})"),
        (f"CRM Quote: {GUID}", "QUO-1", "Quote QUO-1"),
        ("CRM Freight Terms: 2", "FOB", "Option 2 of column address1_freighttermscode in Dataverse · FOB"),
        ("Contact: ", "Kim", "Contact, not created yet"),
    ],
)
def test_the_name_stands_beside_the_number(record: str, name: str, shown: str) -> None:
    assert words(record, name=name) == shown


def test_a_name_that_is_the_number_is_not_said_twice() -> None:
    assert words("Currency: USD", name="usd") == "Currency USD"


def test_a_deleted_record_says_so() -> None:
    assert words("Customer: 10000", name="Adatum", state="Deleted") == (
        "Customer 10000 · Adatum · no longer there"
    ), "no link: it would lead nowhere"
    closed = words(f"CRM Account: {GUID}", state="Unreadable")
    assert closed.endswith("· could not be opened by Business Central")
    option = words("CRM Payment Terms: 3", state="Unreadable")
    assert option == "Option 3 of column paymenttermscode in Dataverse", "the extension opens no options"


@pytest.mark.parametrize(
    "name", ["<!channel> *x*", "<https://evil.example|log in>", "a|b> `c`", "\u202eevil"]
)
def test_a_hostile_name_is_shown_and_does_nothing(name: str) -> None:
    for record in ("Customer: 10000", f"CRM Account: {GUID}"):
        text = written(record, name=name)
        assert "<!" not in text
        assert "<https://evil" not in text
        assert "\u202e" not in text
        assert text.count("<") == text.count(">") == 1  # our own link


def test_what_has_no_page_of_its_own_opens_by_the_address_that_business_central_gives() -> None:
    assert f"<{OURS}|" in written(f"Unit Group: Item,{GUID}", url=OURS)
    assert "bookmark" not in written("Customer: 10000", url=OURS), "our own link needs no bookmark"
    for foreign in (
        OURS.replace("dynamics.com", "dynamics.com.evil.example"),
        OURS.replace("https", "http"),
        "javascript:alert(1)",
        "https://businesscentral.dynamics.com@evil.example/",
        OURS + "|x> <!channel>",
    ):
        assert "<" not in written(f"Unit Group: Item,{GUID}", url=foreign).replace("&lt;", "")


def test_lines_open_the_document_that_they_are_in() -> None:
    assert "page=42&" in written("Sales Line: Order,1001,10000")
    assert "page=5933&" in written("Service Line: Invoice,S1,20")
    assert "page=7016&" in written("Price List Line: VK,10")
    assert "page=5334" in written("CRM Payment Terms: 3")
