"""Text -> words, the same for what is indexed and for what is typed, on SQLite and PostgreSQL alike. Pure.

A word is a run of letters and digits, without case and without accents: ``prvReadAccount`` is
``prvreadaccount``, ``Customer: 10000`` is ``customer`` and ``10000``; a GUID is one word. So nothing that
somebody types can be query syntax: signs part words and then are gone.

Marks are words that nobody can type (they begin with a private-use character): a whole record, a class, a
table mapping, a scope.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Self

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


class Terms(NamedTuple):
    """Words and marks: as a set, and as a text parted by blanks. Made once for what many errors share."""

    each: frozenset[str]
    text: str

    @classmethod
    def of(cls, *terms: str) -> Self:
        """Each term once."""
        each = frozenset(terms)
        return cls(each, " ".join(each))


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
def message_terms(message: str) -> Terms:
    """The words of a message. Messages repeat: the same record fails again with the same words."""
    return Terms.of(*split(message))


@lru_cache(maxsize=4_000)
def record_terms(record_id: str) -> Terms:
    """The words of a record, and its marks: as a whole (``Customer: 10000``) and by its key (``10000``).

    A row of Dataverse has no marks: nobody else has the word that is its GUID.
    """
    table, colon, key = record_id.partition(":")
    words = _words_of_table(table)
    if not colon:
        return Terms.of(*words, _mark(_RECORD, words)) if words else Terms.of()
    keys = split(key)
    if "{" in key:
        return Terms.of(*words, *keys)
    return Terms.of(*words, *keys, _mark(_RECORD, (*words, *keys)), _mark(_RECORD, keys))


@lru_cache(maxsize=1_000)
def _words_of_table(name: str) -> tuple[str, ...]:
    return tuple(split(name))


def _joined(guid: re.Match[str]) -> str:
    return guid[0].replace("-", "")


def record_mark(typed: str) -> str:
    """The mark of the record that somebody typed, as a whole or by its key."""
    return _mark(_RECORD, split(typed))


@lru_cache(maxsize=1_000)
def class_mark(class_code: str) -> str:
    """The mark of a class."""
    return _mark(_CLASS, split(class_code))


@lru_cache(maxsize=1_000)
def mapping_mark(mapping: str) -> str:
    """The mark of a table mapping."""
    return _mark(_MAPPING, split(mapping))


@lru_cache(maxsize=2_000)
def kind_terms(class_code: str, mapping: str, privilege: str) -> Terms:
    """What errors of one class, mapping and privilege share."""
    return Terms.of(class_mark(class_code), mapping_mark(mapping), *split(mapping), *humps_of(privilege))


def scope_mark(number: int) -> str:
    """The mark of a scope by its number."""
    return f"{_SCOPE}{number}"


def _mark(kind: str, words: Sequence[str]) -> str:
    return f"{kind}{_JOINT.join(words)}"[:_MARK_LENGTH]
