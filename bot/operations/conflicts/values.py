"""What choosing a side asks and answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.businesscentral import Comparison, CoupledFields, FieldPair
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.operations.deciding import Allowance
from bot.operations.reading import FailureNote
from bot.operations.views import ConnectionView
from bot.store.record_names import Names
from bot.store.runs import Run

BOTH_CHANGED: Final = "conflict.both_changed"


UNKNOWN: Final = Allowance()


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who changed a record last, and when."""

    at: datetime | None = None
    by: str = ""
    """Name of a person or a program; text from outside, empty where it is not known."""


NOBODY: Final = LastChange()


class Side(StrEnum):
    """Whose values win. The value goes into buttons."""

    BUSINESS_CENTRAL = "business_central"
    DATAVERSE = "dataverse"

    @property
    def direction(self) -> Direction:
        """Where a run has to go so that this side wins."""
        return Direction.TO_DATAVERSE if self is Side.BUSINESS_CENTRAL else Direction.FROM_DATAVERSE


class Standing(StrEnum):
    """Whether there is anything to choose."""

    OPEN = "open"
    SYNCHRONIZED = "synchronized"
    """A run has taken the record since the error."""
    ALIKE = "alike"
    """No mapped field differs any more."""
    NOT_COUPLED = "not_coupled"
    NO_RECORD = "no_record"
    """The error names no record that could be looked up."""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A record that both sides changed, as it is now."""

    connection: ConnectionView
    number: int
    """No. of the error."""
    standing: Standing
    record_id: str
    """The record in Business Central, as text."""
    table: int
    row_id: str = ""
    """The row of Dataverse as text."""
    row_table: int = 0
    mapping: str = ""
    mapping_id: str = ""
    rule: str = ""
    """*Resolve Update Conflicts* of the mapping, as Business Central says it; empty where it has none."""
    coupling_id: str = ""
    local_system_id: str = ""
    dataverse_id: str = ""
    problem_id: str = ""
    fields: tuple[FieldPair, ...] = ()
    """Mapped fields that differ, and those of which that is not known."""
    alike: int = 0
    here: LastChange = NOBODY
    """In Business Central."""
    there: LastChange = NOBODY
    """In Dataverse."""
    synchronized_at: datetime | None = None
    unread: FailureNote | None = None
    """Why Dataverse did not tell who changed the row."""
    is_dataverse_known: bool = False
    """Whether the settings have Dataverse's address."""
    sides: tuple[Side, ...] = ()
    """Whose values the mapping can let win."""
    allowance: Allowance = UNKNOWN
    running: Run | None = None
    seen: str = ""
    """What was shown, as a fingerprint: another one means that something changed since."""
    names: Names = field(default_factory=dict)
    """Of the two records, as far as known."""

    def lost(self, winner: Side) -> tuple[FieldPair, ...]:
        """The fields in which the other side's value is overwritten, or may be."""
        return tuple(one for one in self.fields if one.goes(winner.direction))

    def kept(self, winner: Side) -> tuple[FieldPair, ...]:
        """Fields that differ and stay so: their own mapping goes the other way only."""
        return tuple(one for one in self.fields if not one.goes(winner.direction))


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """One of the records of a problem, to choose from."""

    record_id: str
    table: int
    number: int
    """No. of its latest error."""
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class ConflictChoice:
    """The records of a problem that both sides changed."""

    connection: ConnectionView
    problem_id: str
    records: tuple[ConflictRecord, ...]
    """Of which nothing shows that they have synchronized since; where all have, all of them."""
    total: int
    """Of all records, the others included."""
    mapping: str = ""
    rule: str = ""
    over: int = 0
    """How many have synchronized since, of those looked at."""
    names: Names = field(default_factory=dict)
    """Of the records, as far as known: nobody is asked."""


def differing(fields: Sequence[FieldPair]) -> tuple[FieldPair, ...]:
    """Those that differ first, then those of which it is not known."""
    ranks = {Comparison.DIFFERS: 0, Comparison.UNKNOWN: 1}
    found = [one for one in fields if one.comparison in ranks]
    return tuple(sorted(found, key=lambda one: ranks[one.comparison]))


def fingerprint(coupling_id: str, read: CoupledFields) -> str:
    """Of all that a choice rests on: both values of whatever differs, and when each side changed."""
    shown = [
        coupling_id,
        read.mapping_id,
        *(str(one) for one in (read.changed_at, read.dataverse_changed_at)),
        *(
            [one.number, one.column, one.direction, one.business_central, one.dataverse, one.comparison]
            for one in differing(read.fields)
        ),
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:24]
