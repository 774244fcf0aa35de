"""How much of the messages is understood: suite ``diagnosis``, the part that is not about speed.

Each template of the catalogue is filled five times with random values, wrapped and not, and must come back
with its own class and its own values. Messages of the field are in the repository (``tests/diagnosis``), not
in the installed package: their figures appear where they can be read.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any, Final

from bot.bench.figures import Bound, Figure, Goal, Measure, at_most
from bot.bench.messages import Filled, Filler
from bot.diagnosis import UNKNOWN, Catalogue, Classifier, Diagnosis
from bot.diagnosis.catalogue_files import TemplateRule

FILLINGS: Final = 5
FIELD_MESSAGES: Final = Path(__file__).parents[2] / "tests" / "diagnosis" / "field_messages"
_NOISE: Final = "noise"
_SEED: Final = 5_339
_RECORDS: Final = frozenset({"record", "other_record"})


def accuracy_figures(catalogue: Catalogue, database: str, scale: float) -> list[Figure]:
    """Shares of right classes and values, and of confident answers on noise."""
    classifier = Classifier(catalogue)
    filler = Filler(catalogue, _SEED)
    texts = right = values = read = 0
    pairs: set[str] = {
        f"{rule.id} ({rule.class_code}) = {other} ({class_code})"
        for rule in catalogue.templates
        for other, class_code in rule.namesakes.items()
    }
    for rule in catalogue.templates:
        if _says_little(rule):
            continue
        filler.begin(f"{_SEED} {rule.id}")  # what is filled here does not depend on the other templates
        for _ in range(FILLINGS):
            filled = filler.fill(rule)
            for text in (filled.text, filler.wrap(filled.text)):
                diagnosis = classifier.classify(text)
                texts += 1
                if diagnosis.class_code == rule.class_code:
                    right += 1
                elif diagnosis.rule:
                    pairs.add(f"{rule.id} ({rule.class_code}) ~ {diagnosis.rule} ({diagnosis.class_code})")
                if diagnosis.rule == rule.id:
                    expected, found = _values(filled, diagnosis)
                    values, read = values + expected, read + found
    told = "; ".join(sorted(pairs))
    return [
        _share("diagnosis.classes", right, texts, 1.0, database, scale, f"cannot be told apart: {told}"),
        _share("diagnosis.values", read, values, 1.0, database, scale, ""),
        *_field_figures(classifier, database, scale),
    ]


def _says_little(rule: TemplateRule) -> bool:
    """True for tokens of any language and for rests of wrappers: a better template may stand behind them."""
    return rule.language == "und" or rule.topic == "wrapper.modify"


def _values(filled: Filled, diagnosis: Diagnosis) -> tuple[int, int]:
    """How many values the template decides, and how many came back."""
    found = 0
    for key, value in filled.values.items():
        told = str(diagnosis.params.get(key, "")).strip(". ")
        expected = _normal(value)
        found += bool(told) and (
            told.casefold() in expected if key in _RECORDS else told.casefold() == expected
        )
    return len(filled.values), found


def _normal(value: str) -> str:
    """A value for comparing: a GUID without braces; without the dots that wrapping strips."""
    try:
        return str(uuid.UUID(value.strip("{}")))
    except ValueError:
        return value.strip(". ").casefold()


def _field_figures(classifier: Classifier, database: str, scale: float) -> list[Figure]:
    if not FIELD_MESSAGES.is_dir():
        return []
    messages: list[dict[str, Any]] = []
    noise: list[str] = []
    by_batch: list[str] = []
    for path in sorted(FIELD_MESSAGES.glob("*.jsonl")):
        read = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.stem == _NOISE:
            noise = [each["text"] for each in read]
            continue
        aside = [each for each in read if each["set_aside"]]
        messages += aside
        by_batch.append(f"{path.stem} {_right(classifier, aside)} of {len(aside)}")
    hits = _right(classifier, messages)
    confident = sum(classifier.classify(text).class_code != UNKNOWN for text in noise)
    told = f"messages set aside: {', '.join(by_batch)}"
    return [
        _share("diagnosis.field", hits, len(messages), 0.95, database, scale, told),
        Figure(
            "diagnosis.noise",
            confident / len(noise),
            "share",
            at_most(0.02),
            database,
            scale,
            note=f"{confident} confident answers on {len(noise)} texts that name no cause",
        ),
    ]


def _right(classifier: Classifier, messages: list[dict[str, Any]]) -> int:
    """How many get the class of their label, or one that it accepts too."""
    return sum(
        classifier.classify(each["text"]).class_code in {each["class"], *each.get("accept", [])}
        for each in messages
    )


def _share(name: str, part: int, whole: int, limit: float, database: str, scale: float, note: str) -> Figure:
    told = f"{part:,} of {whole:,}" + (f"; {note}" if note else "")
    goal = Goal(Measure.VALUE, Bound.AT_LEAST, limit)
    return Figure(name, part / whole, "share", goal, database, scale, note=told)
