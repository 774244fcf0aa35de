"""Entity sets about couplings, jobs, mappings and connections, with their rows as JSON.

Fields: contract of the companion API ("Reading").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import SimulatedCoupling
from bot.simulator.businesscentral.entities import etag
from bot.simulator.businesscentral.filters import Field, Kind, Row
from bot.simulator.businesscentral.mappings import MappingType, SimulatedMapping
from bot.simulator.businesscentral.queries import EMPTY_GUID, EntityType, moment_text
from bot.simulator.businesscentral.rows import SimulatedJob
from bot.simulator.businesscentral.synchronization_tables import SimulatedConnection

BLANK = "_x0020_"
"""How a blank in the name of an option travels."""


@dataclass(frozen=True, slots=True)
class EntitySet(Generic[Row]):
    """One API page: its rows as of a moment, and each of them as JSON."""

    table: str
    """Caption of the source table, for what is missing."""
    entity: EntityType[Row]
    rows: Callable[[SimulatedCompany, datetime], Iterable[Row]]
    to_json: Callable[[SimulatedCompany, Row, datetime], dict[str, Any]]
    find: Callable[[SimulatedCompany, str, datetime], Row | None]


def _fields(
    stored: dict[str, tuple[Kind, Callable[[Any], Any]]], variables: dict[str, Kind]
) -> dict[str, Field[Any]]:
    fields = {name: Field(name, kind, read) for name, (kind, read) in stored.items()}
    return fields | {name: Field(name, kind) for name, kind in variables.items()}


def option_text(value: str) -> str:
    """An option as it travels: blanks are encoded."""
    return value.replace(" ", BLANK)


def _coupling_json(_: SimulatedCompany, row: SimulatedCoupling, moment: datetime) -> dict[str, Any]:
    del moment
    return {
        "@odata.etag": etag(row.id, row.modified_at.microsecond),
        "id": row.id,
        "tableNumber": row.table,
        "localSystemId": row.local_system_id,
        "recordId": row.record_id,
        "dataverseId": row.dataverse_id or EMPTY_GUID,
        "integrationTableNumber": row.integration_table,
        "isOption": row.is_option,
        "lastResult": option_text(row.last_result.value),
        "lastDataverseResult": option_text(row.last_dataverse_result.value),
        "lastJobId": row.last_job_id or EMPTY_GUID,
        "lastDataverseJobId": row.last_dataverse_job_id or EMPTY_GUID,
        "lastModifiedOn": moment_text(row.last_modified_on),
        "lastDataverseModifiedOn": moment_text(row.last_dataverse_modified_on),
        "skipped": row.skipped,
        "lastModifiedDateTime": moment_text(row.modified_at),
    }


COUPLINGS: EntitySet[SimulatedCoupling] = EntitySet(
    "CRM Integration Record",
    EntityType(
        "coupling",
        _fields(
            {
                "id": (Kind.GUID, lambda row: row.id),
                "tableNumber": (Kind.NUMBER, lambda row: row.table),
                "localSystemId": (Kind.GUID, lambda row: row.local_system_id),
                "dataverseId": (Kind.GUID, lambda row: row.dataverse_id or EMPTY_GUID),
                "skipped": (Kind.TRUTH, lambda row: row.skipped),
                "lastModifiedDateTime": (Kind.MOMENT, lambda row: row.modified_at),
            },
            {
                "recordId": Kind.TEXT,
                "integrationTableNumber": Kind.NUMBER,
                "isOption": Kind.TRUTH,
                "lastResult": Kind.TEXT,
                "lastDataverseResult": Kind.TEXT,
                "lastJobId": Kind.GUID,
                "lastDataverseJobId": Kind.GUID,
                "lastModifiedOn": Kind.MOMENT,
                "lastDataverseModifiedOn": Kind.MOMENT,
            },
        ),
    ),
    rows=lambda company, moment: company.synchronization.couplings.rows(moment),
    to_json=_coupling_json,
    find=lambda company, key, moment: company.synchronization.couplings.find(key, moment),
)


def _job_json(_: SimulatedCompany, row: SimulatedJob, moment: datetime) -> dict[str, Any]:
    finished = row.finished_at if row.finished_at and row.finished_at <= moment else None
    return {
        "@odata.etag": etag(row.id, row.failed),
        "id": row.id,
        "startedAt": moment_text(row.started_at),
        "finishedAt": moment_text(finished),
        "message": row.message,
        "mappingName": row.mapping,
        "direction": row.direction.value,
        "type": row.type.value,
        "inserted": row.inserted,
        "modified": row.modified,
        "deleted": 0,
        "unchanged": row.unchanged,
        "skipped": row.skipped,
        "failed": row.failed,
        "coupled": row.coupled,
        "uncoupled": row.uncoupled,
        "jobQueueLogEntryNumber": row.log_entry,
    }


def _jobs(company: SimulatedCompany, moment: datetime) -> Iterable[SimulatedJob]:
    assert company.synchronization is not None  # noqa: S101 # the past's jobs are complete with it
    return (job for job in company.jobs.values() if job.started_at <= moment)


def _job(company: SimulatedCompany, key: str, moment: datetime) -> SimulatedJob | None:
    return next((job for job in _jobs(company, moment) if job.id == key), None)


_COUNTERS = ("inserted", "modified", "deleted", "unchanged", "skipped", "failed", "coupled", "uncoupled")

SYNC_JOBS: EntitySet[SimulatedJob] = EntitySet(
    "Integration Synch. Job",
    EntityType(
        "syncJob",
        _fields(
            {
                "id": (Kind.GUID, lambda row: row.id),
                "startedAt": (Kind.MOMENT, lambda row: row.started_at),
                "mappingName": (Kind.TEXT, lambda row: row.mapping),
            },
            {
                "finishedAt": Kind.MOMENT,
                "message": Kind.TEXT,
                "direction": Kind.TEXT,
                "type": Kind.TEXT,
                **dict.fromkeys(_COUNTERS, Kind.NUMBER),
                "jobQueueLogEntryNumber": Kind.NUMBER,
            },
        ),
    ),
    rows=_jobs,
    to_json=_job_json,
    find=_job,
)


def _mapping_json(company: SimulatedCompany, row: SimulatedMapping, moment: datetime) -> dict[str, Any]:
    del moment
    couplings = company.synchronization.couplings.now()
    return {
        "@odata.etag": etag(row.id, 1),
        "id": row.id,
        "name": row.name,
        "tableNumber": row.table,
        "tableName": row.table_name,
        "integrationTableNumber": row.integration_table,
        "entityName": row.entity_name,
        "direction": row.direction.value,
        "onlyCoupled": row.only_coupled,
        "dependencyFilter": row.dependency_filter,
        "deletionConflict": option_text(row.deletion_conflict),
        "updateConflict": option_text(row.update_conflict),
        "tableFilter": row.table_filter,
        "integrationTableFilter": row.integration_table_filter,
        "synchedUntil": moment_text(row.synched_until),
        "dataverseSynchedUntil": moment_text(row.dataverse_synched_until),
        "failed": sum(job.failed for job in company.jobs.values() if job.mapping == row.name),
        "skipped": sum(coupling.skipped and coupling.mapping == row.name for coupling in couplings),
    }


def _mappings(company: SimulatedCompany, _: datetime) -> Iterable[SimulatedMapping]:
    """Type Dataverse, without the temporary clones of manual runs."""
    mappings = company.synchronization.mappings.values()
    return (row for row in mappings if row.type is MappingType.DATAVERSE and not row.is_clone)


def _mapping(company: SimulatedCompany, key: str, moment: datetime) -> SimulatedMapping | None:
    return next((row for row in _mappings(company, moment) if row.id == key), None)


_MAPPING_TEXTS = (
    *("entityName", "direction", "dependencyFilter", "deletionConflict", "updateConflict"),
    *("tableFilter", "integrationTableFilter", "tableName"),
)

TABLE_MAPPINGS: EntitySet[SimulatedMapping] = EntitySet(
    "Integration Table Mapping",
    EntityType(
        "tableMapping",
        _fields(
            {
                "id": (Kind.GUID, lambda row: row.id),
                "name": (Kind.TEXT, lambda row: row.name),
                "tableNumber": (Kind.NUMBER, lambda row: row.table),
            },
            {
                **dict.fromkeys(_MAPPING_TEXTS, Kind.TEXT),
                "integrationTableNumber": Kind.NUMBER,
                "onlyCoupled": Kind.TRUTH,
                "synchedUntil": Kind.MOMENT,
                "dataverseSynchedUntil": Kind.MOMENT,
                "failed": Kind.NUMBER,
                "skipped": Kind.NUMBER,
            },
        ),
    ),
    rows=_mappings,
    to_json=_mapping_json,
    find=_mapping,
)


def _connection_id(row: SimulatedConnection) -> str:
    return f"{7200 if row.name == 'Dataverse' else 5330:08d}-0000-4000-8000-000000000000"


def _connection_json(company: SimulatedCompany, row: SimulatedConnection, moment: datetime) -> dict[str, Any]:
    del moment
    return {
        "@odata.etag": etag(_connection_id(row), int(row.enabled)),
        "id": _connection_id(row),
        "name": row.name,
        "enabled": row.enabled,
        "environmentUrl": row.environment_url,
        "userName": row.user_name,
        "ownershipModel": row.ownership_model,
        "businessUnit": row.business_unit,
        "disableReason": row.disable_reason,
        "extensionVersion": company.extension_version,
        "applicationVersion": company.application_version,
    }


_CONNECTION_TEXTS = (
    *("environmentUrl", "userName", "ownershipModel", "businessUnit", "disableReason"),
    *("extensionVersion", "applicationVersion"),
)

CONNECTION_STATES: EntitySet[SimulatedConnection] = EntitySet(
    "CDS Connection Setup",
    EntityType(
        "connectionState",
        _fields(
            {"id": (Kind.GUID, _connection_id), "name": (Kind.TEXT, lambda row: row.name)},
            {"enabled": Kind.TRUTH, **dict.fromkeys(_CONNECTION_TEXTS, Kind.TEXT)},
        ),
    ),
    rows=lambda company, _: company.synchronization.connections,
    to_json=_connection_json,
    find=lambda company, key, _: next(
        (row for row in company.synchronization.connections if _connection_id(row) == key), None
    ),
)

COMPANION_SETS: dict[str, EntitySet[Any]] = {
    "couplings": COUPLINGS,
    "syncJobs": SYNC_JOBS,
    "tableMappings": TABLE_MAPPINGS,
    "connectionStates": CONNECTION_STATES,
}
