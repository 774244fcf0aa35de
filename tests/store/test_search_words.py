"""Text becomes the same words wherever it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.search_words import (
    WORD_LENGTH,
    class_mark,
    humps_of,
    mapping_mark,
    record_mark,
    record_terms,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Customer: D10210", ["customer", "d10210"]),
        ("prvReadbcbi_company, prvReadbcbi_company", ["prvreadbcbi", "company"]),
        ("{3F2B1C4D-5E6F-4A7B-8C9D-0E1F2A3B4C5D}", ["3f2b1c4d5e6f4a7b8c9d0e1f2a3b4c5d"]),
        ("3F2B1C4D-5E6F-4A", ["3f2b1c4d5e6f4a"]),
        ("3f2b1c4d-", ["3f2b1c4d"]),
        ("12345678-1234 non-interactive", ["12345678", "1234", "non", "interactive"]),
        ("Café Zwölf", ["cafe", "zwolf"]),
        ("cafe\u0301", ["cafe"]),
        ("Straße İstanbul", ["strasse", "istanbul"]),
        ("株式会社 テスト", ["株式会社", "テスト"]),
        ("AND NOT NEAR(a b) \"x\" 'y' z* -w", ["and", "not", "near", "a", "b", "x", "y", "z", "w"]),
        ("x" * 100, ["x" * WORD_LENGTH]),
        (" *-%()\"'\x00\ud800\ue001🚀 ", []),
        ("", []),
    ],
)  # fmt: skip
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_no_text_becomes_anything_but_letters_and_digits(text: str) -> None:
    for word in words_of(text):
        assert word.isalnum()
        assert 0 < len(word) <= WORD_LENGTH


@given(st.text())
def test_words_of_words_are_the_same(text: str) -> None:
    once = words_of(text)
    assert words_of(" ".join(once)) == once


@given(st.text(st.characters(max_codepoint=127)))
def test_letter_case_does_not_count(text: str) -> None:
    assert words_of(text.upper()) == words_of(text.lower())


def test_a_privilege_is_found_by_its_inner_words() -> None:
    assert humps_of("prvReadAccount") == ("readaccount", "account")
    assert humps_of("account") == ()


def test_a_record_is_marked_as_a_whole_and_by_its_key() -> None:
    assert record_mark("customer 10000") in record_terms("Customer: 10000").split()
    assert record_mark("d10210") in record_terms("Customer: D10210").split()
    assert record_mark("sales header order 1001") in record_terms("Sales Header: Order,1001").split()
    assert record_mark("customer") not in record_terms("Customer: 10000").split()
    assert record_mark("1000") not in record_terms("Customer: 10000").split()
    row = record_terms("CRM Account: {3F2B1C4D-5E6F-4A7B-8C9D-0E1F2A3B4C5D}").split()
    assert row == ["crm", "account", "3f2b1c4d5e6f4a7b8c9d0e1f2a3b4c5d"]
    assert record_terms("") == ""


@given(st.text(), st.text())
def test_nobody_can_type_a_mark(typed: str, name: str) -> None:
    assert {class_mark(name), mapping_mark(name), record_mark(name)}.isdisjoint(words_of(typed))
