"""What is asked about records that Business Central has given up on, and answered."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from bot.dataclass import dataclass
from bot.operations.deciding import Allowance, Plan
from bot.operations.retry import Skipped
from bot.operations.views import ConnectionView, ProblemLine
from bot.store.record_names import Names
from bot.store.runs import Run


@dataclass(frozen=True, slots=True)
class Lost:
    """New records of a mapping that were lost on their way in one direction; or one of them."""

    mapping: str
    direction: str
    number: int | None = None
    """No. of the latest error of the one that is meant."""

    @property
    def what(self) -> str:
        """As a button keeps it."""
        return f"lost:{self.direction}:{self.mapping}"

    @classmethod
    def of(cls, what: str, number: int | None = None) -> Lost:
        """Read ``what`` again; raises ValueError for anything else."""
        kind, _, rest = what.partition(":")
        direction, colon, mapping = rest.partition(":")
        if kind != "lost" or not colon or not mapping:
            raise ValueError(kind)
        return cls(mapping, direction, number)


@dataclass(frozen=True, slots=True)
class SkippedGroup:
    """Skipped records of one mapping with one cause."""

    which: Skipped
    line: ProblemLine | None
    """The cause; None where no error of them is stored."""
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LostGroup:
    """Lost creations of one mapping in one direction."""

    which: Lost
    count: int
    examples: tuple[str, ...]
    causes: tuple[tuple[ProblemLine, int], ...]
    """The most frequent ones."""


@dataclass(frozen=True, slots=True)
class CoupledView:
    """What Business Central has given up on: a page of groups."""

    connection: ConnectionView
    skipped: int
    """Records that are skipped, in all."""
    lost: int
    mappings: tuple[tuple[str, int], ...]
    """Mappings with skipped records, and how many; the most first."""
    groups: tuple[SkippedGroup | LostGroup, ...]
    page: int
    pages: int
    read_at: datetime | None
    """When couplings were read last; None where nothing is known."""
    is_cut: bool = False
    """There are more than are looked at."""
    lost_page: int = 0
    """Where lost creations begin."""
    names: Names = field(default_factory=dict)
    """As far as somebody asked for them before."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record in a list."""

    record_id: str
    other_record: str
    number: int
    """No. of its latest error; 0 where none is stored."""
    failed_at: datetime | None
    is_gone: bool = False
    coupling_id: str = ""
    """Empty for a lost creation."""


@dataclass(frozen=True, slots=True)
class RecordsView:
    """A page of the records of a group."""

    connection: ConnectionView
    which: Skipped | Lost
    line: ProblemLine | None
    records: tuple[RecordLine, ...]
    count: int
    page: int
    pages: int
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreateOffer:
    """What creating lost records would do."""

    connection: ConnectionView
    which: Lost
    plan: Plan
    allowance: Allowance
    choices: tuple[tuple[str, str], ...]
    """No. of the error and record of each that can be chosen; ``MOST_CHOICES`` at most."""
    left_over: int = 0
    running: Run | None = None
    causes: tuple[tuple[ProblemLine, int], ...] = ()
    """Why they failed, the most frequent ones."""
    waiting: int = 0
    """How many of them wait for a record of which no coupling is known."""
    names: Names = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many would be created."""
        return len(self.plan.records)


@dataclass(frozen=True, slots=True)
class UncoupleOffer:
    """What uncoupling a record would do."""

    connection: ConnectionView
    plan: Plan
    allowance: Allowance
    record: RecordLine
    can_be_undone: bool
    """Both ids are known, so that the two can be coupled again."""
    running: Run | None = None
    names: Names = field(default_factory=dict)
