"""Rows of couplings, jobs, mappings, connections and the job queue: JSON -> values.

Nothing in a row can make reading it raise. Field names: as in ``bot.businesscentral.states``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.businesscentral.fields import (
    Breach,
    Row,
    choice,
    cut_text,
    guid,
    integer,
    moment,
    option,
    optional_guid,
    optional_integer,
    optional_moment,
    optional_text,
    storable,
    text,
    truth,
)
from bot.businesscentral.records import Direction, UnreadableRow
from bot.businesscentral.rows import DIRECTIONS, MAX_CALL_STACK
from bot.businesscentral.states import (
    ConnectionState,
    Coupling,
    CouplingKind,
    JobQueueEntry,
    JobQueueLogEntry,
    Permission,
    SynchResult,
    SyncJob,
    TableMapping,
)

State = TypeVar("State")

_RESULTS = {result.value: result for result in SynchResult}
_FILTER = 20_000
"""Characters of a table filter, which is a BLOB."""


def states(rows: list[object], read: Callable[[Row], State]) -> tuple[list[State], list[UnreadableRow]]:
    """The rows of a page, and those that break the contract, as they came."""
    understood: list[State] = []
    unreadable: list[UnreadableRow] = []
    for row in rows:
        if not isinstance(row, dict):
            unreadable.append(UnreadableRow({"row": storable(row)}, "row: not an object", None))
            continue
        try:
            understood.append(read(row))
        except Breach as breach:
            unreadable.append(UnreadableRow(storable(row, depth=4), str(breach), None))
    return understood, unreadable


def coupling(row: Row) -> Coupling:
    """One element of ``couplings``. Raises Breach, as all below do."""
    return Coupling(
        id=guid(row, "id"),
        kind=CouplingKind.OPTION if truth(row, "isOption") else CouplingKind.RECORD,
        table=optional_integer(row, "tableNumber"),
        local_system_id=optional_guid(row, "localSystemId"),
        record_id=optional_text(row, "recordId"),
        dataverse_id=optional_guid(row, "dataverseId"),
        integration_table=optional_integer(row, "integrationTableNumber"),
        last_result=choice(row, "lastResult", _RESULTS, SynchResult.NONE),
        last_dataverse_result=choice(row, "lastDataverseResult", _RESULTS, SynchResult.NONE),
        last_job_id=optional_guid(row, "lastJobId"),
        last_dataverse_job_id=optional_guid(row, "lastDataverseJobId"),
        last_modified_on=optional_moment(row, "lastModifiedOn"),
        last_dataverse_modified_on=optional_moment(row, "lastDataverseModifiedOn"),
        skipped=truth(row, "skipped"),
        modified_at=moment(row, "lastModifiedDateTime"),
    )


def sync_job(row: Row) -> SyncJob:
    """One element of ``syncJobs``."""
    return SyncJob(
        id=guid(row, "id"),
        started_at=moment(row, "startedAt"),
        finished_at=optional_moment(row, "finishedAt"),
        message=optional_text(row, "message"),
        mapping=optional_text(row, "mappingName"),
        direction=choice(row, "direction", DIRECTIONS, Direction.UNKNOWN),
        type=option(row, "type"),
        inserted=optional_integer(row, "inserted"),
        modified=optional_integer(row, "modified"),
        deleted=optional_integer(row, "deleted"),
        unchanged=optional_integer(row, "unchanged"),
        skipped=optional_integer(row, "skipped"),
        failed=optional_integer(row, "failed"),
        coupled=optional_integer(row, "coupled"),
        uncoupled=optional_integer(row, "uncoupled"),
        job_queue_log_entry=optional_integer(row, "jobQueueLogEntryNumber"),
    )


def table_mapping(row: Row) -> TableMapping:
    """One element of ``tableMappings``."""
    return TableMapping(
        id=guid(row, "id"),
        name=text(row, "name"),
        table=integer(row, "tableNumber"),
        table_name=optional_text(row, "tableName"),
        integration_table=optional_integer(row, "integrationTableNumber"),
        entity_name=optional_text(row, "entityName"),
        direction=choice(row, "direction", DIRECTIONS, Direction.UNKNOWN),
        only_coupled=truth(row, "onlyCoupled"),
        dependency_filter=optional_text(row, "dependencyFilter"),
        deletion_conflict=option(row, "deletionConflict"),
        update_conflict=option(row, "updateConflict"),
        table_filter=cut_text(row, "tableFilter", _FILTER),
        integration_table_filter=cut_text(row, "integrationTableFilter", _FILTER),
        synched_until=optional_moment(row, "synchedUntil"),
        dataverse_synched_until=optional_moment(row, "dataverseSynchedUntil"),
        failed=optional_integer(row, "failed"),
        skipped=optional_integer(row, "skipped"),
    )


def connection_state(row: Row) -> ConnectionState:
    """One element of ``connectionStates``."""
    return ConnectionState(
        name=text(row, "name"),
        enabled=truth(row, "enabled"),
        environment_url=optional_text(row, "environmentUrl"),
        user_name=optional_text(row, "userName"),
        ownership_model=option(row, "ownershipModel"),
        business_unit=optional_text(row, "businessUnit"),
        disable_reason=optional_text(row, "disableReason"),
        extension_version=optional_text(row, "extensionVersion"),
        application_version=optional_text(row, "applicationVersion"),
    )


def permission(row: Row) -> Permission:
    """One element of ``permissions``."""
    return Permission(
        permission_set=text(row, "permissionSet"),
        table=integer(row, "tableNumber"),
        table_name=optional_text(row, "tableName"),
        access=option(row, "access"),
        granted=truth(row, "granted"),
    )


def job_queue_entry(row: Row) -> JobQueueEntry:
    """One element of ``jobQueueEntries``."""
    return JobQueueEntry(
        id=guid(row, "id"),
        entry_id=optional_guid(row, "jobQueueEntryId"),
        object_type=option(row, "objectTypeToRun"),
        object_id=optional_integer(row, "objectIdToRun"),
        status=option(row, "status"),
        record_to_process=optional_text(row, "recordIdToProcess"),
        recurring=truth(row, "recurringJob"),
        description=optional_text(row, "description"),
        error_message=optional_text(row, "errorMessage"),
        earliest_start_at=optional_moment(row, "earliestStartDateTime"),
    )


def job_queue_log_entry(row: Row) -> JobQueueLogEntry:
    """One element of ``jobQueueLogEntries``."""
    return JobQueueLogEntry(
        id=guid(row, "id"),
        entry_id=optional_guid(row, "jobQueueEntryId"),
        object_type=option(row, "objectTypeToRun"),
        object_id=optional_integer(row, "objectIdToRun"),
        status=option(row, "status"),
        description=optional_text(row, "description"),
        started_at=optional_moment(row, "startDateTime"),
        ended_at=optional_moment(row, "endDateTime"),
        error_message=optional_text(row, "errorMessage"),
        error_call_stack=cut_text(row, "errorCallStack", MAX_CALL_STACK),
    )
