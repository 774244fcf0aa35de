"""Tables of the simulated organization, as their definitions tell them.

Names, columns, ownership: MicrosoftDocs/powerapps-docs, ``developer/data-platform/reference/entities``, and
for those of Sales and Business Central's own solution their logical names in microsoft/BCApps. Only columns
that somebody asks about are here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

TEXT, MEMO, ID, LOOKUP, OWNER = "String", "Memo", "Uniqueidentifier", "Lookup", "Owner"
INTEGER, MONEY, CHOICE, STATE, STATUS = "Integer", "Money", "Picklist", "State", "Status"
FLAG, MOMENT, MANAGED = "Boolean", "DateTime", "ManagedProperty"

USER_OWNED, ORGANIZATION_OWNED, BUSINESS_OWNED, NOT_OWNED = (
    "UserOwned",
    "OrganizationOwned",
    "BusinessOwned",
    "None",
)
VERBS = ("Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share")

_CHANGES = {"createdon": MOMENT, "modifiedon": MOMENT, "modifiedby": LOOKUP, "createdby": LOOKUP}
_OWNED = {
    **_CHANGES,
    "ownerid": OWNER,
    "owningbusinessunit": LOOKUP,
    "statecode": STATE,
    "statuscode": STATUS,
}
_STATED = {**_CHANGES, "statecode": STATE, "statuscode": STATUS}
_ADDRESS = {
    "address1_line1": TEXT,
    "address1_city": TEXT,
    "address1_postalcode": TEXT,
    "address1_primarycontactname": TEXT,
}


@dataclass(frozen=True, slots=True)
class SimulatedTable:
    """One table."""

    logical_name: str
    schema_name: str
    entity_set: str
    code: int
    names: Mapping[int, str]
    """By locale id."""
    primary_id: str
    primary_name: str
    ownership: str
    columns: Mapping[str, str]
    """``AttributeType`` by logical name."""
    noun: str
    """How its privileges call it: ``prvRead`` and this."""

    def privilege(self, verb: str) -> str:
        """Name of one of its privileges."""
        return f"prv{verb}{self.noun}"

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be granted: rows of the organization are neither assigned nor shared."""
        return VERBS if self.ownership == USER_OWNED else VERBS[:6]


def _table(
    logical_name: str,
    code: int,
    english: str,
    dutch: str,
    columns: Mapping[str, str],
    *,
    schema_name: str = "",
    entity_set: str = "",
    primary_name: str = "name",
    ownership: str = USER_OWNED,
    noun: str = "",
) -> SimulatedTable:
    key = f"{logical_name}id"
    schema = schema_name or logical_name.capitalize()
    return SimulatedTable(
        logical_name=logical_name,
        schema_name=schema,
        entity_set=entity_set or f"{logical_name}s",
        code=code,
        names={1033: english, 1043: dutch},
        primary_id=key,
        primary_name=primary_name,
        ownership=ownership,
        columns={key: ID, primary_name: TEXT, **columns},
        noun=noun or schema,
    )


_ACCOUNT = {
    **_OWNED,
    **_ADDRESS,
    "accountnumber": TEXT,
    "emailaddress1": TEXT,
    "telephone1": TEXT,
    "websiteurl": TEXT,
    "creditlimit": MONEY,
    "primarycontactid": LOOKUP,
    "transactioncurrencyid": LOOKUP,
}
_CONTACT = {**_OWNED, **_ADDRESS, "emailaddress1": TEXT, "telephone1": TEXT, "parentcustomerid": "Customer"}
_USER = {
    **_CHANGES,
    "applicationid": ID,
    "azureactivedirectoryobjectid": ID,
    "internalemailaddress": TEXT,
    "domainname": TEXT,
    "mobilephone": TEXT,
    "isdisabled": FLAG,
    "accessmode": CHOICE,
    "businessunitid": LOOKUP,
}
_ROLE = {
    **_CHANGES,
    "businessunitid": LOOKUP,
    "parentrootroleid": LOOKUP,
    "roletemplateid": LOOKUP,
    "ismanaged": FLAG,
    "iscustomizable": MANAGED,
}
_PRIVILEGE = {
    "accessright": INTEGER,
    "canbebasic": FLAG,
    "canbelocal": FLAG,
    "canbedeep": FLAG,
    "canbeglobal": FLAG,
}
_AUDIT = {"createdon": MOMENT, "operation": CHOICE, "objectid": LOOKUP, "userid": LOOKUP}

STANDARD = (
    _table("account", 1, "Account", "Account", _ACCOUNT),
    _table("contact", 2, "Contact", "Contactpersoon", _CONTACT, primary_name="fullname"),
    _table(
        "systemuser",
        8,
        "User",
        "Gebruiker",
        _USER,
        schema_name="SystemUser",
        primary_name="fullname",
        ownership=BUSINESS_OWNED,
        noun="User",
    ),
    _table(
        "team",
        9,
        "Team",
        "Team",
        {**_CHANGES, "teamtype": CHOICE, "isdefault": FLAG, "businessunitid": LOOKUP},
        ownership=BUSINESS_OWNED,
    ),
    _table(
        "businessunit",
        10,
        "Business Unit",
        "Bedrijfsunit",
        {**_CHANGES, "isdisabled": FLAG, "parentbusinessunitid": LOOKUP},
        schema_name="BusinessUnit",
        ownership=BUSINESS_OWNED,
    ),
    _table("role", 1036, "Security Role", "Beveiligingsrol", _ROLE, ownership=BUSINESS_OWNED),
    _table("privilege", 1023, "Privilege", "Bevoegdheid", _PRIVILEGE, ownership=NOT_OWNED, noun="Role"),
    _table(
        "audit",
        4567,
        "Auditing",
        "Controle",
        _AUDIT,
        ownership=ORGANIZATION_OWNED,
        primary_name="objectidname",
        noun="AuditSummary",
    ),
    _table(
        "product",
        1024,
        "Product",
        "Product",
        {**_STATED, "productnumber": TEXT, "defaultuomid": LOOKUP},
        ownership=ORGANIZATION_OWNED,
    ),
    _table(
        "transactioncurrency",
        9105,
        "Currency",
        "Valuta",
        {**_STATED, "isocurrencycode": TEXT, "currencysymbol": TEXT},
        schema_name="TransactionCurrency",
        entity_set="transactioncurrencies",
        primary_name="currencyname",
        ownership=ORGANIZATION_OWNED,
    ),
    _table(
        "uomschedule",
        1056,
        "Unit Group",
        "Eenheidsgroep",
        {**_STATED, "baseuomname": TEXT},
        schema_name="UoMSchedule",
        ownership=ORGANIZATION_OWNED,
    ),
    _table(
        "uom",
        1055,
        "Unit",
        "Eenheid",
        {**_CHANGES, "uomscheduleid": LOOKUP},
        schema_name="UoM",
        ownership=ORGANIZATION_OWNED,
    ),
    _table(
        "pricelevel",
        1022,
        "Price List",
        "Prijslijst",
        {**_STATED, "transactioncurrencyid": LOOKUP},
        schema_name="PriceLevel",
        ownership=ORGANIZATION_OWNED,
    ),
    _table(
        "productpricelevel",
        1026,
        "Price List Item",
        "Prijslijstartikel",
        {**_CHANGES, "productid": LOOKUP, "pricelevelid": LOOKUP, "amount": MONEY},
        schema_name="ProductPriceLevel",
        primary_name="productidname",
        ownership=ORGANIZATION_OWNED,
    ),
    _table("opportunity", 3, "Opportunity", "Verkoopkans", _OWNED, entity_set="opportunities"),
    _table(
        "salesorder",
        1088,
        "Order",
        "Order",
        {**_OWNED, "ordernumber": TEXT, "customerid": "Customer"},
        schema_name="SalesOrder",
        noun="Order",
    ),
    _table("invoice", 1090, "Invoice", "Factuur", {**_OWNED, "invoicenumber": TEXT}),
    _table(
        "bcbi_projecttask",
        10844,
        "Project Task",
        "Projecttaak",
        {**_OWNED, "bcbi_projectnumber": TEXT},
        schema_name="bcbi_projecttask",
        primary_name="bcbi_name",
    ),
    _table(
        "msdyn_accountkpiitem",
        10732,
        "Account KPI Item",
        "KPI-item van account",
        _OWNED,
        schema_name="msdyn_accountkpiitem",
        primary_name="msdyn_name",
    ),
)

SYSTEM_PRIVILEGES = ("prvReadEntity", "prvReadAttribute", "prvReadAuditSummary")
"""Of no table of its own here."""


def made_up_id(*what: str) -> str:
    """A GUID that is the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(what)))
