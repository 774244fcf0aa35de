"""JSON of the companion API -> values. Strict per field, and nothing in a row can make it raise.

Field names: the companion API's contract, "Reading". Sizes: table 5339, where Message is Text[250], Error
Message Text[2048] and "No." an Integer (``IntegrationSynchJobErrors.Table.al`` in microsoft/BCApps).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.businesscentral.records import (
    Company,
    Direction,
    ErrorDetails,
    Maintenance,
    SyncErrorRecord,
    UnreadableRow,
)
from bot.failures import SourceGarbled

MAX_INTEGER = 2**31 - 1
"""Integer in AL has 32 bits."""

MAX_TEXT = 8_192
"""Characters. Well above Text[2048]; a longer text is not what the contract says."""

MAX_CALL_STACK = 1_000_000
"""Characters of a call stack, which is a BLOB; what is longer is cut."""

LIGHT_FIELDS = (
    "id",
    "number",
    "jobId",
    "loggedAt",
    "errorMessage",
    "sourceRecordId",
    "sourceTableNumber",
    "destinationRecordId",
    "destinationTableNumber",
    "mappingName",
    "direction",
    "jobType",
    "lastModifiedDateTime",
)
"""All fields of ``syncErrors``, for ``$select``."""

_NO_GUID = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANK_OPTION = "_x0020_"
_DIRECTIONS = {direction.value: direction for direction in Direction}


class _Breach(Exception):
    """One field is not what the contract says; the text names the field, never its value."""


def sync_error(row: object) -> SyncErrorRecord | UnreadableRow:
    """One element of ``value`` of ``syncErrors``.

    Unknown fields are ignored, missing ones tolerated except ``id``, ``number``, ``loggedAt`` and
    ``errorMessage``. Never raises.
    """
    if not isinstance(row, Mapping):
        return UnreadableRow({"row": _storable(row)}, "row: not an object", None)
    try:
        return SyncErrorRecord(
            id=_guid(row, "id"),
            number=_integer(row, "number", least=1),
            logged_at=_moment(row, "loggedAt"),
            message=_text(row, "errorMessage"),
            job_id=_optional_guid(row, "jobId"),
            source_record_id=_optional_text(row, "sourceRecordId"),
            source_table=_optional_integer(row, "sourceTableNumber"),
            destination_record_id=_optional_text(row, "destinationRecordId"),
            destination_table=_optional_integer(row, "destinationTableNumber"),
            mapping=_optional_text(row, "mappingName"),
            direction=_direction(row),
            job_type=_option(row, "jobType"),
            modified_at=_optional_moment(row, "lastModifiedDateTime"),
        )
    except _Breach as breach:
        return UnreadableRow(_storable(row, depth=4), str(breach), readable_number(row))


def readable_number(row: Mapping[str, Any]) -> int | None:
    """The row's number where at least that could be read."""
    try:
        return _integer(row, "number", least=1)
    except _Breach:
        return None


def number_and_id(row: object) -> tuple[int | None, str | None]:
    """Number and id of one element of ``syncErrors``; None for what breaks the contract. Never raises."""
    if not isinstance(row, Mapping):
        return None, None
    try:
        row_id = _optional_guid(row, "id")
    except _Breach:
        row_id = None
    return readable_number(row), row_id


def error_details(row: object) -> ErrorDetails:
    """The answer of ``syncErrorDetails({id})``. Raises SourceGarbled."""
    fields = _object(row)
    try:
        return ErrorDetails(
            id=_guid(fields, "id"),
            number=_integer(fields, "number", least=1),
            call_stack=_call_stack(fields),
            source_system_id=_optional_guid(fields, "sourceSystemId"),
            destination_system_id=_optional_guid(fields, "destinationSystemId"),
            source_url=_optional_text(fields, "sourceUrl"),
            destination_url=_optional_text(fields, "destinationUrl"),
            source_description=_optional_text(fields, "sourceDescription"),
            destination_description=_optional_text(fields, "destinationDescription"),
        )
    except _Breach as breach:
        raise SourceGarbled(str(breach)) from breach


def maintenance(row: object) -> Maintenance:
    """The single row of ``maintenance``. Raises SourceGarbled."""
    fields = _object(row)
    try:
        return Maintenance(
            highest_number=_integer(fields, "highestNumber"),
            error_count=_integer(fields, "errorCount"),
            oldest_logged_at=_optional_moment(fields, "oldestLoggedAt"),
            retention_enabled=fields.get("retentionEnabled") is True,
            retention_period=_option(fields, "retentionPeriod"),
        )
    except _Breach as breach:
        raise SourceGarbled(str(breach)) from breach


def company(row: object) -> Company:
    """The answer of the standard API's ``companies({id})``. Raises SourceGarbled.

    ``displayName`` is empty where nobody filled it in; the name stands in for it.
    """
    fields = _object(row)
    try:
        name = _text(fields, "name")
        return Company(_guid(fields, "id"), name, _optional_text(fields, "displayName") or name)
    except _Breach as breach:
        raise SourceGarbled(str(breach)) from breach


def _object(row: object) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise SourceGarbled("row: not an object")
    return row


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise _Breach(f"{field}: {'missing' if value is None else 'not a text'}")
    if len(value) > MAX_TEXT:
        raise _Breach(f"{field}: too long")
    return _clean(value)


def _optional_text(row: Mapping[str, Any], field: str) -> str:
    return "" if row.get(field) is None else _text(row, field)


def _option(row: Mapping[str, Any], field: str) -> str:
    """A blank option travels as an encoded blank."""
    return _optional_text(row, field).replace(_BLANK_OPTION, " ").strip()


def _direction(row: Mapping[str, Any]) -> Direction:
    return _DIRECTIONS.get(_option(row, "direction"), Direction.UNKNOWN)


def _call_stack(row: Mapping[str, Any]) -> str:
    """Business Central may leave a NUL at the end of the BLOB's text."""
    value = row.get("callStack")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Breach("callStack: not a text")
    return _clean(value[:MAX_CALL_STACK].rstrip("\x00"))


def _integer(row: Mapping[str, Any], field: str, least: int = 0) -> int:
    value = row.get(field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Breach(f"{field}: {'missing' if value is None else 'not an integer'}")
    if not least <= value <= MAX_INTEGER:
        raise _Breach(f"{field}: out of range")
    return value


def _optional_integer(row: Mapping[str, Any], field: str) -> int:
    return 0 if row.get(field) is None else _integer(row, field)


def _guid(row: Mapping[str, Any], field: str) -> str:
    value = _optional_guid(row, field)
    if value is None:
        raise _Breach(f"{field}: missing")
    return value


def _optional_guid(row: Mapping[str, Any], field: str) -> str | None:
    """Lower case without braces; None for the empty GUID."""
    value = row.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        raise _Breach(f"{field}: not a GUID")
    guid = value.strip("{}").lower()
    return None if guid == _NO_GUID else guid


def _moment(row: Mapping[str, Any], field: str) -> datetime:
    moment = _optional_moment(row, field)
    if moment is None:
        raise _Breach(f"{field}: missing")
    return moment


def _optional_moment(row: Mapping[str, Any], field: str) -> datetime | None:
    """None for the empty DateTime, which travels as year 1."""
    value = row.get(field)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise _Breach(f"{field}: not a date and time")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise _Breach(f"{field}: without a zone")
        if moment.year == 1:
            return None
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Breach(f"{field}: not a date and time") from error


def _clean(text: str) -> str:
    """NUL and lone surrogates are legal in JSON and refused by databases."""
    if text.isascii() and "\x00" not in text:  # nearly all, and without a regular expression
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def _storable(value: object, depth: int = 3) -> Any:
    """A hostile value as JSON that every database takes: bounded, finite, clean."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _clean(value[:MAX_TEXT])
    if isinstance(value, int):
        return value if abs(value) < 2**63 else "integer out of range"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth == 0:
        return type(value).__name__
    if isinstance(value, Mapping):
        return {_clean(str(key)[:100]): _storable(item, depth - 1) for key, item in list(value.items())[:100]}
    if isinstance(value, list | tuple):
        return [_storable(item, depth - 1) for item in value[:100]]
    return type(value).__name__
