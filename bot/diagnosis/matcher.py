"""Finding the template that a text was made from.

One scan looks for the longest literal of every template at once (a google-re2 Set over bytes); only the
templates whose literal stands in the text are laid over it. The most specific match wins: most literal
characters, then fewest holes. Nothing here depends on the number of templates but the memory of the scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import re2

from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.model import PLUGIN, UNKNOWN, ParamValue
from bot.diagnosis.normal import NormalText
from bot.diagnosis.templates import FLOATING_MINIMUM, IGNORED, Match, Span
from bot.diagnosis.values import LONGEST_LEADING, Captions, Reading, read_spans

_SCAN_MEMORY: Final = 64 << 20
_SHORT_NAME: Final = 60
_DEPTHS: Final = {UNKNOWN: 0, PLUGIN: 1}
"""A cause inside wins over the plug-in that it was met in, and anything over a text that says no cause."""
_DEEPEST: Final = 2


Rank = tuple[int, int, bool, int, int]
"""Orders what fits: cause before plug-in before nothing, most literal characters, holes that hold what they
ask for, the whole text, fewest holes."""


class Found(NamedTuple):
    """A rule that fits, with the values of its holes and its rank among others that fit."""

    rule: TemplateRule
    params: dict[str, ParamValue]
    rank: Rank


class LiteralScan:
    """Which of many literals stand in a text, in one pass over its bytes."""

    def __init__(self, owners: Mapping[str, Sequence[TemplateRule]]) -> None:
        options = re2.Options()
        options.max_mem = _SCAN_MEMORY
        options.literal = True
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1  # bytes, so that any text can be scanned
        self._set = re2.Set.SearchSet(options)
        self._rules: list[Sequence[TemplateRule]] = []
        for literal, rules in owners.items():
            self._set.Add(literal.encode("utf-8", "surrogatepass"))
            self._rules.append(rules)
        self._set.Compile()

    def rules_in(self, text: str) -> list[TemplateRule]:
        """The rules whose literal stands in the text."""
        hits = self._set.Match(text.encode("utf-8", "surrogatepass"))
        return [rule for hit in hits for rule in self._rules[hit]] if hits else []


class Matcher:
    """All templates of a catalogue, ready to be laid over texts."""

    def __init__(self, rules: Sequence[TemplateRule], captions: Captions) -> None:
        self._captions = captions
        longest: dict[str, list[TemplateRule]] = {}
        openings: dict[str, list[TemplateRule]] = {}
        for rule in rules:
            longest.setdefault(rule.template.longest, []).append(rule)
            for opening in rule.template.openings:
                openings.setdefault(opening, []).append(rule)
        self._promises = {
            rule.id: (_DEPTHS.get(rule.class_code, _DEEPEST), rule.template.weights[-1]) for rule in rules
        }
        """The highest rank that a rule can reach, by its id."""
        self._longest = LiteralScan(longest)
        self._openings = LiteralScan(openings)

    def best(self, text: NormalText, start: int, end: int, *, cut: bool) -> Found | None:
        """The most specific template that fits the window from ``start`` to ``end`` of ``text``."""
        window = text.text[start:end]
        rules = self.candidates(window, cut=cut)
        if len(rules) > 1:
            rules.sort(key=self._promise, reverse=True)
        best: Found | None = None
        for rule in rules:
            if best and self._promises[rule.id] < best.rank[:2]:
                break  # nor can any that comes after it be better
            found = self.laid(rule, window, text, start, cut=cut)
            if found and (best is None or found.rank > best.rank):
                best = found
        return best

    def _promise(self, rule: TemplateRule) -> tuple[int, int]:
        return self._promises[rule.id]

    def candidates(self, window: str, *, cut: bool) -> list[TemplateRule]:
        """The templates whose longest literal stands in the window; where it is cut off, also those of which
        another literal does.
        """
        rules = self._longest.rules_in(window)
        if cut:
            rules = list({rule.id: rule for rule in rules + self._openings.rules_in(window)}.values())
        return rules

    def laid(
        self, rule: TemplateRule, window: str, text: NormalText, start: int, *, cut: bool
    ) -> Found | None:
        """A rule laid over the window, which begins at ``start`` of ``text``; None where it does not fit."""
        match = rule.template.match(window, cut=cut)
        if match is None:
            return None
        reading = self._values(match, window, text, start)
        if reading is None:
            return None
        params = reading.params
        for new, given in rule.also.items():
            if given in params:
                params.setdefault(new, params[given])
        weight, tight, holes = match.rank
        depth = _DEPTHS.get(rule.class_code, _DEEPEST)
        return Found(rule, params, (depth, weight, not reading.misfits, tight, holes))

    def _values(self, match: Match, window: str, text: NormalText, base: int) -> Reading | None:
        """The values of a match, or None where they cannot be right.

        A template of few words is believed only if each hole holds something short, within one sentence;
        before a longer one, a leading hole that is too long is the rest of another sentence and gives no
        value. Nor does a hole of a longer one that holds something else than it asks for.
        """
        spans = match.spans
        short = match.rank[0] < FLOATING_MINIMUM
        if short:
            if not all(_plausible(span, window) for span in spans):
                return None
        elif spans and spans[0].start == 0 and spans[0].end > LONGEST_LEADING:
            spans = spans[1:]
        reading = read_spans(spans, text, base, self._captions)
        return None if reading is None or (short and reading.misfits) else reading


def _plausible(span: Span, window: str) -> bool:
    """True for what can be a name or a key, or what nobody needs; false for a piece of prose."""
    if all(hole.key == IGNORED and not hole.kind for hole in span.holes):
        return True
    value = window[span.start : span.end]
    return len(value) <= LONGEST_LEADING and (len(value) <= _SHORT_NAME or ". " not in value)
