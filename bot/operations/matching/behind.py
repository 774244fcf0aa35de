"""What goes on once a record is coupled: who waits for it, directly and in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.businesscentral import parse_record_id
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.operations.ask import Ask
from bot.operations.deciding import Decided, Step
from bot.operations.matching.values import Behind
from bot.operations.retry.judging import direction_of
from bot.store import Database, Errors
from bot.store.columns import as_key
from bot.store.resolution import CHILD_TABLES
from bot.store.retry_candidates import Candidate, Candidates
from bot.store.synchronization import StoredMapping, Synchronization
from bot.store.values import Scope
from bot.store.waits import Waits

MOST_NEW: Final = 500
"""New records that one choice creates."""
MOST_PROBLEMS: Final = 50


@dataclass(frozen=True, slots=True)
class Following:
    """Looks it up."""

    database: Database
    ask: Ask

    async def of(self, scope: Scope, problem_id: str, records: Sequence[str]) -> Behind:
        """What waits for one of these records, ``problem_id`` first, and what waits for that in turn.

        Where ``problem_id`` holds one of them up itself, only what waits for it: its other records are not
        what somebody decides about.
        """
        order = await self._order(scope, problem_id, records)
        found = await Candidates(self.database).of_problems(scope, order, 10 * MOST_NEW)
        place = {problem: number for number, problem in enumerate(order)}
        rows = sorted(found, key=lambda one: (place[one.problem_id], one.record_id))
        new, left_over = await self._new(scope, rows)
        lost = {one.record_id for one in new}
        waiting = {row.problem_id for row in rows if row.record_id not in lost and _is_retried(row)}
        return Behind(tuple(one for one in order if one in waiting), new, left_over)

    async def _order(self, scope: Scope, problem_id: str, records: Sequence[str]) -> list[str]:
        """Problems, each behind what it waits for."""
        graph = await self.ask.causes.graph(scope)
        awaiting = await Waits(self.database).awaiting(scope, records)
        first = awaiting if graph.held_by(problem_id) in records else (problem_id, *awaiting)
        order = list(dict.fromkeys(first))
        for problem in order:
            if len(order) >= MOST_PROBLEMS:
                break
            order += [one.problem for one in graph.waiting_for(problem) if one.problem not in order]
        return order[:MOST_PROBLEMS]

    async def _new(self, scope: Scope, rows: Sequence[Candidate]) -> tuple[tuple[Decided, ...], int]:
        """Those that are coupled to nothing, with the mapping that their error names."""
        store = Synchronization(self.database)
        coupled = {
            as_key(one.record_id) for one in await store.couplings_of(scope, [row.record_id for row in rows])
        }
        ids = {row.record_id: _row_id(row) for row in rows}
        coupled_rows = {
            one.dataverse_id
            for one in await store.couplings_of_rows(scope, sorted({one for one in ids.values() if one}))
        }
        mappings = {one.name: one for one in await store.mappings(scope)}
        new: dict[str, Decided] = {}
        for row in rows:
            mapping = mappings.get(row.mapping)
            row_id = ids[row.record_id]
            is_coupled = row_id in coupled_rows if row_id else as_key(row.record_id) in coupled
            if mapping is None or is_coupled or row.table_number in CHILD_TABLES or row.record_id in new:
                continue
            direction = direction_of(row)
            if not _goes(mapping, direction) or bool(row_id) is not (direction is Direction.FROM_DATAVERSE):
                continue
            if len(new) < MOST_NEW:
                error = await Errors(self.database).by_number(scope, row.number)
                new[row.record_id] = _created(row, mapping, direction, row_id, error.id)
            else:
                new.setdefault(row.record_id, _created(row, mapping, direction, row_id, ""))
        kept = list(new.values())
        return tuple(kept[:MOST_NEW]), max(0, len(kept) - MOST_NEW)


def _is_retried(row: Candidate) -> bool:
    """Lines go with their documents."""
    return bool(row.record_id) and row.table_number not in CHILD_TABLES


def _row_id(row: Candidate) -> str:
    """Id of a row of Dataverse; empty for a record of Business Central."""
    parsed = parse_record_id(row.record_id, row.table_number)
    return (parsed.row_id or "") if parsed is not None and parsed.entity is not None else ""


def _goes(mapping: StoredMapping, direction: Direction) -> bool:
    return mapping.direction in {str(direction), str(Direction.BIDIRECTIONAL)}


def _created(
    row: Candidate, mapping: StoredMapping, direction: Direction, row_id: str, error_id: str
) -> Decided:
    return Decided(
        step=Step.CREATE,
        mapping=mapping.name,
        mapping_id=mapping.id,
        direction=str(direction),
        record_id=row.record_id,
        table_number=row.table_number,
        dataverse_id=row_id or None,
        problem_id=row.problem_id,
        number=row.number,
        error_id=error_id,
    )
