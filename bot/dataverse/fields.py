"""Single fields of an answer: JSON -> values, strictly; what comes from outside may be anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.failures import DataverseGarbled

Json = Mapping[str, Any]

MOST_TEXT: Final = 4_000
"""Characters that a text is cut to: a memo may have a million."""
_GUID: Final = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_SHOWN: Final = "@OData.Community.Display.V1.FormattedValue"


def json_object(value: object) -> Json:
    """An object. Raises DataverseGarbled, as all below do."""
    if not isinstance(value, Mapping):
        raise DataverseGarbled("not an object")
    return value


def objects(row: Json, field: str) -> list[Json]:
    """A list of objects."""
    value = row.get(field)
    if not isinstance(value, list):
        raise DataverseGarbled(f"{field}: not a list")
    return [json_object(one) for one in value]


def text(row: Json, field: str) -> str:
    """A text; empty where it is missing."""
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DataverseGarbled(f"{field}: not a text")
    return _UNSTORABLE.sub("", value[:MOST_TEXT])


def guid(row: Json, field: str) -> str:
    """A GUID that must be there, in lower case."""
    found = optional_guid(row, field)
    if found is None:
        raise DataverseGarbled(f"{field}: missing")
    return found


def optional_guid(row: Json, field: str) -> str | None:
    """A GUID, in lower case."""
    value = row.get(field)
    if value is None:
        return None
    bare = bare_guid(value) if isinstance(value, str) else None
    if bare is None:
        raise DataverseGarbled(f"{field}: not a GUID")
    return bare


def bare_guid(text: str) -> str | None:
    """A GUID in lower case without braces; None for what is none."""
    found = _GUID.fullmatch(text.strip())
    return found[1].lower() if found else None


def logical_name(text: str) -> str | None:
    """The name of a table or a column, as one may stand in an address; None for what is none."""
    return text.lower() if _NAME.fullmatch(text) else None


def flag(row: Json, field: str) -> bool:
    """A Boolean; False where it is missing."""
    value = row.get(field)
    if value is not None and not isinstance(value, bool):
        raise DataverseGarbled(f"{field}: not a Boolean")
    return bool(value)


def managed_flag(row: Json, field: str) -> bool:
    """A managed property, ``{"Value": true, ...}``; True where it is missing."""
    value = row.get(field)
    return True if value is None else flag(json_object(value), "Value")


def integer(row: Json, field: str) -> int:
    """A number that must be there."""
    value = row.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**31:
        raise DataverseGarbled(f"{field}: not an integer")
    return value


def moment(row: Json, field: str) -> datetime | None:
    """A time with zone UTC."""
    value = row.get(field)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise DataverseGarbled(f"{field}: not a time")
    return found.astimezone(UTC)


def shown(row: Json, field: str) -> str:
    """How Dataverse shows a value: the name of a looked-up row, the label of a choice; empty without one."""
    return text(row, field + _SHOWN)


def anything(row: Json, field: str) -> str:
    """Any simple value as text; empty where it is missing or not simple."""
    value = row.get(field)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return _UNSTORABLE.sub("", str(value)[:MOST_TEXT])
    return ""
