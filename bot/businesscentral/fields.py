"""Single fields of a row: JSON -> values, strictly; what comes from outside may be anything.

Sizes: an Integer of AL has 32 bits; table 5339 has texts of at most 2,048 characters
(``IntegrationSynchJobErrors.Table.al`` in microsoft/BCApps).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from bot.failures import SourceGarbled

Row = Mapping[str, Any]
Choice = TypeVar("Choice", bound=Enum)

MAX_INTEGER = 2**31 - 1
"""Integer in AL has 32 bits."""

MAX_TEXT = 8_192
"""Characters. Well above Text[2048]; a longer text is not what the contract says."""

_NO_GUID = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANK_OPTION = "_x0020_"


class Breach(Exception):
    """One field is not what the contract says; the text names the field, never its value."""


def json_object(row: object) -> Row:
    """The row as an object. Raises SourceGarbled."""
    if not isinstance(row, Mapping):
        raise SourceGarbled("row: not an object")
    return row


def text(row: Row, field: str) -> str:
    """A text that must be there. Raises Breach, as all below do."""
    value = row.get(field)
    if not isinstance(value, str):
        raise Breach(f"{field}: {'missing' if value is None else 'not a text'}")
    if len(value) > MAX_TEXT:
        raise Breach(f"{field}: too long")
    return clean(value)


def optional_text(row: Row, field: str) -> str:
    """A text; empty where it is missing."""
    return "" if row.get(field) is None else text(row, field)


def cut_text(row: Row, field: str, length: int) -> str:
    """A text that may have any length, cut; NULs at the end of a BLOB's text go."""
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Breach(f"{field}: not a text")
    return clean(value[:length].rstrip("\x00"))


def option(row: Row, field: str) -> str:
    """The name of an option."""
    return option_of(optional_text(row, field))


@lru_cache(maxsize=100)
def option_of(value: str) -> str:
    """A text as the name of an option; a blank one travels as an encoded blank."""
    return clean(value).replace(_BLANK_OPTION, " ").strip()


def choice(row: Row, field: str, choices: Mapping[str, Choice], unknown: Choice) -> Choice:
    """An option as a member of a closed set."""
    return choices.get(option(row, field), unknown)


def truth(row: Row, field: str) -> bool:
    """A Boolean; False where it is missing."""
    value = row.get(field)
    if value is not None and not isinstance(value, bool):
        raise Breach(f"{field}: not a Boolean")
    return value is True


def integer(row: Row, field: str, least: int = 0) -> int:
    """A number that must be there, from ``least`` to what an Integer holds."""
    value = row.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Breach(f"{field}: {'missing' if value is None else 'not an integer'}")
    if not least <= value <= MAX_INTEGER:
        raise Breach(f"{field}: out of range")
    return value


def optional_integer(row: Row, field: str) -> int:
    """A number; 0 where it is missing."""
    return 0 if row.get(field) is None else integer(row, field)


def guid(row: Row, field: str) -> str:
    """A GUID that must be there: lower case without braces."""
    value = optional_guid(row, field)
    if value is None:
        raise Breach(f"{field}: missing")
    return value


def optional_guid(row: Row, field: str) -> str | None:
    """Lower case without braces; None for the empty GUID."""
    value = row.get(field)
    if value is not None and not isinstance(value, str):
        raise Breach(f"{field}: not a GUID")
    try:
        return guid_of(value)
    except Breach as breach:
        raise Breach(f"{field}: {breach}") from None


def guid_of(value: str | None) -> str | None:
    """A text as a GUID; None for the empty one."""
    if not value:
        return None
    if not _GUID.fullmatch(value):
        raise Breach("not a GUID")
    bare = value.strip("{}").lower()
    return None if bare == _NO_GUID else bare


def moment(row: Row, field: str) -> datetime:
    """A DateTime that must be there, with zone UTC."""
    there = optional_moment(row, field)
    if there is None:
        raise Breach(f"{field}: missing")
    return there


def optional_moment(row: Row, field: str) -> datetime | None:
    """None for the empty DateTime, which travels as year 1."""
    value = row.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise Breach(f"{field}: not a date and time")
    try:
        there = datetime.fromisoformat(value)
        if there.tzinfo is None:
            raise Breach(f"{field}: without a zone")
        if there.year == 1:
            return None
        return there if there.tzinfo is UTC else there.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Breach(f"{field}: not a date and time") from error


def clean(value: str) -> str:
    """NUL and lone surrogates are legal in JSON and refused by databases."""
    if value.isascii() and "\x00" not in value:  # nearly all, and without a regular expression
        return value
    return _UNSTORABLE.sub("\ufffd", value)


def storable(value: object, depth: int = 3) -> Any:
    """A hostile value as JSON that every database takes: bounded, finite, clean."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value[:MAX_TEXT])
    if isinstance(value, int):
        return value if abs(value) < 2**63 else "integer out of range"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth == 0:
        return type(value).__name__
    if isinstance(value, Mapping):
        return {clean(str(key)[:100]): storable(item, depth - 1) for key, item in list(value.items())[:100]}
    if isinstance(value, list | tuple):
        return [storable(item, depth - 1) for item in value[:100]]
    return type(value).__name__
