"""What the steps of a pull hand to each other: places, counts and keys, for it is all recorded."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dataclass import dataclass
from bot.failures import Failure
from bot.operations.views import PullReport


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on."""

    after: int
    """Only higher numbers are wanted."""
    link: str | None = None
    """The nextLink; None begins from ``after``."""


@dataclass(frozen=True, slots=True)
class FailureNote:
    """A failure on its way through a step."""

    key: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known before the first page."""

    cursor: int = 0
    cut_off_at: str | None = None
    """nextLink of a pull that did not end."""
    company_known: bool = False
    """Its names were read lately."""
    failure: FailureNote | None = None


@dataclass(frozen=True, slots=True)
class PageRead:
    """What one page brought: counts, and where to go on."""

    rows: int = 0
    stored: int = 0
    unreadable: int = 0
    new_problems: int = 0
    highest: int = 0
    next_link: str | None = None
    failure: FailureNote | None = None


def note_of(failure: Failure) -> FailureNote:
    """The failure without its text, which may be personal."""
    return FailureNote(failure.key, dict(failure.facts))


def report_of(connection: str, read: list[PageRead]) -> PullReport:
    """What the pages add up to; the last one says whether it ended well."""
    failure = read[-1].failure
    return PullReport(
        connection=connection,
        rows_read=sum(page.rows for page in read),
        stored=sum(page.stored for page in read),
        unreadable=sum(page.unreadable for page in read),
        new_problems=sum(page.new_problems for page in read),
        failure_key=failure.key if failure else None,
        failure_facts=failure.facts if failure else {},
    )
