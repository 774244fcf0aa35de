"""Telling words in a sentence that no template knows.

Products word the same refusal in ever new sentences; a few words of it stay. A phrase is one or several such
pieces in lower case, in this order, within one sentence. It is looked for only where nothing better is known,
and not in what a person writes: a person who mentions an expired token is no error message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import re2

from bot.diagnosis.model import PLUGIN

GAP: Final = " ... "
"""Stands between the pieces of a phrase for a few other words."""
_WIDEST: Final = 90
"""Characters between two pieces at most."""
_SEARCHED: Final = 8_192
"""Characters of a text that are searched: what a message says first."""
_PLACES: Final = 16
"""Places of a first piece that are tried."""
_MEMORY: Final = 8 << 20
_SPOKEN: Final = re.compile(
    r"\?(?:\s|$)|(?<![\w'-])"
    r"(?:i|i'm|i've|i'll|my|me|thanks|thank you|hi|hello|hey|btw|fyi|anyone|somebody|let's)(?![\w'-])"
)
"""A question, or somebody who speaks of himself, in lower case."""


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """Telling words with what they say."""

    id: str
    class_code: str
    topic: str | None
    text: str
    """The phrase as the catalogue writes it."""
    source: str
    last: bool = False
    """It says only that something failed: words for the reason count first."""

    @property
    def pieces(self) -> tuple[str, ...]:
        """What must stand in a text."""
        return tuple(self.text.split(GAP))

    @property
    def weight(self) -> int:
        """How much it tells: the characters of its words."""
        return sum(len(piece.replace(" ", "")) for piece in self.pieces)


class Phrases:
    """All phrases of a catalogue, found in one pass."""

    def __init__(self, rules: Sequence[PhraseRule]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.literal = True
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1  # bytes, so that any text can be scanned
        self._set = re2.Set.SearchSet(options)
        self._rules: list[list[tuple[tuple[str, ...], PhraseRule]]] = []
        by_piece: dict[str, list[tuple[tuple[str, ...], PhraseRule]]] = {}
        for rule in sorted(rules, key=_order):
            pieces = rule.pieces
            by_piece.setdefault(max(pieces, key=len), []).append((pieces, rule))
        for piece, known in by_piece.items():
            self._set.Add(piece.encode())
            self._rules.append(known)
        self._set.Compile()
        self._empty = not by_piece

    def best(self, text: str) -> PhraseRule | None:
        """The phrase in the text that tells most; None where there is none, or where a person speaks."""
        if self._empty:
            return None
        lowered = text[:_SEARCHED].lower()
        hits = self._set.Match(lowered.encode("utf-8", "surrogatepass"))
        if not hits:
            return None
        standing = [known for hit in hits for known in self._rules[hit]]
        for pieces, rule in sorted(standing, key=lambda known: _order(known[1])):
            if _stands(pieces, lowered):
                return None if _SPOKEN.search(lowered) else rule
        return None


def _order(rule: PhraseRule) -> tuple[bool, bool, int, str]:
    """A cause before a plug-in, a reason before a failure, then what tells most."""
    return rule.class_code == PLUGIN, rule.last, -rule.weight, rule.text


def _stands(pieces: Sequence[str], text: str) -> bool:
    """True where the pieces stand in the text as words, in this order and near each other."""
    start = 0
    for _ in range(_PLACES):
        start = _word(pieces[0], text, start, len(text))
        if start < 0:
            return False
        at = start + len(pieces[0])
        for piece in pieces[1:]:
            found = _word(piece, text, at, min(len(text), at + _WIDEST + len(piece)))
            if found < 0 or ". " in text[at:found]:
                break
            at = found + len(piece)
        else:
            return True
        start += 1
    return False


def _word(piece: str, text: str, start: int, end: int) -> int:
    """Where the piece stands as whole words, or -1; "n't have" begins within a word."""
    while True:
        found = text.find(piece, start, end)
        if found < 0:
            return -1
        behind = found + len(piece)
        if (piece.startswith("n't") or found == 0 or not text[found - 1].isalnum()) and (
            behind >= len(text) or not text[behind].isalnum() or not piece[-1].isalnum()
        ):
            return found
        start = found + 1
