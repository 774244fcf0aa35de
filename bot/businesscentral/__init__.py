"""The way into Business Central: connection, sign-in, request limits, client, and what it hands over."""

from bot.businesscentral.authentication import Authentication, authentication_from
from bot.businesscentral.client import BusinessCentralClient
from bot.businesscentral.connection import Connection, connection_from
from bot.businesscentral.limits import ApplicationUser, RequestLimit, RequestLimits
from bot.businesscentral.record_ids import RecordId, parse_record_id

__all__ = [
    "ApplicationUser",
    "Authentication",
    "BusinessCentralClient",
    "Connection",
    "RecordId",
    "RequestLimit",
    "RequestLimits",
    "authentication_from",
    "connection_from",
    "parse_record_id",
]
