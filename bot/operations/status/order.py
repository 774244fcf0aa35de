"""In which order mappings depend on each other: what others need comes first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

STANDARD: Final = (
    *("CURRENCY", "SALESPEOPLE", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"),
    *("UNIT OF MEASURE", "UNIT GROUP", "ITEM UOM", "RESOURCE UOM"),
    *("CUSTOMER", "VENDOR", "CONTACT"),
    *("ITEM-PRODUCT", "RESOURCE-PRODUCT"),
    *("CUSTPRCGRP-PRICE", "SALESPRC-PRODPRICE", "PLHEADER-PRICE", "PLLINE-PRODPRICE"),
    *("OPPORTUNITY", "SALESORDER-ORDER", "SOLINE-ORDERDETAIL"),
    *("POSTEDSALESINV-INV", "POSTEDSALESLINE-INV"),
    *("RESOURCE-BOOKABLERSC", "SVCITEM-CUSTASSET", "LOCATION", "SRVORDERTYPE"),
    *("PROJECTTASK", "PJLINE-WORDERPRODUCT", "PJLINE-WORDERSERVICE"),
    *("SRVORDER", "SRVORDERITEMLINE", "SRVORDERLINE-ITEM", "SRVORDERLINE-SERVICE", "SRVORDERLINE-RESOURC"),
)
"""The standard mappings, whose names are the same in every language, in an order that satisfies their
dependency filters and what the code needs beyond them (``CDSSetupDefaults``, ``CRMSetupDefaults``,
``FSSetupDefaults``)."""

GO_ALONG: Final = frozenset(
    {
        *("OPPORTUNITY", "SOLINE-ORDERDETAIL", "POSTEDSALESLINE-INV", "SRVORDERITEMLINE"),
        *("SRVORDERLINE-ITEM", "SRVORDERLINE-SERVICE", "SRVORDERLINE-RESOURC"),
    }
)
"""Standard mappings for which no job is made: the defaults give their records to the run of another one."""

_RANKS: Final = {name: rank for rank, name in enumerate(STANDARD)}


def in_order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names, each behind those that it needs; otherwise in the standard order, and by name.

    What a mapping needs that is not there does not count. Where mappings need each other in a circle, the one
    that is first in the standard order goes first.
    """
    left = {name: {one for one in wanted if one in needs and one != name} for name, wanted in needs.items()}
    waiting = sorted(left, key=_rank)
    done: list[str] = []
    while waiting:
        ready = next((name for name in waiting if not left[name] - set(done)), waiting[0])
        waiting.remove(ready)
        done.append(ready)
    return tuple(done)


def needed_by(name: str, needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names of the mappings that need this one, in order."""
    return tuple(one for one in in_order(needs) if name in needs[one])


def _rank(name: str) -> tuple[int, str]:
    return _RANKS.get(name, len(STANDARD)), name


def nearest_of(name: str, names: Sequence[str]) -> str | None:
    """The mapping that is meant, whatever the case; None where none is called so."""
    wanted = " ".join(name.casefold().split())
    return next((one for one in names if one.casefold() == wanted), None)
