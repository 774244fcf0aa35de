"""A strict stand-in for Business Central: the companion API of the bot and the standard ``companies``."""

from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.couplings import LastResult, SimulatedCoupling
from bot.simulator.businesscentral.environments import Environments
from bot.simulator.businesscentral.faults import ABSENT, Faults, NextLinkForm
from bot.simulator.businesscentral.front_door import RecordedRequest
from bot.simulator.businesscentral.history import believable_company
from bot.simulator.businesscentral.installation import AUDIENCE, OnPremises
from bot.simulator.businesscentral.limits import Limits
from bot.simulator.businesscentral.mappings import MappingType, SimulatedMapping
from bot.simulator.businesscentral.permissions import PermissionSet
from bot.simulator.businesscentral.retention import RetentionPolicy
from bot.simulator.businesscentral.rows import (
    JobType,
    SimulatedError,
    SimulatedJob,
    SynchDirection,
    WrittenBy,
)
from bot.simulator.businesscentral.server import API_HOST, BusinessCentralSimulator
from bot.simulator.businesscentral.synchronization import Synchronization
from bot.simulator.businesscentral.tables import SimulatedRecord, record
from bot.simulator.businesscentral.troubles import Kind

__all__ = [
    "ABSENT",
    "API_HOST",
    "AUDIENCE",
    "BusinessCentralSimulator",
    "Environments",
    "Faults",
    "JobType",
    "Kind",
    "LastResult",
    "Limits",
    "MappingType",
    "NextLinkForm",
    "OnPremises",
    "PermissionSet",
    "RecordedRequest",
    "RetentionPolicy",
    "SimulatedCompany",
    "SimulatedCoupling",
    "SimulatedError",
    "SimulatedJob",
    "SimulatedMapping",
    "SimulatedRecord",
    "SynchDirection",
    "Synchronization",
    "WrittenBy",
    "believable_company",
    "record",
]
