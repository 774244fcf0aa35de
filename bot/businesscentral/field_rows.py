"""Rows about single records and their mapped fields: JSON -> values. Nothing in a row can make reading it
raise anything but Breach."""

from __future__ import annotations

from datetime import datetime

from bot.businesscentral.fields import (
    Row,
    choice,
    cut_text,
    guid,
    optional_guid,
    optional_integer,
    optional_moment,
    optional_text,
    truth,
)
from bot.businesscentral.mapped_fields import (
    LONGEST_VALUE,
    Comparison,
    FieldPair,
    MappedRecord,
    RecordField,
)
from bot.businesscentral.records import Direction
from bot.businesscentral.rows import DIRECTIONS
from bot.dataclass import dataclass

_COMPARISONS = {one.value: one for one in Comparison}


@dataclass(frozen=True, slots=True)
class PairRow:
    """One element of ``couplingFields``; what stands in each row of a coupling is beside the field."""

    coupling_id: str
    mapping_id: str
    pair: FieldPair
    changed_at: datetime | None
    changed_by: str
    dataverse_changed_at: datetime | None
    synchronized_at: datetime | None


def pair_row(row: Row) -> PairRow:
    """Raises Breach, as all below do."""
    return PairRow(
        coupling_id=guid(row, "couplingId"),
        mapping_id=guid(row, "mappingId"),
        pair=FieldPair(
            number=optional_integer(row, "fieldNumber"),
            name=optional_text(row, "fieldName"),
            column=optional_text(row, "integrationFieldName").casefold(),
            column_name=optional_text(row, "integrationFieldCaption"),
            direction=choice(row, "direction", DIRECTIONS, Direction.UNKNOWN),
            business_central=cut_text(row, "businessCentralValue", LONGEST_VALUE),
            dataverse=cut_text(row, "dataverseValue", LONGEST_VALUE),
            comparison=choice(row, "comparison", _COMPARISONS, Comparison.UNKNOWN),
        ),
        changed_at=optional_moment(row, "businessCentralModifiedAt"),
        changed_by=optional_text(row, "businessCentralModifiedBy"),
        dataverse_changed_at=optional_moment(row, "dataverseModifiedAt"),
        synchronized_at=optional_moment(row, "synchronizedAt"),
    )


def mapped_record(row: Row) -> MappedRecord:
    """One element of ``mappedRecords``."""
    return MappedRecord(
        system_id=guid(row, "systemId"),
        record_id=optional_text(row, "recordId"),
        key=optional_text(row, "recordKey"),
        description=optional_text(row, "description"),
        coupling_id=optional_guid(row, "couplingId"),
        dataverse_id=optional_guid(row, "dataverseId"),
        inside_filter=truth(row, "insideFilter"),
    )


def record_field(row: Row) -> RecordField:
    """One element of ``recordFields``."""
    return RecordField(
        number=optional_integer(row, "fieldNumber"),
        name=optional_text(row, "fieldName"),
        column=optional_text(row, "integrationFieldName").casefold(),
        direction=choice(row, "direction", DIRECTIONS, Direction.UNKNOWN),
        value=cut_text(row, "value", LONGEST_VALUE),
        used_for_matching=truth(row, "usedForMatching"),
        match_priority=optional_integer(row, "matchPriority"),
    )
