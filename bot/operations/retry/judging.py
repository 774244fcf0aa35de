"""What a retry can do for a record, and what a run has shown of it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from bot.businesscentral import Coupling, SynchResult, parse_record_id
from bot.businesscentral.records import Direction
from bot.operations.retry.values import Hope
from bot.store.resolution import CHILD_TABLES
from bot.store.retries import RecordState
from bot.store.retry_candidates import Candidate
from bot.store.synchronization import StoredCoupling, StoredMapping

BOTH_CHANGED: Final = "conflict.both_changed"
DELETED: Final = "record.deleted_in_one_app"
_NO_RULE: Final = frozenset({"", "none", "_x0020_"})
"""How "no strategy" is written: the enum's blank value, by name or encoded."""


def direction_of(candidate: Candidate) -> Direction:
    """Which way the record was going: as its job says, else away from where it is."""
    if candidate.direction in (Direction.TO_DATAVERSE, Direction.FROM_DATAVERSE):
        return Direction(candidate.direction)
    record = parse_record_id(candidate.record_id, candidate.table_number)
    in_dataverse = record is not None and record.entity is not None
    return Direction.FROM_DATAVERSE if in_dataverse else Direction.TO_DATAVERSE


def ways_of(candidate: Candidate) -> tuple[Direction, ...]:
    """The ways in which a success ends it: of a conflict both, since either side may have won."""
    if candidate.class_code == BOTH_CHANGED:
        return Direction.TO_DATAVERSE, Direction.FROM_DATAVERSE
    return (direction_of(candidate),)


def hope_of(
    candidate: Candidate,
    coupling: StoredCoupling | None,
    mapping: StoredMapping | None,
    *,
    succeeded_at: datetime | None,
    waits: bool,
) -> Hope:
    """What a retry can do for a record.

    ``succeeded_at`` is the start of the job that gave the coupling's last result, where that is Success;
    ``waits`` is whether it waits for a record that is known not to be coupled.
    """
    if not candidate.record_id:
        return Hope.NO_RECORD
    if candidate.table_number in CHILD_TABLES:
        return Hope.LINE
    if coupling is None:
        return Hope.NOT_COUPLED
    if coupling.local_system_id is None or not coupling.record_id:
        return Hope.RECORD_GONE
    if not coupling.skipped and succeeded_at is not None and succeeded_at > candidate.last_seen:
        return Hope.SYNCHRONIZED
    if mapping is None:
        return Hope.NO_RECORD
    if candidate.class_code == BOTH_CHANGED and _has_no_rule(mapping.update_conflict):
        return Hope.BOTH_CHANGED
    if candidate.class_code == DELETED and _has_no_rule(mapping.deletion_conflict):
        return Hope.DELETED
    return Hope.DEPENDENCY if waits else Hope.READY


def shown_by(coupling: Coupling, direction: Direction, jobs_after: Collection[str]) -> RecordState:
    """What a coupling shows of a retry: positive evidence, or nothing.

    ``jobs_after`` are the ids of the jobs that started after the retry began: a result of any other job says
    nothing about it.
    """
    if coupling.job(direction) not in jobs_after:
        return RecordState.RELEASED
    match coupling.result(direction):
        case SynchResult.SUCCESS:
            return RecordState.SYNCHRONIZED
        case SynchResult.FAILURE:
            return RecordState.FAILED
        case _:
            return RecordState.RELEASED


def result_of(coupling: StoredCoupling, direction: Direction) -> tuple[str, str | None]:
    """Last result and job of a stored coupling in that direction."""
    if direction is Direction.TO_DATAVERSE:
        return coupling.last_dataverse_result, coupling.last_dataverse_job_id
    return coupling.last_result, coupling.last_job_id


def _has_no_rule(strategy: str) -> bool:
    return strategy.strip().casefold() in _NO_RULE
