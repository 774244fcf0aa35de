"""Many literals, looked for in one pass over a text.

The pass is an automaton over all literals at once (a google-re2 Set). It costs the same however many there
are, as long as it stays in the cache of the processor: so each literal is looked for by a part that texts
seldom begin by chance (see ``anchors``). Tried: ahocorasick-rs takes the same time, pyahocorasick more; texts
in few letters, without accents or vowels, make the automaton smaller and nothing faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

import re2

from bot.diagnosis.anchors import SHORT, anchors

_MEMORY: Final = 24 << 20
"""Bytes that an automaton may take at most: it grows with the variety of texts, and begins anew when full."""

T = TypeVar("T")
Hits = tuple[int, ...]
"""Numbers of anchors in ascending order."""


class Literals(Generic[T]):
    """Which of many literals may stand in a text: all that do, and a few that only seem to."""

    def __init__(self, literals: Iterable[tuple[str, T]], length: int = SHORT) -> None:
        """``literals``: each with what it leads to; ``length``: of their anchors."""
        meant: dict[bytes, list[T]] = {}
        for written, leads_to in literals:
            meant.setdefault(_bytes(written), []).append(leads_to)
        by_anchor: dict[bytes, list[T]] = {}
        for literal, anchor in anchors(meant, length).items():
            by_anchor.setdefault(anchor, []).extend(meant[literal])
        self._leads_to = list(by_anchor.values())
        self._set = _automaton(by_anchor) if by_anchor else None

    def hits(self, text: str) -> Hits:
        """The anchors that stand in the text."""
        return tuple(self._set.Match(_bytes(text)) or ()) if self._set else ()

    def meant_by(self, hits: Hits) -> list[T]:
        """What the literals with these anchors lead to."""
        return [leads_to for hit in hits for leads_to in self._leads_to[hit]]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _automaton(anchors_: Iterable[bytes]) -> re2.Set:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.literal = True
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1  # bytes, so that any text can be scanned
    automaton = re2.Set.SearchSet(options)
    for anchor in anchors_:
        automaton.Add(anchor)
    automaton.Compile()
    return automaton
