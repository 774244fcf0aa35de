"""Listening to a text: who speaks in it, and whether of a record.

See ``speakers`` for the expressions. They decide; a sieve tells beforehand which of them can.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from bot.diagnosis.sieve import Sieve
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

NOTHING: Final = 0
SPOKEN_OF: Final = 1
RECORD_NAMED: Final = 2
_NO_WORD = re.compile(r"(?!)")


class Listener:
    """Knows the words of records."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        """``vocabulary``: the words of records, in lower case."""
        words = "|".join(sorted(map(re.escape, vocabulary), key=lambda word: (-len(word), word)))
        self.record = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else _NO_WORD
        self.sieve = Sieve(SPOKEN, TALKED, BUILT, INSTRUCTED, REFUSED, FOREIGN, self.record)


class Heard:
    """What one text says."""

    def __init__(self, listener: Listener, text: str, lowered: str) -> None:
        """``lowered``: the same in lower case."""
        self._record = listener.record
        self._may_match = listener.sieve.may_match(text)
        self._text = text
        self._lowered = lowered

    def from_another(self) -> bool:
        """True where a person, another product or a manual speaks."""
        return (
            (SPOKEN in self._may_match and SPOKEN.search(self._text) is not None)
            or self._has(FOREIGN)
            or EXPLAINED.search(self._lowered) is not None
        )

    def of_record(self) -> int:
        """What is said of a record: nothing, also where somebody speaks of his day or a program does; that
        the text speaks of one or refuses as Business Central does; that it names one as well."""
        if self._has(TALKED) or self._has(BUILT) or self._has(INSTRUCTED):
            return NOTHING
        sender = SENT.match(self._text)
        if sender and not self._record.fullmatch(sender[1].lower()):
            return NOTHING
        if self._record in self._may_match and self._record.search(QUOTED.sub("'", self._lowered)):
            return RECORD_NAMED if NAMED.search(self._text) else SPOKEN_OF
        return SPOKEN_OF if self._has(REFUSED) or CAPTIONED.search(self._text) else NOTHING

    def _has(self, expression: re.Pattern[str]) -> bool:
        return expression in self._may_match and expression.search(self._lowered) is not None
