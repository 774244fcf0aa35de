"""What an error waits for, as its diagnosis tells it; and what a problem refuses to all records of a table.

Both become keys under which problems find each other in the store (``bot.store.ties``). Pure.
"""

from __future__ import annotations

from typing import Final

from bot.businesscentral.dependencies import entities_of, records_of
from bot.diagnosis.model import Params
from bot.store.values import Tie, TieKind

DEPENDENCY: Final = "coupling.dependency_not_coupled"
UNIT_OF_MEASURE: Final = "data.unit_of_measure"
MISSING_PRIVILEGE: Final = "permission.missing_privilege"

NOT_SYNCED: Final = "product.not_synced"
"""Topic of a parent row: the item or resource failed in a job of its own, in the same minute."""
UNIT_NOT_COUPLED: Final = "uom.unit_not_coupled"

_HEADERS: Final = frozenset({"invoice.header_not_coupled", "order.header_not_coupled"})
"""Topics of a line whose document is not coupled."""
_HEADER_OF: Final = {"Sales Invoice Line": "Sales Invoice Header", "Sales Line": "Sales Header"}

STOPPING: Final = frozenset(
    {"connection.disabled", "connection.admin_mode", "auth.failed", "permission.no_role_or_license"}
)
"""Classes in which nothing of the connection is synchronized: a switch, a door or an account, no record."""

_ON_ONE_RECORD: Final = frozenset({"permission.record_access", "permission.owner_lacks_read"})
"""Topics of a refusal on one record or of one owner, which says nothing of the others of its table."""
_NEEDED_TO_COUPLE: Final = frozenset({"create", "read"})
"""What whoever couples records must be allowed on the table. Lacking *Write* stops changes only."""


def ties_of(class_code: str, topic: str | None, params: Params) -> tuple[Tie, ...]:
    """The keys under which other problems find an error with this diagnosis, and it finds them."""
    if class_code == MISSING_PRIVILEGE:
        return _refusals(topic, params)
    records = awaited_records(class_code, topic, params)
    if not records:
        return ()
    target = records[0]
    return (
        *(Tie(TieKind.AWAITS, record, target) for record in records),
        *(Tie(TieKind.NEEDS, entity, target) for entity in entities_of(records)),
    )


def awaited_records(class_code: str, topic: str | None, params: Params) -> tuple[str, ...]:
    """RecordIDs of which one is the record that must be coupled first; empty where the text names none.

    Several where its key may be that of a record in more than one table.
    """
    if class_code != DEPENDENCY and (class_code, topic) != (UNIT_OF_MEASURE, UNIT_NOT_COUPLED):
        return ()
    other, value = (str(params.get(key, "")).strip() for key in ("other_record", "value"))
    if topic == UNIT_NOT_COUPLED and other and value and other != value:
        return (f"Item Unit of Measure: {other},{value}", f"Resource Unit of Measure: {other},{value}")
    key = other or value
    if not key:
        return ()
    if topic == NOT_SYNCED:
        return records_of("no.", "", key)
    if topic == UNIT_NOT_COUPLED:
        return records_of("unit of measure code", "", key)
    return records_of(str(params.get("field", "")), str(params.get("other_table", "")), key)


def awaited_by_row(class_code: str, topic: str | None, params: Params, source: str) -> tuple[str, ...]:
    """The same for a single row, whose own record may tell what its text does not: a line waits for its
    document."""
    if class_code == DEPENDENCY and topic in _HEADERS:
        table, _, key = source.partition(": ")
        header = _HEADER_OF.get(table)
        document = key.rpartition(",")[0]
        return (f"{header}: {document}",) if header and document else ()
    return awaited_records(class_code, topic, params)


def _refusals(topic: str | None, params: Params) -> tuple[Tie, ...]:
    access = str(params.get("access", "")).casefold()
    if topic in _ON_ONE_RECORD or access not in _NEEDED_TO_COUPLE:
        return ()
    entity = str(params.get("entity", "")).casefold()
    return (Tie(TieKind.REFUSES, entity, entity),) if entity else ()
