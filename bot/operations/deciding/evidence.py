"""What Business Central shows of a decision: positive evidence, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.businesscentral import Coupling, SynchResult
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.store.decisions import Decided, DecidedState, Step


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows of a record."""

    state: DecidedState
    job_id: str | None = None
    coupling: Coupling | None = None


class Seen:
    """Couplings that were read. ``jobs`` are the ids of the jobs that started after the run began: a result
    of any other job says nothing about it."""

    def __init__(self, couplings: Iterable[Coupling], jobs: Collection[str]) -> None:
        self._jobs = frozenset(jobs)
        self._by_id: dict[str, Coupling] = {}
        self._by_record: dict[str, Coupling] = {}
        self._by_row: dict[str, Coupling] = {}
        for coupling in couplings:
            self._by_id[coupling.id] = coupling
            if coupling.local_system_id is not None:
                self._by_record[coupling.local_system_id] = coupling
            if coupling.dataverse_id is not None:
                self._by_row[coupling.dataverse_id] = coupling

    def coupling(self, decided: Decided) -> Coupling | None:
        """The record's coupling: by its id where that is known before, else by its ids in either app."""
        if decided.step in (Step.UNCOUPLE, Step.SYNCHRONIZE):
            return self._by_id.get(decided.coupling_id or "")
        if decided.local_system_id is not None:
            return self._by_record.get(decided.local_system_id)
        return self._by_row.get(decided.dataverse_id or "")

    def shown(self, decided: Decided) -> Shown | None:
        """What shows of a record; None where that is nothing. That something was uncoupled no coupling can
        show."""
        coupling = self.coupling(decided)
        if coupling is None or decided.step is Step.UNCOUPLE:
            return None
        if decided.step is Step.COUPLE:
            is_it = coupling.dataverse_id == decided.dataverse_id
            return Shown(DecidedState.DONE, coupling=coupling) if is_it else None
        direction = Direction(decided.direction)
        job = coupling.job(direction)
        if job is None or job not in self._jobs:
            return None
        match coupling.result(direction):
            case SynchResult.SUCCESS:
                return Shown(DecidedState.DONE, job, coupling)
            case SynchResult.FAILURE:
                return Shown(DecidedState.FAILED, job, coupling)
            case _:
                return None
