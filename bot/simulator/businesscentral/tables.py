"""Tables of Business Central and Dataverse that take part in a synchronization, and records of them.

Numbers and names: microsoft/BCApps, ``src/Layers/W1/BaseApp/Integration`` (setup defaults of Dataverse and
Sales).
"""

from __future__ import annotations

from dataclasses import dataclass

LOCAL_TABLES = {
    "Payment Terms": (3, 4),
    "Currency": (4, 495),
    "Customer Price Group": (6, 7),
    "Shipment Method": (10, 11),
    "Salesperson/Purchaser": (13, 5116),
    "Customer": (18, 21),
    "Vendor": (23, 26),
    "Item": (27, 30),
    "Sales Header": (36, 42),
    "Sales Line": (37, 42),
    "Sales Invoice Header": (112, 132),
    "Sales Invoice Line": (113, 526),
    "Resource": (156, 76),
    "Unit of Measure": (204, 209),
    "Shipping Agent": (291, 428),
    "Job Task": (1001, 1003),
    "Contact": (5050, 5050),
    "Opportunity": (5092, 5124),
    "Item Unit of Measure": (5404, 5404),
    "Price List Header": (7000, 7016),
    "Price List Line": (7001, 7016),
}
"""Object name -> table number and number of the card page."""

DATAVERSE_TABLES = {
    "CRM Systemuser": (5340, "systemuser"),
    "CRM Account": (5341, "account"),
    "CRM Contact": (5342, "contact"),
    "CRM Opportunity": (5343, "opportunity"),
    "CRM Transactioncurrency": (5345, "transactioncurrency"),
    "CRM Pricelevel": (5346, "pricelevel"),
    "CRM Productpricelevel": (5347, "productpricelevel"),
    "CRM Product": (5348, "product"),
    "CRM Salesorder": (5353, "salesorder"),
    "CRM Salesorderdetail": (5354, "salesorderdetail"),
    "CRM Invoice": (5355, "invoice"),
    "CRM Invoicedetail": (5356, "invoicedetail"),
    "CRM Uom": (5361, "uom"),
    "CRM Uomschedule": (5362, "uomschedule"),
    "FS Project Task": (6615, "bcbi_projecttask"),
}
"""Object name -> table number and logical name."""


@dataclass(frozen=True, slots=True)
class SimulatedRecord:
    """One record that an error points at.

    ``record_id`` has the form of ``Format(RecordId)``: table name, colon, key values separated by commas;
    for a Dataverse table the key is a GUID in braces.
    """

    record_id: str
    table: int
    system_id: str | None = None
    """SystemId in Business Central or row id in Dataverse; None where the record is gone."""
    description: str = ""

    @property
    def table_name(self) -> str:
        """The object name in front of the colon."""
        return self.record_id.partition(": ")[0]

    @property
    def key(self) -> str:
        """What stands behind the colon."""
        return self.record_id.partition(": ")[2]

    @property
    def is_dataverse(self) -> bool:
        """Whether Table Metadata would say ``TableType = CRM``."""
        return self.table_name in DATAVERSE_TABLES


def record(record_id: str, *, system_id: str | None = None, description: str = "") -> SimulatedRecord:
    """A record from its id as text, ``Customer: 10000`` or ``CRM Account: {GUID}``.

    Raises ValueError for a table that the simulator does not know.
    """
    name = record_id.partition(": ")[0]
    if name in DATAVERSE_TABLES:
        bare = record_id.partition(": ")[2].strip("{}").lower()
        return SimulatedRecord(record_id, DATAVERSE_TABLES[name][0], system_id or bare, description)
    if name not in LOCAL_TABLES:
        raise ValueError(f"the simulator knows no table {name!r}")
    return SimulatedRecord(record_id, LOCAL_TABLES[name][0], system_id, description)
