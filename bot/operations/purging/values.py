"""What purging asks and answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bot.dataclass import dataclass
from bot.operations.rights import Act
from bot.operations.views import ConnectionView, Freshness, ProblemLine
from bot.store.purging import Purged, Selection
from bot.store.runs import Run

MARGIN: Final = timedelta(minutes=10)
"""Entries younger than this, at the time of reading, are left alone: a number is taken before its transaction
is committed, so that an entry can appear behind later ones, and unread."""
OLD: Final = timedelta(days=7)
"""*Delete Entries Older Than 7 Days* of page 5339: up to this same clock time seven days ago."""

ACT_OF: Final[Mapping[Purged, Act]] = {
    Purged.OLD: Act.PURGE_OLD,
    Purged.ALL: Act.PURGE_ALL,
    Purged.RESOLVED: Act.PURGE_RESOLVED,
    Purged.PROBLEM: Act.PURGE_PROBLEM,
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What somebody confirmed; never more is deleted."""

    what: Purged
    logged_until: datetime
    highest_number: int
    evidence_until: datetime
    entries: int
    problem_id: str = ""

    def selection(self) -> Selection:
        """The same in the store's terms."""
        return Selection(
            self.what, self.logged_until, self.highest_number, self.evidence_until, self.problem_id
        )

    def stored(self) -> dict[str, str | int]:
        """As a run keeps it."""
        return {
            "what": self.what.value,
            "logged_until": self.logged_until.isoformat(),
            "highest_number": self.highest_number,
            "evidence_until": self.evidence_until.isoformat(),
            "entries": self.entries,
            "problem_id": self.problem_id,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Bounds:
        """Read it again."""
        return cls(
            what=Purged(stored["what"]),
            logged_until=datetime.fromisoformat(stored["logged_until"]),
            highest_number=int(stored["highest_number"]),
            evidence_until=datetime.fromisoformat(stored["evidence_until"]),
            entries=int(stored["entries"]),
            problem_id=str(stored["problem_id"]),
        )


@dataclass(frozen=True, slots=True)
class CauseShare:
    """One cause's part of what would be deleted."""

    line: ProblemLine
    entries: int


@dataclass(frozen=True, slots=True)
class PurgeChoice:
    """What one of the purges would delete."""

    bounds: Bounds
    resolved: int
    matters: int
    unknown: int
    causes: tuple[CauseShare, ...]
    """The largest."""
    other_causes: int
    """How many more there are."""
    oldest: datetime | None
    newest: datetime | None

    @property
    def entries(self) -> int:
        """How many."""
        return self.bounds.entries


@dataclass(frozen=True, slots=True)
class PurgeOffer:
    """Everything that somebody should know before they delete."""

    connection: ConnectionView
    freshness: Freshness
    choices: tuple[PurgeChoice, ...]
    """Empty where nothing can be offered: never read, or a purge is under way."""
    evidence_at: datetime | None
    """When couplings were last read; None where nothing is known of any record."""
    retention_enabled: bool | None
    """Business Central's own; None where it was never read."""
    retention_period: str | None
    running: Run | None = None
    problem: ProblemLine | None = None
    """Set where it is about one problem."""

    @property
    def company(self) -> str:
        """What has to be typed before everything is deleted."""
        return self.connection.display_name or self.connection.company_name


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """A run with what a message about it needs."""

    connection: ConnectionView
    run: Run
    bounds: Bounds
    problem: ProblemLine | None = None
    """Of its problem, where that is still known."""
