"""Values read out of a message, in the reader's words.

A message is in the language of whoever started the job, mostly English, and names tables, fields and accesses
by their captions; the screens of a Dutch reader call them otherwise. Dutch: the words of Microsoft's
documentation (MicrosoftDocs/dynamics365smb-docs-pr.nl-nl ``business-central``; for accesses
powerapps-docs.nl-nl ``administrator/database-security.md``). A value that is not known here stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.markup import Markup, code, own, sentence
from bot.cards.outside import Outside
from bot.cards.table_names import ENTITIES, TABLES
from bot.cards.texts import MessageId, Texts, msgid
from bot.diagnosis.model import ParamValue

VALUE: Final = 80
"""Characters of one value inside a sentence: enough for a key or a name, too few for a speech."""

ACCESSES: Final[Mapping[str, MessageId]] = {
    "Create": msgid("Create"),
    "Read": msgid("Read"),
    "Write": msgid("Write"),
    "Delete": msgid("Delete"),
    "Append": msgid("Append"),
    "AppendTo": msgid("Append To"),
    "Assign": msgid("Assign"),
    "Share": msgid("Share"),
    "Insert": msgid("Insert"),
    "Modify": msgid("Modify"),
    "Execute": msgid("Execute"),
}
"""Columns of Dataverse's editor of security roles, and permissions of Business Central."""

FIELDS: Final[Mapping[str, MessageId]] = {
    "Address": msgid("Address"),
    "Amount": msgid("Amount"),
    "Base Unit of Measure": msgid("Base Unit of Measure"),
    "Bill-to Customer No.": msgid("Bill-to Customer No."),
    "Blocked": msgid("Blocked"),
    "Code": msgid("Code"),
    "Company Name": msgid("Company Name"),
    "Company No.": msgid("Company No."),
    "Contact No.": msgid("Contact No."),
    "Country/Region Code": msgid("Country/Region Code"),
    "Currency Code": msgid("Currency Code"),
    "Customer No.": msgid("Customer No."),
    "Customer Posting Group": msgid("Customer Posting Group"),
    "Customer Price Group": msgid("Customer Price Group"),
    "Description": msgid("Description"),
    "Dimension Value Code": msgid("Dimension Value Code"),
    "Direct Unit Cost": msgid("Direct Unit Cost"),
    "Document Date": msgid("Document Date"),
    "Document No.": msgid("Document No."),
    "Due Date": msgid("Due Date"),
    "E-Mail": msgid("E-Mail"),
    "Email": msgid("Email"),
    "Ending Date": msgid("Ending Date"),
    "External Document No.": msgid("External Document No."),
    "Gen. Bus. Posting Group": msgid("Gen. Bus. Posting Group"),
    "Gen. Prod. Posting Group": msgid("Gen. Prod. Posting Group"),
    "Inventory Posting Group": msgid("Inventory Posting Group"),
    "Item No.": msgid("Item No."),
    "Job No.": msgid("Job No."),
    "Job Task No.": msgid("Job Task No."),
    "Language Code": msgid("Language Code"),
    "Line Amount": msgid("Line Amount"),
    "Line Discount %": msgid("Line Discount %"),
    "Location Code": msgid("Location Code"),
    "Name": msgid("Name"),
    "Name 2": msgid("Name 2"),
    "No.": msgid("No."),
    "Order Date": msgid("Order Date"),
    "Payment Method Code": msgid("Payment Method Code"),
    "Posting Date": msgid("Posting Date"),
    "Prices Including VAT": msgid("Prices Including VAT"),
    "Privacy Blocked": msgid("Privacy Blocked"),
    "Project No.": msgid("Project No."),
    "Project Task No.": msgid("Project Task No."),
    "Purchaser Code": msgid("Purchaser Code"),
    "Quantity": msgid("Quantity"),
    "Resource No.": msgid("Resource No."),
    "Sales Unit of Measure": msgid("Sales Unit of Measure"),
    "Salesperson Code": msgid("Salesperson Code"),
    "Sell-to Customer No.": msgid("Sell-to Customer No."),
    "Service Item No.": msgid("Service Item No."),
    "Service Order Type": msgid("Service Order Type"),
    "Shipping Agent Code": msgid("Shipping Agent Code"),
    "Starting Date": msgid("Starting Date"),
    "Status": msgid("Status"),
    "Type": msgid("Type"),
    "Unit Cost": msgid("Unit Cost"),
    "Unit Price": msgid("Unit Price"),
    "Unit of Measure Code": msgid("Unit of Measure Code"),
    "VAT Bus. Posting Group": msgid("VAT Bus. Posting Group"),
    "VAT Prod. Posting Group": msgid("VAT Prod. Posting Group"),
    "VAT Registration No.": msgid("VAT Registration No."),
    "Variant Code": msgid("Variant Code"),
    "Vendor No.": msgid("Vendor No."),
    "Vendor Posting Group": msgid("Vendor Posting Group"),
}
"""By English caption."""

_KNOWN: Final[Mapping[str, Mapping[str, MessageId]]] = {
    "access": ACCESSES,
    "field": {**TABLES, **FIELDS},  # what refers to a record may be called like its table
    "table": TABLES,
    "other_table": TABLES,
    "record_table": TABLES,
    "entity": ENTITIES,
}
"""By key of params."""


def value(raw: ParamValue) -> Markup:
    """One value as the message has it."""
    return Outside(str(raw)).short(VALUE)


def worded(key: str, raw: ParamValue, texts: Texts) -> Markup:
    """One value as the reader's screen calls it."""
    known = _KNOWN.get(key, {}).get(str(raw))
    return value(raw) if known is None else texts.say(known)


def entity_and_name(raw: ParamValue, texts: Texts) -> Markup:
    """A table of Dataverse as its screens call it, with the logical name that a search finds."""
    name = code(value(raw))
    if str(raw) not in ENTITIES:
        return name
    return sentence((worded("entity", raw, texts), own("(") + name + own(")")))
