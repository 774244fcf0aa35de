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
    "Base Unit of Measure": msgid("Base Unit of Measure"),
    "Blocked": msgid("Blocked"),
    "Country/Region Code": msgid("Country/Region Code"),
    "Currency Code": msgid("Currency Code"),
    "Customer No.": msgid("Customer No."),
    "Customer Posting Group": msgid("Customer Posting Group"),
    "Customer Price Group": msgid("Customer Price Group"),
    "Gen. Bus. Posting Group": msgid("Gen. Bus. Posting Group"),
    "Item No.": msgid("Item No."),
    "Location Code": msgid("Location Code"),
    "Name": msgid("Name"),
    "Project No.": msgid("Project No."),
    "Salesperson Code": msgid("Salesperson Code"),
    "Sell-to Customer No.": msgid("Sell-to Customer No."),
    "Service Item No.": msgid("Service Item No."),
    "Shipping Agent Code": msgid("Shipping Agent Code"),
    "Unit of Measure Code": msgid("Unit of Measure Code"),
    "VAT Bus. Posting Group": msgid("VAT Bus. Posting Group"),
    "Vendor No.": msgid("Vendor No."),
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
