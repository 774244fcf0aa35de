"""What Business Central hands over, as values. Field names and meaning: the companion API's contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.dataclass import dataclass


class Direction(StrEnum):
    """Option "Synch. Direction" of table 5338."""

    BIDIRECTIONAL = "Bidirectional"
    TO_DATAVERSE = "ToIntegrationTable"
    FROM_DATAVERSE = "FromIntegrationTable"
    UNKNOWN = ""


class SyncErrorRecord(NamedTuple):
    """One row of entity set ``syncErrors`` (table 5339 joined with 5338).

    A tuple, since a million of them are made: a frozen dataclass takes three times as long.
    """

    id: str
    """SystemId, lower case, no braces."""
    number: int
    """Field "No.", the stable number that people quote."""
    logged_at: datetime
    """With zone UTC."""
    message: str
    """Error Message (2048), or Message (250) where that is empty."""
    job_id: str | None
    source_record_id: str
    """As ``Format(RecordId)`` gives it: ``Customer: 10000``; empty where there is none."""
    source_table: int
    destination_record_id: str
    destination_table: int
    mapping: str
    direction: Direction
    job_type: str
    modified_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that breaks the contract; kept as it came, so that nothing is lost."""

    raw: Mapping[str, Any]
    reason: str
    number: int | None
    """The row's number where at least that could be read."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """One page of ``syncErrors`` by rising number."""

    rows: tuple[SyncErrorRecord, ...]
    unreadable: tuple[UnreadableRow, ...]
    next_link: str | None
    """Absolute, already checked to be on the connection's own host; None on the last page."""


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """Numbers and ids of one page of ``syncErrors``, and nothing else of it."""

    ids: Mapping[int, str | None]
    """By number; None where the id breaks the contract: some row has that number."""
    unnumbered: int
    """Rows without a number that can be read: they could be any."""
    next_link: str | None
    """As in ``ErrorPage``."""


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """One row of ``syncErrorDetails``."""

    id: str
    number: int
    call_stack: str
    source_system_id: str | None
    destination_system_id: str | None
    source_url: str
    destination_url: str
    source_description: str
    """The record's own name: no table, no number; empty where it has none or could not be read."""
    destination_description: str
    source_state: str = ""
    """``Blank``, ``Found``, ``Deleted`` or ``Unreadable``; empty where the extension is too old to tell."""
    destination_state: str = ""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The single row of ``maintenance``."""

    highest_number: int
    error_count: int
    oldest_logged_at: datetime | None
    retention_enabled: bool
    retention_period: str
    extension_version: str = ""
    """Of the bot's extension, such as ``1.0.0.0``; empty where it is too old to tell."""
    application_version: str = ""
    """Of Business Central, such as ``26.3.36158.0``; empty as above."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company as the standard API names it: ``name`` goes into links, ``display_name`` on cards."""

    id: str
    name: str
    display_name: str
