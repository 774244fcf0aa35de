"""What stands in a text, found in one pass over its bytes: the words of templates, and marks of what else is
to be done with it.

The pass is an automaton over all literals at once (a google-re2 Set). It knows templates by the beginnings of
their longest literals: twenty characters tell nearly as much as two hundred (where they do not, more are
taken), and the automaton stays so small (4 MB instead of 20, for 550 templates) that it is not fetched anew
from main memory for each character. The beginnings, since what follows a value tells more than what ends a
sentence. Tried: pyahocorasick and ahocorasick-rs take the same time, since they make an object of each place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import IntEnum
from typing import Final

import re2

from bot.diagnosis.catalogue_files import TemplateRule

_BEGINNING: Final = 20
"""Characters of a literal by which its template is found, where no other begins with the same."""
_MEMORY: Final = 64 << 20

Ranked = tuple[int, int, int, TemplateRule]
"""A rule with the highest rank that it can reach, and a number that makes the order a total one: greatest
first is best first."""
Standing = tuple[list[Ranked], int]
"""Which rules may fit a text, and the marks that stand in it."""


class Mark(IntEnum):
    """What a text may hold besides words of templates; a bit each."""

    UNEVEN = 1
    """White space other than single blanks."""
    DRESSED = 2
    """The name of an exception around the message."""
    PRIVILEGE = 4
    """A missing privilege or a refused access."""
    CODE = 8
    """A code of the platform."""


MARKS: Final[dict[str, Mark]] = {
    **dict.fromkeys(
        (
            *("  ", "\\", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0"),
            *("\u1680", *map(chr, range(0x2000, 0x200B)), "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"),
        ),
        Mark.UNEVEN,
    ),
    **dict.fromkeys(("xception", "(Fault Detail is equal to"), Mark.DRESSED),
    **dict.fromkeys(
        (
            "prv",
            "SecLib:",
            "SecLib ::",
            "::VerifyCallerPrivileges failed",
            "does not have ",
            "privilegeCount=",
            "Principal user (",
            "Principal team (",
        ),
        Mark.PRIVILEGE,
    ),
    **dict.fromkeys(("0x8", "-214", "AADSTS", "ode 80", "ode: 80", "Crm.80"), Mark.CODE),
}
"""Where none of these stands in a text, the steps that they stand for are skipped (``normal.even``,
``normal.undressed``, ``tokens.read_privilege``, ``tokens.codes_in``)."""


class Scan:
    """Which of many literals stand in a text."""

    def __init__(self, literals: Iterable[tuple[str, Ranked]]) -> None:
        """``literals``: each with the rule that it leads to."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.literal = True
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1  # bytes, so that any text can be scanned
        self._set = re2.Set.SearchSet(options)
        self._marks = list(MARKS.values())
        self._rules: list[list[Ranked]] = []
        known: dict[str, list[Ranked]] = {}
        for literal, rule in literals:
            known.setdefault(literal, []).append(rule)
        for literal in MARKS:
            self._add(literal)
        for literal, rules in known.items():
            self._add(literal)
            self._rules.append(rules)
        self._set.Compile()

    def _add(self, literal: str) -> None:
        self._set.Add(literal.encode("utf-8", "surrogatepass"))

    def standing(self, text: str) -> Standing:
        """What stands in the text."""
        rules: list[Ranked] = []
        marks = 0
        first = len(self._marks)
        for hit in self._set.Match(text.encode("utf-8", "surrogatepass")) or ():
            if hit < first:
                marks |= self._marks[hit]
            else:
                rules += self._rules[hit - first]
        return rules, marks


def beginnings(literals: Collection[str]) -> dict[str, str]:
    """Literal -> how it begins, with as many characters as tell it from the others, in doubling steps.

    A hundred rules whose words begin alike ("The synchronization of ...") are thus not a hundred candidates
    for each text that begins so.
    """
    found: dict[str, str] = {}
    left = set(literals)
    length = _BEGINNING
    while left:
        alike: dict[str, list[str]] = {}
        for literal in left:
            alike.setdefault(literal[:length], []).append(literal)
        for beginning, group in alike.items():
            for literal in group:
                if len(group) == 1 or literal == beginning:
                    found[literal] = beginning
        left -= found.keys()
        length *= 2
    return found
