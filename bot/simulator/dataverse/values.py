"""Values of the simulated Dataverse: rows, lookups, choices, depths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol

from bot.simulator.dataverse.tables import SimulatedTable

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ref:
    """Value of a lookup."""

    table: str
    id: str


@dataclass(frozen=True, slots=True)
class Option:
    """Value of a choice."""

    value: int
    label: str


ACTIVE, INACTIVE = Option(0, "Active"), Option(1, "Inactive")


class Depth(IntEnum):
    """``PrivilegeDepth``."""

    Basic = 0
    Local = 1
    Deep = 2
    Global = 3


@dataclass(slots=True)
class Gone:
    """A row that was deleted."""

    table: str
    values: Values
    at: datetime
    by: str


class Living(Protocol):
    """Rows that live elsewhere: those of the company that synchronizes with this environment."""

    def rows(self, table: SimulatedTable) -> Iterator[Values]:
        """All of a table, those that are gone included."""

    def row(self, table: SimulatedTable, row_id: str) -> Values | None:
        """One of them."""

    def gone(self) -> Iterator[tuple[str, Gone]]:
        """Those that were deleted, by id."""
