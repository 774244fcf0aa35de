"""The standard API's ``jobQueueEntries`` and ``jobQueueLogEntries``, as far as they tell about mappings.

Fields: pages 30091 and 30090 of API v2.0 in microsoft/BCApps (``src/Apps/W1/APIV2/app/src/pages``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.entities import etag
from bot.simulator.businesscentral.filters import Field, Kind
from bot.simulator.businesscentral.job_queue import (
    JOB_RUNNER,
    EntryStatus,
    SimulatedEntry,
    SimulatedLogEntry,
)
from bot.simulator.businesscentral.queries import EntityType, moment_text
from bot.simulator.businesscentral.state_entities import EntitySet, option_text

_RUNNER = "Codeunit"


def _entry_json(company: SimulatedCompany, row: SimulatedEntry, moment: datetime) -> dict[str, Any]:
    is_running = row.status is EntryStatus.READY and row.due_at is not None and row.due_at <= moment
    return {
        "@odata.etag": etag(row.id, 1),
        "id": row.id,
        "jobQueueEntryId": row.entry_id,
        "userId": row.user,
        "earliestStartDateTime": moment_text(row.due_at),
        "objectTypeToRun": _RUNNER,
        "objectIdToRun": JOB_RUNNER,
        "maxNumberAttemptsToRun": 10,
        "status": option_text((EntryStatus.IN_PROCESS if is_running else row.status).value),
        "recordIdToProcess": row.record_id,
        "recurringJob": True,
        "numberOfMinutesBetweenRuns": 30,
        "description": row.description,
        "jobQueueCategoryCode": "BCI INTEG",
        "errorMessage": row.error_message,
        "rerunDelay": 30,
        "scheduled": row.status is EntryStatus.READY,
        "lastModifiedDateTime": moment_text(row.modified_at or company.created_at),
    }


def _log_entry_json(_: SimulatedCompany, row: SimulatedLogEntry, moment: datetime) -> dict[str, Any]:
    return {
        "@odata.etag": etag(row.id, row.number),
        "id": row.id,
        "jobQueueEntryId": row.entry_id,
        "userId": row.user,
        "startDateTime": moment_text(row.started_at),
        "endDateTime": moment_text(row.ended_at if row.ended_at <= moment else None),
        "objectIdToRun": JOB_RUNNER,
        "objectTypeToRun": _RUNNER,
        "status": option_text(row.status.value),
        "description": row.description,
        "errorMessage": row.error_message,
        "jobQueueCategoryCode": "BCI INTEG",
        "errorCallStack": row.error_call_stack,
        "lastModifiedDateTime": moment_text(row.ended_at),
    }


def _by_name(*fields: Field[Any]) -> dict[str, Field[Any]]:
    return {field.name: field for field in fields}


JOB_QUEUE_ENTRIES: EntitySet[SimulatedEntry] = EntitySet(
    "Job Queue Entry",
    EntityType(
        "jobQueueEntry",
        _by_name(
            Field("id", Kind.GUID, lambda row: row.id),
            Field("jobQueueEntryId", Kind.GUID, lambda row: row.entry_id),
            Field("userId", Kind.TEXT, lambda row: row.user),
            Field("earliestStartDateTime", Kind.MOMENT),
            Field("objectTypeToRun", Kind.TEXT),
            Field("objectIdToRun", Kind.NUMBER, lambda _: JOB_RUNNER),
            Field("maxNumberAttemptsToRun", Kind.NUMBER),
            Field("status", Kind.TEXT, lambda row: row.status.value),
            Field("recordIdToProcess", Kind.TEXT),
            Field("recurringJob", Kind.TRUTH),
            Field("numberOfMinutesBetweenRuns", Kind.NUMBER),
            Field("description", Kind.TEXT, lambda row: row.description),
            Field("jobQueueCategoryCode", Kind.TEXT),
            Field("errorMessage", Kind.TEXT),
            Field("rerunDelay", Kind.NUMBER),
            Field("scheduled", Kind.TRUTH),
            Field("lastModifiedDateTime", Kind.MOMENT),
        ),
    ),
    rows=lambda company, _: company.synchronization.entries.values(),
    to_json=_entry_json,
    find=lambda company, key, _: next(
        (row for row in company.synchronization.entries.values() if row.id == key), None
    ),
)

JOB_QUEUE_LOG_ENTRIES: EntitySet[SimulatedLogEntry] = EntitySet(
    "Job Queue Log Entry",
    EntityType(
        "jobQueueLogEntry",
        _by_name(
            Field("id", Kind.GUID, lambda row: row.id),
            Field("jobQueueEntryId", Kind.GUID, lambda row: row.entry_id),
            Field("userId", Kind.TEXT, lambda row: row.user),
            Field("startDateTime", Kind.MOMENT, lambda row: row.started_at),
            Field("endDateTime", Kind.MOMENT, lambda row: row.ended_at),
            Field("objectIdToRun", Kind.NUMBER, lambda _: JOB_RUNNER),
            Field("objectTypeToRun", Kind.TEXT),
            Field("status", Kind.TEXT, lambda row: row.status.value),
            Field("description", Kind.TEXT, lambda row: row.description),
            Field("errorMessage", Kind.TEXT),
            Field("jobQueueCategoryCode", Kind.TEXT),
            Field("errorCallStack", Kind.TEXT),
            Field("lastModifiedDateTime", Kind.MOMENT),
        ),
    ),
    rows=lambda company, moment: (
        row for row in company.synchronization.log_entries if row.started_at <= moment
    ),
    to_json=_log_entry_json,
    find=lambda company, key, _: next(
        (row for row in company.synchronization.log_entries if row.id == key), None
    ),
)

STANDARD_SETS: dict[str, EntitySet[Any]] = {
    "jobQueueEntries": JOB_QUEUE_ENTRIES,
    "jobQueueLogEntries": JOB_QUEUE_LOG_ENTRIES,
}
