"""What retrying asks and answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.dataclass import dataclass
from bot.operations.reading import FailureNote
from bot.operations.views import ConnectionView, ProblemLine
from bot.store.retries import RetriedMapping, Tally
from bot.store.runs import Run

MOST_RECORDS: Final = 5_000
"""Records of one run; more are left for the next one, which says so."""
MOST_PROBLEMS: Final = 500
MOST_CHOICES: Final = 100
"""As many as a menu of Slack's takes."""
WATCHED_FOR: Final = timedelta(minutes=30)
"""As often as Business Central runs its jobs by itself: after that a run that should have come has come."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Records that Business Central skips: those of a mapping, of it those with one cause, or just these."""

    mapping: str = ""
    """Name; of all mappings where it is empty, unless couplings are named."""
    problem_id: str | None = None
    """Whose latest error is of that problem; empty for those without a stored error, None for all."""
    coupling_ids: tuple[str, ...] = ()
    digest: str = ""
    """Of several chosen ones, whose ids a run keeps elsewhere."""

    @property
    def what(self) -> str:
        """As a run and a button keep it."""
        if len(self.coupling_ids) == 1:
            return f"coupling:{self.coupling_ids[0]}"
        if self.coupling_ids:
            ids = " ".join(sorted(self.coupling_ids))
            return f"couplings:{hashlib.sha256(ids.encode()).hexdigest()[:32]}"
        if self.digest:
            return f"couplings:{self.digest}"
        cause = "*" if self.problem_id is None else self.problem_id or "-"
        return f"skipped:{cause}:{self.mapping}"

    @classmethod
    def of(cls, what: str) -> Skipped:
        """Read ``what`` again; raises ValueError for anything else."""
        kind, _, rest = what.partition(":")
        if kind == "coupling" and rest:
            return cls(coupling_ids=(rest,))
        if kind == "couplings" and rest:
            return cls(digest=rest)
        cause, colon, mapping = rest.partition(":")
        if kind != "skipped" or not cause or not colon:
            raise ValueError(kind)
        return cls(mapping, {"*": None, "-": ""}.get(cause, cause))

    def takes(self, coupling_id: str, mapping: str, problem_id: str) -> bool:
        """Whether a record is one of them."""
        if self.coupling_ids or self.digest:
            return coupling_id in self.coupling_ids
        return self.mapping in ("", mapping) and self.problem_id in (None, problem_id)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be retried: one error, one problem, what is skipped, or, without any of these, all that is
    marked as fixed."""

    problem_id: str = ""
    number: int | None = None
    skipped: Skipped | None = None

    @property
    def what(self) -> str:
        """As a run keeps it: two runs about the same never go on at once."""
        if self.skipped is not None:
            return self.skipped.what
        if self.number is not None:
            return f"error:{self.number}"
        return f"problem:{self.problem_id}" if self.problem_id else "fixed"

    @classmethod
    def of(cls, what: str) -> Target:
        """Read ``what`` again; raises ValueError for anything else."""
        kind, _, which = what.partition(":")
        match kind:
            case "error":
                return cls(number=int(which))
            case "problem" if which:
                return cls(problem_id=which)
            case "fixed":
                return cls()
            case "skipped" | "coupling" | "couplings":
                return cls(skipped=Skipped.of(what))
        raise ValueError(kind)


class Hope(StrEnum):
    """Whether a retry can help a record, as far as that is known before. The value is stored."""

    READY = "ready"
    DEPENDENCY = "dependency"
    """What it waits for is not coupled: it will fail again."""
    DELETED = "deleted"
    """It is coupled to a deleted record, and the mapping has no rule for that."""

    SYNCHRONIZED = "synchronized"
    """It has synchronized since its last error."""
    NOT_COUPLED = "not_coupled"
    """A new record whose first insert failed: no coupling says that it failed, and the watermark has moved
    on, so that no run takes it again (``CRMIntegrationTableSynch.Codeunit.al`` in microsoft/BCApps)."""
    BOTH_CHANGED = "both_changed"
    """Somebody has to choose a side."""
    RECORD_GONE = "record_gone"
    """The record in Business Central no longer exists."""
    LINE = "line"
    """Lines and the like go with their document; Business Central keeps no result for them."""
    NO_RECORD = "no_record"
    """The error names no record, or one of a table that no mapping is known for."""
    NO_JOB = "no_job"
    """Its mapping has no job of its own that could be started."""

    @property
    def is_retried(self) -> bool:
        """Whether the record is taken along at all."""
        return self in {Hope.READY, Hope.DEPENDENCY, Hope.DELETED}


@dataclass(frozen=True, slots=True)
class JobNote:
    """What the job queue says of a mapping's job, where that is worth a sentence."""

    mapping: str
    status: str
    """``Error`` or ``On Hold``, as Business Central says it."""
    text: str
    """Text from outside."""


@dataclass(frozen=True, slots=True)
class RetryOffer:
    """Everything that somebody should know before they retry."""

    connection: ConnectionView
    target: Target
    hopes: Mapping[Hope, int]
    """How many records, by what is known of them."""
    examples: Mapping[Hope, str]
    """A record of each, by its id as text."""
    first: tuple[str, ...] = ()
    """Records of other problems that these wait for, which are retried before them."""
    mappings: tuple[str, ...] = ()
    """Names, in the order in which their jobs are started."""
    jobs: tuple[JobNote, ...] = ()
    problems: int = 1
    left_over: int = 0
    """Records that are too many for one run."""
    hopeless: FailureNote | None = None
    """Why nothing can be retried now at all."""
    reason: str = ""
    """Why Business Central turned the connection off; text from outside."""
    unread: FailureNote | None = None
    """Why Business Central did not tell the newest state: what is said is as last read."""
    running: Run | None = None
    line: ProblemLine | None = None
    """The problem that it is about."""
    watched_for: timedelta = WATCHED_FOR
    choices: tuple[tuple[str, str], ...] = ()
    """Of skipped records, coupling and record of each that can be chosen; ``MOST_CHOICES`` at most."""

    @property
    def records(self) -> int:
        """How many would be retried."""
        return sum(count for hope, count in self.hopes.items() if hope.is_retried)

    @property
    def can_start(self) -> bool:
        """Whether there is anything to do."""
        return self.hopeless is None and self.running is None and self.records > 0


@dataclass(frozen=True, slots=True)
class StillFails:
    """Records that failed again for one reason."""

    line: ProblemLine | None
    """None where the new error was not read yet."""
    records: tuple[str, ...]
    """Some of them, by their ids as text."""
    count: int
    number: int
    """No. of one of the new errors; 0 where none was read."""


@dataclass(frozen=True, slots=True)
class RetryReport:
    """A run with what a message about it needs."""

    connection: ConnectionView
    run: Run
    target: Target
    tally: Tally
    mappings: tuple[RetriedMapping, ...]
    fails: tuple[StillFails, ...] = ()
    refused: Mapping[str, int] | None = None
    """How many records Business Central refused to retry, by guard."""
    silent: tuple[str, ...] = ()
    """Some of the records of which nothing is known, by their ids as text."""
    left_out: Mapping[Hope, int] | None = None
    """Records that were not taken along."""
    line: ProblemLine | None = None
    watched_until: datetime | None = None
