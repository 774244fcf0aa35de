"""What a cause of sync errors is, and the wrappers that Business Central and the platform put around a
text."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bot.simulator.businesscentral import call_stacks
from bot.simulator.businesscentral.population import Population
from bot.simulator.businesscentral.rows import JobType, SynchDirection, WrittenBy
from bot.simulator.businesscentral.tables import SimulatedRecord


class Pace(Enum):
    """How often one record fails."""

    UNTIL_SKIPPED = "until skipped"
    """Twice in a row, then the coupling is skipped; once more after each *Retry All*."""
    EVERY_RUN = "every run"
    """In every run until somebody ends it: lines and other tables that are never skipped."""
    ONCE = "once"
    """A new record whose insert failed is not tried again by itself."""
    AT_NIGHT = "at night"
    """Everything that runs in two hours of one night."""
    IN_A_BURST = "in a burst"
    """Many records within minutes of a few mornings."""


@dataclass(frozen=True, slots=True)
class SimulatedFailure:
    """One row to be."""

    message: str
    mapping: str
    direction: SynchDirection = SynchDirection.TO_DATAVERSE
    source: SimulatedRecord | None = None
    destination: SimulatedRecord | None = None
    call_stack: str = call_stacks.NONE
    job_type: JobType = JobType.SYNCHRONIZATION
    written_by: WrittenBy = WrittenBy.CURRENT


Maker = Callable[[Population, random.Random, int], tuple[SimulatedFailure, ...]]
"""Makes the rows that one run writes for the record with that index; several where a nested job fails too."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, with its part in the history."""

    key: str
    share: float
    """Part of all rows; shares are relative to each other."""
    pace: Pace
    make: Maker
    window: tuple[float, float] = (0.0, 1.0)
    """When records begin to fail, as fractions of the history; 1.0 is now."""


def communicating(text: str) -> str:
    """The platform's wrapper (seen in microsoft/PowerPlatform-DataverseServiceClient issue 486)."""
    return f"An error occurred when communicating with Dataverse.\r\nDetailed description: {text}"


def modifying(caption: str, text: str) -> str:
    """Label ModifyFailedErr; trailing dots of the inner text are removed first."""
    return f"Modifying {caption} failed because of the following error: {text.rstrip('.')}."


def copying(text: str) -> str:
    """Label CopyDataErr."""
    return f"The data could not be updated because of the following error: {text.rstrip('.')}."


def owner_not_coupled(people: Population, number: int) -> str:
    """Label of codeunit 5341 about the user who owns a row; two of them are no salespeople yet."""
    owner = people.owners[number].upper()
    return f"Dataverse Systemuser {{{owner}}} must be coupled to a Salesperson/Purchaser row."


def one(
    message: str,
    mapping: str,
    source: SimulatedRecord | None = None,
    destination: SimulatedRecord | None = None,
    *,
    call_stack: str = call_stacks.NONE,
    direction: SynchDirection = SynchDirection.TO_DATAVERSE,
    job_type: JobType = JobType.SYNCHRONIZATION,
    written_by: WrittenBy = WrittenBy.CURRENT,
) -> tuple[SimulatedFailure, ...]:
    """A run that writes a single row."""
    return (
        SimulatedFailure(message, mapping, direction, source, destination, call_stack, job_type, written_by),
    )
