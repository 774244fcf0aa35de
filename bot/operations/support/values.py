"""What a support request is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from bot.dataclass import dataclass
from bot.diagnosis.model import Step
from bot.failures import StaleForm
from bot.operations.views import ConnectionView, Freshness, ProblemLine
from bot.store.activity import Line
from bot.store.care import Care
from bot.store.outbox import Place
from bot.store.problem_errors import ProblemError
from bot.store.runs import Run
from bot.store.synchronization import ReadSoFar, StoredCoupling, StoredJob, StoredMapping

EXAMPLES: Final = 20
"""Errors told in full, each with its call stack, which Business Central gives one by one."""
MOST_ROWS: Final = 2_000
"""Errors in the tables; a support engineer needs no more to see a pattern."""
MOST_LINES: Final = 200
"""Lines of who did what."""
MOST_DAYS: Final = 62


class Part(StrEnum):
    """What somebody may leave out. The value is stored, in the order of the file."""

    VERSIONS = "versions"
    DIAGNOSIS = "diagnosis"
    TIMES = "times"
    MESSAGES = "messages"
    RECORDS = "records"
    JOBS = "jobs"
    MAPPINGS = "mappings"
    CALL_STACKS = "call_stacks"
    HISTORY = "history"


class Whither(StrEnum):
    """Where it is posted. The value is stored."""

    PERSON = "person"
    CHANNEL = "channel"
    THREAD = "thread"
    """Of every card of the problem."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for."""

    problem_id: str
    number: int | None
    """Of the one error that it is about; None where it is about the whole problem."""
    parts: frozenset[Part]
    is_unmasked: bool
    """Personal data is shown."""
    language: str
    """Of the files."""
    whither: Whither
    place: Place
    """The conversation; of a thread whoever asked is meant, in their language."""

    def stored(self) -> dict[str, Any]:
        """As a run keeps it: ids and codes only."""
        return {
            "number": self.number,
            "parts": sorted(self.parts),
            "unmasked": self.is_unmasked,
            "language": self.language,
            "whither": self.whither,
            "place": self.place.where,
            "place_language": self.place.language,
            "asked_by": self.place.asked_by,
        }

    @classmethod
    def of(cls, run: Run) -> Wanted:
        """Read it again; raises StaleForm for what another version stored."""
        stored = run.bounds
        try:
            return cls(
                problem_id=run.problem_id,
                number=None if stored["number"] is None else int(stored["number"]),
                parts=frozenset(map(Part, stored["parts"])),
                is_unmasked=stored["unmasked"] is True,
                language=str(stored["language"]),
                whither=Whither(stored["whither"]),
                place=Place(str(stored["place"]), str(stored["place_language"]), str(stored["asked_by"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StaleForm from error


@dataclass(frozen=True, slots=True)
class Side:
    """One connection to the other product, as Business Central has it set up."""

    name: str
    enabled: bool
    environment_url: str
    ownership_model: str
    extension_version: str
    application_version: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking Business Central. Numbers and versions; kept with the run."""

    examples: tuple[int, ...] = ()
    without: tuple[int, ...] = ()
    """Examples whose call stack could not be had."""
    failure_key: str | None = None
    """Why the first of them could not."""
    sides: tuple[Side, ...] = ()
    versions_failure: str | None = None
    """Why there are no versions."""

    def stored(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {
            "examples": list(self.examples),
            "without": list(self.without),
            "failure": self.failure_key,
            "sides": [
                {name: getattr(side, name) for name in Side.__dataclass_fields__} for side in self.sides
            ],
            "versions_failure": self.versions_failure,
        }

    @classmethod
    def of(cls, run: Run) -> Fetched:
        """Read it again; nothing where nothing was fetched yet."""
        stored = run.result
        if not stored:
            return cls()
        return cls(
            examples=tuple(map(int, stored["examples"])),
            without=tuple(map(int, stored["without"])),
            failure_key=stored["failure"],
            sides=tuple(Side(**side) for side in stored["sides"]),
            versions_failure=stored["versions_failure"],
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """What a support request would hold, before somebody asks for it."""

    connection: ConnectionView
    line: ProblemLine
    number: int | None
    examples: int
    """How many errors are told in full."""
    threads: int
    """How many cards the problem has."""


@dataclass(frozen=True, slots=True)
class Example:
    """One error, in full."""

    error: ProblemError
    couplings: tuple[StoredCoupling, ...] = ()
    """Of either of its records."""
    call_stack: str | None = None
    """Empty where Business Central has none; None where it could not be had."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that goes into the files. Masked already, unless ``wanted`` says otherwise."""

    run: Run
    wanted: Wanted
    fetched: Fetched
    connection: ConnectionView
    freshness: Freshness
    evidence: ReadSoFar
    """How far couplings and jobs were read."""
    line: ProblemLine
    steps: tuple[Step, ...]
    care: Care
    records: int
    examples: tuple[Example, ...]
    rows: tuple[ProblemError, ...]
    jobs: Mapping[str, StoredJob]
    mappings: tuple[StoredMapping, ...]
    """Those that the errors name."""
    days: tuple[tuple[date, int], ...]
    lines: tuple[Line, ...]
    runs: tuple[Run, ...]
    catalogue_version: str
    bot_version: str
    at: datetime
    """When it was prepared."""
    deleted_by: Mapping[str, str] = field(default_factory=dict)
    """Who had entries deleted, by run."""

    def has(self, part: Part) -> bool:
        """Whether that is wanted."""
        return part in self.wanted.parts


@dataclass(frozen=True, slots=True)
class SupportReport:
    """How far it is, for the message about it."""

    connection: ConnectionView
    run: Run
    wanted: Wanted
    fetched: Fetched
    line: ProblemLine | None
    """None where the problem is not kept any more."""
