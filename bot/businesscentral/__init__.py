"""The way into Business Central: connection, sign-in, request limits, client, and what it hands over."""

from bot.businesscentral.acting import Guard, PermissionSet
from bot.businesscentral.authentication import authentication_from
from bot.businesscentral.client import BusinessCentralClient
from bot.businesscentral.connection import Connection, connection_from
from bot.businesscentral.deleting import LARGEST_BATCH, Deletion
from bot.businesscentral.limits import ApplicationUser, RequestLimits
from bot.businesscentral.mapped_fields import (
    Comparison,
    CoupledFields,
    FieldPair,
    MappedRecord,
    RecordField,
)
from bot.businesscentral.reading_states import Freshness
from bot.businesscentral.record_ids import RecordId, parse_record_id
from bot.businesscentral.states import (
    ConnectionState,
    Coupling,
    CouplingKind,
    JobQueueEntry,
    JobQueueLogEntry,
    Page,
    Permission,
    SynchResult,
    SyncJob,
    TableMapping,
)
from bot.odata.authentication import Authentication
from bot.odata.limits import RequestLimit

__all__ = [
    "LARGEST_BATCH",
    "ApplicationUser",
    "Authentication",
    "BusinessCentralClient",
    "Comparison",
    "Connection",
    "ConnectionState",
    "CoupledFields",
    "Coupling",
    "CouplingKind",
    "Deletion",
    "FieldPair",
    "Freshness",
    "Guard",
    "JobQueueEntry",
    "JobQueueLogEntry",
    "MappedRecord",
    "Page",
    "Permission",
    "PermissionSet",
    "RecordField",
    "RecordId",
    "RequestLimit",
    "RequestLimits",
    "SyncJob",
    "SynchResult",
    "TableMapping",
    "authentication_from",
    "connection_from",
    "parse_record_id",
]
