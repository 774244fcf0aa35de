"""What a measurement says: a value, the baseline that was measured beside it, and the goal between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SIGNIFICANT = 4
"""Digits shown; machines differ by more than the fifth."""


class Measure(Enum):
    """What a goal bounds."""

    RATIO = "ratio"
    VALUE = "value"


class Bound(Enum):
    """From which side."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise, such as ``ratio <= 1.7``."""

    measure: Measure
    bound: Bound
    limit: float

    def __str__(self) -> str:
        return f"{self.measure.value} {self.bound.value} {self.limit:g}"

    def met_by(self, value: float, ratio: float | None) -> bool:
        """Whether a measurement keeps it. Raises ValueError for a ratio that was not measured."""
        measured = value if self.measure is Measure.VALUE else ratio
        if measured is None:
            raise ValueError(f"{self} needs a baseline")
        return measured <= self.limit if self.bound is Bound.AT_MOST else measured >= self.limit


def ratio_at_most(limit: float) -> Goal:
    """At most that many times the baseline."""
    return Goal(Measure.RATIO, Bound.AT_MOST, limit)


def ratio_at_least(limit: float) -> Goal:
    """At least that many times the baseline."""
    return Goal(Measure.RATIO, Bound.AT_LEAST, limit)


def at_most(limit: float) -> Goal:
    """At most that, in the figure's own unit."""
    return Goal(Measure.VALUE, Bound.AT_MOST, limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement."""

    name: str
    value: float
    unit: str
    goal: Goal
    database: str
    scale: float
    """Part of the full size that was measured; a goal is promised for 1."""
    baseline: float | None = None
    """In the same unit; None where the goal bounds the value itself."""
    against: str = ""
    """What the baseline is."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value by baseline."""
        return None if self.baseline is None else self.value / self.baseline

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.goal.met_by(self.value, self.ratio)

    def as_json(self) -> dict[str, object]:
        """The object that ``--json`` prints."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "baseline": _rounded(self.baseline),
            "ratio": _rounded(self.ratio),
            "goal": str(self.goal),
            "met": self.met,
            "database": self.database,
            "scale": self.scale,
            "against": self.against,
            "note": self.note,
        }


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.{SIGNIFICANT}g}")
