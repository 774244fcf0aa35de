"""Tables that take part in synchronization: number, key, card page; and the Dataverse tables' logical names.

Source: the table and page objects in microsoft/BCApps (``src/Layers/W1/BaseApp``; Field Service:
``src/Apps/W1/FieldServiceIntegration``). ``ExternalName`` of a CRM table is its logical name in Dataverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from bot.dataclass import dataclass


class KeyKind(Enum):
    """What a key field can hold; decides how a composite key is taken apart again."""

    OPTION = "option"
    CODE = "code"
    """Anything, commas too."""
    INTEGER = "integer"


@dataclass(frozen=True, slots=True)
class KeyField:
    """One field of a primary key, by its NAME, as filters in links need it."""

    name: str
    kind: KeyKind = KeyKind.CODE


@dataclass(frozen=True, slots=True)
class Table:
    """A table of Business Central."""

    number: int
    name: str
    key: tuple[KeyField, ...]
    card: int | None = None
    """Page that shows one record; None where there is none that a link can open."""


_NO = (KeyField("No."),)
_CODE = (KeyField("Code"),)
_TYPE_NO = (KeyField("Document Type", KeyKind.OPTION), KeyField("No."))
_LINE = KeyField("Line No.", KeyKind.INTEGER)
_DOCUMENT_LINE = (KeyField("Document No."), _LINE)
_TYPE_DOCUMENT_LINE = (KeyField("Document Type", KeyKind.OPTION), KeyField("Document No."), _LINE)

TABLES: tuple[Table, ...] = (
    Table(3, "Payment Terms", _CODE, 4),
    Table(4, "Currency", _CODE, 495),
    Table(6, "Customer Price Group", _CODE, 7),
    Table(10, "Shipment Method", _CODE, 11),
    Table(13, "Salesperson/Purchaser", _CODE, 5116),
    Table(14, "Location", _CODE, 5703),
    Table(18, "Customer", _NO, 21),
    Table(23, "Vendor", _NO, 26),
    Table(27, "Item", _NO, 30),
    Table(36, "Sales Header", _TYPE_NO, 42),
    Table(37, "Sales Line", _TYPE_DOCUMENT_LINE),
    Table(112, "Sales Invoice Header", _NO, 132),
    Table(113, "Sales Invoice Line", _DOCUMENT_LINE, 526),
    Table(156, "Resource", _NO, 76),
    Table(204, "Unit of Measure", _CODE, 209),
    Table(205, "Resource Unit of Measure", (KeyField("Resource No."), KeyField("Code")), 210),
    Table(
        210,
        "Job Journal Line",
        (KeyField("Journal Template Name"), KeyField("Journal Batch Name"), _LINE),
    ),
    Table(291, "Shipping Agent", _CODE, 428),
    Table(1001, "Job Task", (KeyField("Job No."), KeyField("Job Task No.")), 1003),
    Table(5050, "Contact", _NO, 5050),
    Table(5092, "Opportunity", _NO, 5124),
    Table(5400, "Unit Group", (KeyField("Source Type", KeyKind.OPTION), KeyField("Source Id"))),
    Table(5404, "Item Unit of Measure", (KeyField("Item No."), KeyField("Code")), 5404),
    Table(5900, "Service Header", _TYPE_NO, 5900),
    Table(5901, "Service Item Line", _TYPE_DOCUMENT_LINE),
    Table(5902, "Service Line", _TYPE_DOCUMENT_LINE),
    Table(5903, "Service Order Type", _CODE),
    Table(5940, "Service Item", _NO, 5980),
    Table(7000, "Price List Header", _CODE, 7016),
    Table(7001, "Price List Line", (KeyField("Price List Code"), _LINE)),
    Table(7002, "Sales Price", (), 7002),
)

OPTION_TABLES: Mapping[int, tuple[str, str, str]] = MappingProxyType(
    {
        7203: ("CRM Payment Terms", "account", "paymenttermscode"),
        7204: ("CRM Freight Terms", "account", "address1_freighttermscode"),
        7205: ("CRM Shipping Method", "account", "address1_shippingmethodcode"),
    }
)
"""Number of a temporary table that stands for the options of a column -> its NAME, and the table and the
column in Dataverse. Its key is the option's value (``Integration/Dataverse/CRMPaymentTerms.Table.al`` and
siblings)."""

CAPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "Project Task": "Job Task",
        "Project Journal Line": "Job Journal Line",
        "Price List": "Price List Header",
    }
)
"""English captions that differ from the table's NAME; messages carry captions, RecordIDs names."""

DATAVERSE_TABLES: Mapping[int, str] = MappingProxyType(
    {
        5340: "systemuser",
        5341: "account",
        5342: "contact",
        5343: "opportunity",
        5344: "post",
        5345: "transactioncurrency",
        5346: "pricelevel",
        5347: "productpricelevel",
        5348: "product",
        5349: "incident",
        5351: "quote",
        5352: "quotedetail",
        5353: "salesorder",
        5354: "salesorderdetail",
        5355: "invoice",
        5356: "invoicedetail",
        5357: "contract",
        5359: "team",
        5360: "customeraddress",
        5361: "uom",
        5362: "uomschedule",
        5363: "organization",
        5364: "businessunit",
        5365: "discount",
        5366: "discounttype",
        5367: "nav_accountstatistics",
        5368: "nav_connection",
        5369: "appmodule",
        5371: "dyn365bc_businesscentralentity",
        5376: "dyn365bc_syntheticrelation",
        5385: "annotation",
        5388: "msdyn_postconfig",
        5389: "role",
        5390: "systemuserroles",
        5393: "bcbi_company",
        5394: "solution",
        5396: "teamroles",
        5397: "teammembership",
        5398: "fieldsecurityprofile",
        5399: "systemuserprofiles",
        7206: "cdm_company",
        7207: "msdyn_businesscentralvirtualentity",
        6610: "bookableresource",
        6611: "bookableresourcebooking",
        6612: "bookableresourcebookingheader",
        6613: "msdyn_customerasset",
        6614: "msdyn_customerassetcategory",
        6615: "bcbi_projecttask",
        6616: "msdyn_resourcepaytype",
        6617: "msdyn_workorder",
        6618: "msdyn_workorderincident",
        6619: "msdyn_workorderproduct",
        6620: "msdyn_workorderservice",
        6621: "msdyn_workordersubstatus",
        6622: "msdyn_workordertype",
        6624: "msdyn_warehouse",
        6625: "msdyn_incidenttype",
        6627: "bookingstatus",
    }
)
"""Number of the CRM table -> logical name."""
