"""Finding the template that a text was made from.

One scan tells which templates may fit (see ``scan``); only those are laid over the text. The most specific
match wins: most literal characters, then fewest holes. Nothing here depends on the number of templates but
the memory of the scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.model import PLUGIN, UNKNOWN, ParamValue
from bot.diagnosis.normal import NormalText
from bot.diagnosis.scan import Scan
from bot.diagnosis.templates import FLOATING_MINIMUM, Bounds, Hole
from bot.diagnosis.values import LONGEST_LEADING, Captions, read_values

_SHORT_NAME: Final = 60
_GUID_LENGTH: Final = 38
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


class Matcher:
    """All templates of a catalogue, ready to be laid over texts."""

    def __init__(self, rules: Sequence[TemplateRule], captions: Captions) -> None:
        self._captions = captions
        worst_first = sorted(enumerate(rules), key=lambda known: (*_reach(known[1]), -known[0]))
        placed = [(-place, rule) for place, (_, rule) in enumerate(worst_first)]
        self.standing = Scan((known[1].template.longest, known) for known in placed).standing
        """The rules that may fit a text or a window of it, and the marks that stand in it."""
        self._opening = Scan(
            (opening, known) for known in placed for opening in known[1].template.openings
        ).standing

    def best(self, text: NormalText, start: int, end: int, *, cut: bool) -> Found | None:
        """The most specific template that fits the window from ``start`` to ``end`` of ``text``."""
        window = text.text[start:end]
        return self.best_of(self.standing(window)[0], window, text, start, cut=cut)

    def best_of(
        self, rules: Sequence[TemplateRule], window: str, text: NormalText, start: int, *, cut: bool
    ) -> Found | None:
        """The most specific that fits of some rules, the best first; the window begins at ``start`` of
        ``text``.
        """
        if cut:
            rules = self._also_cut(rules, window)
        if len(rules) == 1:
            return self.laid(rules[0], window, text, start, cut=cut)
        best: Found | None = None
        undecided = False
        for rule in rules:
            if best and _reach(rule) < best.rank[:2]:
                break  # nor can any that comes after it be better
            found = self.laid(rule, window, text, start, cut=cut)
            if found and (best is None or found.rank > best.rank):
                undecided = cut and best is not None and _alike(best, found, text)
                best = found
            elif cut and found and best and _alike(best, found, text):
                undecided = True
        return None if undecided else best

    def candidates(self, window: str, *, cut: bool) -> Sequence[TemplateRule]:
        """The templates whose longest literal may stand in the window; where it is cut off, also those of
        which another literal does.
        """
        rules = self.standing(window)[0]
        return self._also_cut(rules, window) if cut else rules

    def _also_cut(self, rules: Sequence[TemplateRule], window: str) -> Sequence[TemplateRule]:
        """Of a window that is cut off, the rules whose longest literal stands in it, or another's opening;
        the best first."""
        whole = [rule for rule in rules if rule.template.longest in window]
        known = {rule.id: rule for rule in (*whole, *self._opening(window)[0])}
        return sorted(known.values(), key=_reach, reverse=True)

    def laid(
        self, rule: TemplateRule, window: str, text: NormalText, start: int, *, cut: bool
    ) -> Found | None:
        """A rule laid over the window, which begins at ``start`` of ``text``; None where it does not fit.

        A template of few words is believed only if each hole holds something short, within one sentence;
        before a longer one, a leading hole that is too long is the rest of another sentence and gives no
        value. Nor does a hole of a longer one that holds something else than it asks for.
        """
        template = rule.template
        laid = template.lay(window, cut)
        if laid is None:
            return None
        weight, tight, bounds = laid
        gaps = template.filled
        if weight < FLOATING_MINIMUM:
            if not _plausible(gaps, bounds, window):
                return None
        elif bounds and bounds[0][1] > LONGEST_LEADING and bounds[0][0] == 0:
            gaps, bounds = gaps[1:], bounds[1:]
        params: dict[str, ParamValue] = {}
        misfits = read_values(params, gaps, bounds, text, start, self._captions)
        if misfits < 0 or (misfits and weight < FLOATING_MINIMUM):
            return None
        if rule.also:
            for new, given in rule.also.items():
                if given in params:
                    params.setdefault(new, params[given])
        depth = _DEPTHS.get(rule.class_code, _DEEPEST)
        return Found(rule, params, (depth, weight, not misfits, tight, -template.hole_count))


def _reach(rule: TemplateRule) -> tuple[int, int]:
    """The highest rank that a rule can reach, as far as it does not depend on the text."""
    return _DEPTHS.get(rule.class_code, _DEEPEST), rule.template.weight


def _alike(one: Found, other: Found, text: NormalText) -> bool:
    """What is left of both says as much, and they mean different things.

    One that ends where the text was cut off may be the beginning of the other; not so where a dot ends it.
    """
    if one.rank[:2] != other.rank[:2] or one.rule.class_code == other.rule.class_code:
        return False
    return not (text.text.endswith(".") and (one.rank[3] or other.rank[3]))


def _plausible(gaps: Sequence[tuple[Hole, ...]], bounds: Sequence[Bounds], window: str) -> bool:
    """True where each value can be a name or a key, or nobody needs it; false for a piece of prose."""
    for holes, (start, end) in zip(gaps, bounds, strict=False):
        length = end - start
        if any(hole.kind == "guid" for hole in holes):
            length -= _GUID_LENGTH
        if length <= _SHORT_NAME or all(hole.silent for hole in holes):
            continue
        if length > LONGEST_LEADING or ". " in window[start:end]:
            return False
    return True
