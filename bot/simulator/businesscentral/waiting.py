"""Which record a text of the simulated world waits for; the world's own reading of its own texts."""

from __future__ import annotations

import re

_AWAITED = (
    (re.compile(r"\bCurrency Code (\S+) must be coupled"), "Currency"),
    (re.compile(r"\b(?:Salesperson|Purchaser) Code (\S+) must be coupled"), "Salesperson/Purchaser"),
    (re.compile(r"\bBase Unit of Measure (\S+) must be coupled"), "Unit of Measure"),
    (re.compile(r"\bCompany No\. (\S+) must be coupled"), "Customer"),
    (re.compile(r"\bCustomer (\S+) must be coupled"), "Customer"),
    (re.compile(r"\bDataverse Systemuser (\{\S+\}) must be coupled"), "CRM Systemuser"),
    (re.compile(r"\bItem No\. (\S+) must be coupled"), "Item"),
)
_PRODUCT = re.compile(r"Cannot synchronize the product (\S+)\.")


def awaited(message: str) -> str:
    """The record that must be coupled first, as ``Format(RecordId)`` gives it; empty where there is none."""
    for pattern, table in _AWAITED:
        if found := pattern.search(message):
            return f"{table}: {found[1]}"
    found = _PRODUCT.search(message)
    return f"Item: {found[1]}" if found else ""
