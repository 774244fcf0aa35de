"""Rules that people teach: templates of the catalogue's own form, beside those of the catalogue.

What a rule recognises is a problem of its own (its topic is the rule), so that it can be counted, told apart,
and undone.

Which goes first: a text in which the catalogue recognises a cause keeps the catalogue's diagnosis, however
well a taught template fits, unless whoever taught the rule was shown what it overlaps with and put it first
(``Precedence.FIRST``). Of several taught rules that fit, the most specific decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import Catalogue, TemplateRule
from bot.diagnosis.classifier import Classifier, Examination
from bot.diagnosis.identity import TAUGHT
from bot.diagnosis.matcher import Found, Matcher
from bot.diagnosis.model import UNKNOWN, ErrorClass, Fixer, Localized, Severity, Step
from bot.diagnosis.normal import NormalText
from bot.diagnosis.templates import TemplateInvalid, parse_template
from bot.diagnosis.unwrapping import Inside
from bot.diagnosis.verdicts import Verdict

OWN: Final = "own."
"""Begins the code of a class that people named themselves."""


class Precedence(StrEnum):
    """Where a taught rule and one of the catalogue fit the same text."""

    LAST = "last"
    """The catalogue's decides."""
    FIRST = "first"
    """The taught one decides: whoever taught it was told what it overlaps with."""


@dataclass(frozen=True, slots=True)
class TaughtRule:
    """A rule as it is stored and composed. It never changes; its id is its alone."""

    id: str
    """Some lower-case letters."""
    template: str
    class_code: str
    fixer: Fixer | None = None
    """None is as the class says."""
    own_title: str = ""
    """Where the class is people's own: its title, in whatever language they write. No holes in it."""
    remedy: str = ""
    """What people say about ending it; text from outside."""
    precedence: Precedence = Precedence.LAST
    language: str = "und"

    @property
    def name(self) -> str:
        """Id of the rule in diagnoses, and the topic of what it recognises."""
        return f"{TAUGHT}{self.id}"


def composed(catalogue: Catalogue, rules: Sequence[TaughtRule]) -> Catalogue:
    """The catalogue with the classes and fixers that the rules bring, and a version of its own.

    Its templates stay the catalogue's. A rule whose class is not in the catalogue any more makes a class of
    its code, so that nothing that was taught is lost with an upgrade.
    """
    if not rules:
        return catalogue
    classes = dict(catalogue.classes)
    for rule in rules:
        known = classes.get(rule.class_code) or _own_class(rule, catalogue.classes[UNKNOWN])
        if rule.fixer is not None:
            fixers = {**known.fixer_by_topic, rule.name: rule.fixer}
            known = replace(known, fixer_by_topic=MappingProxyType(fixers))
        classes[rule.class_code] = known
    return replace(catalogue, classes=MappingProxyType(classes), version=version_of(catalogue, rules))


def version_of(catalogue: Catalogue, rules: Sequence[TaughtRule]) -> str:
    """The version of a catalogue together with these rules."""
    if not rules:
        return catalogue.version
    told = sorted((rule.id, rule.template, rule.class_code, rule.precedence.value) for rule in rules)
    digest = hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()
    return f"{catalogue.version}+{digest}"


def _own_class(rule: TaughtRule, unknown: ErrorClass) -> ErrorClass:
    title = rule.own_title or rule.class_code
    return ErrorClass(
        code=rule.class_code,
        title=Localized(en=title, nl=title),
        explanation=Localized(
            en="Your own people taught the bot to recognise this.",
            nl="Je eigen mensen hebben de bot geleerd dit te herkennen.",
        ),
        fixer=rule.fixer or Fixer.ADMIN,
        severity=Severity.MEDIUM,
        group_by=(),
        steps=_last_step(unknown),
    )


def _last_step(unknown: ErrorClass) -> tuple[Step, ...]:
    """Whom to ask: of the steps for an unknown text the one that helps here too."""
    return unknown.steps[-1:]


def words_of(template: str) -> str:
    """The fixed words of a taught template, with an ellipsis for each gap: how its errors read."""
    try:
        parsed = parse_template(template)
    except TemplateInvalid:
        return ""
    gaps = ("…" if gap else "" for gap in parsed.gaps)
    return "".join(part for pair in zip_longest(gaps, parsed.literals, fillvalue="") for part in pair)


def as_template_rule(rule: TaughtRule) -> TemplateRule:
    """The rule as the matcher takes it. Raises TemplateInvalid where the template is none."""
    return TemplateRule(
        id=rule.name,
        class_code=rule.class_code,
        topic=rule.name,
        language=rule.language,
        template=parse_template(rule.template),
        also={},
        source="taught",
        text=rule.template,
    )


class TaughtClassifier(Classifier):
    """A classifier of a catalogue and of rules that people taught. Immutable, like the other one."""

    def __init__(self, catalogue: Catalogue, rules: Sequence[TaughtRule]) -> None:
        super().__init__(composed(catalogue, rules))
        self.rules: Mapping[str, TaughtRule] = MappingProxyType({rule.name: rule for rule in rules})
        self._first = self._matcher_of(Precedence.FIRST)
        self._last = self._matcher_of(Precedence.LAST)

    def _matcher_of(self, precedence: Precedence) -> Matcher | None:
        chosen = [as_template_rule(rule) for rule in self.rules.values() if rule.precedence is precedence]
        return Matcher(chosen, self.catalogue.captions) if chosen else None

    def examine(self, text: str) -> Examination:
        """The diagnosis with what was considered, taught rules before those of the catalogue."""
        examined = super().examine(text)
        plain, inside, cut = self.inside_of(text)
        window = plain.text[inside.start : inside.end]
        laid: list[tuple[TemplateRule, Found | None]] = [
            (rule, matcher.laid(rule, window, plain, inside.start, cut=cut))
            for matcher in (self._first, self._last)
            if matcher is not None
            for rule in matcher.candidates(window, cut=cut)
        ]
        return replace(examined, candidates=(*laid, *examined.candidates))

    def _verdict(self, plain: NormalText, inside: Inside, outer: str, *, cut: bool) -> Verdict | None:
        if found := _best(self._first, plain, inside, cut=cut):
            return _taught(found)
        verdict = super()._verdict(plain, inside, outer, cut=cut)
        if verdict is not None and verdict.class_code != UNKNOWN:
            return verdict
        found = _best(self._last, plain, inside, cut=cut)
        return verdict if found is None else _taught(found)


def _best(matcher: Matcher | None, plain: NormalText, inside: Inside, *, cut: bool) -> Found | None:
    return None if matcher is None else matcher.best(plain, inside.start, inside.end, cut=cut)


def _taught(found: Found) -> Verdict:
    rule = found.rule
    return Verdict(rule.class_code, rule.topic, rule.id, rule.language, found.params)


__all__ = [
    "OWN",
    "Precedence",
    "TaughtClassifier",
    "TaughtRule",
    "as_template_rule",
    "composed",
    "version_of",
    "words_of",
]
