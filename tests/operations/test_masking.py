"""Personal data in texts that more than one person sees."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.operations.masking import MAIL, MASK, masked, masked_params


@pytest.mark.parametrize(
    "address",
    [
        "jan.de.vries@kleiweg.nl",
        "j.o'neil+crm@mail.example.co.uk",
        "müller@bücher.example",
        "jan%40kleiweg.nl",
        "a@b.c",
        "x" * 300 + "@kleiweg.nl",
    ],
)
def test_addresses_of_mail_go(address: str) -> None:
    for around in ("{}", "E-mail {} is not valid.", "<{}>", "({}),", "mailto:{}?x", '"{}"'):
        text = masked(around.format(address))
        assert text == around.format(MAIL)


@pytest.mark.parametrize(
    "number",
    [
        "+31 6 12345678",
        "+31612345678",
        "+31 (0)20 123 45 67",
        "+1 (555) 123-4567",
        "(020) 123 45 67",
        "(555) 123-4567",
        "555-123-4567",
        "1-555-123-4567",
        "06-12345678",
        "06 12 34 56 78",
        "0612345678",
        "020 123 4567",
        "0031612345678",
        "0031 6 1234 5678",
        "01 23 45 67 89",
        "030/1234567",
        "+49\u00a030\u00a0123456",
    ],
)
def test_telephone_numbers_go(number: str) -> None:
    for around in ("{}", "Phone No. {} is too long.", "tel:{}", "'{}'", "({})"):
        assert re.sub(r"[()]", "", masked(around.format(number))) == re.sub(r"[()]", "", around.format(MASK))


@pytest.mark.parametrize(
    "text",
    [
        "Customer: 10000",
        "No. 4711",
        "00001234",
        "103028",
        "2026-03-04 09:30:00",
        "01-02-2026",
        "01/02/2026 10:11",
        "1.234.567,89",
        "1,234,567.89",
        "0.12345678",
        "12345678",
        "1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10",
        "{0006100D-0000-0000-C000-000000000046}",
        "0x80040216",
        "24.0.16410.18056",
        "10.0.12345.0",
        "AADSTS7000222",
        "0-8044-2957-X",
        "user@host without a dot",
        "@everybody",
        "prvReadAccount",
        "CRONUS @ home",
        "the value must be: see the manual",
        "Value:",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "The length of the string is 31, but it must be less than 30. Value: Jan de Vries\nDorpsstraat 1",
            "The length of the string is 31, but it must be less than 30. Value: •••",
        ),
        ("Waarde: Jan", "Waarde: •••"),
        ("La chaîne est trop longue. Valeur : Jean", "La chaîne est trop longue. Valeur : •••"),
    ],
)
def test_what_somebody_filled_in_goes_to_its_end(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_parameters_are_masked_and_a_value_goes_whole() -> None:
    params: dict[str, str | int] = {"value": "Jan", "record": "Contact: j@x.nl", "field": "Name", "max": 30}
    assert masked_params(params) == {"value": MASK, "record": f"Contact: {MAIL}", "field": "Name", "max": 30}


ANYTHING = st.text(st.sampled_from("a1@+0.-() :/%4Value\n\u00a0é") | st.characters(), max_size=200)


@given(ANYTHING)
@example("Value: Value: x")
@example("a@b.c@d.e")
@example("+0 0 0 0 0 0 0@0.0")
def test_masking_once_more_changes_nothing(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(before=ANYTHING, after=ANYTHING)
def test_no_surroundings_bring_an_address_or_a_number_through(before: str, after: str) -> None:
    assert "jan@kleiweg.nl" not in masked(f"{before} jan@kleiweg.nl {after}")
    assert "+31612345678" not in masked(f"{before}, +31612345678, {after}")


class Counted(str):
    """Text that counts how often somebody looks at one of its signs."""

    looked = 0

    def __getitem__(self, key: object) -> str:
        Counted.looked += 1
        return str.__getitem__(self, key)  # type: ignore[index]


@pytest.mark.parametrize(
    "piece", ["a@", "@", "a.b-c", "+0 ", "0-(", "1 ", "+", "(((", "Value ", "é@é.", "0."]
)
def test_the_work_grows_with_the_length_and_no_faster(piece: str) -> None:
    """Regular expressions here are bounded; what is walked sign by sign is counted."""
    Counted.looked = 0
    masked(Counted(piece * 2_000))
    small = Counted.looked
    Counted.looked = 0
    masked(Counted(piece * 20_000))
    assert Counted.looked <= 11 * small + 100
