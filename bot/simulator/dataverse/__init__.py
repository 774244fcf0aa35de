"""A strict stand-in for a Dataverse environment: the part of its Web API that only reads."""

from bot.simulator.dataverse.believable import (
    REFUSED_RECORDS,
    TOO_SHORT,
    activate_what_is_inactive,
    believable_organization,
    custom_role,
    grant_what_is_missing,
)
from bot.simulator.dataverse.environments import Environments
from bot.simulator.dataverse.faults import Faults, Protection
from bot.simulator.dataverse.organization import SimulatedOrganization
from bot.simulator.dataverse.server import DataverseSimulator, RecordedRequest
from bot.simulator.dataverse.values import Depth, Option, Ref

__all__ = [
    "REFUSED_RECORDS",
    "TOO_SHORT",
    "DataverseSimulator",
    "Depth",
    "Environments",
    "Faults",
    "Option",
    "Protection",
    "RecordedRequest",
    "Ref",
    "SimulatedOrganization",
    "activate_what_is_inactive",
    "believable_organization",
    "custom_role",
    "grant_what_is_missing",
]
