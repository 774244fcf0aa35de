"""One cause is one problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diagnosis import load_classifier, mask, problem_id, problem_identity

CLASSIFIER = load_classifier()


def identify(text: str) -> str:
    """The id of the problem that a text belongs to."""
    diagnosis = CLASSIFIER.classify(text)
    identity = problem_identity(diagnosis, CLASSIFIER.catalogue.classes[diagnosis.class_code])
    return problem_id("T1", "acme", identity.class_code, identity.params, identity.masked)


USER = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            f"Principal user (Id={USER}, type=8) is missing prvReadProject privilege (Id={OTHER})",
            f"Hoofdgebruiker (Id={USER.upper()}, type=8) heeft geen machtiging prvreadproject".replace(
                "prvr", "prvR"
            ),
        ),
        (
            "Currency Code EUR must be coupled to a Dataverse row.",
            (
                "Modifying Customer failed because of the following error: Currency Code EUR must be "
                "coupled to a "
                "record in Dataverse."
            ),
        ),
        (
            "Name must have a value in Customer: No.=10000. It cannot be zero or empty.",
            "Name must have a value in Customer: No.=10001. It cannot be zero or empty.",
        ),
        ("The Customer record cannot be updated because it is coupled to a deleted record.",) * 2,
        (
            "Order 1001 could not be frobnicated on 2024-01-31.",
            "Order 77 could not be frobnicated on 2025-12-01.",
        ),
    ],
)
def test_the_same_cause_is_the_same_problem(one: str, other: str) -> None:
    assert identify(one) == identify(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            f"Principal user (Id={USER}, type=8) is missing prvReadProject privilege",
            f"Principal user (Id={OTHER}, type=8) is missing prvReadProject privilege",
        ),
        (
            f"Principal user (Id={USER}, type=8) is missing prvReadProject privilege",
            f"Principal user (Id={USER}, type=8) is missing prvReadAccount privilege",
        ),
        (
            "Currency Code EUR must be coupled to a Dataverse row.",
            "Currency Code USD must be coupled to a Dataverse row.",
        ),
        ("Unit of measure PCS is not coupled.", "Unit of measure BOX is not coupled."),
        ("Something is odd.", "Something else is odd."),
    ],
)
def test_another_cause_is_another_problem(one: str, other: str) -> None:
    assert identify(one) != identify(other)


def test_an_id_is_stable_short_and_blind_to_order_and_case() -> None:
    one = problem_id("T1", "acme", "data.validation", {"field": "Name", "max_length": 50}, "")
    assert one == problem_id("T1", "acme", "data.validation", {"max_length": 50, "field": "NAME"}, "")
    assert one == "422276a621261431"
    assert one != problem_id("T2", "acme", "data.validation", {"field": "Name", "max_length": 50}, "")
    assert one != problem_id("T1", "other", "data.validation", {"field": "Name", "max_length": 50}, "")


def test_the_class_must_be_the_diagnosis_s() -> None:
    diagnosis = CLASSIFIER.classify("Unit of measure PCS is not coupled.")
    with pytest.raises(ValueError, match="not the class"):
        problem_identity(diagnosis, CLASSIFIER.catalogue.classes["unknown"])


@given(st.text(max_size=300))
def test_any_text_has_an_id(text: str) -> None:
    assert len(identify(text)) == 16


@given(st.uuids(), st.integers(0, 10**9), st.dates(), st.text("abc xyz", max_size=20))
def test_what_varies_is_masked(guid: object, number: int, day: object, name: str) -> None:
    text = (
        f'Record {{{guid}}} of "{name}" failed {number} times since {day} for a.b@example.com at C-0{number}.'
    )
    assert mask(text) == "Record <guid> of <quoted> failed <number> times since <date> for <mail> at <key>"


def test_a_cut_text_has_the_mask_of_the_whole_one() -> None:
    text = "A rule of the warehouse was broken. " * 20
    assert mask(text) == mask(text[:250])


def test_a_call_stack_does_not_count_for_the_mask() -> None:
    assert mask("Odd.\r\n   at Foo.Bar(String s) in c:\\x.cs:line 3") == "Odd"
