"""Text -> words, the same for what is indexed and for what is typed, on SQLite and PostgreSQL alike. Pure.

A word is a run of letters and digits, without case and without accents: ``prvReadAccount`` is
``prvreadaccount``, ``Customer: 10000`` is ``customer`` and ``10000``; a GUID is one word. So nothing that
somebody types can be query syntax: signs part words and then are gone.

What is indexed is one text, its words and marks parted by blanks; one may stand there twice.

Marks are words that nobody can type (they begin with a private-use character): a whole record, a class, a
table mapping, a scope.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

SHORTEST_BEGINNING: Final = 3
"""A word of fewer characters finds only itself."""
WORD_LENGTH: Final = 40
"""Characters of a word that count. PostgreSQL takes 2,046 bytes a lexeme."""
_MARK_LENGTH: Final = 200
_JOINT: Final = "\ue000"
"""Between the words of a mark."""
_RECORD: Final = "\ue001"
_CLASS: Final = "\ue002"
_MAPPING: Final = "\ue003"
_SCOPE: Final = "\ue004"

_ASCII: Final = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256)
)
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HYPHENS_OF_GUID: Final = 4
_BEGUN_GUID: Final = re.compile(
    r"\b(?=[0-9]{0,7}[a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}-[0-9a-f]{0,12}(?![\w-])", re.IGNORECASE
)
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Term(NamedTuple):
    """A word or mark that is looked for, or all words that begin with it."""

    word: str
    begins: bool = False

    def is_in(self, words: Collection[str]) -> bool:
        """Is it one of these, or does one of them begin with it?"""
        return self.word in words or (self.begins and any(one.startswith(self.word) for one in words))


def words_of(typed: str) -> list[str]:
    """The distinct words of what somebody typed, in their order; of a GUID the beginning will do."""
    return list(dict.fromkeys(split(_BEGUN_GUID.sub(_joined, typed))))


def split(text: str) -> list[str]:
    """The words of a text as they follow each other, each at most ``WORD_LENGTH`` long."""
    if text.count("-") >= _HYPHENS_OF_GUID:
        text = _GUID.sub(_joined, text)
    if text.isascii():
        parts = text.encode("ascii").translate(_ASCII).decode("ascii").split()
    else:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()).casefold()
        kept = (one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
        parts = "".join(kept).split()
    if parts and len(max(parts, key=len)) > WORD_LENGTH:
        return [part[:WORD_LENGTH] for part in parts]
    return parts


def humps_of(name: str) -> tuple[str, ...]:
    """``prvReadAccount`` -> ``readaccount``, ``account``: found by its inner words too."""
    starts = [found.start() for found in _HUMP.finditer(name[:WORD_LENGTH])]
    return tuple(word for start in starts for word in words_of(name[start:])[:1])


@lru_cache(maxsize=2_000)
def message_terms(message: str) -> str:
    """The words of a message. Messages repeat: the same record fails again with the same words."""
    return " ".join(dict.fromkeys(split(message)))


@lru_cache(maxsize=4_000)
def record_terms(record_id: str) -> str:
    """The words of a record, and its marks: as a whole (``Customer: 10000``) and by its key (``10000``).

    A row of Dataverse has no marks: nobody else has the word that is its GUID.
    """
    table, colon, key = record_id.partition(":")
    words, joined = words_of_table(table)
    if not colon:
        return f"{words} {_mark(_RECORD, joined)}" if words else ""
    keys = split(key)
    if "{" in key:
        return f"{words} {' '.join(keys)}"
    by_key = _JOINT.join(keys)
    whole = f"{joined}{_JOINT}{by_key}" if keys and joined else joined or by_key
    return f"{words} {' '.join(keys)} {_mark(_RECORD, whole)} {_mark(_RECORD, by_key)}"


@lru_cache(maxsize=1_000)
def words_of_table(name: str) -> tuple[str, str]:
    """The words of a record's table, parted by blanks, and as they stand in a mark."""
    words = split(name)
    return " ".join(words), _JOINT.join(words)


def _joined(guid: re.Match[str]) -> str:
    return guid[0].replace("-", "")


def record_mark(typed: str) -> str:
    """The mark of the record that somebody typed, as a whole or by its key."""
    return _mark(_RECORD, _JOINT.join(split(typed)))


@lru_cache(maxsize=1_000)
def class_mark(class_code: str) -> str:
    """The mark of a class."""
    return _mark(_CLASS, _JOINT.join(split(class_code)))


@lru_cache(maxsize=1_000)
def mapping_mark(mapping: str) -> str:
    """The mark of a table mapping."""
    return _mark(_MAPPING, _JOINT.join(split(mapping)))


@lru_cache(maxsize=2_000)
def kind_terms(class_code: str, mapping: str, privilege: str) -> str:
    """What errors of one class, mapping and privilege share."""
    return " ".join((class_mark(class_code), mapping_mark(mapping), *split(mapping), *humps_of(privilege)))


def scope_mark(number: int) -> str:
    """The mark of a scope by its number."""
    return f"{_SCOPE}{number}"


def _mark(kind: str, words: str) -> str:
    return f"{kind}{words}"[:_MARK_LENGTH]
