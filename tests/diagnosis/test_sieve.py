"""A sieve tells which expressions may match: one that it does not tell is not tried, so it must miss none."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.diagnosis import load_catalogue, speakers
from bot.diagnosis.listening import Listener
from bot.diagnosis.sieve import Sieve
from bot.diagnosis.tokens import read_refusal

LISTENER = Listener(load_catalogue().vocabulary)
IN_LOWER_CASE = (
    speakers.TALKED,
    speakers.BUILT,
    speakers.INSTRUCTED,
    speakers.REFUSED,
    speakers.FOREIGN,
    LISTENER.record,
)
WORDS = sorted(
    {
        word
        for expression in (*IN_LOWER_CASE, speakers.SPOKEN)
        for word in re.findall(r"[^\W\d_]{1,14}|[-'’:.=?]", expression.pattern)
    }
)
PIECES = st.one_of(st.sampled_from(WORDS), st.sampled_from([" ", " ", ", ", "\n"]), st.text(max_size=4))


@given(st.lists(PIECES, max_size=14).map("".join))
@example("I'm not able to post")
@example("I denne version må du ikke")
@example("the assembly order; the assembly")
@example("you can't; you can")
@example("npm: not found")
@example("No.='10000', Name=''")
def test_no_expression_that_matches_is_missed(text: str) -> None:
    may_match = LISTENER.sieve.may_match(text)
    assert speakers.SPOKEN in may_match or not speakers.SPOKEN.search(text)
    for expression in IN_LOWER_CASE:
        assert expression in may_match or not expression.search(text.lower())


def test_what_matches_nothing_is_not_tried() -> None:
    assert LISTENER.sieve.may_match("Grün ist es dort: 17") == []


@pytest.mark.parametrize(
    ("pattern", "text", "may"),
    [
        (r"(?<![\w-])us(?![\w-])", "tell us", True),
        (r"(?<![\w-])us(?![\w-])", "customer", False),
        (r"(?<![\w-])us(?![\w-])", "über-us", False),
        (r"(?<![\w-])us(?![\w-])", "usé", True),
        (r"(?<!\w)é\w+(?!\w)", "un échec", True),
        (r"assembl(?:y(?!\ (?:order|\)))|ies)", "assembly order", True),
        (r"of\ type\ (?=')  # why", "of type 'x'", True),
        (r"^\W*you\b", "  you", True),
        (r"^\W*you\b", "as you", False),
    ],
)
def test_an_expression_is_widened_and_no_wider_than_need_be(pattern: str, text: str, may: bool) -> None:
    expression = re.compile(pattern.partition("  # ")[0], re.VERBOSE)
    assert (Sieve(expression).may_match(text) == [expression]) is may


def test_case_does_not_count() -> None:
    small, any_case = re.compile("équipe"), re.compile("abd", re.IGNORECASE)
    assert Sieve(small, any_case).may_match("ÉQUIPE ABD") == [small, any_case]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<!\w)user\w{0,2}(?!\w)", "userñń"),
        (r"^a.b$", "a名b"),
        (r"\bé\b", "un é"),
        (r"^a\wb$", "aéb"),
        (r"^a\Wb$", "a–b"),
        (r"^a\sb$", "a\u3000b"),
        (r"^a\Sb$", "a名b"),
        (r"^a[’']?b$", "a’b"),
        (r"^a[’']?b$", "ab"),
        (r"^a[^b]b$", "a名b"),
        (r"^a[\w-]b$", "a名b"),
        (r"^a[\s.]b$", "a\u3000b"),
    ],
)
def test_a_character_of_several_bytes_is_one_character(pattern: str, text: str) -> None:
    expression = re.compile(pattern)
    assert expression.search(text)
    assert Sieve(expression).may_match(text) == [expression]


def test_what_is_known_of_refusals_is_sieved_in_little_memory() -> None:
    assert read_refusal("User 6f9619ff-8b86-d011-b42d-00cf4fc964ff does not have read access") == {
        "principal": "user",
        "user_id": "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "access": "Read",
    }
