"""Rules that people teach: what may be taught, what goes first, and the way to a file and back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnosis import UNKNOWN, Fixer, load_catalogue, load_classifier
from bot.diagnosis.catalogue_files import CATALOGUE, read_catalogue
from bot.diagnosis.explaining import explain
from bot.diagnosis.rule_files import Exported, read, written
from bot.diagnosis.taught import Precedence, TaughtClassifier, TaughtRule
from bot.diagnosis.teaching import checked_template, fitting, overlapping, propose
from bot.failures import RuleFileInvalid, RuleRefused

COUPLED = "Currency Code EUR must be coupled to a record in Dataverse."
TILL = "KassaKoppeling 4.2: kassa 17 (filiaal 'Zwolle') weigert order WS-10012."
RULE = TaughtRule("abc", "KassaKoppeling {_}: kassa {_} (filiaal '{value}') weigert order {_}", "own.till")


def taught(*rules: TaughtRule) -> TaughtClassifier:
    return TaughtClassifier(load_catalogue(), rules)


def test_a_taught_rule_recognises_what_nobody_knew() -> None:
    assert load_classifier().classify(TILL).class_code == UNKNOWN
    diagnosis = taught(RULE).classify(f"The data could not be updated because of the following error: {TILL}")
    assert (diagnosis.class_code, diagnosis.rule) == ("own.till", "taught.abc")
    assert diagnosis.params == {"value": "Zwolle"}
    assert explain(taught(RULE), TILL).template == RULE.template


def test_a_built_in_rule_goes_first_unless_the_taught_one_was_put_first() -> None:
    broad = TaughtRule("abc", "{_} must be coupled to {_}", "data.validation")
    first = TaughtRule("abc", broad.template, "data.validation", precedence=Precedence.FIRST)
    assert taught(broad).classify(COUPLED).class_code == "coupling.dependency_not_coupled"
    assert taught(first).classify(COUPLED).class_code == "data.validation"


def test_what_it_overlaps_with_is_known() -> None:
    codes = {
        rule.class_code
        for rule in overlapping(load_catalogue(), checked_template("{_} must be coupled to {_}"))
    }
    assert "coupling.dependency_not_coupled" in codes
    assert overlapping(load_catalogue(), checked_template(RULE.template)) == ()


def test_every_rule_makes_another_version_and_the_same_rules_the_same_one() -> None:
    base = load_catalogue().version
    assert taught().catalogue.version == base
    assert taught(RULE).catalogue.version == taught(RULE).catalogue.version != base


def test_own_class_and_own_fixer() -> None:
    rule = TaughtRule("abc", RULE.template, "own.till", Fixer.WAIT, own_title="The till says no")
    diagnosis = taught(rule).classify(TILL)
    known = taught(rule).catalogue.classes["own.till"]
    assert diagnosis.fixer is Fixer.WAIT
    assert known.title.en == "The till says no"
    validation = TaughtRule("abd", RULE.template, "data.validation", Fixer.WAIT)
    assert taught(validation).classify(TILL).fixer is Fixer.WAIT
    assert load_catalogue().classes["data.validation"].fixer is not Fixer.WAIT


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "empty"),
        ("x" * 501, "long"),
        ("{_} {_} {_}", "general"),
        ("abc {_} def {_} ghi {_} jkl {_} mno", "general"),
        ("Something long enough {oops}", "key"),
        ("Something long enough {value:x}", "kind"),
        ("Something long enough {value", "brace"),
        ("Something long enough }", "brace"),
        ("Something long enough " + "{_}, " * 13, "holes"),
    ],
)
def test_what_may_not_be_taught(template: str, why: str) -> None:
    with pytest.raises(RuleRefused) as refusal:
        checked_template(template)
    assert refusal.value.facts["why"] == why


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=600))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    try:
        checked_template(text)
    except RuleRefused:
        return
    classifier = taught(TaughtRule("abc", text, "data.validation"))
    classifier.classify(text)
    (rule,) = read(written([Exported(TaughtRule("abc", text, "data.validation"), "me")]), ["data.validation"])
    assert checked_template(rule.template)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=500), st.text(max_size=30))
def test_a_proposal_never_fails_and_fits_where_it_may_be_taught(text: str, record: str) -> None:
    proposal = propose(load_classifier(), [text], [f"Customer: {record}"])
    try:
        checked_template(proposal.template)
    except RuleRefused:
        return
    rule = TaughtRule("abc", proposal.template, "data.validation")
    assert fitting(load_classifier(), rule, [text]) in ([True], [False])


def test_a_proposal_fits_its_group() -> None:
    others = [TILL.replace("17", str(n)).replace("Zwolle", town) for n, town in ((1, "Delft"), (2, "Gent"))]
    proposal = propose(load_classifier(), [TILL, *others], ["Customer: 1"])
    rule = TaughtRule("abc", proposal.template, "data.validation")
    assert fitting(load_classifier(), rule, [TILL, *others, "Kassa 3"]) == [True, True, True, False]


def test_many_hostile_rules_cost_little_and_nothing_hangs() -> None:
    rules = [
        TaughtRule(
            f"r{'abcdefghij'[n % 10] * (n // 10 + 1)}",
            "aaaaaaaaaaaaaaaa {_} aaaaaaaa {_} " * 4 + "b" * (n + 1),
            "data.validation",
        )
        for n in range(60)
    ]
    diagnosis = taught(*rules).classify("a" * 20_000 + " aaaaaaaaaaaaaaaa " * 2_000)
    assert diagnosis.class_code == UNKNOWN


def test_an_exported_file_is_one_of_the_catalogue(tmp_path: Path) -> None:
    own = TaughtRule(
        "abc", RULE.template, "own.till", Fixer.USER, 'Kassa "zegt" nee \\', "Bel\n'm", Precedence.FIRST
    )
    other = TaughtRule("abd", "Webwinkel zegt nee tegen {record}", "data.validation")
    text = written([Exported(own, "taught by me"), Exported(other, "taught by me")])
    tomllib.loads(text)
    assert read(text, load_catalogue().classes) == (own, other)
    for path in CATALOGUE.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "zz_taught.toml").write_text(text, encoding="utf-8")
    catalogue = read_catalogue(tmp_path)
    assert {rule.id for rule in catalogue.templates} >= {"taught.abc", "taught.abd"}
    assert catalogue.classes["own.till"].fixer is Fixer.USER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("= nonsense", "Invalid"),
        ('[[template]]\nid = "a"\nclass = "no.class"\ntext = "x"\nsource = "y"', "no class"),
        ('[[template]]\nid = "a"', "class"),
        ('[[wrapper]]\nid = "a"\ntext = "x {inner}"\nsource = "y"', "only [[class]]"),
        ("a = " + "[" * 5000, ""),
        ("x" * 1_000_001, "more than"),
    ],
)
def test_a_file_that_is_none(text: str, words: str) -> None:
    with pytest.raises(RuleFileInvalid) as refusal:
        read(text, load_catalogue().classes)
    assert words in str(refusal.value.facts["reason"])
