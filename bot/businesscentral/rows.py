"""Rows of errors, and the single rows beside them: JSON of the companion API -> values.

Strict per field, and nothing in a row of a page can make it raise. Field names: the companion API's contract,
"Reading".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.businesscentral.fields import (
    Breach,
    choice,
    cut_text,
    guid,
    integer,
    json_object,
    moment,
    option,
    optional_guid,
    optional_integer,
    optional_moment,
    optional_text,
    storable,
    text,
)
from bot.businesscentral.records import (
    Company,
    Direction,
    ErrorDetails,
    Maintenance,
    SyncErrorRecord,
    UnreadableRow,
)
from bot.failures import SourceGarbled

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

DIRECTIONS = {direction.value: direction for direction in Direction}


def sync_error(row: object) -> SyncErrorRecord | UnreadableRow:
    """One element of ``value`` of ``syncErrors``.

    Unknown fields are ignored, missing ones tolerated except ``id``, ``number``, ``loggedAt`` and
    ``errorMessage``. Never raises.
    """
    if not isinstance(row, Mapping):
        return UnreadableRow({"row": storable(row)}, "row: not an object", None)
    try:
        return SyncErrorRecord(
            id=guid(row, "id"),
            number=integer(row, "number", least=1),
            logged_at=moment(row, "loggedAt"),
            message=text(row, "errorMessage"),
            job_id=optional_guid(row, "jobId"),
            source_record_id=optional_text(row, "sourceRecordId"),
            source_table=optional_integer(row, "sourceTableNumber"),
            destination_record_id=optional_text(row, "destinationRecordId"),
            destination_table=optional_integer(row, "destinationTableNumber"),
            mapping=optional_text(row, "mappingName"),
            direction=choice(row, "direction", DIRECTIONS, Direction.UNKNOWN),
            job_type=option(row, "jobType"),
            modified_at=optional_moment(row, "lastModifiedDateTime"),
        )
    except Breach as breach:
        return UnreadableRow(storable(row, depth=4), str(breach), readable_number(row))


def readable_number(row: Mapping[str, Any]) -> int | None:
    """The row's number where at least that could be read."""
    try:
        return integer(row, "number", least=1)
    except Breach:
        return None


def number_and_id(row: object) -> tuple[int | None, str | None]:
    """Number and id of one element of ``syncErrors``; None for what breaks the contract. Never raises."""
    if not isinstance(row, Mapping):
        return None, None
    try:
        row_id = optional_guid(row, "id")
    except Breach:
        row_id = None
    return readable_number(row), row_id


def error_details(row: object) -> ErrorDetails:
    """The answer of ``syncErrorDetails({id})``. Raises SourceGarbled."""
    fields = json_object(row)
    try:
        return ErrorDetails(
            id=guid(fields, "id"),
            number=integer(fields, "number", least=1),
            call_stack=cut_text(fields, "callStack", MAX_CALL_STACK),
            source_system_id=optional_guid(fields, "sourceSystemId"),
            destination_system_id=optional_guid(fields, "destinationSystemId"),
            source_url=optional_text(fields, "sourceUrl"),
            destination_url=optional_text(fields, "destinationUrl"),
            source_description=optional_text(fields, "sourceDescription"),
            destination_description=optional_text(fields, "destinationDescription"),
            source_state=option(fields, "sourceState"),
            destination_state=option(fields, "destinationState"),
        )
    except Breach as breach:
        raise SourceGarbled(str(breach)) from breach


def maintenance(row: object) -> Maintenance:
    """The single row of ``maintenance``. Raises SourceGarbled."""
    fields = json_object(row)
    try:
        return Maintenance(
            highest_number=integer(fields, "highestNumber"),
            error_count=integer(fields, "errorCount"),
            oldest_logged_at=optional_moment(fields, "oldestLoggedAt"),
            retention_enabled=fields.get("retentionEnabled") is True,
            retention_period=option(fields, "retentionPeriod"),
            extension_version=optional_text(fields, "extensionVersion"),
            application_version=optional_text(fields, "applicationVersion"),
        )
    except Breach as breach:
        raise SourceGarbled(str(breach)) from breach


def company(row: object) -> Company:
    """The answer of the standard API's ``companies({id})``. Raises SourceGarbled.

    ``displayName`` is empty where nobody filled it in; the name stands in for it.
    """
    fields = json_object(row)
    try:
        name = text(fields, "name")
        return Company(guid(fields, "id"), name, optional_text(fields, "displayName") or name)
    except Breach as breach:
        raise SourceGarbled(str(breach)) from breach
