"""The entity types that the simulator serves, and their rows as JSON.

Fields: contract of the companion API ("Reading") and, for ``companies``, Business Central's API v2.0.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.filters import Field, Kind
from bot.simulator.businesscentral.queries import EMPTY_GUID, EntityType, moment_text
from bot.simulator.businesscentral.rows import SimulatedError
from bot.simulator.businesscentral.tables import DATAVERSE_TABLES, LOCAL_TABLES, SimulatedRecord

MAINTENANCE_ID = "53390000-0000-4000-8000-000000005339"
"""Key of the single row of ``maintenance``: an OData entity cannot be without one."""

_VARIABLES = (
    ("errorMessage", Kind.TEXT),
    ("sourceRecordId", Kind.TEXT),
    ("sourceTableNumber", Kind.NUMBER),
    ("destinationRecordId", Kind.TEXT),
    ("destinationTableNumber", Kind.NUMBER),
    ("mappingName", Kind.TEXT),
    ("direction", Kind.TEXT),
    ("jobType", Kind.TEXT),
)


def _by_name(*fields: Field[Any]) -> dict[str, Field[Any]]:
    return {field.name: field for field in fields}


SYNC_ERROR: EntityType[SimulatedError] = EntityType(
    "syncError",
    _by_name(
        Field("id", Kind.GUID, lambda row: row.id),
        Field("number", Kind.NUMBER, lambda row: row.number),
        Field("jobId", Kind.GUID, lambda row: row.job_id),
        Field("loggedAt", Kind.MOMENT, lambda row: row.logged_at),
        *(Field(name, kind) for name, kind in _VARIABLES),
        Field("lastModifiedDateTime", Kind.MOMENT, lambda row: row.logged_at),
    ),
)

PUBLISHED_ERROR: EntityType[SimulatedError] = EntityType(
    "ErrorList",
    _by_name(
        Field("No", Kind.NUMBER, lambda row: row.number),
        Field("Date_Time", Kind.MOMENT, lambda row: row.logged_at),
        *(Field(name, Kind.TEXT) for name in ("Message", "HelpLink", "Source", "Destination")),
    ),
    key="No",
)
"""Page 5339, published: OData's names for its controls."""

COMPANY: EntityType[SimulatedCompany] = EntityType(
    "company",
    _by_name(
        Field("id", Kind.GUID, lambda row: row.id),
        Field("systemVersion", Kind.TEXT),
        Field("timestamp", Kind.NUMBER),
        Field("name", Kind.TEXT, lambda row: row.name),
        Field("displayName", Kind.TEXT, lambda row: row.display_name),
        Field("businessProfileId", Kind.TEXT),
        Field("systemCreatedAt", Kind.MOMENT, lambda row: row.created_at),
        Field("systemCreatedBy", Kind.GUID),
        Field("systemModifiedAt", Kind.MOMENT, lambda row: row.created_at),
        Field("systemModifiedBy", Kind.GUID),
    ),
)


def etag(row_id: str, version: int) -> str:
    """A weak entity tag in Business Central's form."""
    opaque = base64.b64encode(f"19;{row_id};1{version};".encode()).decode()
    return f'W/"{opaque}"'


def sync_error_json(company: SimulatedCompany, row: SimulatedError) -> dict[str, Any]:
    """One row of ``syncErrors``. A row whose job is gone has neither mapping nor direction."""
    job = company.jobs.get(row.job_id)
    return {
        "@odata.etag": etag(row.id, row.number),
        "id": row.id,
        "number": row.number,
        "jobId": row.job_id,
        "loggedAt": moment_text(row.logged_at),
        "errorMessage": row.text,
        "sourceRecordId": row.source.record_id if row.source else "",
        "sourceTableNumber": row.source.table if row.source else 0,
        "destinationRecordId": row.destination.record_id if row.destination else "",
        "destinationTableNumber": row.destination.table if row.destination else 0,
        "mappingName": job.mapping if job else "",
        "direction": job.direction.value if job else "",
        "jobType": job.type.value if job else "",
        "lastModifiedDateTime": moment_text(row.logged_at),
    }


def published_json(row: SimulatedError) -> dict[str, Any]:
    """One row of the published page 5339 (``IntegrationSynchErrorList.Page.al``): the records are the word
    "View"."""
    return {
        "@odata.etag": etag(row.id, row.number),
        "No": row.number,
        "Date_Time": moment_text(row.logged_at),
        "Message": row.text,
        "HelpLink": "Insufficient permissions" if " prv" in row.text else "",
        "Source": "View" if row.source else "",
        "Destination": "View" if row.destination else "",
    }


def details_json(company: SimulatedCompany, row: SimulatedError, web_client: str) -> dict[str, Any]:
    """One row of ``syncErrorDetails``; ``web_client`` is the address of the environment's web client."""
    return {
        "@odata.etag": etag(row.id, row.number),
        "id": row.id,
        "number": row.number,
        "callStack": row.call_stack,
        "sourceSystemId": _system_id(row.source),
        "destinationSystemId": _system_id(row.destination),
        "sourceUrl": _url(company, row.source, web_client),
        "destinationUrl": _url(company, row.destination, web_client),
        "sourceDescription": row.source.description if row.source else "",
        "destinationDescription": row.destination.description if row.destination else "",
        "sourceState": _state(company, row.source),
        "destinationState": _state(company, row.destination),
    }


def maintenance_json(company: SimulatedCompany, rows: list[SimulatedError]) -> dict[str, Any]:
    """The single row of ``maintenance``."""
    oldest = min((row.logged_at for row in rows), default=None)
    return {
        "@odata.etag": etag(MAINTENANCE_ID, len(rows)),
        "id": MAINTENANCE_ID,
        "highestNumber": rows[-1].number if rows else 0,
        "errorCount": len(rows),
        "oldestLoggedAt": moment_text(oldest),
        "retentionEnabled": company.retention.enabled,
        "retentionPeriod": company.retention.period,
        "extensionVersion": company.extension_version,
        "applicationVersion": company.application_version,
    }


def company_json(company: SimulatedCompany) -> dict[str, Any]:
    """One row of the standard ``companies``."""
    created = moment_text(company.created_at)
    return {
        "id": company.id,
        "systemVersion": company.application_version,
        "timestamp": 4711,
        "name": company.name,
        "displayName": company.display_name,
        "businessProfileId": "",
        "systemCreatedAt": created,
        "systemCreatedBy": EMPTY_GUID,
        "systemModifiedAt": created,
        "systemModifiedBy": EMPTY_GUID,
    }


def _state(company: SimulatedCompany, record: SimulatedRecord | None) -> str:
    """What the companion page finds when it looks at the record."""
    if record is None or not record.key.strip(",{}0- "):
        return "Blank"
    return "Deleted" if record.system_id in company.synchronization.gone else "Found"


def _system_id(record: SimulatedRecord | None) -> str:
    return record.system_id if record and record.system_id else EMPTY_GUID


def _url(company: SimulatedCompany, record: SimulatedRecord | None, web_client: str) -> str:
    """Empty where the record cannot be opened, as the companion page's TryFunction leaves it."""
    if record is None or record.system_id is None:
        return ""
    if record.is_dataverse:
        logical_name = DATAVERSE_TABLES[record.table_name][1]
        address = f"{company.dataverse_url}/main.aspx?pagetype=entityrecord"
        return f"{address}&etn={logical_name}&id={record.system_id}"
    page = LOCAL_TABLES[record.table_name][1]
    condition = quote(f"'SystemId' IS '{record.system_id}'")
    return f"{web_client}/?company={quote(company.name)}&page={page}&filter={condition}"
