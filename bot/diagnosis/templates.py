"""Message templates in Business Central's own style, and how one is laid over a text.

A template is what a label says, with named holes where Business Central puts values::

    {field} {value} must be coupled to a record in {product}.

A hole is ``{key}`` or ``{key:kind}``; ``{_}`` is a hole whose value nobody needs. Kinds narrow what may
stand in a hole: ``guid``, ``int``, ``word`` (no white space), ``privilege`` (begins with ``prv``) and
``caption`` (a known name of a table or field). Keys that end in ``_id`` are ``guid``, ``otc`` and
``max_length`` are ``int``.

Matching is a chain of ``str.find`` on the literals between the holes: linear in the length of the text,
without going back. Dots at the end do not count, because Business Central strips those of a text that it
wraps (``IntegrationRecSynchInvoke.Codeunit.al``, labels ``CopyDataErr`` and ``ModifyFailedErr``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from functools import cache
from sys import intern
from typing import Final, NamedTuple

from bot.dataclass import dataclass
from bot.diagnosis.normal import even

PARAM_KEYS: Final = frozenset(
    (
        *("privilege", "access", "entity", "principal", "otc"),
        *("user_id", "team_id", "caller_id", "privilege_id", "role_id"),
        *("table", "field", "value", "max_length", "record", "record_table", "other_record", "other_table"),
        *("code", "product", "host", "mapping", "company"),
    )
)
"""The keys that a hole may have: the interface of ``Diagnosis.params``."""
INTEGER_KEYS: Final = frozenset({"otc", "max_length"})
IGNORED: Final = "_"
INNER: Final = "inner"
"""The hole of a wrapper that holds the wrapped text."""

FLOATING_MINIMUM: Final = 20
"""Literal characters that a template needs to be believed in the middle of a longer text."""
OPENING_LENGTH: Final = 28
"""Characters at the beginning of a literal by which a text that was cut off is recognised."""
_SHORTEST_OPENING: Final = 18
_TELLING_OPENING: Final = 12
_SHORTEST_REST: Final = 6
"""Characters of a later literal that a cut text must show for the value before it to end there."""

_HOLE = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
_MEANT = re.compile(r"\{\{|\}\}(?!\}(?!\}))")
_KINDS = frozenset({"", "guid", "int", "word", "privilege", "caption"})


class TemplateInvalid(ValueError):
    """A template that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value."""

    key: str
    kind: str
    silent: bool = field(init=False)
    """True where nobody needs the value and nothing is asked of it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "silent", self.key == IGNORED and not self.kind)


Bounds = tuple[int, int]
"""Where the value of a gap begins and ends: offsets into the text."""
Laid = tuple[int, int, list[Bounds]]


class Span(NamedTuple):
    """What stands in the holes between two literals: offsets into the text."""

    holes: tuple[Hole, ...]
    start: int
    end: int


class Match(NamedTuple):
    """A template laid over a text. ``rank`` orders matches: the most specific is the greatest."""

    rank: tuple[int, int, int]
    gaps: tuple[tuple[Hole, ...], ...]
    """The gaps that have holes, in their order."""
    bounds: Sequence[Bounds]
    """Where their values stand; in a text that was cut off, those of the first gaps."""

    @property
    def spans(self) -> tuple[Span, ...]:
        """The same, gap by gap."""
        return tuple(Span(gap, *bounds) for gap, bounds in zip(self.gaps, self.bounds, strict=False))


@dataclass(frozen=True, slots=True)
class Template:
    """A template in parts: ``gaps[0] literals[0] gaps[1] ... literals[-1] gaps[-1]``.

    A gap is a tuple of holes; only the first and the last may be empty. Several holes in one gap stand side
    by side with nothing but a space between.
    """

    literals: tuple[str, ...]
    first: str
    """The first literal."""
    middle: tuple[str, ...]
    """The literals between the first and the last."""
    last: str
    """The last literal; empty where there is only one."""
    gaps: tuple[tuple[Hole, ...], ...]
    filled: tuple[tuple[Hole, ...], ...]
    """The gaps that have holes: all, but for an empty first or last one."""
    final_dot: bool
    longest: str
    openings: frozenset[str]
    """How its literals begin, where that is telling: one of them stands even in a text that was cut off."""
    weight: int
    """Characters other than spaces of its literals."""
    weights: tuple[int, ...]
    """Characters other than spaces of each literal, and before it: ``weights[i]`` is for ``literals[:i]``."""
    hole_count: int

    @property
    def keys(self) -> frozenset[str]:
        """The keys that a match may give."""
        return frozenset(hole.key for gap in self.gaps for hole in gap) - {IGNORED}

    def match(self, text: str, *, cut: bool) -> Match | None:
        """Lay the template over a text in its even form.

        ``cut``: the text looks cut off (250 characters in Message, 2048 in Error Message), so that a template
        whose end is missing counts too.
        """
        laid = self.lay(text, cut)
        if laid is None:
            return None
        weight, tight, bounds = laid
        return Match((weight, tight, -self.hole_count), self.filled, bounds)

    def lay(self, text: str, cut: bool) -> Laid | None:
        """The same in a plain tuple: characters that fit, 1 where the template is the whole text, values."""
        first = self.first
        weight = self.weight
        bounds: list[Bounds] = []
        tight = 1
        if self.gaps[0]:
            start = text.find(first)
            if start < 0:
                return self._cut_in_first(text) if cut else None
            bounds.append((0, start))
        elif text.startswith(first):
            start = 0
        else:
            start = text.find(first)
            if start < 0:
                return self._cut_in_first(text) if cut else None
            if weight < FLOATING_MINIMUM or text[start - 1].isalnum():
                return None
            tight = 0
        position = start + len(first)
        for literal in self.middle:
            found = text.find(literal, position)
            if found < 0:
                return self._cut_within(position, text, bounds) if cut else None
            bounds.append((position, found))
            position = found + len(literal)
        open_end = self.gaps[-1]
        end = len(text)
        if last := self.last:
            found = -1 if open_end else _at_end(text, last, position)
            if found < 0:
                found = text.find(last, position)
                if found < 0:
                    return self._cut_within(position, text, bounds) if cut else None
            bounds.append((position, found))
            position = found + len(last)
        if open_end:
            if self.final_dot and end > position and text[-1] == ".":
                end -= 1
            bounds.append((position, end))
        elif position < end and text[position : position + 40].strip(". "):
            if weight < FLOATING_MINIMUM or text[position].isalnum():
                return None
            tight = 0
        return weight, tight, bounds

    def _cut_within(self, position: int, text: str, bounds: list[Bounds]) -> Laid | None:
        """The text ends before or within the next literal: what it shows of that one counts too."""
        index = len(bounds) + (not self.gaps[0])
        weight = self.weights[index]
        literal = self.literals[index]
        start = text.rfind(literal[:_SHORTEST_REST], position)
        if start >= 0 and literal.startswith(text[start:]):
            shown = len(text) - start
            weight += shown - literal.count(" ", 0, shown)
            bounds.append((position, start))
        if weight < FLOATING_MINIMUM:
            return None
        return weight, 0, bounds

    def _cut_in_first(self, text: str) -> Laid | None:
        """The text ends within the first literal: what it shows of it must be enough, and right."""
        first = self.first
        start = text.find(first[:OPENING_LENGTH])
        shown = text[start:]
        if start < 0 or len(shown) < _SHORTEST_OPENING or not first.startswith(shown):
            return None
        bounds = [(0, start)] if self.gaps[0] else []
        return len(shown) - shown.count(" "), 0, bounds


def parse_template(text: str, *, inner: bool = False) -> Template:
    """Read a template.

    ``inner``: it is a wrapper's and must have the hole ``{inner}``, once and last.

    Raises TemplateInvalid for an unknown key or kind, a brace that is no hole, and a template without a
    literal.
    """
    literals, gaps = _parts(text, inner)
    final_dot = False
    if literals and not gaps[-1]:
        bare = literals[-1].rstrip(". ")
        final_dot = bare != literals[-1]
        if bare:
            literals[-1] = bare
        else:
            literals.pop()
            gaps.pop()
    if not literals or not any(char.isalnum() for literal in literals for char in literal):
        raise TemplateInvalid("there is no word between the holes")
    longest = max(literals, key=len)
    weights = [0]
    for literal in literals:
        weights.append(weights[-1] + len(literal) - literal.count(" "))
    openings = frozenset(literal[:OPENING_LENGTH] for literal in literals if len(literal) >= _TELLING_OPENING)
    return Template(
        literals=tuple(literals),
        first=literals[0],
        middle=tuple(literals[1:-1]),
        last=literals[-1] if len(literals) > 1 else "",
        gaps=tuple(gaps),
        filled=tuple(gap for gap in gaps if gap),
        final_dot=final_dot,
        longest=longest,
        openings=openings,
        weight=weights[-1],
        weights=tuple(weights),
        hole_count=sum(map(len, gaps)),
    )


def _parts(text: str, inner: bool) -> tuple[list[str], list[tuple[Hole, ...]]]:
    literals: list[str] = []
    gaps: list[tuple[Hole, ...]] = []
    pending: list[Hole] = []
    position = 0
    text = meant_braces(text)
    for found in _HOLE.finditer(text):
        literal = _literal(text[position : found.start()])
        if literal.strip():
            gaps.append(_shared(*pending))
            literals.append(literal)
            pending = []
        pending.append(_hole(found[1], found[2] or "", inner))
        position = found.end()
    rest = _literal(text[position:])
    if rest.strip():
        gaps.append(_shared(*pending))
        literals.append(rest)
        pending = []
    gaps.append(_shared(*pending))
    if inner and (not gaps[-1] and rest.strip(". ")):
        raise TemplateInvalid("nothing may follow {inner}")
    return literals, gaps


def meant_braces(text: str) -> str:
    """The text with NUL and U+0001 in place of ``{{`` and ``}}``, which stand for braces that are meant; of
    ``{value}}}`` the first one ends the hole."""
    return _MEANT.sub(lambda doubled: "\0" if doubled[0] == "{{" else "\1", text)


def _literal(text: str) -> str:
    """A literal in its even form, of a text after ``meant_braces``."""
    if "{" in text or "}" in text:
        raise TemplateInvalid(f"a brace that is no hole in {text!r}")
    return even(text.replace("\0", "{").replace("\1", "}"))


@cache
def _shared(*holes: Hole) -> tuple[Hole, ...]:
    """The one tuple of these holes: a few, which all templates share, stay in the cache of the processor."""
    return holes


@cache
def _hole(key: str, kind: str, inner: bool) -> Hole:
    if key not in PARAM_KEYS and key != IGNORED and not (inner and key == INNER):
        raise TemplateInvalid(f"{{{key}}} is no key of params")
    if kind not in _KINDS:
        raise TemplateInvalid(f"{{{key}:{kind}}}: there is no such kind")
    if not kind:
        kind = "guid" if key.endswith("_id") else "int" if key in INTEGER_KEYS else ""
    if key == "privilege":
        kind = "privilege"
    return Hole(intern(key), intern(kind))


def _at_end(text: str, literal: str, position: int) -> int:
    """Where the literal stands at the very end of the text (dots aside), or -1."""
    start = len(text.rstrip(". ")) - len(literal)
    return start if start >= position and text.startswith(literal, start) else -1
