"""What stands in a text, found in one pass over it: the words of templates, and marks of what else is to be
done with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from operator import itemgetter
from typing import Final

from bot.diagnosis.catalogue_files import TemplateRule
from bot.diagnosis.literals import Hits, Literals

_REMEMBERED: Final = 4_096
"""Sets of hits whose meaning is kept; a catalogue of 1,500 templates meets some two thousand."""

Placed = tuple[int, TemplateRule]
"""A rule and its place in the order of all: the smallest is the best."""
Standing = tuple[tuple[TemplateRule, ...], int]
"""Which rules may fit a text, the best first, and the marks that stand in it."""


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
    """Which of many literals may stand in a text, and which marks."""

    def __init__(self, literals: Iterable[tuple[str, Placed]]) -> None:
        """``literals``: each with the rule that it leads to."""
        self._literals: Literals[Mark | Placed] = Literals([*MARKS.items(), *literals])
        self._known: dict[Hits, Standing] = {}

    def standing(self, text: str) -> Standing:
        """What may stand in the text."""
        hits = self._literals.hits(text)
        return self._known.get(hits) or self._meaning(hits)

    def _meaning(self, hits: Hits) -> Standing:
        placed: list[Placed] = []
        marks = 0
        for meant in self._literals.meant_by(hits):
            if isinstance(meant, Mark):
                marks |= meant
            else:
                placed.append(meant)
        placed.sort(key=itemgetter(0))
        standing = tuple([rule for _, rule in placed]), marks
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[hits] = standing
        return standing
