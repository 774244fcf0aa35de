"""What a record of Business Central or Dataverse can depend on: tables that fields refer to, their
counterparts, the order of the mappings.

Sources: the standard mappings and their dependency filters in microsoft/BCApps (``CDSSetupDefaults``,
``CRMSetupDefaults``, ``FSSetupDefaults``) and the codeunits that raise the texts (5341, 5342, 7205,
``FSIntTableSubscriber``). Scheduled jobs do not wait for what they depend on; that is why records fail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FIELD_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "salesperson code": ("Salesperson/Purchaser",),
        "purchaser code": ("Salesperson/Purchaser",),
        "salesperson": ("Salesperson/Purchaser",),
        "currency code": ("Currency",),
        "primary contact no.": ("Contact",),
        "contact no.": ("Contact",),
        "sell-to contact no.": ("Contact",),
        "bill-to contact no.": ("Contact",),
        "company no.": ("Customer", "Vendor"),
        "customer no.": ("Customer",),
        "sell-to customer no.": ("Customer",),
        "bill-to customer no.": ("Customer",),
        "vendor no.": ("Vendor",),
        "base unit of measure": ("Unit of Measure",),
        "sales unit of measure": ("Unit of Measure",),
        "purch. unit of measure": ("Unit of Measure",),
        "unit of measure code": ("Unit of Measure",),
        "sales code": ("Customer Price Group",),
        "price list code": ("Price List Header",),
        "item no.": ("Item",),
        "resource no.": ("Resource",),
        "no.": ("Item", "Resource"),
        "product": ("Item", "Resource"),
        "service": ("Item",),
        "opportunity no.": ("Opportunity",),
        "service item no.": ("Service Item",),
        "location code": ("Location",),
        "payment terms code": ("Payment Terms",),
        "shipment method code": ("Shipment Method",),
        "shipping agent code": ("Shipping Agent",),
        "project task": ("Job Task",),
    }
)
"""Field as a message names it, in small letters -> the tables that its value may be a key of."""

_ROW_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ownerid": ("CRM Systemuser", "CRM Team"),
        "dataverse systemuser": ("CRM Systemuser",),
        "transactioncurrencyid": ("CRM Transactioncurrency",),
        "primarycontactid": ("CRM Contact",),
        "parentcustomerid": ("CRM Account", "CRM Contact"),
        "parentaccountid": ("CRM Account",),
        "customerid": ("CRM Account", "CRM Contact"),
        "accountid": ("CRM Account",),
        "contactid": ("CRM Contact",),
        "defaultuomid": ("CRM Uom",),
        "defaultuomscheduleid": ("CRM Uomschedule",),
        "uomid": ("CRM Uom",),
        "uomscheduleid": ("CRM Uomschedule",),
        "pricelevelid": ("CRM Pricelevel",),
        "productid": ("CRM Product",),
        "opportunityid": ("CRM Opportunity",),
        "salesorderid": ("CRM Salesorder",),
        "invoiceid": ("CRM Invoice",),
        "projecttask": ("FS Project Task",),
        "project task": ("FS Project Task",),
        "product": ("CRM Product",),
        "service": ("CRM Product",),
        "bookableresource": ("FS Bookable Resource",),
        "customerasset": ("FS Customer Asset",),
    }
)
"""The same for a GUID: names of CRM tables, as a RecordID has them."""

_ANY_ROW: Final = (
    *("CRM Account", "CRM Contact", "CRM Product", "CRM Systemuser", "CRM Transactioncurrency"),
    *("CRM Pricelevel", "CRM Opportunity", "CRM Salesorder", "CRM Invoice", "CRM Uom", "CRM Uomschedule"),
)
"""A GUID is one row's: where the text does not say of which table, it is looked for in these."""

ENTITIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Salesperson/Purchaser": ("systemuser",),
        "Currency": ("transactioncurrency",),
        "Customer": ("account",),
        "Vendor": ("account",),
        "Contact": ("contact",),
        "Unit of Measure": ("uomschedule", "uom"),
        "Unit Group": ("uomschedule",),
        "Item Unit of Measure": ("uom",),
        "Resource Unit of Measure": ("uom",),
        "Item": ("product",),
        "Resource": ("product",),
        "Customer Price Group": ("pricelevel",),
        "Price List Header": ("pricelevel",),
        "Opportunity": ("opportunity",),
        "Sales Header": ("salesorder",),
        "Sales Invoice Header": ("invoice",),
        "Job Task": ("bcbi_projecttask",),
        "Service Item": ("msdyn_customerasset",),
        "Service Order Type": ("msdyn_workordertype",),
        "Location": ("msdyn_warehouse",),
    }
)
"""Table of Business Central -> tables of Dataverse that its records are coupled to, by logical name."""

_ORDER: Final[tuple[tuple[str, ...], ...]] = (
    ("Currency", "Salesperson/Purchaser", "Payment Terms", "Shipment Method", "Shipping Agent"),
    ("Unit of Measure", "Unit Group"),
    ("Item Unit of Measure", "Resource Unit of Measure"),
    ("Customer", "Vendor"),
    ("Contact",),
    ("Item", "Resource"),
    ("Customer Price Group", "Price List Header"),
    ("Sales Price", "Price List Line"),
    ("Opportunity",),
    ("Sales Header",),
    ("Sales Line",),
    ("Sales Invoice Header",),
    ("Sales Invoice Line",),
    ("Service Item", "Location", "Service Order Type"),
    ("Job Task", "Service Header"),
    ("Service Item Line", "Service Line", "Job Journal Line"),
)
"""What comes first where everything has to be synchronized: no table needs one behind it."""

_COUNTERPARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CRM Transactioncurrency": "Currency",
        "CRM Systemuser": "Salesperson/Purchaser",
        "CRM Uomschedule": "Unit of Measure",
        "CRM Uom": "Item Unit of Measure",
        "CRM Account": "Customer",
        "CRM Contact": "Contact",
        "CRM Product": "Item",
        "CRM Pricelevel": "Price List Header",
        "CRM Productpricelevel": "Price List Line",
        "CRM Opportunity": "Opportunity",
        "CRM Salesorder": "Sales Header",
        "CRM Salesorderdetail": "Sales Line",
        "CRM Invoice": "Sales Invoice Header",
        "CRM Invoicedetail": "Sales Invoice Line",
    }
)
_RANKS: Final = {table: rank for rank, tables in enumerate(_ORDER) for table in tables}
LAST: Final = len(_ORDER)
"""Rank of a table that takes no part in the order."""

_GUID: Final = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")


def rank_of(record_id: str) -> int:
    """Where a record's table stands in the order in which records must be synchronized; 0 comes first."""
    table = record_id.partition(":")[0].strip()
    return _RANKS.get(_COUNTERPARTS.get(table, table), LAST)


def records_of(field: str, table: str, key: str) -> tuple[str, ...]:
    """RecordIDs that a record may have which a message calls by a field or a table, and by its key.

    A GUID is a row of Dataverse; everything else the key of a record in Business Central. Empty where the
    message does not say in which table to look.
    """
    if found := _GUID.fullmatch(key.strip()):
        tables = _ROW_TABLES.get(field.casefold()) or _ANY_ROW
        return tuple(f"{name}: {{{found[1].upper()}}}" for name in tables)
    return tuple(f"{name}: {key.strip()}" for name in _tables(field, table))


def entities_of(record_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of Dataverse that must be open to whoever synchronizes these records."""
    tables = (record_id.partition(":")[0] for record_id in record_ids)
    found = (ENTITIES.get(_COUNTERPARTS.get(table, table), ()) for table in tables)
    return tuple(dict.fromkeys(entity for entities in found for entity in entities))


def _tables(field: str, table: str) -> tuple[str, ...]:
    for name in (field, table):
        if tables := FIELD_TABLES.get(name.casefold()):
            return tables
        if name in _RANKS:
            return (name,)
    return ()
