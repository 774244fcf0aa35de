"""Reading single records and their mapped fields.

Both values of a coupling, a record that is not coupled, and what would be sent of it (companion API's
contract, "Reading").

All are read from the primary database: somebody decides by them, or has just decided.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from bot.businesscentral import field_rows
from bot.businesscentral.acting import Acting, guard_in
from bot.businesscentral.asking import FROM_PRIMARY
from bot.businesscentral.fields import Row
from bot.businesscentral.mapped_fields import CoupledFields, MappedRecord, RecordField
from bot.businesscentral.state_rows import State, states
from bot.failures import ActionMissing, ActionRefused, SourceMissing, SourceRejected
from bot.odata.answers import page_of
from bot.odata.exchange import Outgoing

PAIRS = "couplingFields"
RECORDS = "mappedRecords"
FIELDS = "recordFields"


class ReadingFields(Acting):
    """A few rows at a time, of one coupling or one record.

    Beside what reading raises: ActionRefused where a guard of the extension says no, ActionMissing where the
    extension is missing or too old for it.
    """

    async def coupled_fields(self, coupling_id: str) -> CoupledFields | None:
        """Both values of every mapped field of a coupling of two records; None where the coupling is gone."""
        rows = await self._of_fields(PAIRS, f"couplingId eq {UUID(coupling_id)}", field_rows.pair_row)
        its = [row for row in rows if row.coupling_id == coupling_id]
        if not its:
            return None
        first = its[0]
        return CoupledFields(
            mapping_id=first.mapping_id,
            fields=tuple(row.pair for row in its),
            changed_at=first.changed_at,
            changed_by=first.changed_by,
            dataverse_changed_at=first.dataverse_changed_at,
            synchronized_at=first.synchronized_at,
        )

    async def mapped_record(self, mapping_id: str, key: str) -> MappedRecord | None:
        """The record of a mapping's table with that key, as in its RecordID's text; None where there is
        none."""
        return _first(await self._records(mapping_id, f"recordKey eq {_text(key)}"))

    async def mapped_record_by_id(self, mapping_id: str, system_id: str) -> MappedRecord | None:
        """The same by its SystemId."""
        return _first(await self._records(mapping_id, f"systemId eq {UUID(system_id)}"))

    async def mapped_records_with(
        self, mapping_id: str, field_number: int, value: str
    ) -> tuple[MappedRecord, ...]:
        """Up to 20 records of a mapping's table whose field has that value, whatever its case."""
        return await self._records(mapping_id, f"fieldNumber eq {field_number} and value eq {_text(value)}")

    async def record_fields(self, mapping_id: str, system_id: str) -> tuple[RecordField, ...]:
        """The mapped fields of one record with what Business Central would send, and its number or code."""
        condition = f"mappingId eq {UUID(mapping_id)} and systemId eq {UUID(system_id)}"
        return await self._of_fields(FIELDS, condition, field_rows.record_field)

    async def _records(self, mapping_id: str, condition: str) -> tuple[MappedRecord, ...]:
        whole = f"mappingId eq {UUID(mapping_id)} and {condition}"
        return await self._of_fields(RECORDS, whole, field_rows.mapped_record)

    async def _of_fields(
        self, entity_set: str, condition: str, read: Callable[[Row], State]
    ) -> tuple[State, ...]:
        """The rows for that condition; those that break the contract are left out."""
        url = f"{self._connection.companion_api}/{entity_set}?$filter={quote(condition)}"
        answer = await self._exchange.send(Outgoing("GET", url, FROM_PRIMARY))
        if not answer.succeeded:
            failure = await self._explained(answer, "")
            if isinstance(failure, SourceMissing) and failure.facts.get("what") == "extension":
                raise ActionMissing("", action=entity_set, what=await self._extension_or_version())
            if isinstance(failure, SourceRejected) and (guard := guard_in(answer)) is not None:
                raise ActionRefused("", action=entity_set, guard=guard)
            raise failure
        found, _ = page_of(answer.body)
        return tuple(states(found, read)[0])


def _first(records: tuple[MappedRecord, ...]) -> MappedRecord | None:
    return records[0] if records else None


def _text(value: str) -> str:
    """A text as ``$filter`` has it."""
    return "'" + value.replace("'", "''") + "'"
