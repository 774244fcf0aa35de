"""Integration table mappings (table 5335) that Business Central sets up by itself.

Names, tables, directions, dependency filters and intervals: microsoft/BCApps,
``Integration/Dataverse/CDSSetupDefaults.Codeunit.al``, ``Integration/D365Sales/CRMSetupDefaults.Codeunit.al``
and ``FSSetupDefaults.Codeunit.al`` of the Field Service integration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.simulator.businesscentral.rows import SynchDirection

TO = SynchDirection.TO_DATAVERSE
FROM = SynchDirection.FROM_DATAVERSE
BOTH = SynchDirection.BIDIRECTIONAL


class MappingType(StrEnum):
    """Field "Type" of table 5335."""

    DATAVERSE = "Dataverse"
    MASTER_DATA = "Master Data Management"


@dataclass(slots=True)
class SimulatedMapping:
    """One row of table 5335."""

    id: str
    name: str
    table: int
    table_name: str
    integration_table: int
    entity_name: str
    direction: SynchDirection
    dependency_filter: str = ""
    type: MappingType = MappingType.DATAVERSE
    is_clone: bool = False
    """Made for one manual run: "Delete After Synchronization"."""
    is_option: bool = False
    has_job: bool = True
    """Lines have none: they go with their document."""
    only_coupled: bool = True
    deletion_conflict: str = "None"
    update_conflict: str = "None"
    table_filter: str = ""
    integration_table_filter: str = ""
    synched_until: datetime | None = None
    dataverse_synched_until: datetime | None = None
    outside_filter: set[str] = field(default_factory=set)
    """Records, by local SystemId or row id in Dataverse, that the mapping's filters leave out."""

    @property
    def directions(self) -> tuple[SynchDirection, ...]:
        """What one run does, in its order."""
        return (FROM, TO) if self.direction is BOTH else (self.direction,)


@dataclass(frozen=True, slots=True)
class Standard:
    """A mapping of the standard set-up."""

    name: str
    table: int
    table_name: str
    integration_table: int
    entity_name: str
    direction: SynchDirection
    dependency_filter: str = ""
    is_option: bool = False
    has_job: bool = True
    only_coupled: bool = True
    stateless: bool = False
    """Business Central never marks its couplings as failed or skipped (``CRMIntegrationTableSynch``)."""


_CUSTOMER_NEEDS = "SALESPEOPLE|CURRENCY|PAYMENT TERMS|SHIPMENT METHOD|SHIPPING AGENT"
_SALES_NEEDS = "ITEM-PRODUCT|RESOURCE-PRODUCT|OPPORTUNITY"

STANDARD: tuple[Standard, ...] = (
    Standard("SALESPEOPLE", 13, "Salesperson/Purchaser", 5340, "systemuser", FROM),
    Standard("CURRENCY", 4, "Currency", 5345, "transactioncurrency", TO),
    Standard("PAYMENT TERMS", 3, "Payment Terms", 5341, "account", TO, is_option=True),
    Standard("SHIPMENT METHOD", 10, "Shipment Method", 5341, "account", TO, is_option=True),
    Standard("SHIPPING AGENT", 291, "Shipping Agent", 5341, "account", TO, is_option=True),
    Standard("CUSTOMER", 18, "Customer", 5341, "account", BOTH, _CUSTOMER_NEEDS, only_coupled=False),
    Standard("VENDOR", 23, "Vendor", 5341, "account", BOTH, _CUSTOMER_NEEDS),
    Standard("CONTACT", 5050, "Contact", 5342, "contact", BOTH, "CUSTOMER|VENDOR", only_coupled=False),
    Standard("UNIT OF MEASURE", 204, "Unit of Measure", 5362, "uomschedule", TO),
    Standard("ITEM-PRODUCT", 27, "Item", 5348, "product", BOTH, "UNIT OF MEASURE", only_coupled=False),
    Standard("RESOURCE-PRODUCT", 156, "Resource", 5348, "product", BOTH, "UNIT OF MEASURE"),
    Standard("CUSTPRCGRP-PRICE", 6, "Customer Price Group", 5346, "pricelevel", TO, "CURRENCY|ITEM-PRODUCT"),
    Standard("PLHEADER-PRICE", 7000, "Price List Header", 5346, "pricelevel", TO, "CURRENCY|ITEM-PRODUCT"),
    Standard(
        "PLLINE-PRODPRICE",
        7001,
        "Price List Line",
        5347,
        "productpricelevel",
        TO,
        dependency_filter="PLHEADER-PRICE|ITEM-PRODUCT",
    ),
    Standard("OPPORTUNITY", 5092, "Opportunity", 5343, "opportunity", BOTH, "CONTACT", has_job=False),
    Standard("SALESORDER-ORDER", 36, "Sales Header", 5353, "salesorder", TO, _SALES_NEEDS),
    Standard(
        "SOLINE-ORDERDETAIL",
        37,
        "Sales Line",
        5354,
        "salesorderdetail",
        BOTH,
        "SALESORDER-ORDER",
        has_job=False,
        stateless=True,
    ),
    Standard(
        "POSTEDSALESINV-INV",
        112,
        "Sales Invoice Header",
        5355,
        "invoice",
        TO,
        _SALES_NEEDS,
        only_coupled=False,
    ),
    Standard(
        "POSTEDSALESLINE-INV",
        113,
        "Sales Invoice Line",
        5356,
        "invoicedetail",
        TO,
        "POSTEDSALESINV-INV",
        has_job=False,
        stateless=True,
    ),
    Standard("PROJECTTASK", 1001, "Job Task", 6615, "bcbi_projecttask", TO, "CUSTOMER"),
)

STATELESS_TABLES = frozenset(standard.table for standard in STANDARD if standard.stateless)
MAPPING_OF_TABLE = {standard.table: standard.name for standard in STANDARD}


def standard_mappings(new_guid_of: dict[str, str]) -> list[SimulatedMapping]:
    """The mappings of the standard set-up; ``new_guid_of`` has the SystemId of each, by name."""
    return [
        SimulatedMapping(
            id=new_guid_of[standard.name],
            name=standard.name,
            table=standard.table,
            table_name=standard.table_name,
            integration_table=standard.integration_table,
            entity_name=standard.entity_name,
            direction=standard.direction,
            dependency_filter=standard.dependency_filter,
            is_option=standard.is_option,
            has_job=standard.has_job,
            only_coupled=standard.only_coupled,
        )
        for standard in STANDARD
    ]
