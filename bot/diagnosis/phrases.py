"""Telling words in a sentence that no template knows.

Products word the same refusal in ever new sentences; a few words of it stay. A phrase is one or several such
pieces in lower case, in this order, within one sentence. It is looked for only where nothing better is known,
and not in what a person or another product writes: a person who mentions an expired token is no error
message, nor is a compiler's refusal a matter of the synchronization.

Words that say no more than that something is refused ("you cannot", "does not exist") count only ``among``
words of records: where the text speaks of a customer, a posting date or a price list. A mere "should" or
"already" counts only where it also names one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

import re2

from bot.dataclass import dataclass
from bot.diagnosis.model import PLUGIN, UNKNOWN
from bot.diagnosis.speakers import (
    BUILT,
    CAPTIONED,
    EXPLAINED,
    FOREIGN,
    INSTRUCTED,
    NAMED,
    QUOTED,
    REFUSED,
    SENT,
    SPOKEN,
    TALKED,
)

GAP: Final = " ... "
"""Stands between the pieces of a phrase for a few other words."""
_WIDEST: Final = 90
"""Characters between two pieces at most."""
_SEARCHED: Final = 8_192
"""Characters of a text that are searched: what a message says first."""
_PLACES: Final = 16
"""Places of a first piece that are tried."""
_MEMORY: Final = 8 << 20
_NOTHING: Final = 0
_SPOKEN_OF: Final = 1
_NAMED: Final = 2
_LEVELS: Final = {PLUGIN: 2, UNKNOWN: 3}


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
    among: bool = False
    """It counts only where the text speaks of a record."""
    named: bool = False
    """It counts only where the text speaks of a record and names one."""

    @property
    def needs(self) -> int:
        """How much the text must say of a record for it to count: see ``Phrases``."""
        return _NAMED if self.named else _SPOKEN_OF if self.among else _NOTHING

    @property
    def order(self) -> tuple[int, int, str]:
        """Smallest first: a reason, a failure, a plug-in, silence, a mere refusal; then what tells most."""
        if self.named:
            level = 6
        elif self.among:
            level = 5 if self.last else 4
        elif self.class_code in _LEVELS:
            level = _LEVELS[self.class_code]
        else:
            level = 1 if self.last else 0
        return level, -self.weight, self.text

    @property
    def pieces(self) -> tuple[str, ...]:
        """What must stand in a text, with one kind of apostrophe."""
        return tuple(self.text.replace("’", "'").split(GAP))

    @property
    def weight(self) -> int:
        """How much it tells: the characters of its words."""
        return sum(len(piece.replace(" ", "")) for piece in self.pieces)


Ranked = tuple[int, tuple[str, ...], PhraseRule]
"""A rule with its place in the order of all, which makes the order a total one, and its pieces."""


class Phrases:
    """All phrases of a catalogue, found in one pass."""

    def __init__(self, rules: Sequence[PhraseRule], vocabulary: Collection[str] = ()) -> None:
        """``vocabulary``: the words of records, in lower case."""
        words = "|".join(sorted(map(re.escape, vocabulary), key=lambda word: (-len(word), word)))
        self._record = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None
        options = re2.Options()
        options.max_mem = _MEMORY
        options.literal = True
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1  # bytes, so that any text can be scanned
        self._set = re2.Set.SearchSet(options)
        self._rules: list[list[Ranked]] = []
        by_piece: dict[str, list[Ranked]] = {}
        for rank, rule in enumerate(sorted(rules, key=lambda rule: rule.order)):
            pieces = rule.pieces
            by_piece.setdefault(max(pieces, key=len), []).append((rank, pieces, rule))
        for piece, known in by_piece.items():
            self._set.Add(piece.encode())
            self._rules.append(known)
        self._set.Compile()
        self._empty = not by_piece

    def best(self, text: str) -> PhraseRule | None:
        """The phrase in the text that tells most; None where there is none, where it says that nothing is to
        be said, or where a person or another product speaks."""
        return self._first(_searched(text), self._said_of_record)

    def telling(self, text: str) -> PhraseRule | None:
        """The same without the words that count only among words of records."""
        return self._first(_searched(text), _nowhere)

    def _first(self, searched: str, said: Callable[[str, str], int]) -> PhraseRule | None:
        if self._empty:
            return None
        hits: list[int] | None = self._set.Match(searched.encode("utf-8", "surrogatepass").lower())
        if not hits:
            return None
        lowered = searched.lower()
        standing = [known for hit in hits for known in self._rules[hit]]
        if len(standing) > 1:
            standing.sort()
        of_record: int | None = None
        for _, pieces, rule in standing:
            if needs := rule.needs:
                if of_record is None:
                    of_record = said(searched, lowered)
                if of_record < needs:
                    continue
            if _stands(pieces, lowered):
                return None if rule.class_code == UNKNOWN or _not_said(searched, lowered) else rule
        return None

    def _said_of_record(self, searched: str, lowered: str) -> int:
        """What the text says of a record: nothing, also where somebody speaks of his day or a program does;
        that it speaks of one or refuses as Business Central does; that it names one as well."""
        if TALKED.search(lowered) or BUILT.search(lowered) or INSTRUCTED.search(lowered):
            return _NOTHING
        sender = SENT.match(searched)
        if sender and not (self._record and self._record.fullmatch(sender[1].lower())):
            return _NOTHING
        if self._record and self._record.search(QUOTED.sub("'", lowered)):
            return _NAMED if NAMED.search(searched) else _SPOKEN_OF
        return _SPOKEN_OF if REFUSED.search(lowered) or CAPTIONED.search(searched) else _NOTHING


def _searched(text: str) -> str:
    """What is searched of a text, with one kind of apostrophe; a full stop is put at its end."""
    return text[:_SEARCHED].replace("’", "'").rstrip(". ") + ". "


def _not_said(searched: str, lowered: str) -> bool:
    """True where a person, another product or a manual speaks."""
    return bool(SPOKEN.search(searched) or FOREIGN.search(lowered) or EXPLAINED.search(lowered))


def _nowhere(_: str, __: str) -> int:
    return _NOTHING


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
