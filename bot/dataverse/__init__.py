"""The way into Dataverse: its Web API, read and never written."""

from bot.dataverse.answers import Why
from bot.dataverse.client import DataverseClient
from bot.dataverse.environment import Environment, environment_of
from bot.dataverse.values import (
    ENGLISH,
    BusinessUnit,
    Cell,
    ColumnKind,
    Comparing,
    Condition,
    Depth,
    Identity,
    Owner,
    Ownership,
    Principal,
    PrincipalKind,
    Privilege,
    Role,
    Row,
    RowStanding,
    Standing,
    Table,
    Team,
    User,
)

__all__ = [
    "ENGLISH",
    "BusinessUnit",
    "Cell",
    "ColumnKind",
    "Comparing",
    "Condition",
    "DataverseClient",
    "Depth",
    "Environment",
    "Identity",
    "Owner",
    "Ownership",
    "Principal",
    "PrincipalKind",
    "Privilege",
    "Role",
    "Row",
    "RowStanding",
    "Standing",
    "Table",
    "Team",
    "User",
    "Why",
    "environment_of",
]
