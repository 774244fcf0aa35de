"""Permission sets of the bot's extension, which an administrator gives the application or does not."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from bot.simulator.businesscentral.refusal import Refusal


class PermissionSet(StrEnum):
    """Contract of the companion API, "Acting"."""

    READ = "SYNCERRORS READ"
    """Reading, ``release``, ``wake``, ``deleteErrors``."""
    SYNC = "SYNCERRORS SYNC"
    """Forced synchronization, creation, coupling."""


ALL = frozenset(PermissionSet)

_LACKING = {
    PermissionSet.READ: "TableData 5339 Integration Synch. Job Errors Read: Base Application",
    PermissionSet.SYNC: "TableData 5335 Integration Table Mapping Insert: Base Application",
}


def demand(needed: PermissionSet, given: Collection[PermissionSet]) -> None:
    """Raise Refusal (403) unless that permission set is among those that are given.

    Which status a missing permission has is not documented for applications; the text is.
    """
    if needed not in given:
        text = f"Sorry, the current permissions prevented the action. ({_LACKING[needed]})"
        raise Refusal(403, "Authorization_RequestDenied", text)


_TABLES = {
    18: "Customer",
    472: "Job Queue Entry",
    474: "Job Queue Log Entry",
    700: "Error Message",
    701: "Error Message Register",
    3900: "Retention Period",
    3901: "Retention Policy Setup",
    5330: "CRM Connection Setup",
    5331: "CRM Integration Record",
    5334: "CRM Option Mapping",
    5335: "Integration Table Mapping",
    5336: "Integration Field Mapping",
    5338: "Integration Synch. Job",
    5339: "Integration Synch. Job Errors",
    7200: "CDS Connection Setup",
}

_LETTERS = {"R": "Read", "I": "Insert", "M": "Modify", "D": "Delete"}

_NEEDED = {
    PermissionSet.READ: {
        **dict.fromkeys((18, 3900, 3901, 5330, 5335, 5336, 5338, 7200), "R"),
        472: "RM",
        474: "R",
        5331: "RM",
        5334: "RM",
        5339: "RD",
    },
    PermissionSet.SYNC: {
        18: "IM",
        **dict.fromkeys((472, 474, 700, 701, 5331, 5335, 5336), "RIMD"),
        5334: "RMD",
        5338: "RIM",
        5339: "RI",
    },
}


def permission_rows(
    given: Collection[PermissionSet], withheld: Collection[tuple[int, str]]
) -> list[dict[str, Any]]:
    """What the sets are for. ``withheld`` are accesses to tables, such as ``(5339, "Delete")``, that an
    administrator took out of copies of the sets."""
    granted = {
        (table, letter) for name in given for table, access in _NEEDED[name].items() for letter in access
    }
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name}|{table}|{letter}")),
            "permissionSet": name.value,
            "tableNumber": table,
            "tableName": _TABLES[table],
            "access": _LETTERS[letter],
            "granted": (table, letter) in granted and (table, _LETTERS[letter]) not in withheld,
        }
        for name, needed in _NEEDED.items()
        for table, access in sorted(needed.items())
        for letter in access
    ]
