"""Why a diagnosis is what it is: the rule that made it, where that comes from, and what else was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.diagnosis.classifier import Classifier, Examination, Reason
from bot.diagnosis.model import Diagnosis

_STABLE_TOKENS: Final = "what no language changes: privilege names, GUIDs, type=8, SecLib, access rights"
_WHY: Final = {
    Reason.PRIVILEGE: (
        "The text names a privilege or refuses access to a record. That decides, unless a text says that "
        "the user has no role or licence, or that the environment is in administration mode."
    ),
    Reason.CODE: "No words that are known, but a code of the platform that says the class.",
    Reason.WRAPPER: "Nothing known is inside; the wrapper itself says this much.",
    Reason.NOTHING: "Nothing in the text names a cause that is known. Guessing is worse than not knowing.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that was laid over the text."""

    rule: str
    class_code: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A diagnosis and why it is that."""

    diagnosis: Diagnosis
    inside: str
    """What was left of the text without envelope, call stack and wrappers."""
    template: str
    """The words by which it was recognised; empty where a token or nothing decided."""
    source: str
    """Where those words come from."""
    candidates: tuple[Candidate, ...]
    """Best first; those that do not fit come last."""
    namesakes: tuple[tuple[str, str], ...]
    """Other labels with the very same words and another class: (id, class)."""
    why: str


def explain(classifier: Classifier, text: str) -> Explanation:
    """Diagnose a text as ``Classifier.classify`` does, and tell how it came to that."""
    examined = classifier.examine(text)
    template, source = _origin(classifier, examined)
    decided = next((rule for rule, _ in examined.candidates if rule.id == examined.diagnosis.rule), None)
    return Explanation(
        diagnosis=examined.diagnosis,
        inside=examined.inside,
        template=template,
        source=source,
        candidates=tuple(
            Candidate(rule.id, rule.class_code, found is not None) for rule, found in examined.candidates
        ),
        namesakes=tuple(decided.namesakes.items()) if decided else (),
        why=_why(examined),
    )


def _origin(classifier: Classifier, examined: Examination) -> tuple[str, str]:
    """The template and the source of the rule that decided."""
    decided = examined.diagnosis.rule
    for rule, _ in examined.candidates:
        if rule.id == decided:
            return rule.text, rule.source
    for wrapper in classifier.catalogue.wrappers:
        if wrapper.id == decided:
            return wrapper.text, wrapper.source
    for code in classifier.catalogue.codes.values():
        if code.id == decided:
            return "", code.source
    return "", _STABLE_TOKENS if decided else ""


def _why(examined: Examination) -> str:
    if examined.reason is not Reason.TEMPLATE:
        return _WHY[examined.reason]
    fitting = sum(found is not None for _, found in examined.candidates)
    if fitting == 1:
        return "The only template that fits."
    return (
        f"The most specific of {fitting} templates that fit: a cause before a plug-in, most words of "
        "its own, then fewest holes."
    )
