"""What is known of the couplings of records that are to be retried, and of what they wait for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.businesscentral import parse_record_id
from bot.businesscentral.records import Direction
from bot.operations.causes.awaiting import awaited_records
from bot.operations.retry.judging import result_of
from bot.store.columns import as_key
from bot.store.resolution import SUCCESS
from bot.store.retry_candidates import Candidate
from bot.store.synchronization import StoredCoupling


class Known:
    """What is known of couplings; of the same coupling the last one that is given counts."""

    def __init__(self, couplings: Iterable[StoredCoupling], starts: Mapping[str, datetime]) -> None:
        self._starts = starts
        self._of_record: dict[str, StoredCoupling] = {}
        self._of_row: dict[tuple[str, int], StoredCoupling] = {}
        self._rows: set[str] = set()
        for one in couplings:
            if one.record_id:
                self._of_record[as_key(one.record_id)] = one
            if one.dataverse_id:
                self._of_row[one.dataverse_id, one.integration_table] = one
                self._rows.add(one.dataverse_id)

    def coupling(self, record_id: str, table: int) -> StoredCoupling | None:
        """That of a record of Business Central, or of a row of Dataverse."""
        parsed = parse_record_id(record_id, table)
        if parsed is not None and parsed.row_id is not None:
            return self._of_row.get((parsed.row_id, table))
        return self._of_record.get(as_key(record_id))

    def succeeded_at(self, coupling: StoredCoupling | None, ways: Iterable[Direction]) -> datetime | None:
        """Start of the latest job that gave the last result in one of these directions, where that is
        Success."""
        if coupling is None:
            return None
        results = [result_of(coupling, way) for way in ways]
        starts = [self._starts.get(job) for result, job in results if result == SUCCESS and job]
        return max((start for start in starts if start is not None), default=None)

    def waits(self, candidate: Candidate) -> bool:
        """Whether it waits for a record that no coupling is known of."""
        awaited = awaited_records(candidate.class_code, candidate.topic, candidate.params)
        return bool(awaited) and not any(self._is_coupled(record) for record in awaited)

    def _is_coupled(self, record_id: str) -> bool:
        parsed = parse_record_id(record_id)
        if parsed is not None and parsed.row_id is not None:
            return parsed.row_id in self._rows
        return as_key(record_id) in self._of_record
