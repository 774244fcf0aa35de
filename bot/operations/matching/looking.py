"""Looking into both systems: the awaited record as it is now, and what it may belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.businesscentral import BusinessCentralClient, MappedRecord, RecordId, TableMapping
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.dataverse import Condition, DataverseClient, Row
from bot.failures import SourceMissing
from bot.operations.matching.columns import columns_of, searches, searches_back, told_columns
from bot.operations.matching.values import Awaited, Candidate, Reason
from bot.store import Database
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

MOST_ROWS: Final = 10
"""Of one search: more are no match, but a coincidence."""
_OPTIONS: Final = frozenset({"PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"})


@dataclass(frozen=True, slots=True)
class Looking:
    """Of one connection."""

    database: Database
    client: BusinessCentralClient
    dataverse: DataverseClient | None
    scope: Scope

    async def awaited(self, record: RecordId, mappings: Sequence[TableMapping]) -> tuple[list[Awaited], str]:
        """The record in each mapping that takes its table; and what it is coupled to, if it is."""
        if record.entity is not None and record.row_id is not None:
            return await self._row(record, record.row_id, mappings)
        table = record.table
        if table is None or not record.text.partition(":")[2].strip():
            return [], ""
        key = record.text.partition(":")[2].strip()
        found: list[Awaited] = []
        for mapping in mappings:
            if mapping.table != table.number or mapping.name in _OPTIONS:
                continue
            there = await self.client.mapped_record(mapping.id, key)
            if there is None:
                continue
            if there.coupling_id is not None:
                return [], _row_text(mapping, there.dataverse_id or "")
            found.append(
                Awaited(
                    record_id=there.record_id or record.text,
                    table=mapping.table,
                    mapping=mapping.name,
                    mapping_id=mapping.id,
                    direction=Direction.TO_DATAVERSE,
                    name=there.description,
                    entity=mapping.entity_name,
                    integration_table=mapping.integration_table,
                    local_table=mapping.table,
                    local_system_id=there.system_id,
                    can_be_created=there.inside_filter and _goes(mapping, Direction.TO_DATAVERSE),
                )
            )
        return found, ""

    async def candidates(self, awaited: Awaited) -> tuple[Awaited, list[Candidate]]:
        """It with what people know it by, and what it may belong to.

        Raises below DataverseFailure; without Dataverse's address there is none.
        """
        if self.dataverse is None:
            return awaited, []
        if awaited.is_row:
            return awaited, await self._records_for(awaited)
        fields = await self.client.record_fields(awaited.mapping_id, awaited.local_system_id)
        key = awaited.record_id.partition(":")[2].strip()
        wanted = list(searches(awaited.entity, key, fields))
        found = await self.dataverse.find(
            awaited.entity,
            [Condition(column, reason.value) for column, reason in wanted],
            [*(column for column, _ in wanted), *told_columns(awaited.entity)],
            MOST_ROWS,
        )
        reasons = {row.id: _reasons(row, wanted) for row in found}
        taken = await self._rows_taken(awaited.integration_table, [row.id for row in found])
        values = {field.column: field.value.strip() for field in fields}
        told = (values.get(column, "") for column in told_columns(awaited.entity))
        known = {"", awaited.name, key}
        awaited = replace(awaited, told=tuple(dict.fromkeys(one for one in told if one not in known)))
        return awaited, [
            Candidate(
                mapping_id=awaited.mapping_id,
                id=row.id,
                record_id=_text_of(awaited.integration_table, awaited.entity, row.id),
                table=awaited.integration_table,
                name=row.name,
                reasons=reasons[row.id],
                coupled_to=taken.get(row.id, ""),
                is_active=row.is_active,
                told=_told(row),
            )
            for row in found
            if reasons[row.id]
        ]

    async def _row(
        self, record: RecordId, row_id: str, mappings: Sequence[TableMapping]
    ) -> tuple[list[Awaited], str]:
        its = [one for one in mappings if one.entity_name == record.entity and one.name not in _OPTIONS]
        if not its:
            return [], ""
        entity = record.entity or ""
        taken = await self._rows_taken(its[0].integration_table, [row_id])
        if row_id in taken:
            return [], taken[row_id]
        row = None
        if self.dataverse is not None:
            row = await self.dataverse.row(entity, row_id, columns_of(entity))
            if row is None:
                return [], ""
        return [
            Awaited(
                record_id=_text_of(mapping.integration_table, entity, row_id),
                table=mapping.integration_table,
                mapping=mapping.name,
                mapping_id=mapping.id,
                direction=Direction.FROM_DATAVERSE,
                name="" if row is None else row.name,
                told=() if row is None else _told(row),
                entity=entity,
                integration_table=mapping.integration_table,
                local_table=mapping.table,
                dataverse_id=row_id,
                can_be_created=(row is None or row.is_active) and _goes(mapping, Direction.FROM_DATAVERSE),
            )
            for mapping in its
        ], ""

    async def _records_for(self, awaited: Awaited) -> list[Candidate]:
        """Records of Business Central for a row of Dataverse."""
        if self.dataverse is None:
            return []
        row = await self.dataverse.row(awaited.entity, awaited.dataverse_id, columns_of(awaited.entity))
        found: dict[str, MappedRecord] = {}
        reasons: dict[str, list[Reason]] = {}
        values = {} if row is None else {name: cell.value for name, cell in row.cells.items()}
        for field, reason in searches_back(awaited.entity, awaited.local_table, values):
            if field == 0:
                one = await self.client.mapped_record(awaited.mapping_id, reason.value)
                records: tuple[MappedRecord, ...] = () if one is None else (one,)
            else:
                records = await self.client.mapped_records_with(awaited.mapping_id, field, reason.value)
            for record in records:
                found.setdefault(record.system_id, record)
                reasons.setdefault(record.system_id, []).append(reason)
        return [
            Candidate(
                mapping_id=awaited.mapping_id,
                id=record.system_id,
                record_id=record.record_id,
                table=awaited.local_table,
                name=record.description,
                reasons=tuple(reasons[record.system_id]),
                coupled_to=(
                    _text_of(awaited.integration_table, awaited.entity, record.dataverse_id or "")
                    if record.coupling_id is not None
                    else ""
                ),
            )
            for record in found.values()
        ]

    async def _rows_taken(self, integration_table: int, row_ids: list[str]) -> dict[str, str]:
        """Which of these rows are coupled now, and to what; what is stored may be coupled no longer."""
        stored = await Synchronization(self.database).couplings_of_rows(self.scope, row_ids)
        taken: dict[str, str] = {}
        for one in stored:
            if one.dataverse_id is None or one.integration_table not in {0, integration_table}:
                continue
            try:
                coupling = await self.client.coupling(one.id)
            except SourceMissing as missing:
                if missing.facts.get("what") != "coupling":
                    raise
                continue
            if coupling.dataverse_id == one.dataverse_id:
                taken[one.dataverse_id] = coupling.record_id or one.record_id
        return taken


def _reasons(row: Row, wanted: Sequence[tuple[str, Reason]]) -> tuple[Reason, ...]:
    """Dataverse compares without regard to case and to blanks at the end; so does this."""
    values = {column: cell.value.rstrip().casefold() for column, cell in row.cells.items()}
    return tuple(reason for column, reason in wanted if values.get(column) == reason.value.casefold())


def _told(row: Row) -> tuple[str, ...]:
    """What people know it by, beside its name."""
    values = (row.cells[column].shown.strip() for column in told_columns(row.table) if column in row.cells)
    return tuple(dict.fromkeys(value for value in values if value and value != row.name))


def _goes(mapping: TableMapping, direction: Direction) -> bool:
    return mapping.direction in {direction, Direction.BIDIRECTIONAL}


def _row_text(mapping: TableMapping, row_id: str) -> str:
    return _text_of(mapping.integration_table, mapping.entity_name, row_id)


def _text_of(table: int, entity: str, row_id: str) -> str:
    """A row of Dataverse as Business Central writes it; its table's name goes by its logical name."""
    del table
    return f"CRM {entity.capitalize()}: {{{row_id.upper()}}}"
