"""What people call the synchronized tables: captions of Business Central, display names of Dataverse.

A RecordID has the table's NAME, in English and at times one that no page shows ("Job Task" is called Project
Task everywhere). English: the Caption of the table or of the page that shows its records (microsoft/BCApps,
``src/Layers/W1/BaseApp``). Dutch: the words of Microsoft's documentation
(MicrosoftDocs/dynamics365smb-docs-pr.nl-nl, ``business-central``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.markup import Markup
from bot.cards.outside import Outside
from bot.cards.texts import MessageId, Texts, msgid

_NAME: Final = 60

TABLES: Final[Mapping[str, MessageId]] = {
    "Payment Terms": msgid("Payment Terms"),
    "Currency": msgid("Currency"),
    "Customer Price Group": msgid("Customer Price Group"),
    "Shipment Method": msgid("Shipment Method"),
    "Salesperson/Purchaser": msgid("Salesperson/Purchaser"),
    "Location": msgid("Location"),
    "Customer": msgid("Customer"),
    "Vendor": msgid("Vendor"),
    "Item": msgid("Item"),
    "Sales Header": msgid("Sales document"),
    "Sales Line": msgid("Sales Line"),
    "Sales Invoice Header": msgid("Posted Sales Invoice"),
    "Sales Invoice Line": msgid("Posted Sales Invoice Line"),
    "Resource": msgid("Resource"),
    "Unit of Measure": msgid("Unit of Measure"),
    "Resource Unit of Measure": msgid("Resource Unit of Measure"),
    "Job Journal Line": msgid("Project Journal Line"),
    "Shipping Agent": msgid("Shipping Agent"),
    "Job Task": msgid("Project Task"),
    "Contact": msgid("Contact"),
    "Opportunity": msgid("Opportunity"),
    "Unit Group": msgid("Unit Group"),
    "Item Unit of Measure": msgid("Item Unit of Measure"),
    "Service Header": msgid("Service document"),
    "Service Item Line": msgid("Service Item Line"),
    "Service Line": msgid("Service Line"),
    "Service Order Type": msgid("Service Order Type"),
    "Service Item": msgid("Service Item"),
    "Price List Header": msgid("Price List"),
    "Price List Line": msgid("Price List Line"),
    "Sales Price": msgid("Sales Price"),
}
"""By NAME."""

DOCUMENTS: Final[Mapping[str, Mapping[str, MessageId]]] = {
    "Sales": {
        "Quote": msgid("Sales Quote"),
        "Order": msgid("Sales Order"),
        "Invoice": msgid("Sales Invoice"),
        "Credit Memo": msgid("Sales Credit Memo"),
        "Blanket Order": msgid("Blanket Sales Order"),
        "Return Order": msgid("Sales Return Order"),
    },
    "Service": {
        "Quote": msgid("Service Quote"),
        "Order": msgid("Service Order"),
        "Invoice": msgid("Service Invoice"),
        "Credit Memo": msgid("Service Credit Memo"),
    },
}
"""By Document Type."""

ENTITIES: Final[Mapping[str, MessageId]] = {
    "account": msgid("Account"),
    "bcbi_projecttask": msgid("Project Task"),
    "bookableresource": msgid("Bookable Resource"),
    "bookableresourcebooking": msgid("Bookable Resource Booking"),
    "businessunit": msgid("Business Unit"),
    "contact": msgid("Contact"),
    "incident": msgid("Case"),
    "invoice": msgid("Invoice"),
    "invoicedetail": msgid("Invoice Product"),
    "msdyn_customerasset": msgid("Customer Asset"),
    "msdyn_warehouse": msgid("Warehouse"),
    "msdyn_workorder": msgid("Work Order"),
    "msdyn_workorderincident": msgid("Work Order Incident"),
    "msdyn_workorderproduct": msgid("Work Order Product"),
    "msdyn_workorderservice": msgid("Work Order Service"),
    "msdyn_workordertype": msgid("Work Order Type"),
    "opportunity": msgid("Opportunity"),
    "pricelevel": msgid("Price List"),
    "product": msgid("Product"),
    "productpricelevel": msgid("Price List Item"),
    "quote": msgid("Quote"),
    "quotedetail": msgid("Quote Product"),
    "role": msgid("Security Role"),
    "salesorder": msgid("Order"),
    "salesorderdetail": msgid("Order Product"),
    "systemuser": msgid("User"),
    "team": msgid("Team"),
    "transactioncurrency": msgid("Currency"),
    "uom": msgid("Unit"),
    "uomschedule": msgid("Unit Group"),
}
"""By logical name; others show that."""


def table_words(name: str, texts: Texts) -> Markup:
    """A table of Business Central by its NAME; one that takes no part in synchronization as it is called."""
    known = TABLES.get(name)
    return texts.say(known) if known is not None else Outside(name).short(_NAME)


def entity_words(logical_name: str, texts: Texts) -> Markup:
    """A table of Dataverse by its logical name."""
    known = ENTITIES.get(logical_name)
    return texts.say(known) if known is not None else Outside(logical_name).short(_NAME)


def document_words(table: str, document_type: str, texts: Texts) -> Markup | None:
    """What a sales or service document of that type is called; None for any other table or type."""
    known = DOCUMENTS.get(table.partition(" ")[0], {}).get(document_type)
    return None if known is None else texts.say(known)
