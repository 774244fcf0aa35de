"""Field mappings (table 5336) of the standard set-up, as far as the simulated world has values for them.

Fields, numbers, directions: microsoft/BCApps, ``Integration/Dataverse/CDSSetupDefaults.Codeunit.al`` and
``Integration/D365Sales/CRMSetupDefaults.Codeunit.al``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulator.businesscentral.rows import SynchDirection

BOTH = SynchDirection.BIDIRECTIONAL
TO = SynchDirection.TO_DATAVERSE
FROM = SynchDirection.FROM_DATAVERSE


@dataclass(frozen=True, slots=True)
class MappedField:
    """One enabled row of table 5336, without a constant value."""

    number: int
    name: str
    column_number: int
    column: str
    """NAME of the field of the CRM table; in small letters the logical name in Dataverse."""
    caption: str
    direction: SynchDirection = BOTH
    matches: bool = False
    """"Use For Match-Based Coupling"."""


@dataclass(frozen=True, slots=True)
class KeyField:
    """Number and name of the last field of a table's primary key."""

    number: int
    name: str


_NO = KeyField(1, "No.")
_CODE = KeyField(1, "Code")

_ACCOUNT = (
    MappedField(2, "Name", 73, "Name", "Account Name", matches=True),
    MappedField(8, "Contact", 28, "Address1_PrimaryContactName", "Address 1: Primary Contact Name"),
    MappedField(5, "Address", 24, "Address1_Line1", "Street 1"),
    MappedField(91, "Post Code", 30, "Address1_PostalCode", "ZIP/Postal Code"),
    MappedField(7, "City", 18, "Address1_City", "City"),
    MappedField(102, "E-Mail", 59, "EMailAddress1", "Email", matches=True),
    MappedField(9, "Phone No.", 121, "Telephone1", "Main Phone"),
    MappedField(103, "Home Page", 137, "WebSiteURL", "Website"),
    MappedField(20, "Credit Limit (LCY)", 47, "CreditLimit", "Credit Limit", TO),
)

FIELDS: dict[str, tuple[MappedField, ...]] = {
    "SALESPEOPLE": (
        MappedField(5052, "E-Mail", 21, "InternalEMailAddress", "Primary Email", FROM, matches=True),
        MappedField(2, "Name", 14, "FullName", "Full Name", FROM),
        MappedField(5053, "Phone No.", 24, "MobilePhone", "Mobile Phone", FROM),
    ),
    "CURRENCY": (
        MappedField(1, "Code", 5, "ISOCurrencyCode", "Currency Code", TO, matches=True),
        MappedField(15, "Description", 8, "CurrencyName", "Currency Name", TO),
    ),
    "CUSTOMER": _ACCOUNT,
    "VENDOR": _ACCOUNT[:-1],
    "CONTACT": (
        MappedField(102, "E-Mail", 45, "EMailAddress1", "Email", matches=True),
        MappedField(9, "Phone No.", 121, "Telephone1", "Business Phone"),
        MappedField(2, "Name", 52, "FullName", "Full Name", TO),
        MappedField(5, "Address", 24, "Address1_Line1", "Address 1: Street 1"),
        MappedField(7, "City", 18, "Address1_City", "Address 1: City"),
    ),
    "UNIT OF MEASURE": (MappedField(1, "Code", 8, "BaseUoMName", "Base Unit Name", TO),),
    "ITEM-PRODUCT": (
        MappedField(1, "No.", 20, "ProductNumber", "Product ID", TO, matches=True),
        MappedField(3, "Description", 6, "Name", "Name"),
    ),
    "RESOURCE-PRODUCT": (
        MappedField(1, "No.", 20, "ProductNumber", "Product ID", TO),
        MappedField(3, "Name", 6, "Name", "Name"),
    ),
    "SALESORDER-ORDER": (MappedField(3, "No.", 72, "OrderNumber", "Order ID", TO),),
    "OPPORTUNITY": (MappedField(2, "Description", 10, "Name", "Topic"),),
}
"""By mapping; one that is not here has no fields that the world has values for."""

KEYS: dict[int, KeyField] = {
    4: _CODE,
    13: _CODE,
    18: _NO,
    23: _NO,
    27: _NO,
    36: KeyField(3, "No."),
    156: _NO,
    204: _CODE,
    5050: _NO,
    5092: _NO,
}
"""By table number."""


def key_of(table: int) -> KeyField:
    """The field that people know a record by."""
    return KEYS.get(table, _NO)
