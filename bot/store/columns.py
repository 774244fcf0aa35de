"""Column types that read back, on SQLite and on PostgreSQL alike, exactly what was written.

They take what Business Central and Dataverse may hand over: NUL characters (PostgreSQL, "Character Types":
"the character with code zero cannot be stored"), lone surrogates (not encodable in UTF-8), texts too long for
an index, times at the edge of the calendar.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

KEY_LENGTH = 250
"""Characters of a key column. PostgreSQL's B-tree takes 2,704 bytes an entry, the other columns included."""

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)
_ESCAPE = "\x1a"
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")

_ENCODED = len('"2026-11-20 12:00:00.123456Z"')

T = TypeVar("T")


def storable(text: str) -> str:
    """The text with NUL, lone surrogates and U+001A (SUBSTITUTE) written as U+001A and four hex digits."""
    if _UNSTORABLE.search(text) is None:
        return text
    return _UNSTORABLE.sub(lambda match: f"{_ESCAPE}{ord(match[0]):04x}", text)


def _all_storable(text: str) -> bool:
    """As ``storable`` tells, without looking at each character by itself."""
    if "\x00" in text or _ESCAPE in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def original(stored: str) -> str:
    """Inverse of ``storable``."""
    if _ESCAPE not in stored:
        return stored
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored)


def as_key(text: str) -> str:
    """The text itself up to ``KEY_LENGTH`` characters; beyond that its beginning and its SHA-256."""
    if len(text) <= KEY_LENGTH:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[: KEY_LENGTH - len(digest) - 1]}#{digest}"


class StoredText(TypeDecorator[str]):
    """Any text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else original(value)

    def bind_column(self, values: Sequence[str | None], dialect: Dialect) -> Sequence[str | None]:
        """What the driver takes for many values: one search tells that none of them needs escaping."""
        if _all_storable("".join([value for value in values if value])):
            return values
        return [None if value is None else storable(value) for value in values]


class KeyText(StoredText):
    """Text in an index; one that is too long is shortened to ``as_key``, when writing and when asking."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(as_key(value))

    def bind_column(self, values: Sequence[str | None], dialect: Dialect) -> Sequence[str | None]:
        """As for any text."""
        longest = max([len(value) for value in values if value is not None], default=0)
        if longest > KEY_LENGTH:
            values = [None if value is None else as_key(value) for value in values]
        return super().bind_column(values, dialect)


class UtcTime(TypeDecorator[datetime]):
    """A moment. Takes times with any zone, gives them back in UTC; refuses a time without a zone.

    SQLite has no such type: there the text of the UTC time stands, which sorts like the time itself.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = _in_utc(value)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_column(self, values: Sequence[datetime | None], dialect: Dialect) -> Sequence[object]:
        """What the driver takes for many values; on SQLite the text that SQLAlchemy's own type writes."""
        if dialect.name == "postgresql":
            return [None if value is None else _in_utc(value) for value in values]
        return utc_texts(values)


class JsonText(TypeDecorator[Mapping[str, Any]]):
    """An object as JSON text in ASCII: PostgreSQL's own types refuse ``\\u0000`` and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:
        return None if value is None else json.loads(value)

    def bind_column(self, values: Sequence[Mapping[str, Any] | None], dialect: Dialect) -> Sequence[object]:
        """What the driver takes for many values: errors of one message share their object."""
        return each_once(values, lambda value: None if value is None else json_text(value))


def json_text(value: Mapping[str, Any]) -> str:
    """The object as JSON, the same for equal objects. What JSON does not know is written as ``str``."""
    return _JSON.encode(dict(value))


def each_once(values: Iterable[Any], convert: Callable[[Any], T]) -> list[T]:
    """The values converted, each distinct object once: rows share texts, params and times."""
    known: dict[int, T] = {}
    done = []
    for value in values:
        key = id(value)
        if key not in known:
            known[key] = convert(value)
        done.append(known[key])
    return done


def _in_utc(value: datetime) -> datetime:
    zone = value.tzinfo
    if zone is None:
        raise ValueError("a time needs a zone")
    return value if zone is UTC else value.astimezone(UTC)


def utc_texts(values: Sequence[datetime | None]) -> list[str | None]:
    """The UTC time of each as ``isoformat(" ", "microseconds")`` without its zone, in a tenth of the time.

    A page of a pull has ten thousand of them. The encoder leaves microseconds out where they are 0.
    """
    if not values:
        return []
    encoded = msgspec.json.encode([None if value is None else _in_utc(value) for value in values]).decode()
    return [
        None if text == "null" else text[1:27] if len(text) == _ENCODED else f"{text[1:20]}.000000"
        for text in encoded[1:-1].replace("T", " ").split(",")
    ]
