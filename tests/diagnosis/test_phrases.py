"""Telling phrases: what decides where no template, no privilege and no code is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import UNKNOWN, Reason, explain, load_catalogue, load_classifier
from bot.diagnosis.phrases import GAP, PhraseRule, Phrases

ALL = Phrases(load_catalogue().phrases)


def rule(text: str, class_code: str = "auth.failed", *, last: bool = False) -> PhraseRule:
    return PhraseRule(f"phrase.{text}", class_code, None, text, "a test", last)


def best(text: str, *rules: PhraseRule) -> str | None:
    found = Phrases(rules).best(text)
    return found.text if found else None


def test_its_words_are_found_in_any_case_and_only_as_words() -> None:
    phrase = rule("token expired")
    assert best("The call failed: Token Expired.", phrase) == phrase.text
    assert best("mytoken expired", phrase) is None
    assert best("token expiredness", phrase) is None


def test_its_pieces_stand_in_their_order_within_a_sentence() -> None:
    phrase = rule("token ... expired")
    assert best("The access token of app 4 has expired", phrase)
    assert best("It expired: the token", phrase) is None
    assert best("Get a token first. The order expired", phrase) is None
    assert best(f"A token {'x ' * 60}expired", phrase) is None


def test_a_later_place_counts_where_the_first_leads_nowhere() -> None:
    assert best("Got a token. Then the token has expired", rule("token ... expired"))


def test_a_contraction_begins_within_a_word() -> None:
    assert best("The user doesn't have a license", rule("n't have a license"))


def test_what_tells_most_decides_and_a_reason_before_a_failure() -> None:
    short, long = rule("expired"), rule("token has expired", "connection.unavailable")
    assert best("The token has expired", short, long) == long.text
    weak = rule("could not connect to the server", "connection.unavailable", last=True)
    assert best("Could not connect to the server: expired", weak, short) == short.text


@pytest.mark.parametrize(
    "text",
    [
        "I think the access token has expired",
        "Has the access token expired? Nothing arrives",
        "hi, the access token has expired",
        "Can somebody check, the access token has expired",
    ],
)
def test_what_a_person_writes_is_no_message(text: str) -> None:
    assert load_classifier().classify(text).class_code == UNKNOWN


def test_what_a_manual_explains_is_no_message() -> None:
    refusal = "the access token has expired"
    assert load_classifier().classify(f"It failed: {refusal}").class_code == "auth.failed"
    for opening in ("Occurs when", "Specifies that", "Note that"):
        assert load_classifier().classify(f"{opening} {refusal}").class_code == UNKNOWN


def test_an_address_with_a_query_is_no_question() -> None:
    text = "The access token has expired (https://contoso.crm4.dynamics.com/api/data?$top=1)"
    assert load_classifier().classify(text).class_code == "auth.failed"


def test_either_kind_of_apostrophe_is_one() -> None:
    text = "Zyx: vous n{}avez pas l{}autorisation de lire ceci"
    for mark in ("'", "’"):
        assert (
            load_classifier().classify(text.replace("{}", mark)).class_code == "permission.missing_privilege"
        )


def test_every_phrase_tells_in_a_sentence_of_its_own() -> None:
    """One test for all: two thousand of their own would take as long as the rest of the room."""
    wrong = {}
    for phrase in load_catalogue().phrases:
        of_what = " for the customer C00110" if phrase.named else " for the customer" if phrase.among else ""
        text = f"Zyx: it says {phrase.text.replace(GAP, ' that ')} at 7{of_what}"
        diagnosis = load_classifier().classify(text)
        if diagnosis.class_code != phrase.class_code:
            wrong[phrase.text] = diagnosis.rule
    assert not wrong


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Zyx may not be shared with a vendor", False),
        ("Order 1044 may not be shared with vendor V00130", True),
        ("Zyx may not be shared with V00130", False),
        ("The item 1896-S already lies in the bin", True),
        ("The item already lies in the bin", False),
    ],
)
def test_bare_words_of_a_refusal_count_where_a_record_is_named(text: str, known: bool) -> None:
    assert (load_classifier().classify(text).class_code != UNKNOWN) is known


@pytest.mark.parametrize(
    "text",
    [
        "You cannot reverse what is out of range",
        "Shoe Size Code must be blank",
        "Zyx must be blank in Zyx Kind='Order',No.='1001'.",
        "Du skal vælge en farve",
    ],
)
def test_an_opening_a_caption_or_a_key_shows_a_refusal(text: str) -> None:
    assert load_classifier().classify(text).class_code == "data.validation"


@pytest.mark.parametrize(
    "text",
    [
        "Specifies that the customer must be blank",
        "On the Customer Card page, the currency code must be specified",
        "If you post the order, the posting date must not be later than the due date",
        "You can only choose customers, for example, of your region",
        "Mollie: the amount of the payment is not valid",
        "Workday: the employee does not exist",
        "You cannot bring guests without registration.",
        "Customers cannot pay with cheques.",
        "etcd: request timed out",
        "Looker: Query timed out",
        "JTL: Auftrag ist gesperrt",
        "Angiver, om debitoren er spærret.",
        "Die Rechnung 103022 muss bis Freitag bezahlt werden.",
        "De bestelling komt niet overeen met onze offerte 1044.",
    ],
)
def test_manuals_and_other_products_refuse_nothing(text: str) -> None:
    assert load_classifier().classify(text).class_code == UNKNOWN


def test_a_danish_sentence_may_begin_with_i() -> None:
    text = "Du kan ikke ændre varen. I stedet kan du oprette en ny."
    assert load_classifier().classify(text).class_code == "data.validation"


def test_a_code_tells_more_than_a_phrase() -> None:
    text = "Zyx: connection reset while asking (0x80072560)"
    diagnosis = load_classifier().classify(text)
    assert (diagnosis.class_code, diagnosis.rule) == ("permission.no_role_or_license", "code.0x80072560")


def test_a_plug_in_may_use_the_words_of_a_refused_value() -> None:
    text = "An error occurred in the Contoso.Check plug-in: the colour is a required field"
    assert load_classifier().classify(text).class_code == "customization.plugin_or_workflow"


def test_it_is_explained() -> None:
    told = explain(load_classifier(), "Zyx: the access token of the app has expired")
    assert told.reason is Reason.PHRASE
    assert told.template == "token ... expired"
    assert told.source
    assert told.why


@given(st.text())
def test_any_text_gives_an_answer(text: str) -> None:
    ALL.best(text)


def test_the_time_grows_with_what_is_searched_only() -> None:
    """A text of a million characters is searched as far as a short one: no place is tried for ever."""
    assert best("token " * 200_000 + "expired", rule("token ... expired")) is None
