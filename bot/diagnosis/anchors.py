"""By which bytes a literal is looked for: those that an automaton over all literals seldom meets by chance.

An automaton that begins each literal at its first word is never at rest: "The", "must be", "in the" begin
half of all words of any text, and each step to another state is a step to another place in memory, which is
slow wherever other work has used the cache in between. So each literal is looked for from where its first
bytes are rare in such texts, or are the beginning of another one already. Measured on 1,350 literals: 95 % of
the steps through a fixed mix of messages go over 1,900 transitions instead of 6,600, and half of them stay in
the first state.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection
from typing import Final

_LEFT: Final = 10
"""Bytes that an anchor has at least, where its literal has so many."""
SHORT: Final = 16
"""Bytes of an anchor where most texts hold some literal, and few hold a part of one by chance."""
LONG: Final = 64
"""Bytes of an anchor where hardly any text holds a literal, and each that seems to is looked at."""
_LOOKED_AT: Final = 4
"""First bytes of an anchor that are weighed: behind them hardly any text goes on by chance."""
_SAMPLE: Final = 20_000
"""Bytes of literals that tell well enough what is rare: all would take a tenth of a second."""


def anchors(literals: Collection[bytes], length: int = SHORT) -> dict[bytes, bytes]:
    """Literal -> a part of it of some length, by which it is found; longer, in doubling steps, where another
    has the same.

    A hundred rules whose words are alike ("The synchronization of ...") are thus not a hundred candidates for
    each text that holds them. The literals stand for the texts in which they will be looked for.
    """
    often = _runs(literals)
    begun: set[bytes] = set()
    rests: dict[bytes, bytes] = {}
    for literal in sorted(literals, key=lambda literal: (len(literal), literal)):  # the short have no choice
        best = 0
        least = sys.maxsize
        for start in range(max(1, len(literal) - _LEFT + 1)):
            steps = 0  # into states that no other anchor leads to
            for end in range(start + 1, start + 1 + _LOOKED_AT):
                beginning = literal[start:end]
                if beginning not in begun:
                    steps += often[beginning]
                    if steps >= least:
                        break
            else:
                best, least = start, steps
                if not steps:
                    break
        begun.update(literal[best:end] for end in range(best + 1, best + 1 + _LOOKED_AT))
        rests[literal] = literal[best:]
    return _told_apart(rests, length)


def _runs(literals: Collection[bytes]) -> Counter[bytes]:
    """How often each run of up to so many bytes stands in the literals, or in every second, third one."""
    step = 1 + sum(map(len, literals)) // _SAMPLE
    joined = b"\n".join(sorted(literals)[::step])
    often: Counter[bytes] = Counter()
    for length in range(1, _LOOKED_AT + 1):
        often.update([joined[at : at + length] for at in range(len(joined) - length + 1)])
    return often


def _told_apart(rests: dict[bytes, bytes], length: int) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    left = set(rests)
    while left:
        alike: dict[bytes, list[bytes]] = {}
        for literal in left:
            alike.setdefault(rests[literal][:length], []).append(literal)
        for anchor, group in alike.items():
            for literal in group:
                if len(group) == 1 or rests[literal] == anchor:
                    found[literal] = anchor
        left -= found.keys()
        length *= 2
    return found
