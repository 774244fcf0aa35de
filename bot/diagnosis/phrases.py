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

from collections.abc import Collection, Sequence
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.anchors import LONG
from bot.diagnosis.listening import NOTHING, RECORD_NAMED, SPOKEN_OF, Heard, Listener
from bot.diagnosis.literals import Literals
from bot.diagnosis.model import PLUGIN, UNKNOWN

GAP: Final = " ... "
"""Stands between the pieces of a phrase for a few other words."""
_WIDEST: Final = 90
"""Characters between two pieces at most."""
_SEARCHED: Final = 8_192
"""Characters of a text that are searched: what a message says first."""
_PLACES: Final = 16
"""Places of a first piece that are tried."""
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
        return RECORD_NAMED if self.named else SPOKEN_OF if self.among else NOTHING

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


class Phrases:
    """All phrases of a catalogue, found in one pass."""

    def __init__(self, rules: Sequence[PhraseRule], vocabulary: Collection[str] = ()) -> None:
        """``vocabulary``: the words of records, in lower case."""
        self._listener = Listener(vocabulary)
        ranked = [
            (rank, rule.pieces, rule) for rank, rule in enumerate(sorted(rules, key=lambda rule: rule.order))
        ]
        self._literals = Literals(((max(known[1], key=len), known) for known in ranked), LONG)

    def best(self, text: str) -> PhraseRule | None:
        """The phrase in the text that tells most; None where there is none, where it says that nothing is to
        be said, or where a person or another product speaks."""
        return self._first(_searched(text), also_among=True)

    def telling(self, text: str) -> PhraseRule | None:
        """The same without the words that count only among words of records."""
        return self._first(_searched(text), also_among=False)

    def _first(self, searched: str, *, also_among: bool) -> PhraseRule | None:
        lowered = searched.lower()
        hits = self._literals.hits(lowered)
        if not hits:
            return None
        heard: Heard | None = None
        of_record: int | None = None if also_among else NOTHING
        for _, pieces, rule in sorted(self._literals.meant_by(hits)):
            needs = rule.needs
            if needs and of_record is not None and of_record < needs:
                continue
            if not _stands(pieces, lowered):
                continue
            heard = heard or Heard(self._listener, searched, lowered)
            if needs:
                if of_record is None:
                    of_record = heard.of_record()
                if of_record < needs:
                    continue
            return None if rule.class_code == UNKNOWN or heard.from_another() else rule
        return None


def _searched(text: str) -> str:
    """What is searched of a text, with one kind of apostrophe; a full stop is put at its end."""
    return text[:_SEARCHED].replace("’", "'").rstrip(". ") + ". "


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
