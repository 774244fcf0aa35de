"""What Business Central tells of single records and their mapped fields.

Fields: the companion API's contract, entity sets ``couplingFields``, ``mappedRecords``, ``recordFields``.

Values are texts, as ``Format(Value, 0, 9)`` gives them in AL: the same in every language.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.businesscentral.records import Direction
from bot.dataclass import dataclass

LONGEST_VALUE = 2_048
"""Characters of a value; Business Central cuts a longer one there."""


class Comparison(StrEnum):
    """Whether both records hold the same in a mapped field."""

    SAME = "Same"
    DIFFERS = "Differs"
    UNKNOWN = "Unknown"
    """A reference to a row that is not coupled, or a value that cannot be read: nothing can be said."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One row of ``couplingFields``: a field that is mapped, with both values."""

    number: int
    name: str
    """The field's caption in Business Central."""
    column: str
    """Logical name in Dataverse, small letters."""
    column_name: str
    """Its caption as Business Central has it."""
    direction: Direction
    """Of this field's mapping: which way its value may go."""
    business_central: str
    dataverse: str
    comparison: Comparison

    def goes(self, direction: Direction) -> bool:
        """Whether a run in that direction writes this field."""
        return self.direction in {direction, Direction.BIDIRECTIONAL}


@dataclass(frozen=True, slots=True)
class CoupledFields:
    """The mapped fields of one coupling, and when each side changed."""

    mapping_id: str
    fields: tuple[FieldPair, ...]
    changed_at: datetime | None
    """In Business Central: SystemModifiedAt."""
    changed_by: str
    """User name of SystemModifiedBy; empty where it is not known."""
    dataverse_changed_at: datetime | None
    synchronized_at: datetime | None
    """The later one of the two moments of the last synchronization."""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """One row of ``mappedRecords``: a record of a mapping's table, coupled or not."""

    system_id: str
    record_id: str
    """As ``Format(RecordId)`` gives it."""
    key: str
    description: str
    coupling_id: str | None
    dataverse_id: str | None
    """Of the row that it is coupled to."""
    inside_filter: bool
    """False where the mapping's filter leaves it out: it cannot be created in Dataverse."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """One row of ``recordFields``: what Business Central would send of a record."""

    number: int
    name: str
    column: str
    """Logical name in Dataverse, small letters; empty for a key that is not mapped."""
    direction: Direction
    value: str
    used_for_matching: bool
    """By Business Central's own *Match-Based Coupling*."""
    match_priority: int
