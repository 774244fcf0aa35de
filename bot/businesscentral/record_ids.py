"""RecordID as text -> table and key, so that a link can lead to the record.

``Format(RecordId)`` gives the table's NAME, ``: `` and the key values, composite ones joined by a comma
without a blank: ``Customer: 10000``, ``Sales Header: Order,1001`` (Microsoft's
``methods-auto/record/record-recordid-method.md`` and the texts of its samples).
A row of Dataverse is ``CRM Account: {GUID}``, with the caption ``Dataverse Account: {GUID}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from bot.businesscentral.synchronized_tables import CAPTIONS, DATAVERSE_TABLES, TABLES, KeyKind, Table

_LONGEST = 1_000
"""Characters of a RecordID's text that are looked at; a key of 16 fields stays far below."""

_GUID_KEY = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_DATAVERSE_PREFIXES = ("CRM ", "CDS ", "FS ", "Dataverse ", "Common Data Service ")

_TABLES_BY_NUMBER = {table.number: table for table in TABLES}
_TABLES_BY_NAME = {table.name.casefold(): table for table in TABLES} | {
    caption.casefold(): table for caption, name in CAPTIONS.items() for table in TABLES if table.name == name
}
_ENTITIES = frozenset(DATAVERSE_TABLES.values())

_SALES_CARDS = {
    "Quote": 41,
    "Order": 42,
    "Invoice": 43,
    "Credit Memo": 44,
    "Blanket Order": 507,
    "Return Order": 6630,
}
"""Page by Document Type; Sales Header is the one table with several cards."""


@dataclass(frozen=True, slots=True)
class RecordId:
    """A record, as far as its text tells."""

    text: str
    table_name: str
    """As written: a NAME, or a caption in any language."""
    table: Table | None
    """None for a table that does not take part in synchronization, and for a table of Dataverse."""
    keys: tuple[str, ...]
    """Values in the order of the table's key; empty for a blank record, and where a key with commas in its
    values cannot be taken apart for certain."""
    entity: str | None
    """Logical name in Dataverse; None for a record of Business Central."""
    row_id: str | None
    """Id of the row in Dataverse, lower case without braces."""

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Field names and values that pick this record; empty where they are not known for certain."""
        if self.table is None or not self.keys:
            return ()
        return tuple((field.name, value) for field, value in zip(self.table.key, self.keys, strict=True))

    @property
    def card(self) -> int | None:
        """Page that shows the record; None where none is known, or the record is not."""
        if self.table is None or not self.keys:
            return None
        if self.table.name == "Sales Header":
            return _SALES_CARDS.get(self.keys[0])
        return self.table.card


def parse_record_id(text: str, table_number: int = 0) -> RecordId | None:
    """Take a RecordID's text apart; None for an empty one.

    ``table_number`` is its TableNo where that is known (0: unknown). It decides, since names may be captions
    in any language. Never raises: the text may be anything.
    """
    bare = text[:_LONGEST].strip()
    if not bare:
        return None
    name, _, key = bare.partition(":")
    name, key = name.strip(), key.strip()
    entity = DATAVERSE_TABLES.get(table_number) or (_entity(name) if table_number == 0 else None)
    table = None if entity else _table(name, table_number)
    return RecordId(
        text=bare,
        table_name=name,
        table=table,
        keys=() if table is None else _keys(table, key),
        entity=entity,
        row_id=_row_id(key) if entity else None,
    )


def _table(name: str, number: int) -> Table | None:
    return _TABLES_BY_NUMBER.get(number) if number else _TABLES_BY_NAME.get(name.casefold())


def _entity(name: str) -> str | None:
    """``CRM Account`` -> ``account``; the NAME of a CRM table follows its logical name."""
    for prefix in _DATAVERSE_PREFIXES:
        if name.startswith(prefix):
            joined = name.removeprefix(prefix).replace(" ", "").casefold()
            return next((entity for entity in (joined, f"msdyn_{joined}") if entity in _ENTITIES), None)
    return None


def _row_id(key: str) -> str | None:
    found = _GUID_KEY.fullmatch(key)
    return str(UUID(found[1])) if found else None


def _keys(table: Table, key: str) -> tuple[str, ...]:
    """The values of the key; empty where they cannot be told for certain.

    Options and integers hold no comma, so they come off from the left and from the right. What remains is one
    value with any number of commas, or as many values as fields and no comma to spare.
    """
    if not key or not table.key:
        return ()
    fields = list(table.key)
    left: list[str] = []
    right: list[str] = []
    while len(fields) > 1 and fields[0].kind is not KeyKind.CODE:
        value, comma, key = key.partition(",")
        if not comma:
            return ()
        left.append(value)
        fields.pop(0)
    while len(fields) > 1 and fields[-1].kind is not KeyKind.CODE:
        key, comma, value = key.rpartition(",")
        if not comma:
            return ()
        right.insert(0, value)
        fields.pop()
    middle = [key] if len(fields) == 1 else key.split(",")
    if len(middle) != len(fields) or not all((*left, *middle, *right)):
        return ()
    return (*left, *middle, *right)
