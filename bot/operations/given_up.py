"""Records that Business Central skips, each with the mapping, the direction and the error it failed with.

A coupling does not name its mapping: the job does that failed last (several mappings share a table of
Dataverse: accounts belong to CUSTOMER and VENDOR). Where that job is not kept any more, the pair of tables
tells, unless two mappings have the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.businesscentral.records import Direction
from bot.businesscentral.synchronized_tables import DATAVERSE_TABLES
from bot.dataclass import dataclass
from bot.store import Database
from bot.store.columns import as_key
from bot.store.given_up import GivenUp, LatestError
from bot.store.resolution import FAILURE
from bot.store.synchronization import StoredCoupling, StoredMapping
from bot.store.values import Scope

MOST_SKIPPED: Final = 20_000
"""Skipped records that are looked at; where there are more, that is said."""
_PREFIXES: Final = ("CRM", "FS", "CDS")


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record that no run takes until it is released."""

    coupling: StoredCoupling
    mapping: str
    """Name; empty where it is not known."""
    direction: Direction
    """The way in which it failed."""
    record_id: str
    """As people see it: the record in Business Central, or its row in Dataverse where that is gone."""
    other_record: str
    failing: str
    """The side that was read, by whose name its errors are kept."""
    failing_table: int
    latest: LatestError | None
    """Its latest error that is stored."""

    @property
    def problem_id(self) -> str:
        """The problem of its latest error; empty where none is stored."""
        return "" if self.latest is None else self.latest.problem_id

    @property
    def failed_at(self) -> datetime | None:
        """When it failed last, as far as that is stored."""
        return None if self.latest is None else self.latest.last_seen

    @property
    def is_gone(self) -> bool:
        """The record in Business Central no longer exists."""
        return not self.coupling.record_id or self.coupling.local_system_id is None


@dataclass(frozen=True, slots=True)
class SkippedRecords:
    """Looks them up in the store."""

    database: Database

    async def of(
        self,
        scope: Scope,
        couplings: Sequence[StoredCoupling],
        mappings: Mapping[str, StoredMapping],
    ) -> tuple[SkippedRecord, ...]:
        """These couplings with what is known of them, in their order."""
        store = GivenUp(self.database)
        jobs = [job for one in couplings for job in (one.last_job_id, one.last_dataverse_job_id) if job]
        mapping_of_job = await store.job_mappings(scope, jobs)
        by_tables = by_tables_of(mappings.values())
        directions = [_direction(one) for one in couplings]
        sides = [_sides(one, way) for one, way in zip(couplings, directions, strict=True)]
        latest = await store.latest_errors(scope, [name for names in sides for name in names])
        return tuple(
            _record(one, way, names, latest, _mapping(one, way, mapping_of_job, mappings, by_tables))
            for one, way, names in zip(couplings, directions, sides, strict=True)
        )


def row_names(integration_table: int, row_id: str | None) -> tuple[str, ...]:
    """How a row of Dataverse may be called in errors: by the NAME of its table, which its number and its
    logical name do not tell for certain."""
    entity = DATAVERSE_TABLES.get(integration_table)
    if row_id is None or entity is None:
        return ()
    word = entity.removeprefix("msdyn_").removeprefix("bcbi_").capitalize()
    return tuple(f"{prefix} {word}: {{{row_id.upper()}}}" for prefix in _PREFIXES)


def _direction(coupling: StoredCoupling) -> Direction:
    """The way in which it failed; both ways count as to Dataverse, where Business Central looks first."""
    if coupling.last_result == FAILURE and coupling.last_dataverse_result != FAILURE:
        return Direction.FROM_DATAVERSE
    return Direction.TO_DATAVERSE


def _sides(coupling: StoredCoupling, direction: Direction) -> tuple[str, ...]:
    """By which names its errors may be kept, the likeliest first."""
    rows = row_names(coupling.integration_table, coupling.dataverse_id)
    local = (coupling.record_id,) if coupling.record_id else ()
    return (*local, *rows) if direction is Direction.TO_DATAVERSE else (*rows, *local)


def _mapping(
    coupling: StoredCoupling,
    direction: Direction,
    of_job: Mapping[str, str],
    mappings: Mapping[str, StoredMapping],
    by_tables: Mapping[tuple[int, int], str],
) -> str:
    jobs = (coupling.last_dataverse_job_id, coupling.last_job_id)
    if direction is Direction.FROM_DATAVERSE:
        jobs = jobs[::-1]
    for job in jobs:
        mapping = mappings.get(of_job.get(job or "", ""))
        # A job that runs within another one may name that one's mapping, of another table.
        if mapping is not None and mapping.table_number == coupling.table_number:
            return mapping.name
    return by_tables.get((coupling.table_number, coupling.integration_table), "")


def by_tables_of(mappings: Iterable[StoredMapping]) -> Mapping[tuple[int, int], str]:
    """Names of mappings by their two tables, of those that are alone with theirs."""
    pairs = [((one.table_number, one.integration_table), one.name) for one in mappings]
    counts = Counter(pair for pair, _ in pairs)
    return {pair: name for pair, name in pairs if counts[pair] == 1}


def _record(
    coupling: StoredCoupling,
    direction: Direction,
    names: Sequence[str],
    latest: Mapping[str, LatestError],
    mapping: str,
) -> SkippedRecord:
    failing = next((name for name in names if as_key(name) in latest), names[0] if names else "")
    rows = row_names(coupling.integration_table, coupling.dataverse_id)
    row = failing if failing in rows else next(iter(rows), "")
    of_dataverse = bool(failing) and failing == row
    return SkippedRecord(
        coupling=coupling,
        mapping=mapping,
        direction=direction,
        record_id=coupling.record_id or row,
        other_record=row if coupling.record_id else "",
        failing=failing,
        failing_table=coupling.integration_table if of_dataverse else coupling.table_number,
        latest=latest.get(as_key(failing)),
    )
