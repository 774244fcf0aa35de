"""Why a diagnosis is what it is: the rule that made it, where that comes from, and what else was tried."""

from __future__ import annotations

from enum import Enum
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.classifier import Classifier, Examination
from bot.diagnosis.model import Diagnosis
from bot.diagnosis.normal import bare_message
from bot.diagnosis.templates import IGNORED
from bot.diagnosis.verdicts import Reason

_STABLE_TOKENS: Final = "what no language changes: privilege names, GUIDs, type=8, SecLib, access rights"
_NAMES_OF_PLUGINS: Final = "how types of plug-ins are named (powerapps-docs, write-plug-in.md)"
_DOTS: Final = 2
"""Characters that a text may lose without anything being put aside."""
_WHY: Final = {
    Reason.PRIVILEGE: (
        "The text names a privilege or refuses access to a record. That decides, unless a text says that "
        "the user has no role or licence, or that the environment is in administration mode."
    ),
    Reason.CODE: "No words that are known, but a code of the platform that says the class.",
    Reason.PHRASE: "No words of a template and no code that is known, but a phrase that tells the class.",
    Reason.PLUGIN: "No words, code or phrase that are known, but the name of a plug-in or workflow.",
    Reason.WRAPPER: "Nothing known is inside; the wrapper itself says this much.",
    Reason.NOTHING: "Nothing in the text names a cause that is known. Guessing is worse than not knowing.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that was laid over the text."""

    rule: str
    class_code: str
    fits: bool


class Role(Enum):
    """What a piece of the text is to the template that decided."""

    WORDS = "words"
    """Words of the template."""
    VALUE = "value"
    """What stands in a hole."""
    AROUND = "around"
    """What stands before or behind the part that matches."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what is inside; all pieces together are the whole of it."""

    role: Role
    text: str
    keys: tuple[str, ...] = ()
    """For a value: the keys of the holes that it fills; none where nobody needs it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A diagnosis and why it is that."""

    diagnosis: Diagnosis
    reason: Reason
    """What decided; ``why`` says the same in a sentence."""
    inside: str
    """What was left of the text without envelope, call stack and wrappers."""
    template: str
    """The words by which it was recognised; empty where a token or nothing decided."""
    source: str
    """Where those words come from."""
    pieces: tuple[Piece, ...]
    """How the template lies over what is inside; none where no template decided."""
    unwrapped: tuple[tuple[str, str], ...]
    """The wrappers taken off, outermost first: (id, their words)."""
    left_out: str
    """What was put aside besides: a call stack, JSON or XML around the message; empty where nothing was."""
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
    wrappers = {rule.id: rule.text for rule in classifier.catalogue.wrappers}
    return Explanation(
        diagnosis=examined.diagnosis,
        reason=examined.reason,
        inside=examined.inside,
        template=template,
        source=source,
        pieces=_pieces(decided, examined.inside) if decided else (),
        unwrapped=tuple((each, wrappers.get(each, "")) for each in examined.diagnosis.wrappers),
        left_out=_left_out(text),
        candidates=tuple(
            Candidate(rule.id, rule.class_code, found is not None) for rule, found in examined.candidates
        ),
        namesakes=tuple(decided.namesakes.items()) if decided else (),
        why=_why(examined),
    )


def _pieces(rule: TemplateRule, inside: str) -> tuple[Piece, ...]:
    """The text inside, taken apart as the template does; one cut off in the middle too."""
    template = rule.template
    match = template.match(inside, cut=False) or template.match(inside, cut=True)
    if match is None:
        return ()
    pieces = []
    at = 0
    if not template.gaps[0]:
        at = max(0, inside.find(template.literals[0]))
        pieces.append(Piece(Role.AROUND, inside[:at]))
    for span in match.spans:
        keys = tuple(hole.key for hole in span.holes if hole.key != IGNORED)
        pieces.append(Piece(Role.WORDS, inside[at : span.start]))
        pieces.append(Piece(Role.VALUE, inside[span.start : span.end], keys))
        at = span.end
    end = len(inside)
    if not template.gaps[-1] and inside.startswith(template.literals[-1], at):
        end = at + len(template.literals[-1])
    pieces += [Piece(Role.WORDS, inside[at:end]), Piece(Role.AROUND, inside[end:])]
    return tuple(piece for piece in pieces if piece.text)


def _left_out(text: str) -> str:
    """What ``bare_message`` put aside, with an ellipsis where the message stands in it."""
    bare = bare_message(text)
    written = text.strip()
    if len(bare) + _DOTS >= len(written):
        return ""
    before, found, behind = written.partition(bare)
    return f"{before}…{behind}" if found else written


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
    for phrase in classifier.catalogue.phrases:
        if phrase.id == decided:
            return phrase.text, phrase.source
    if examined.reason is Reason.PLUGIN:
        return "", _NAMES_OF_PLUGINS
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
