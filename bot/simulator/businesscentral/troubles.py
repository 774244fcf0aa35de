"""What is wrong in the simulated world: why a record fails, until somebody fixes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from bot.simulator.businesscentral.rows import SynchDirection
from bot.simulator.businesscentral.tables import SimulatedRecord
from bot.simulator.businesscentral.waiting import awaited


class Kind(Enum):
    """What helps."""

    ORDINARY = "ordinary"
    """Fixing the cause; then the next run of the mapping succeeds."""
    BOTH_CHANGED = "both changed"
    """Only a choice: forcing one direction. Every run of the mapping fails again."""
    NEW_RECORD = "new record"
    """A record that is not coupled, because its insert failed. No run takes it again, fixed or not: there is
    no coupling that says that it failed, and the watermark has moved on."""


@dataclass(slots=True)
class Trouble:
    """Why one record fails in one direction."""

    cause: str
    """Whatever name it was given; many records share it."""
    kind: Kind
    mapping: str
    direction: SynchDirection
    message: str
    source: SimulatedRecord | None
    destination: SimulatedRecord | None
    call_stack: str = ""
    is_fixed: bool = False

    @property
    def waits_for(self) -> str:
        """The record that must be coupled first; empty where the text names none."""
        return awaited(self.message)

    @property
    def local(self) -> SimulatedRecord | None:
        """The record in Business Central, where the error names it."""
        return next((side for side in self._sides() if not side.is_dataverse), None)

    @property
    def remote(self) -> SimulatedRecord | None:
        """The row in Dataverse, where the error names it."""
        return next((side for side in self._sides() if side.is_dataverse), None)

    @property
    def key(self) -> str:
        """Text of the record that fails: the local one where there is one."""
        record = self.local or self.remote
        return record.record_id if record else ""

    def _sides(self) -> Iterator[SimulatedRecord]:
        return (side for side in (self.source, self.destination) if side is not None)


class Troubles:
    """All that is wrong, by record and direction."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, SynchDirection], Trouble] = {}

    def __iter__(self) -> Iterator[Trouble]:
        return iter(self._all.values())

    def add(self, trouble: Trouble) -> None:
        """From now on this is why that record fails in that direction."""
        self._all[trouble.key, trouble.direction] = trouble

    def of(self, record_id: str, direction: SynchDirection) -> Trouble | None:
        """Why that record fails in that direction; None where nothing is wrong, or no more."""
        trouble = self._all.get((record_id, direction))
        return None if trouble is None or trouble.is_fixed else trouble

    def new_record(self, system_id: str, direction: SynchDirection) -> Trouble | None:
        """The insert that failed for the record with that SystemId or row id, fixed or not."""
        for trouble in self:
            side = trouble.local if direction is SynchDirection.TO_DATAVERSE else trouble.remote
            is_insert = trouble.kind is Kind.NEW_RECORD and trouble.direction is direction
            if is_insert and side is not None and side.system_id == system_id:
                return trouble
        return None

    def coupled(self, record_id: str) -> None:
        """What waited for that record need wait no longer."""
        for trouble in self._waiting(record_id):
            trouble.is_fixed = True

    def uncoupled(self, record_id: str) -> None:
        """What needs that record waits for it again."""
        for trouble in self._waiting(record_id):
            trouble.is_fixed = False

    def _waiting(self, record_id: str) -> list[Trouble]:
        wanted = record_id.casefold()
        return [trouble for trouble in self if trouble.waits_for.casefold() == wanted]

    def remove(self, record_id: str) -> None:
        """Nothing is wrong with that record any more, in either direction."""
        for direction in SynchDirection:
            self._all.pop((record_id, direction), None)

    def fix(self, *, record_id: str | None = None, cause: str | None = None, words: str = "") -> int:
        """Fix what is wrong with a record, what a cause brought about, whatever has these ``words`` in its
        text or, without any of them, everything.

        Records that both sides changed stay as they are: that needs a choice. Answers how many were fixed.
        """
        wanted = words.casefold()
        fixed = [
            trouble
            for trouble in self
            if trouble.kind is not Kind.BOTH_CHANGED
            and not trouble.is_fixed
            and record_id in {None, trouble.key}
            and cause in {None, trouble.cause}
            and (wanted in trouble.message.casefold() or wanted in trouble.key.casefold())
        ]
        for trouble in fixed:
            trouble.is_fixed = True
        return len(fixed)
