"""What goes into and comes out of the repositories. Frozen, without SQLAlchemy.

The store knows neither Business Central's client nor the classifier: operations translate between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from bot.dataclass import dataclass

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: every repository call takes one."""

    workspace: str
    connection: str


class Finding(StrEnum):
    """What the numbers in Business Central say of the whole connection, where it is worth a sentence."""

    RESTORED = "restored"
    """Known numbers belong to other rows: the environment was restored or copied."""
    NEWEST_MISSING = "newest missing"
    """The newest errors are gone while older ones are there: deleted there, or an earlier time restored."""


class ProblemState(StrEnum):
    """Life of a problem."""

    OPEN = "open"
    FIXED = "fixed"
    SUPERSEDED = "superseded"
    """All its errors belong to other problems, since they were diagnosed anew."""


@dataclass(frozen=True, slots=True)
class ProblemIdentity:
    """What makes errors one problem; equal for all errors of it."""

    id: str
    """Derived from scope, class and decisive parameters: the same cause always has the same id."""
    class_code: str
    topic: str | None
    params: Params
    """The decisive parameters (``group_by`` of the class)."""
    severity: int
    masked: str
    """For unknown texts: the masked text that they share; else empty."""


class TieKind(StrEnum):
    """What a key says of its problem."""

    AWAITS = "awaits"
    """Its errors wait for the record with this RecordID."""
    NEEDS = "needs"
    """What they wait for is synchronized with this table of Dataverse."""
    REFUSES = "refuses"
    """It keeps records of this table of Dataverse from being coupled."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A key of an error."""

    kind: TieKind
    key: str
    target: str
    """Equal for all keys that stand for the same thing awaited."""


class ErrorToStore(NamedTuple):
    """One row of Business Central with its diagnosis, on its way into the store.

    A tuple, since a million of them are made: a frozen dataclass takes three times as long.
    """

    id: str
    number: int
    logged_at: datetime
    message: str
    job_id: str | None
    source_record_id: str
    source_table: int
    destination_record_id: str
    destination_table: int
    mapping: str
    direction: str
    job_type: str
    modified_at: datetime | None
    problem: ProblemIdentity
    language: str
    params: Params
    """Everything that was read out of the text."""
    rule: str
    topic: str | None
    ties: tuple[Tie, ...] = ()
    """What it waits for, or keeps from being coupled. One object for all errors of a message."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row that could not be understood, kept as it came."""

    number: int | None
    reason: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageToStore:
    """What one transaction of a pull writes."""

    errors: tuple[ErrorToStore, ...]
    unreadable: tuple[RawRow, ...]
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
    conflicting: int = 0
    """Rows whose number or id is stored already with another id or number; the stored one was kept.

    Business Central gives a number again after its environment was restored or copied.
    """


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
    conflicting: int = 0
    """Rows met under the number of another stored row, since the last reconcile."""
    finding: Finding | None = None
    """What the last complete reconcile found."""


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
    records: int
    """How many different records fail because of it."""
    first_seen: datetime
    last_seen: datetime
    example_record: str
    """Source record id of the latest error, else its destination's; empty where both are."""
    example_number: int
    masked: str
    gone: int = 0
    """How many of ``count`` are no longer in Business Central."""


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
class NewestProblem:
    """The open problem of the newest error."""

    id: str
    class_code: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the open problems of a scope."""

    errors: int
    problems: int
    unreadable: int
    gone: int = 0
    """How many of ``errors`` are no longer in Business Central."""
    has_waits: bool = False
    """Some problem waits for another one, or did."""
    newest: NewestProblem | None = None
    """None where the newest error is one of a problem that is not open."""


@dataclass(frozen=True, slots=True)
class StoredUnreadable:
    """A row kept as it came."""

    number: int | None
    reason: str
    raw: Mapping[str, Any]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """The company of a connection, as last read."""

    name: str
    """Goes into links."""
    display_name: str
    """Goes on cards."""
    read_at: datetime


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A stored error, as far as comparing needs it."""

    number: int
    id: str
    """As stored: ``bot.store.columns.as_key`` of the SystemId."""
    gone: bool
    logged_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing a window of stored numbers with Business Central says. Rows that are as known are only
    counted."""

    above: int
    """The window begins above this number ..."""
    up_to: int
    """... and ends here."""
    present: int
    missing: tuple[KnownRow, ...]
    """Not there any more."""
    replaced: tuple[KnownRow, ...]
    """Another row has their number."""
    back: tuple[KnownRow, ...]
    """There, although marked as gone."""
    late: tuple[int, ...] = ()
    """There and perhaps never read: they became visible after pulls had gone past them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict changed."""

    gone: int = 0
    back: int = 0
    late: int = 0
    """Never read before: the next pull goes back for them."""


@dataclass(frozen=True, slots=True)
class ReconcileState:
    """How far comparing is: of the run under way or, where ``above`` is 0, of the last whole one."""

    above: int = 0
    present: int = 0
    missing: int = 0
    replaced: int = 0
    attempted_at: datetime | None = None
    """When the last attempt ended, well or badly."""
    succeeded_at: datetime | None = None
    """When a whole run ended for the last time."""
    failure_key: str | None = None
