"""Every template of the catalogue, filled with what Business Central could put there.

Names with quotes, dots and line breaks, other scripts, GUIDs in braces, a literal ``%1`` left over; wrapped
once, twice and not at all, and cut off where Business Central cuts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.bench.messages import Filled, Filler
from bot.diagnosis import UNKNOWN, Classifier, load_catalogue, load_classifier
from bot.diagnosis.catalogue_files import TemplateRule

CLASSIFIER: Classifier = load_classifier()
RULES = [
    rule
    for rule in load_catalogue().templates
    if rule.language != "und" and rule.topic != "wrapper.modify"  # better templates may stand behind these
]
FILLINGS = 5
KEYS = {"record", "other_record"}


def filled(seed: int) -> Iterator[tuple[Filler, Filled]]:
    filler = Filler(load_catalogue(), seed)
    for rule in RULES:
        filler.begin(f"{seed} {rule.id}")  # a template more or less leaves the fillings of the others alone
        for _ in range(FILLINGS):
            yield filler, filler.fill(rule)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("wrappings", [0, 1, 2])
def test_a_filled_template_comes_back_with_its_own_class(seed: int, wrappings: int) -> None:
    wrong = []
    for filler, message in filled(seed):
        text = message.text
        for _ in range(wrappings):
            text = filler.wrap(text)
        diagnosis = CLASSIFIER.classify(text)
        if diagnosis.class_code != message.rule.class_code and not says_more(diagnosis.rule, message):
            wrong.append((message.rule.id, diagnosis.class_code, diagnosis.rule, text))
    assert not wrong, wrong[:5]


def says_more(rule: str | None, message: Filled) -> bool:
    """True where a value happens to be what another template speaks of ("Currency Exchange Rate")."""
    words = {each.id: each.text for each in RULES}.get(rule or "", "")
    return any(len(value) > 8 and value in words for value in message.values.values())


def test_a_filled_template_comes_back_with_its_own_values() -> None:
    lost = []
    for _, message in filled(3):
        diagnosis = CLASSIFIER.classify(message.text)
        if diagnosis.rule != message.rule.id:
            continue  # two sentences of one class; the other one has told its own values
        for key, value in message.values.items():
            told = str(diagnosis.params.get(key, "")).strip("{}. ").casefold()
            whole = value.strip("{}. ").casefold()
            if not told or not (told in whole if key in KEYS else told == whole):
                lost.append((message.rule.id, key, value, told))
    assert not lost, lost[:5]


def test_a_hole_that_was_never_filled_gives_no_value() -> None:
    for rule in RULES:
        if any(hole.kind for gap in rule.template.gaps for hole in gap):
            continue
        diagnosis = CLASSIFIER.classify(left_over(rule))
        assert diagnosis.class_code == rule.class_code, left_over(rule)
        assert "%1" not in diagnosis.params.values(), rule.id


def left_over(rule: TemplateRule) -> str:
    """The text that AL writes where it was given no arguments."""
    template = rule.template
    parts = [" ".join("%1" for _ in gap) for gap in template.gaps]
    text = "".join(f"{part}{literal}" for part, literal in zip(parts, (*template.literals, ""), strict=True))
    return text + "." * template.final_dot


@pytest.mark.parametrize(("length", "known"), [(250, 0.9), (2048, 1.0)])
def test_what_is_cut_off_is_known_or_admitted_and_never_another_class(length: int, known: float) -> None:
    cut = right = 0
    wrong = []
    for filler, message in filled(4):
        text = filler.wrap(message.text)
        if length > len(text):
            text = filler.wrap(message.text + "\r\n" + filler.stack(30))
        text = text[:length]
        diagnosis = CLASSIFIER.classify(text)
        if diagnosis.class_code != message.rule.class_code and says_more(diagnosis.rule, message):
            continue
        cut += 1
        right += diagnosis.class_code == message.rule.class_code
        if diagnosis.class_code not in {message.rule.class_code, UNKNOWN}:
            wrong.append((message.rule.id, diagnosis.class_code, text))
    assert not wrong, wrong[:5]
    assert right >= known * cut


@pytest.mark.parametrize(
    "text",
    [
        "To synchronize this work order service, Item No. 1000 must be coupled to an i",
        "A validation error occurred. The value 12 of 'paymenttermscode' on record of type 'acc",
    ],
)
def test_two_causes_that_begin_alike_are_not_guessed_at(text: str) -> None:
    wrapper = "Modifying Dataverse Account failed because of the following error: "
    begun = wrapper + text
    cut = begun if len(begun) == 250 else f"Modifying {'x' * (250 - len(begun) - 1)} {begun[10:]}"
    assert len(cut) == 250
    assert CLASSIFIER.classify(cut).class_code == UNKNOWN
