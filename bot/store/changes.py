"""What the fresh errors of a page add up to. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from typing import TypeVar

from bot.dataclass import dataclass
from bot.store.columns import as_key
from bot.store.values import ErrorToStore, ProblemIdentity, Tie

Key = TypeVar("Key")
RecordKey = tuple[str, str]
"""Problem id, and record id ``as_key``."""
CounterKey = tuple[str, str, date]
"""Problem id, mapping ``as_key``, and the day in UTC."""


@dataclass(slots=True)
class Tally:
    """Errors that belong together: how many, since when, and the latest of them by time, then number."""

    count: int
    first_seen: datetime
    latest: ErrorToStore

    def add(self, error: ErrorToStore) -> None:
        self.count += 1
        if error.logged_at < self.first_seen:
            self.first_seen = error.logged_at
        if (error.logged_at, error.number) > (self.latest.logged_at, self.latest.number):
            self.latest = error

    @property
    def age(self) -> tuple[datetime, int]:
        """Time and number of the latest."""
        return self.latest.logged_at, self.latest.number

    @property
    def identity(self) -> ProblemIdentity:
        """The problem as its latest error names it."""
        return self.latest.problem


@dataclass(frozen=True, slots=True)
class Changes:
    """Increments by problem, by problem and record, by problem, mapping and day."""

    problems: Mapping[str, Tally] = field(default_factory=dict)
    records: Mapping[RecordKey, Tally] = field(default_factory=dict)
    counters: Mapping[CounterKey, int] = field(default_factory=dict)
    ties: Mapping[tuple[str, int], tuple[Tie, ...]] = field(default_factory=dict)
    """By problem and ``id`` of the tuple: errors of one message share it, and comparing ties takes time."""
    days: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    """Lowest and highest number by day in UTC."""


def changes_of(errors: Iterable[ErrorToStore]) -> Changes:
    """Add up errors none of which is stored yet. An error that names no record counts for no record."""
    problems: dict[str, Tally] = {}
    records: dict[RecordKey, Tally] = {}
    counters: dict[CounterKey, int] = {}
    ties: dict[tuple[str, int], tuple[Tie, ...]] = {}
    days: dict[date, tuple[int, int]] = {}
    for error in errors:
        problem_id = error.problem.id
        _tally(problems, problem_id, error)
        if record := failing_record(error):
            _tally(records, (problem_id, as_key(record)), error)
        logged_at, number = error.logged_at, error.number
        day = logged_at.date() if logged_at.tzinfo is UTC else logged_at.astimezone(UTC).date()
        counted = problem_id, as_key(error.mapping), day
        counters[counted] = counters.get(counted, 0) + 1
        first, last = days.get(day, (number, number))
        if not first <= number <= last or first == last:
            days[day] = min(first, number), max(last, number)
        if error.ties:
            ties[problem_id, id(error.ties)] = error.ties
    return Changes(problems, records, counters, ties, days)


def failing_record(error: ErrorToStore) -> str:
    """The record that the error is about: its source, else its destination; empty where it names neither."""
    return error.source_record_id or error.destination_record_id


def other_record(error: ErrorToStore) -> str:
    """The counterpart of the failing record; empty where there is none."""
    return error.destination_record_id if error.source_record_id else ""


def failing_table(error: ErrorToStore) -> int:
    """Table number of the failing record."""
    return error.source_table if error.source_record_id else error.destination_table


def _tally(tallies: dict[Key, Tally], key: Key, error: ErrorToStore) -> None:
    tally = tallies.get(key)
    if tally is None:
        tallies[key] = Tally(1, error.logged_at, error)
    else:
        tally.add(error)
