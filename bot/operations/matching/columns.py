"""By which columns of Dataverse, and fields of Business Central, records are recognised.

Columns: names of the fields of the CRM tables (``Integration/D365Sales`` and ``Integration/Dataverse`` in
microsoft/BCApps), which in small letters are Dataverse's logical names. Fields: numbers in the tables of the
Base Application.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.businesscentral import RecordField
from bot.operations.matching.values import Evidence, Reason

NUMBERS: Final[Mapping[str, str]] = {
    "account": "accountnumber",
    "product": "productnumber",
    "transactioncurrency": "isocurrencycode",
    "pricelevel": "name",
    "uom": "name",
    "uomschedule": "name",
    "salesorder": "ordernumber",
    "invoice": "invoicenumber",
}
"""Table of Dataverse -> column that holds what Business Central calls No. or Code."""

NAMES: Final[Mapping[str, str]] = {
    "contact": "fullname",
    "systemuser": "fullname",
    "transactioncurrency": "currencyname",
    "bookableresource": "name",
}
_USUAL_NAME: Final = "name"
EMAILS: Final[Mapping[str, str]] = {
    "account": "emailaddress1",
    "contact": "emailaddress1",
    "systemuser": "internalemailaddress",
}

CITIES: Final[Mapping[str, str]] = {"account": "address1_city", "contact": "address1_city"}

NAME_FIELDS: Final[Mapping[int, int]] = {4: 15, 13: 2, 18: 2, 23: 2, 27: 3, 156: 3, 204: 10, 5050: 2}
"""Table of Business Central -> field Name or Description."""
EMAIL_FIELDS: Final[Mapping[int, int]] = {13: 5052, 18: 102, 23: 102, 5050: 102}
OPTION_TABLES: Final = frozenset({3, 10, 291})
"""Payment Terms, Shipment Method, Shipping Agent: their other side is an option of a column."""
_SHORTEST: Final = 2
"""Characters of a value that tells anything."""


def name_column(entity: str) -> str:
    """Column that people read."""
    return NAMES.get(entity, _USUAL_NAME)


def columns_of(entity: str) -> tuple[str, ...]:
    """All columns by which rows of that table are recognised, by the bot and by people."""
    return tuple(dict.fromkeys((name_column(entity), *told_columns(entity))))


def told_columns(entity: str) -> tuple[str, ...]:
    """What tells two rows of the same name apart: number, e-mail address, city."""
    wanted = (table.get(entity, "") for table in (NUMBERS, EMAILS, CITIES))
    return tuple(column for column in wanted if column and column != name_column(entity))


def searches(entity: str, key: str, fields: Sequence[RecordField]) -> Iterator[tuple[str, Reason]]:
    """Column and reason of each search for a record of Business Central, the strongest first."""
    found: dict[str, Reason] = {}
    if number := NUMBERS.get(entity):
        evidence = Evidence.ISO_CODE if number == "isocurrencycode" else Evidence.NUMBER
        found[number] = Reason(evidence, "", _key_value(key))
        if entity == "uomschedule":
            # Legacy unit groups are called so (CRMIntegrationTableSynch: unit of measure "NAV " + code).
            found[number] = Reason(evidence, "", f"NAV {_key_value(key)}")
    for field in fields:
        if len(field.value.strip()) < _SHORTEST or not field.column:
            continue
        if field.column == EMAILS.get(entity):
            found.setdefault(field.column, Reason(Evidence.EMAIL, field.name, field.value.strip()))
        elif field.column == name_column(entity):
            found.setdefault(field.column, Reason(Evidence.NAME, field.name, field.value.strip()))
        elif field.used_for_matching:
            found.setdefault(field.column, Reason(Evidence.CRITERION, field.name, field.value.strip()))
    yield from sorted(
        ((column, reason) for column, reason in found.items() if len(reason.value) >= _SHORTEST),
        key=lambda one: one[1].evidence,
    )


def searches_back(entity: str, table: int, values: Mapping[str, str]) -> Iterator[tuple[int, Reason]]:
    """The same for a row of Dataverse: field of Business Central and reason; field 0 is the key."""
    number = values.get(NUMBERS.get(entity, ""), "").strip()
    if number:
        evidence = Evidence.ISO_CODE if entity == "transactioncurrency" else Evidence.NUMBER
        yield 0, Reason(evidence, "", number.removeprefix("NAV ") if entity == "uomschedule" else number)
    email = values.get(EMAILS.get(entity, ""), "").strip()
    if len(email) >= _SHORTEST and table in EMAIL_FIELDS:
        yield EMAIL_FIELDS[table], Reason(Evidence.EMAIL, "", email)
    name = values.get(name_column(entity), "").strip()
    if len(name) >= _SHORTEST and table in NAME_FIELDS:
        yield NAME_FIELDS[table], Reason(Evidence.NAME, "", name)


def _key_value(key: str) -> str:
    """The last value of a key: what people call a record by."""
    return key.rpartition(",")[2].strip()
