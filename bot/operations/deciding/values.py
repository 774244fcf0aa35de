"""What deciding asks and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from bot.dataclass import dataclass
from bot.operations.reading import FailureNote
from bot.operations.rights import Act
from bot.operations.views import ConnectionView, ProblemLine
from bot.store.decisions import Decided, DecidedRecord, DecidedState, DecisionTally, Step
from bot.store.record_names import Names
from bot.store.runs import Run

MOST_RECORDS: Final = 5_000
"""Records of one run; more are left for the next one."""
WATCHED_FOR: Final = timedelta(minutes=30)

ACT_OF: Final[Mapping[Step, Act]] = {
    Step.COUPLE: Act.COUPLE,
    Step.UNCOUPLE: Act.UNCOUPLE,
    Step.CREATE: Act.CREATE,
    Step.SYNCHRONIZE: Act.SYNCHRONIZE,
}

INVERSE: Final[Mapping[Step, Step]] = {Step.COUPLE: Step.UNCOUPLE, Step.UNCOUPLE: Step.COUPLE}
"""What has one: a record that was created, or overwritten, stays so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody decided. Nothing else is touched."""

    what: str
    """In the words of whoever plans: two runs about the same never go on at once."""
    records: tuple[Decided, ...]
    """They are done in this order."""
    act: Act
    """As the table of rights and the activity know it."""
    problem_id: str = ""
    """The problem that it is about as a whole, where there is one."""
    then: tuple[str, ...] = ()
    """Problems that are retried, in this order, when at least one record is done."""


class Permission(Enum):
    """Whether the bot's application may force, create and couple."""

    GRANTED = "granted"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is known beforehand of whether a decision can be carried out at all."""

    permission: Permission = Permission.UNKNOWN
    hopeless: FailureNote | None = None
    """Why nothing can be done now."""
    reason: str = ""
    """Why Business Central turned the connection off; text from outside."""
    unread: FailureNote | None = None
    """Why Business Central did not tell."""

    @property
    def can_start(self) -> bool:
        """Whether it is worth trying; what is not known may be tried."""
        return self.hopeless is None and self.permission is not Permission.MISSING


@dataclass(frozen=True, slots=True)
class FailedNow:
    """Records that failed for one reason."""

    line: ProblemLine | None
    """None where the new error was not read yet."""
    records: tuple[str, ...]
    """Some of them, by their ids as text."""
    count: int
    number: int
    """No. of one of the new errors; 0 where none was read."""


@dataclass(frozen=True, slots=True)
class DecisionReport:
    """A run with what a message about it needs."""

    connection: ConnectionView
    run: Run
    steps: tuple[Step, ...]
    """What is done, each once, in the order of the records."""
    direction: str
    """That of all its records; empty where they differ, or have none."""
    tally: DecisionTally
    named: tuple[DecidedRecord, ...]
    """The first of its records."""
    fails: tuple[FailedNow, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    """How many could not be done, by guard."""
    silent: tuple[str, ...] = ()
    """Some of the records of which nothing is known, by their ids as text."""
    undoable: int = 0
    """How many of them can be undone, by what is known."""
    then: int = 0
    """How many problems are retried now."""
    line: ProblemLine | None = None
    watched_until: datetime | None = None
    names: Names = field(default_factory=dict)
    """Of its records, as far as they were asked for."""

    @property
    def step(self) -> Step | None:
        """What is done with every record; None where it differs, or nothing is kept of them."""
        return self.steps[0] if len(self.steps) == 1 else None


__all__ = [
    "ACT_OF",
    "INVERSE",
    "MOST_RECORDS",
    "WATCHED_FOR",
    "Allowance",
    "Decided",
    "DecidedRecord",
    "DecidedState",
    "DecisionReport",
    "DecisionTally",
    "FailedNow",
    "Permission",
    "Plan",
    "Step",
]
