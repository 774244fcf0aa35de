"""Errors that a problem is to count no more, and what they add up to. Pure: no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from bot.dataclass import dataclass
from bot.store.columns import as_key
from bot.store.values import ProblemIdentity

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One error that its problem is to count no more."""

    number: int
    logged_at: datetime
    former: str
    record: str
    """The failing record, as it came; empty where the error names none."""
    other_record: str
    table: int
    mapping: str
    gone: bool

    @property
    def day(self) -> date:
        return self.logged_at.astimezone(UTC).date()

    @property
    def age(self) -> tuple[datetime, int]:
        """Orders errors of a problem: the greatest is its latest."""
        return self.logged_at, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Leaving):
    """One error on its way from a problem to another."""

    problem: ProblemIdentity


Counted = TypeVar("Counted", bound=Leaving)


@dataclass(slots=True)
class Sum(Generic[Counted]):
    """Errors that are counted together, with the latest of them."""

    latest: Counted
    first_seen: datetime
    errors: int = 0
    gone: int = 0

    def add(self, one: Counted) -> None:
        self.errors += 1
        self.gone += one.gone
        self.first_seen = min(self.first_seen, one.logged_at)
        if one.age > self.latest.age:
            self.latest = one


def sums(rows: Iterable[Counted], key: Callable[[Counted], Key]) -> dict[Key, Sum[Counted]]:
    found: dict[Key, Sum[Counted]] = {}
    for row in rows:
        where = key(row)
        if where not in found:
            found[where] = Sum(row, row.logged_at)
        found[where].add(row)
    return found


def days_of(
    rows: Iterable[Counted], problem: Callable[[Counted], str]
) -> dict[tuple[str, str, date], tuple[int, int]]:
    errors: Counter[tuple[str, str, date]] = Counter()
    gone: Counter[tuple[str, str, date]] = Counter()
    for row in rows:
        key = (problem(row), as_key(row.mapping), row.day)
        errors[key] += 1
        gone[key] += row.gone
    return {key: (count, gone[key]) for key, count in errors.items()}
