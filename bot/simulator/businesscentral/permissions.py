"""Permission sets of the bot's extension, which an administrator gives the application or does not."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

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
