"""RecordID as text -> table and key, so that a link can lead to the record.

``Format(RecordId)`` gives the table's NAME, ``: `` and the key values, composite ones joined by a comma
without a blank: ``Customer: 10000``, ``Sales Header: Order,1001`` (Microsoft's
``methods-auto/record/record-recordid-method.md`` and the texts of its samples).
A row of Dataverse is ``CRM Account: {GUID}``, with the caption ``Dataverse Account: {GUID}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from bot.businesscentral.synchronized_tables import (
    CAPTIONS,
    DATAVERSE_TABLES,
    OPTION_TABLES,
    TABLES,
    KeyKind,
    Table,
)
from bot.dataclass import dataclass

_LONGEST = 1_000
"""Characters of a RecordID's text that are looked at; a key of 16 fields stays far below."""

_GUID_KEY = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_NO_GUID = UUID(int=0)
_DATAVERSE_PREFIXES = ("CRM ", "CDS ", "FS ", "Dataverse ", "Common Data Service ")

_TABLES_BY_NUMBER = {table.number: table for table in TABLES}
_TABLES_BY_NAME = {table.name.casefold(): table for table in TABLES} | {
    caption.casefold(): table for caption, name in CAPTIONS.items() for table in TABLES if table.name == name
}
_OPTIONS_BY_NAME = {name.casefold(): number for number, (name, _, _) in OPTION_TABLES.items()}
_ENTITIES = frozenset(DATAVERSE_TABLES.values())

_SALES_CARDS = {
    "Quote": 41,
    "Order": 42,
    "Invoice": 43,
    "Credit Memo": 44,
    "Blanket Order": 507,
    "Return Order": 6630,
}
_SERVICE_CARDS = {"Quote": 5964, "Order": 5900, "Invoice": 5933, "Credit Memo": 5935}
"""Page by Document Type, of sales and of service documents."""
_OPTION_MAPPING = 5334
"""Page Dataverse Option Mapping: options have no page of their own on either side."""


class Filter(NamedTuple):
    """One condition of a link: field by NAME, and its value."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class OptionColumn:
    """An option of a column in Dataverse, which stands for a record of Business Central."""

    entity: str
    column: str
    value: str
    """A number; empty where it is not known."""


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
    """Id of the row in Dataverse, lower case without braces; None for a blank one."""
    option: OptionColumn | None = None
    """Set for an option of a column in Dataverse."""
    blank: bool = False
    """It names a table and no record: that was never created."""

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Field names and values that pick this record; empty where they are not known for certain."""
        if self.table is None or not self.keys:
            return ()
        return tuple((field.name, value) for field, value in zip(self.table.key, self.keys, strict=True))

    @property
    def card(self) -> int | None:
        """Page that shows the record; None where none is known, or the record is not."""
        page = self.page
        return None if page is None else page[0]

    @property
    def page(self) -> tuple[int, tuple[tuple[str, str], ...]] | None:
        """Page of Business Central that shows the record, and the filters that pick it there.

        A line without a page of its own is shown by its document's, an option by Dataverse Option Mapping.
        """
        if self.option is not None:
            return _OPTION_MAPPING, ()
        if self.table is None or not self.keys:
            return None
        match self.table.name:
            case "Sales Header" | "Sales Line":
                return self._document(_SALES_CARDS)
            case "Service Header" | "Service Item Line" | "Service Line":
                return self._document(_SERVICE_CARDS)
            case "Price List Line":
                return 7016, (Filter("Code", self.keys[0]),)
            case _:
                return None if self.table.card is None else (self.table.card, self.filters)

    def _document(self, cards: Mapping[str, int]) -> tuple[int, tuple[tuple[str, str], ...]] | None:
        card = cards.get(self.keys[0])
        if card is None:
            return None
        return card, (Filter("Document Type", self.keys[0]), Filter("No.", self.keys[1]))


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
    option = _option(name, key, table_number)
    entity = DATAVERSE_TABLES.get(table_number) or (_entity(name) if table_number == 0 else None)
    if option is not None:
        entity = None
    table = None if entity or option else _table(name, table_number)
    row_id = _row_id(key) if entity else None
    return RecordId(
        text=bare,
        table_name=name,
        table=table,
        keys=() if table is None else _keys(table, key),
        entity=entity,
        row_id=row_id,
        option=option,
        blank=_is_blank(key) and (table is not None or entity is not None or option is not None),
    )


def _option(name: str, key: str, number: int) -> OptionColumn | None:
    """``CRM Payment Terms: 3``, an option's value as the key of a temporary table."""
    known = OPTION_TABLES.get(number or _OPTIONS_BY_NAME.get(name.casefold(), 0))
    if known is None:
        return None
    _, entity, column = known
    return OptionColumn(entity, column, key if key.isascii() and key.isdigit() else "")


def _is_blank(key: str) -> bool:
    """Nothing, a GUID of zeros, or commas and zeros alone: RecordIDs of what was never inserted."""
    found = _GUID_KEY.fullmatch(key)
    return UUID(found[1]) == _NO_GUID if found else not key.strip(", ")


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
    row = UUID(found[1]) if found else _NO_GUID
    return None if row == _NO_GUID else str(row)


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
