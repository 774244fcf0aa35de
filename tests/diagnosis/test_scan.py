"""One scan decides what is done with a text: it must see all that the steps behind it look for, and they must
do no more work for a text of twice the length than twice as much.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.diagnosis import UNKNOWN, load_catalogue, load_classifier, scan
from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.masking import MASKED_LENGTH, mask_even, masked_parts
from bot.diagnosis.matcher import Matcher
from bot.diagnosis.normal import even, undressed
from bot.diagnosis.scan import Mark
from bot.diagnosis.templates import parse_template
from bot.diagnosis.tokens import first_code, read_privilege

CATALOGUE = load_catalogue()
CLASSIFIER = load_classifier()
MATCHER = Matcher(CATALOGUE.templates, CATALOGUE.captions)
GUID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
TOKENS = [
    *("prvReadAccount", "SecLib::CheckPrivilege", "::VerifyCallerPrivileges failed", "does not have "),
    *(
        "ReadAccess right",
        "privilegeCount=1 (Id=",
        GUID,
        ", type=8",
        "0x80040220",
        "-2147220960",
        "AADSTS50034",
        "Error code 80048041",
        "Crm.80040265.",
    ),
    *(
        "System.Exception: ",
        "(Fault Detail is equal to X)",
        "\n",
        "\\",
        "\u00a0",
        "\u3000",
        "  ",
        " ",
        "a",
        "1",
    ),
    *(
        "'",
        '"',
        "“",
        "”",
        "„",
        "«",
        "»",
        "@",
        "x@y.com",
        "https://x.y",
        "2024-01-02 10:00",
        "-",
        "_",
        "é",
        "名",
    ),
    *("Modifying Customer failed because of the following error: ", "\r\n   at A.B(", "Customer 1 ", "ab-1"),
]
SAMPLE = [(rule.template.longest, rule) for rule in CATALOGUE.templates[:12]]
LITERALS = [rule.template.longest for rule in CATALOGUE.templates]
PIECES = st.one_of(st.sampled_from(TOKENS), st.sampled_from(TOKENS), st.sampled_from(LITERALS))
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=9).map("".join))


def marks_in(text: str) -> int:
    return MATCHER.standing(text)[1]


@settings(max_examples=300, deadline=None)
@example("The user does not have ReadAccess right on it.")
@example("SecLib::AccessCheckEx failed")
@example("SecurityLibrary::VerifyCallerPrivileges failed")
@example(f"User (Id={GUID}, type=8, privilegeCount=12")
@example("is missing prvReadAccount")
@example("System.Exception: It failed.")
@example("It failed. (Fault Detail is equal to X)")
@example("one\u00a0two")
@example("one\\two")
@given(TEXTS)
def test_no_step_is_skipped_that_would_do_something(text: str) -> None:
    marks = marks_in(text)
    assert bool(marks & Mark.UNEVEN) == (even(text) != text)
    if undressed(text) != text:
        assert marks & Mark.DRESSED
    if read_privilege(text):
        assert marks & Mark.PRIVILEGE
    if first_code(text):
        assert marks & Mark.CODE


@pytest.mark.parametrize(
    "gap", [*(chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()), "\\", "  "]
)
def test_any_white_space_counts_as_a_blank(gap: str) -> None:
    text = "Nothing was found. The Dataverse connection must be enabled."
    assert CLASSIFIER.classify(text.replace(" ", gap)) == CLASSIFIER.classify(text)


@settings(max_examples=300, deadline=None)
@example("Modifying Customer failed because of the following error: \\Nothing.")
@given(TEXTS)
def test_the_short_way_and_the_way_that_explains_agree(text: str) -> None:
    assert CLASSIFIER.examine(text).diagnosis == CLASSIFIER.classify(text)


def test_rules_that_begin_alike_are_not_all_tried() -> None:
    rules = [
        TemplateRule(
            id=f"r{number}",
            class_code=UNKNOWN,
            topic=None,
            language="en",
            template=parse_template(
                f"The synchronization of the nightly job {number} has stopped: {{value}}"
            ),
            also={},
            source="",
        )
        for number in range(1, 301)
    ]
    matcher = Matcher(rules, CATALOGUE.captions)
    text = "The synchronization of the nightly job 217 has stopped: no paper"
    assert [rule.id for rule in matcher.candidates(text, cut=False)] == ["r217"]


def test_what_was_found_together_is_not_remembered_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_REMEMBERED", 3)
    few = scan.Scan((literal, (place, rule)) for place, (literal, rule) in enumerate(SAMPLE))
    first = [few.standing(literal) for literal, _ in SAMPLE]
    assert [few.standing(literal) for literal, _ in SAMPLE] == first
    assert len(few._known) <= 3


@settings(max_examples=300, deadline=None)
@given(TEXTS.map(even))
def test_a_mask_is_what_its_parts_say(text: str) -> None:
    told = "".join(part if kind is None else f"<{kind}>" for part, kind, _ in masked_parts(text))
    assert mask_even(text) == told[:MASKED_LENGTH].rstrip(". ")


def calls(work: Callable[[], object]) -> int:
    """Calls of functions, Python's own included: work that can be counted the same on any machine."""
    counted = 0

    def count(_frame: object, event: str, _of: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("piece", [*TOKENS, " ; ".join(LITERALS[::9])], ids=ascii)
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    short, long = piece * (20_000 // len(piece)), piece * (40_000 // len(piece))
    CLASSIFIER.classify(short)
    assert calls(lambda: CLASSIFIER.classify(long)) <= 2.2 * calls(lambda: CLASSIFIER.classify(short))


def test_more_templates_are_not_more_work() -> None:
    """Those that have nothing in common with a text are not looked at."""
    others = [
        TemplateRule(
            id=f"made.{number}",
            class_code=UNKNOWN,
            topic=None,
            language="en",
            template=parse_template(f"Partner app {number} refused {{value}}"),
            also={},
            source="",
        )
        for number in range(2_000)
    ]
    many = Matcher([*CATALOGUE.templates, *others], CATALOGUE.captions)
    for rule in CATALOGUE.templates[::25]:
        words = "Customer".join(rule.template.literals)
        tried = many.candidates(words, cut=False)
        assert rule in tried
        assert not any(tried_rule.id.startswith("made.") for tried_rule in tried)
