"""The catalogue that comes with the package, and the loader that refuses a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.diagnosis import PARAM_KEYS, CatalogueInvalid, Fixer, LinkKind, Step, load_catalogue
from bot.diagnosis.catalogue_files import CATALOGUE, read_catalogue

FIXERS = {
    "permission.missing_privilege": "admin",
    "permission.no_role_or_license": "admin",
    "permission.bc_permission_set": "admin",
    "auth.failed": "admin",
    "connection.unavailable": "wait",
    "connection.disabled": "admin",
    "connection.session_lost": "admin",
    "connection.admin_mode": "admin",
    "throttling.limit": "wait",
    "concurrency.record_locked_or_modified": "wait",
    "coupling.dependency_not_coupled": "user",
    "coupling.record_not_coupled": "user",
    "coupling.already_coupled_elsewhere": "user",
    "coupling.ambiguous_match": "user",
    "record.deleted_in_one_app": "user",
    "record.not_found": "user",
    "conflict.both_changed": "user",
    "data.validation": "user",
    "data.duplicate_key": "user",
    "data.option_mapping": "user",
    "data.unit_of_measure": "user",
    "data.currency_or_exchange_rate": "admin",
    "data.blocked_or_inactive_record": "user",
    "setup.mapping_missing_or_disabled": "admin",
    "setup.ownership_or_business_unit": "admin",
    "setup.company_id_mismatch": "admin",
    "setup.integration_user": "admin",
    "setup.solution_missing_or_version": "admin",
    "customization.plugin_or_workflow": "admin",
    "job.stopped_or_disabled": "admin",
    "unknown": "admin",
}
CLASSES = sorted(load_catalogue().classes)


def steps_of(code: str) -> list[Step]:
    """All steps of a class, those of its topics too."""
    known = load_catalogue().classes[code]
    return [*known.steps, *(step for steps in known.steps_by_topic.values() for step in steps)]


def test_every_class_of_the_interface_is_there_with_its_fixer() -> None:
    assert {code: known.fixer.value for code, known in load_catalogue().classes.items()} == FIXERS


@pytest.mark.parametrize("code", CLASSES)
def test_each_sentence_stands_in_both_languages_with_the_same_holes(code: str) -> None:
    known = load_catalogue().classes[code]
    sentences = [known.title, known.explanation, *(title.text for title in known.titles)]
    sentences += [step.text for step in steps_of(code)]
    for sentence in sentences:
        assert sentence.en != sentence.nl
        assert sentence.holes <= PARAM_KEYS
        only_en = type(sentence)(sentence.en, "").holes
        assert only_en == type(sentence)("", sentence.nl).holes, sentence.en


@pytest.mark.parametrize("code", CLASSES)
def test_without_any_params_a_class_still_has_a_title_and_a_remedy(code: str) -> None:
    known = load_catalogue().classes[code]
    assert not known.title_for({}).holes
    for topic in [None, *known.steps_by_topic]:
        steps = known.remedy_for(topic, {})
        assert [step for step in steps if not step.warning]
        assert not any(step.text.holes for step in steps)


@pytest.mark.parametrize("code", [code for code in CLASSES if code != "unknown"])
def test_each_class_can_be_recognised(code: str) -> None:
    catalogue = load_catalogue()
    by_text = {rule.class_code for rule in catalogue.templates}
    by_code = {rule.class_code for rule in catalogue.codes.values()}
    assert code in by_text | by_code


def test_a_topic_with_its_own_steps_or_fixer_is_one_that_a_rule_gives() -> None:
    catalogue = load_catalogue()
    given = {(rule.class_code, rule.topic) for rule in catalogue.templates}
    given |= {(rule.class_code, rule.topic) for rule in catalogue.codes.values()}
    given |= {("permission.missing_privilege", "permission.no_role_at_all")}  # a token rule's
    for code, known in catalogue.classes.items():
        for topic in (*known.steps_by_topic, *known.fixer_by_topic):
            assert (code, topic) in given


def test_a_title_takes_the_facts_that_are_known() -> None:
    known = load_catalogue().classes["permission.missing_privilege"]
    user = {"privilege": "prvReadProject", "principal": "user"}
    assert known.title_for(user).filled("en", user) == "Integration user lacks prvReadProject"
    team = user | {"principal": "team"}
    assert known.title_for(team).filled("nl-NL", team) == "Team dat eigenaar is, mist prvReadProject"
    assert known.title_for({}).in_language("en") == "A Dataverse privilege is missing"


def test_a_value_that_looks_like_a_hole_stays_what_it_is() -> None:
    known = load_catalogue().classes["coupling.dependency_not_coupled"]
    params = {"field": "{value}", "value": "EUR"}
    assert known.title_for(params).filled("en", params) == "{value} EUR is not coupled"


def test_the_owner_gets_other_steps_than_the_integration_user() -> None:
    known = load_catalogue().classes["permission.missing_privilege"]
    params = {"privilege": "prvReadContact", "access": "Read", "entity": "contact", "user_id": "7"}
    steps = known.remedy_for("permission.owner_lacks_read", params)
    assert steps[0].warning
    assert steps != known.remedy_for(None, params)


def test_a_wrong_address_is_no_matter_of_waiting() -> None:
    known = load_catalogue().classes["connection.unavailable"]
    assert known.fixer_for(None) is Fixer.WAIT
    assert known.fixer_for("connection.url") is Fixer.ADMIN


def test_links_have_the_target_that_their_kind_needs() -> None:
    for code in CLASSES:
        for link in (step.link for step in steps_of(code) if step.link):
            assert (link.page is not None) == (link.kind is LinkKind.PAGE)
            in_dataverse = link.kind in {LinkKind.DATAVERSE_LIST, LinkKind.DATAVERSE_ROW}
            if link.kind is not LinkKind.ADMIN_CENTER:  # which leads to a place in it, or to the whole
                assert (link.entity is not None) == in_dataverse
            assert (link.row is not None) == (link.kind is LinkKind.DATAVERSE_ROW)


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    for path in CATALOGUE.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = read_catalogue(tmp_path)
    assert same.version == load_catalogue().version
    with (tmp_path / "job.toml").open("a") as file:
        file.write("\n# one more line\n")
    assert read_catalogue(tmp_path).version != same.version


GOOD = """
[[class]]
code = "data.validation"
fixer = "user"
severity = "low"
group_by = ["field"]
title = { en = "A", nl = "B" }
explanation = { en = "A", nl = "B" }

[[class.step]]
en = "A"
nl = "B"

[[template]]
id = "one"
class = "data.validation"
text = "The {field} is wrong"
source = "somewhere"
"""


@pytest.mark.parametrize(
    ("old", "new", "entry", "line", "why"),
    [
        ('text = "The {field} is wrong"', 'text = "The {colour} is wrong"', "one", 15, "{colour}"),
        ('text = "The {field} is wrong"', 'text = "The {field:hue} is wrong"', "one", 15, "kind"),
        ('text = "The {field} is wrong"', 'text = "The {field is wrong"', "one", 15, "brace"),
        ('text = "The {field} is wrong"', 'text = "{field} {value}"', "one", 15, "no word"),
        ('class = "data.validation"', 'class = "data.nonsense"', "one", 15, "no class"),
        ('source = "somewhere"', "", "one", 15, "source"),
        ('fixer = "user"', 'fixer = "nobody"', "data.validation", 3, "fixer"),
        ('group_by = ["field"]', 'group_by = ["colour"]', "data.validation", 3, "colour"),
        ('title = { en = "A", nl = "B" }', 'title = { en = "A" }', "data.validation", 3, "nl"),
        (
            'title = { en = "A", nl = "B" }',
            'title = { en = "{field}", nl = "B" }',
            "data.validation",
            3,
            "titles",
        ),
        ('en = "A"\nnl = "B"\n', 'en = "{colour}"\nnl = "B"\n', "data.validation", 3, "colour"),
        (
            'en = "A"\nnl = "B"\n',
            'en = "A"\nnl = "B"\nlink = "page:x"\n',
            "data.validation",
            3,
            "leads nowhere",
        ),
        (
            'en = "A"\nnl = "B"\n',
            'en = "A"\nnl = "B"\nlink = "page:209?Code={colour}"\n',
            "data.validation",
            3,
            "colour",
        ),
        (
            'en = "A"\nnl = "B"\n',
            'en = "A"\nnl = "B"\nlink = "row:systemuser={colour}"\n',
            "data.validation",
            3,
            "leads nowhere",
        ),
        ('en = "A"\nnl = "B"\n', 'en = "A"\nnl = "B"\ncolour = "x"\n', "data.validation", 3, "colour"),
        (
            'source = "somewhere"',
            'source = "somewhere"\nalso = { record = "value" }',
            "one",
            15,
            "names no key",
        ),
    ],
)
def test_a_broken_entry_is_refused_with_file_and_entry(
    tmp_path: Path, old: str, new: str, entry: str, line: int, why: str
) -> None:
    assert old in GOOD
    (tmp_path / "broken.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(CatalogueInvalid) as refusal:
        read_catalogue(tmp_path)
    assert refusal.value.facts["file"] == "broken.toml"
    assert refusal.value.facts["entry"] == entry
    assert refusal.value.facts["line"] == line
    assert why in refusal.value.detail


def test_a_file_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[[class]]\ncode = \n")
    with pytest.raises(CatalogueInvalid, match="line 2"):
        read_catalogue(tmp_path)


def test_an_id_that_exists_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(GOOD[GOOD.index("[[template]]") :])
    with pytest.raises(CatalogueInvalid, match=r"b\.toml:2: one: .*already"):
        read_catalogue(tmp_path)
