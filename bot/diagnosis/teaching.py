"""What may be taught: limits on a template, what it overlaps with, and the template proposed for a text.

The limits keep a rule from hanging anything (matching is linear anyway, see ``templates``) and from
swallowing what it was not meant for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import Catalogue, TemplateRule
from bot.diagnosis.classifier import Classifier
from bot.diagnosis.masking import masked_parts
from bot.diagnosis.matcher import Matcher
from bot.diagnosis.model import UNKNOWN, Params
from bot.diagnosis.normal import NormalText, even
from bot.diagnosis.taught import TaughtRule, as_template_rule
from bot.diagnosis.templates import (
    IGNORED,
    PARAM_KEYS,
    Hole,
    Template,
    TemplateInvalid,
    meant_braces,
    parse_template,
)
from bot.failures import RuleRefused

LONGEST: Final = 500
"""Characters of a template."""
MOST_HOLES: Final = 12
FEWEST_LETTERS: Final = 15
"""Letters and digits that the fixed words must have together ..."""
LONGEST_WORDS: Final = 8
"""... and the longest run of them between two holes."""
LONGEST_TITLE: Final = 80
LONGEST_REMEDY: Final = 1_000
MOST_RULES: Final = 500
"""Of a workspace."""
KINDS: Final = ("guid", "int", "word", "privilege", "caption")
_PROPOSED: Final = 400
"""Characters of a text that a proposal is made of; the rest becomes a hole."""

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


class Why(StrEnum):
    """What is wrong with a rule: ``facts['why']`` of RuleRefused."""

    EMPTY = "empty"
    LONG = "long"
    BRACE = "brace"
    KEY = "key"
    KIND = "kind"
    HOLES = "holes"
    GENERAL = "general"
    EXAMPLE = "example"
    TITLE_MISSING = "title missing"
    TITLE_LONG = "title long"
    TITLE_BRACE = "title brace"
    CLASS_UNKNOWN = "class unknown"
    FIXER_MISSING = "fixer missing"
    FIXER_UNKNOWN = "fixer unknown"
    REMEDY_LONG = "remedy long"
    MANY = "many"
    OVERLAP = "overlap"


def checked_template(text: str) -> Template:
    """The template, where it may be taught. Raises RuleRefused, which says what is wrong with it."""
    if not text.strip():
        raise refused(Why.EMPTY)
    if len(text) > LONGEST:
        raise refused(Why.LONG, most=LONGEST)
    bare = meant_braces(text)
    for written in _BRACES.findall(bare):
        _check_hole(written)
    if set("{}") & set(_BRACES.sub("", bare)):
        raise refused(Why.BRACE)
    try:
        template = parse_template(text)
    except TemplateInvalid:
        raise refused(Why.GENERAL, least=FEWEST_LETTERS) from None
    if template.hole_count > MOST_HOLES:
        raise refused(Why.HOLES, most=MOST_HOLES)
    letters = [sum(map(str.isalnum, literal)) for literal in template.literals]
    if sum(letters) < FEWEST_LETTERS or max(letters) < LONGEST_WORDS:
        raise refused(Why.GENERAL, least=FEWEST_LETTERS)
    return template


def _check_hole(written: str) -> None:
    key, _, kind = written.partition(":")
    if key not in PARAM_KEYS and key != IGNORED:
        raise refused(Why.KEY, hole=written, known=", ".join(sorted(PARAM_KEYS)))
    if kind and kind not in KINDS:
        raise refused(Why.KIND, hole=written, known=", ".join(KINDS))


def cleaned(text: str) -> str:
    """A line that a person typed, without what nobody sees and on one line."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def digest_words(text: str) -> str:
    """What two templates that say the same have in common."""
    return even(text).strip().rstrip(". ")


def reading_of(classifier: Classifier, rule: TaughtRule, text: str) -> Params | None:
    """The values that a rule reads out of a message, or None where it does not fit what is inside its
    wrappers."""
    plain, inside, cut = classifier.inside_of(text)
    matcher = Matcher([as_template_rule(rule)], classifier.catalogue.captions)
    found = matcher.best(plain, inside.start, inside.end, cut=cut)
    return None if found is None else found.params


def fitting(classifier: Classifier, rule: TaughtRule, texts: Sequence[str]) -> list[bool]:
    """Which of many messages the rule fits."""
    matcher = Matcher([as_template_rule(rule)], classifier.catalogue.captions)
    fits = []
    for text in texts:
        plain, inside, cut = classifier.inside_of(text)
        found = matcher.best(plain, inside.start, inside.end, cut=cut)
        fits.append(found is not None)
    return fits


def overlapping(catalogue: Catalogue, template: Template) -> tuple[TemplateRule, ...]:
    """The catalogue's rules of which some text fits the template: those that it would shadow.

    Each of them is tried with a usual value in each hole.
    """
    rule = TemplateRule("tried", "tried", None, "und", template, {}, "")
    matcher = Matcher([rule], catalogue.captions)
    found = []
    for known in catalogue.templates:
        if known.class_code == UNKNOWN:
            continue
        text = NormalText(_filled(known.template))
        if matcher.best(text, 0, len(text.text), cut=False) is not None:
            found.append(known)
    return tuple(found)


_SAMPLES: Final = {
    "guid": "3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
    "int": "42",
    "word": "EUR",
    "privilege": "prvReadAccount",
    "caption": "Customer",
}


def _filled(template: Template) -> str:
    """A text that the template was made for."""
    parts: list[str] = []
    for index, gap in enumerate(template.gaps):
        parts.append(" ".join(_sample(hole) for hole in gap))
        if index < len(template.literals):
            parts.append(template.literals[index])
    return "".join(parts)


def _sample(hole: Hole) -> str:
    return _SAMPLES.get(hole.kind, "Customer" if hole.key in {"table", "field"} else "10000")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A template proposed for a group of unrecognised texts."""

    template: str
    example: str
    """The text that it was made of, as it came."""


def propose(classifier: Classifier, texts: Sequence[str], records: Sequence[str]) -> Proposal:
    """The template for texts of one group, the first of them the example: its fixed words, and holes where
    the group's texts vary.

    ``records`` are the records that the example is about, as Business Central formats them: their key gets
    the hole ``{record}``. Of what is proposed nothing is sure: a person looks at it.
    """
    plain, inside, _ = classifier.inside_of(texts[0])
    window = plain.text[inside.start : inside.end].strip()
    whole = _template_of(window[:_PROPOSED], _keys(records), cut=len(window) > _PROPOSED)
    if all(_fits(classifier, whole, text) for text in texts):
        return Proposal(whole, texts[0])
    shorter = _template_of(window[: _shared(classifier, texts)], _keys(records), cut=True)
    return Proposal(shorter, texts[0])


def _fits(classifier: Classifier, template: str, text: str) -> bool:
    try:
        checked_template(template)
    except RuleRefused:
        return False
    return reading_of(classifier, TaughtRule("tried", template, UNKNOWN), text) is not None


def _shared(classifier: Classifier, texts: Sequence[str]) -> int:
    """How many characters of the first text all of them have in common, up to the end of a word; the group
    was made by at most 200 of them, masked."""
    parts = [list(masked_parts(_window(classifier, text))) for text in texts]
    end = 0
    for column in zip(*parts, strict=False):
        if len({mask or text for text, mask, _ in column}) > 1:
            break
        end = column[0][2]
    return end


def _window(classifier: Classifier, text: str) -> str:
    plain, inside, _ = classifier.inside_of(text)
    return plain.text[inside.start : inside.end].strip()[:_PROPOSED]


def _keys(records: Sequence[str]) -> dict[str, str]:
    """Key of a record -> the hole for it: ``Customer: 10000`` has the key ``10000``."""
    holes = ("record", "other_record")
    return {
        record.partition(": ")[2]: hole
        for record, hole in zip(records, holes, strict=False)
        if record.partition(": ")[2]
    }


def _template_of(window: str, keys: dict[str, str], *, cut: bool) -> str:
    """The text with a hole for each variable part; what is cut off is a hole, too."""
    written: list[str] = []
    used: set[str] = set()
    holes = 0
    for text, mask, _ in masked_parts(window):
        if mask is None:
            written.append(text.replace("{", "{{").replace("}", "}}"))
            continue
        if holes == MOST_HOLES - 1:
            written.append("{_}")
            cut = False
            break
        holes += 1
        written.append(_hole_for(text, mask, keys, used))
    words = "".join(written)
    if len(words) > LONGEST - 4:
        words, cut = words[: LONGEST - 4].rpartition(" ")[0] + " ", True
        words = words[: words.rfind("{")] if words.rfind("{") > words.rfind("}") else words
    if cut and not words.endswith("}"):
        words = words.rstrip() + " {_}"
    return words.strip()


def _hole_for(text: str, mask: str, keys: dict[str, str], used: set[str]) -> str:
    """Quotes stay words of the template; a record's own key is told, and the first other value."""
    before, value, after = ("", text, "")
    if mask == "quoted":
        before, value, after = text[0], text[1:-1], text[-1]
    key = keys.get(value)
    if key is None and mask in {"quoted", "key"} and "value" not in used:
        key = "value"
    if key is None or key in used:
        return f"{before}{{_:guid}}{after}" if mask == "guid" else f"{before}{{_}}{after}"
    used.add(key)
    return f"{before}{{{key}}}{after}"


def refused(why: Why, **facts: str | int) -> RuleRefused:
    """What is wrong, to be raised."""
    return RuleRefused("", why=why.value, **facts)
