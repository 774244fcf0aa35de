"""What the status tells: frozen values that a card or a terminal draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.operations.views import ConnectionView
from bot.store.synchronization import StoredJob, StoredMapping


class Part(StrEnum):
    """What is asked of Business Central, each by itself: one may be refused where the others answer."""

    CONNECTIONS = "connections"
    """Set-up of the connection to Dataverse and to Sales; by the bot's extension."""
    MAPPINGS = "mappings"
    """Mappings and synchronization jobs; by the bot's extension."""
    QUEUE = "queue"
    """The job queue; by Microsoft's own API."""


@dataclass(frozen=True, slots=True)
class PartNote:
    """How old a part is, and what kept it from being read anew."""

    part: Part
    read_at: datetime | None
    failure_key: str | None = None
    failure_facts: Mapping[str, str | int] | None = None


@dataclass(frozen=True, slots=True)
class ConnectionNote:
    """The set-up of one connection: page 7200 (Dataverse) or 5330 (Sales)."""

    name: str
    enabled: bool
    user_name: str
    environment_url: str
    ownership_model: str
    business_unit: str
    disable_reason: str


@dataclass(frozen=True, slots=True)
class JobNote:
    """The job queue entry that runs a mapping."""

    status: str
    """Status of table 472, in English: Ready, In Process, Error, On Hold, On Hold with Inactivity Timeout."""
    next_run_at: datetime | None
    error: str
    """Why it stopped: its own error, else that of the last run that failed; empty where neither says."""
    failed_at: datetime | None
    """When that run began."""


class Remark(StrEnum):
    """What is worth a person's attention, or a warning against what a number seems to say."""

    JOB_FAILED = "job failed"
    """Its job stopped with an error: nothing is synchronized, so no new errors are logged either."""
    JOB_ON_HOLD = "job on hold"
    JOB_OVERDUE = "job overdue"
    """Its job is ready and was due, and did not start."""
    NO_JOB = "no job"
    BROKE_OFF = "broke off"
    """The last run never said that it finished."""
    STILL = "still"
    """Its watermark stands still although its job runs."""
    SKIPPED = "skipped"
    """Some of its records are skipped: no run tries them, so they make no new errors."""
    FAILED_IS_NOT_ALL = "failed is not all"
    """The last run counts no failure and yet skipped records that failed again."""


TROUBLE = frozenset(Remark) - {Remark.FAILED_IS_NOT_ALL}
"""What somebody has to look at."""


@dataclass(frozen=True, slots=True)
class Still:
    """A watermark that stands still."""

    direction: Direction
    since: datetime


@dataclass(frozen=True, slots=True)
class MappingStatus:
    """How one mapping goes."""

    name: str
    mapping: StoredMapping | None
    """None where only the job queue is known."""
    jobs: tuple[StoredJob, ...]
    """Its latest synchronization in each direction, latest first."""
    job: JobNote | None
    """None where it has none, or the job queue could not be read."""
    goes_along: bool
    """It has no job of its own by design: its records go with their document."""
    remarks: tuple[Remark, ...]
    still: tuple[Still, ...] = ()

    @property
    def in_trouble(self) -> bool:
        """Somebody has to look at it."""
        return any(remark in TROUBLE for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class StatusView:
    """Answer of ``/syncerrors status``."""

    connection: ConnectionView
    parts: tuple[PartNote, ...]
    connections: tuple[ConnectionNote, ...] | None
    """None where they are not known; empty where nothing is set up."""
    queue_known: bool
    lines: tuple[MappingStatus, ...]
    """A page of mappings, those first whose records others need."""
    total: int
    trouble: tuple[str, ...]
    """Names of all mappings that somebody has to look at."""
    page: int
    """Zero based."""
    pages: int
    retention_period: str | None
    """How long Business Central keeps errors; None where it keeps them or where that is not known."""

    @property
    def is_off(self) -> bool:
        """Nothing can be synchronized: no connection is on."""
        return self.connections is not None and not any(one.enabled for one in self.connections)

    @property
    def without_extension(self) -> bool:
        """Only Microsoft's own API answers."""
        return any(
            note.failure_key is not None and (note.failure_facts or {}).get("what") == "extension"
            for note in self.parts
        )


@dataclass(frozen=True, slots=True)
class MappingView:
    """Answer of ``/syncerrors status CUSTOMER``."""

    connection: ConnectionView
    parts: tuple[PartNote, ...]
    status: MappingStatus
    last_jobs: tuple[StoredJob, ...]
    needs: tuple[str, ...]
    """Mappings whose records come first."""
    needed_by: tuple[str, ...]
    errors: int
    """Stored errors of open problems of this mapping, those included that Business Central has no more."""
    problems: int
