"""Whether a text or a record is about somebody, as people name them: ``Customer: 10000``, a name, an address.

Words are those of the search (``bot.store.search_words``): without case, accents and signs. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bot.dataclass import dataclass
from bot.store.search_words import split

SHORTEST: Final = 3
"""Letters and digits in all: what is shorter is everybody."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A record by its table and key, or any text (then ``table`` is empty)."""

    table: tuple[str, ...]
    key: tuple[str, ...]

    @classmethod
    def read(cls, typed: str) -> Somebody | None:
        """What was typed; None where that names nobody: no words, or too short ones."""
        bare = typed.strip().strip("'\"“”„‘’«»").strip()
        table, colon, key = bare.partition(":")
        somebody = cls(tuple(split(table)), tuple(split(key))) if colon else cls((), tuple(split(bare)))
        if not somebody.key or sum(map(len, somebody.words)) < SHORTEST:
            return None
        return somebody

    @property
    def words(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.table, *self.key)

    def is_in_record(self, record_id: str) -> bool:
        """The record itself; without a table also any record in whose key the words stand."""
        words = split(record_id)
        return tuple(words) == self.words if self.table else _contains(words, self.key)

    def is_in_text(self, text: str) -> bool:
        """The words of the key stand there in a row, and so do those of the table."""
        words = split(text)
        return _contains(words, self.key) and _contains(words, self.table)

    def is_in_params(self, params: Mapping[str, Any]) -> bool:
        """A value is the key, and no table says that it is another's."""
        table = params.get("record_table")
        if self.table and isinstance(table, str) and tuple(split(table)) != self.table:
            return False
        return any(tuple(split(value)) == self.key for value in params.values() if isinstance(value, str))

    def is_in_error(
        self, records: Iterable[str], message: str, call_stack: str | None, params: Mapping[str, Any]
    ) -> bool:
        """Anything of an error tells of them."""
        return (
            any(map(self.is_in_record, records))
            or self.is_in_text(message)
            or (bool(call_stack) and self.is_in_text(call_stack or ""))
            or self.is_in_params(params)
        )


def _contains(words: Sequence[str], wanted: tuple[str, ...]) -> bool:
    size = len(wanted)
    return any(tuple(words[start : start + size]) == wanted for start in range(len(words) - size + 1))
