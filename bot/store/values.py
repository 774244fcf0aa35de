"""What goes into and comes out of the repositories. Frozen, without SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.businesscentral.records import SyncErrorRecord, UnreadableRow
from bot.diagnosis.model import Diagnosis, Params


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: every repository call takes one."""

    workspace: str
    connection: str


class ProblemState(StrEnum):
    """Life of a problem."""

    OPEN = "open"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class DiagnosedError:
    """One row on its way into the store, with the problem it belongs to."""

    record: SyncErrorRecord
    diagnosis: Diagnosis
    problem_id: str
    problem_params: Params
    """The decisive parameters (``group_by`` of the class)."""
    severity: int


@dataclass(frozen=True, slots=True)
class PageToStore:
    """What one transaction of a pull writes."""

    errors: tuple[DiagnosedError, ...]
    unreadable: tuple[UnreadableRow, ...]
    cursor: int
    """Highest number read so far."""
    next_link: str | None
    """Where an interrupted pull goes on."""
    catalogue_version: str


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What storing a page changed."""

    stored: int
    unreadable: int
    new_problems: tuple[str, ...]
    reopened_problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PullState:
    """How far reading is, and how the last attempt went."""

    cursor: int = 0
    next_link: str | None = None
    """Set while a pull is under way or was cut off."""
    started_at: datetime | None = None
    attempted_at: datetime | None = None
    """When the last attempt ended, well or badly."""
    succeeded_at: datetime | None = None
    failure_key: str | None = None
    """Key of the ``Failure`` that ended the last attempt; None after a success."""
    failure_facts: Mapping[str, str | int] | None = None
    rows_read: int = 0
    """Rows read by the pull under way, or by the last one."""
    rows_expected: int | None = None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem as stored."""

    id: str
    class_code: str
    topic: str | None
    params: Params
    state: ProblemState
    severity: int
    count: int
    first_seen: datetime
    last_seen: datetime
    example_record: str
    """Source record id of the latest error, else its destination's; empty where both are."""
    example_number: int
    masked: str


@dataclass(frozen=True, slots=True)
class StoredError:
    """One error as stored."""

    id: str
    number: int
    logged_at: datetime
    message: str
    problem_id: str
    class_code: str
    language: str
    params: Params
    rule: str
    topic: str | None
    source_record_id: str
    source_table: int
    destination_record_id: str
    destination_table: int
    mapping: str
    direction: str
    job_id: str | None
    call_stack: str | None
    """None while it was never fetched; empty where Business Central has none."""
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class AffectedRecord:
    """A record that fails because of one problem, with its latest error."""

    record_id: str
    other_record_id: str
    table: int
    count: int
    last_seen: datetime
    last_number: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the open problems of a scope."""

    errors: int
    problems: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class StoredUnreadable:
    """A row kept as it came."""

    number: int | None
    reason: str
    raw: Mapping[str, Any]
    seen_at: datetime
