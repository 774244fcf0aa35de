"""Every template of the catalogue, filled with anything, comes back with its own class and its own values."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnosis import load_catalogue, load_classifier
from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.templates import IGNORED, Hole, TemplateInvalid, parse_template

RULES = {rule.id: rule for rule in load_catalogue().templates}
WRAPPERS = (
    "{}",
    "Modifying Customer failed because of the following error: {}.",
    (
        "The data could not be updated because of the following error: Modifying Item failed because of the "
        "following error: {}."
    ),
    "An error occurred when communicating with Dataverse.\r\nDetailed description: {}",
    "{}\r\n   at Microsoft.Dynamics.Nav.Crm.Create(Entity entity)\r\n   at System.Run()",
)
LETTERS = "ΑΒΓΔéßøčÞ名古屋ع☃0123456789-_&'"
WORDS = st.text(LETTERS, min_size=1, max_size=12).filter(lambda word: word.strip("-_&'"))
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
GUIDS = st.uuids().map(str)


def value_of(hole: Hole) -> st.SearchStrategy[str]:
    """What Business Central could put into a hole."""
    if hole.kind == "guid":
        return st.one_of(GUIDS, GUIDS.map(lambda guid: "{" + guid.upper() + "}"))
    if hole.kind == "int":
        return st.integers(0, 10**6).map(str)
    if hole.kind == "privilege":
        return st.sampled_from(["prvReadAccount", "prvWritebcbi_company", "prvAppendTocontact"])
    if hole.kind == "caption":
        return st.sampled_from(["Customer", "Sales Header", "Dataverse Account"])
    if hole.key == "entity":
        return st.sampled_from(["account", "bcbi_company"])
    if hole.kind == "word":
        return WORDS.map(lambda word: word.strip("-_&'"))
    if hole.key == "product":
        return st.sampled_from(["Dataverse", "Dynamics 365 Sales"])
    if hole.key in {"field", "table", "record_table", "other_table"}:
        return st.sampled_from(["Customer", "Payment Terms", "Contact", "Currency"])
    return NAMES


def normal(value: str) -> str:
    """A value as params give it."""
    try:
        return str(uuid.UUID(value.strip("{}")))
    except ValueError:
        return value


@st.composite
def fillings(draw: st.DrawFn, rule: TemplateRule) -> tuple[str, dict[str, str]]:
    """A text made from the template, and the values that can be read back from it."""
    template = rule.template
    seen: dict[str, str] = {}
    expected: dict[str, str] = {}
    parts: list[str] = []
    for index, gap in enumerate(template.gaps):
        values = []
        for hole in gap:
            value = seen.get(hole.key) if hole.key != IGNORED else None
            if value is None:
                value = draw(value_of(hole))
                seen[hole.key] = value
                if len(gap) == 1 and hole.key != IGNORED:
                    expected[hole.key] = normal(value)
            values.append(value)
        parts.append(" ".join(values))
        if index < len(template.literals):
            parts.append(template.literals[index])
    return "".join(parts), expected


@pytest.mark.parametrize("rule_id", sorted(RULES))
def test_a_filled_template_comes_back(rule_id: str) -> None:
    # A function for each: the settings of one hang on those of its run before, and a thousand are deeper than
    # Python goes.
    @settings(max_examples=4, deadline=None)
    @given(data=st.data(), wrapper=st.sampled_from(WRAPPERS))
    def comes_back(data: st.DataObject, wrapper: str) -> None:
        _comes_back(RULES[rule_id], data, wrapper)

    comes_back()


def _comes_back(rule: TemplateRule, data: st.DataObject, wrapper: str) -> None:
    text, expected = data.draw(fillings(rule))
    diagnosis = load_classifier().classify(wrapper.replace("{}", text + "." * rule.template.final_dot))
    if rule.language == "und" or rule.topic == "wrapper.modify":
        return  # a token or the rest of a wrapper: a better template may stand behind it
    assert diagnosis.class_code == rule.class_code, (text, diagnosis)
    if diagnosis.rule == rule.id:
        for key, value in expected.items():
            if not key.endswith("record"):
                assert str(diagnosis.params[key]).casefold() == value.casefold(), (key, text, diagnosis)
            else:
                assert str(diagnosis.params[key]) in value


def test_holes_side_by_side_are_split_by_captions() -> None:
    classify = load_classifier().classify
    params = classify("Salesperson Code JO ROB must be coupled to a record in Dataverse.").params
    assert params["field"] == "Salesperson Code"
    assert params["value"] == "JO ROB"
    assert params["product"] == "Dataverse"


def test_holes_side_by_side_are_split_before_a_guid() -> None:
    guid = str(uuid.UUID(int=7))
    params = load_classifier().classify(f"Mijn Veld {{{guid}}} must be coupled to a Dataverse row.").params
    assert params["field"] == "Mijn Veld"
    assert params["value"] == guid


def test_where_nothing_decides_the_joined_text_goes_to_the_first_key() -> None:
    params = load_classifier().classify("Kleur Rood must be coupled to a Dataverse row.").params
    assert params["field"] == "Kleur Rood"
    assert "value" not in params


def test_a_placeholder_that_al_left_over_gives_no_value() -> None:
    diagnosis = load_classifier().classify("Cannot find a synchronized product for %1.")
    assert diagnosis.class_code == "coupling.dependency_not_coupled"
    assert not diagnosis.params


def test_white_space_and_backslashes_do_not_matter_but_values_are_as_written() -> None:
    text = (
        "The length of the string is 51, but it must be\u00a0less than\nor equal to 50 characters. "
        "Value: a\\b\n c."
    )
    params = load_classifier().classify(text).params
    assert params == {"max_length": 50, "value": "a\\b\n c."}


@pytest.mark.parametrize("text", ["{nothing} is", "{field:hue} is", "a } b", "{_} {value}", "..."])
def test_a_template_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(TemplateInvalid):
        parse_template(text)


def test_nothing_may_follow_what_is_wrapped() -> None:
    with pytest.raises(TemplateInvalid):
        parse_template("Failed: {inner} today", inner=True)


def test_captions_of_another_language_decide_too() -> None:
    diagnosis = load_classifier().classify("Valutakode EUR skal være sammenkædet med en record i Dataverse.")
    assert diagnosis.language == "da"
    assert diagnosis.params == {
        "field": "Valutakode",
        "value": "EUR",
        "other_record": "EUR",
        "other_table": "Currency",
        "product": "Dataverse",
    }
