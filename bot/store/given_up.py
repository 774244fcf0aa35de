"""What Business Central has given up on: couplings that it skips, and new records that no run takes again.

The latter are computed: a record with a failed synchronization that is not coupled, whose mapping has moved
on. Scheduled runs take failed records that are *coupled* again; a new one comes back only when somebody
changes it, for the watermark has passed it, whether it was synchronized or not (microsoft/BCApps,
``Integration/Dataverse/CRMIntegrationTableSynch.Codeunit.al``: ``SynchNAVTableToCRM``, "collect latest
modified time across all local records including not synched").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import COUPLING, SYNC_JOB, TABLE_MAPPING
from bot.store.columns import as_key
from bot.store.database import Database
from bot.store.pages import slices
from bot.store.resolution import CHILD_TABLES, USABLE
from bot.store.synchronization import StoredCoupling
from bot.store.tables import PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.values import Scope

_ID_LENGTH: Final = 36
_SYNCHRONIZATION: Final = "Synchronization"
TO_DATAVERSE: Final = "ToIntegrationTable"
FROM_DATAVERSE: Final = "FromIntegrationTable"


@dataclass(frozen=True, slots=True)
class LatestError:
    """Where a record failed last."""

    problem_id: str
    record_id: str
    number: int
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class LostCreation:
    """A new record whose first insert failed, and that no run takes again."""

    record_id: str
    table_number: int
    problem_id: str
    number: int
    """No. of its latest error."""
    error_id: str
    is_gone: bool
    """That error is no longer in Business Central."""
    last_seen: datetime
    mapping: str
    mapping_id: str
    direction: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Looks both up."""

    database: Database

    async def skipped_count(self, scope: Scope) -> int:
        """How many couplings are skipped."""
        query = select(func.count()).select_from(COUPLING).where(belongs(COUPLING, scope), COUPLING.c.skipped)
        async with self.database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def skipped(self, scope: Scope, limit: int) -> tuple[StoredCoupling, ...]:
        """Couplings that are skipped, by record; at most so many."""
        query = (
            select(COUPLING)
            .where(belongs(COUPLING, scope), COUPLING.c.skipped)
            .order_by(COUPLING.c.record_id, COUPLING.c.id)
            .limit(limit)
        )
        names = StoredCoupling.__dataclass_fields__
        async with self.database.reading() as connection:
            return tuple(
                StoredCoupling(**{name: row._mapping[name] for name in names})
                for row in await connection.execute(query)
            )

    async def skipped_ids(self, scope: Scope) -> frozenset[str]:
        """Ids of all couplings that are skipped."""
        query = select(COUPLING.c.id).where(belongs(COUPLING, scope), COUPLING.c.skipped)
        async with self.database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def job_mappings(self, scope: Scope, job_ids: Sequence[str]) -> Mapping[str, str]:
        """Names of the mappings that these jobs ran, where they were read."""
        found: dict[str, str] = {}
        async with self.database.reading() as connection:
            for part in slices(sorted(set(job_ids))):
                rows = await connection.execute(
                    select(SYNC_JOB.c.id, SYNC_JOB.c.mapping).where(
                        belongs(SYNC_JOB, scope), SYNC_JOB.c.id.in_(part)
                    )
                )
                found.update((row.id, row.mapping) for row in rows)
        return found

    async def latest_errors(self, scope: Scope, record_ids: Sequence[str]) -> Mapping[str, LatestError]:
        """Where records failed last, by their ids as text."""
        found: dict[str, LatestError] = {}
        async with self.database.reading() as connection:
            for part in slices(sorted({as_key(record) for record in record_ids})):
                rows = await connection.execute(
                    select(
                        PROBLEM_RECORD.c.problem_id,
                        PROBLEM_RECORD.c.record_id,
                        PROBLEM_RECORD.c.last_number,
                        PROBLEM_RECORD.c.last_seen,
                    ).where(belongs(PROBLEM_RECORD, scope), PROBLEM_RECORD.c.record_id.in_(part))
                )
                for row in rows:
                    known = found.get(row.record_id)
                    if known is None or row.last_number > known.number:
                        found[row.record_id] = LatestError(*row[:3], row.last_seen)
        return found

    async def lost(self, scope: Scope, limit: int) -> tuple[LostCreation, ...]:
        """Lost creations, the latest first; at most so many, each record once."""
        found: dict[tuple[str, int], LostCreation] = {}
        async with self.database.reading() as connection:
            for query in (_lost(scope, TO_DATAVERSE), _lost(scope, FROM_DATAVERSE)):
                rows = await connection.execute(
                    query.order_by(PROBLEM_RECORD.c.last_number.desc()).limit(limit)
                )
                for row in rows:
                    one = LostCreation(**row._mapping)
                    known = found.get((one.record_id, one.table_number))
                    if known is None or one.number > known.number:
                        found[one.record_id, one.table_number] = one
        return tuple(sorted(found.values(), key=lambda one: -one.number))[:limit]


async def no_longer_skipped(transaction: AsyncConnection, scope: Scope, coupling_ids: Sequence[str]) -> None:
    """These are not skipped any more, whatever else became of them."""
    for part in slices(list(coupling_ids)):
        await transaction.execute(
            update(COUPLING).where(belongs(COUPLING, scope), COUPLING.c.id.in_(part)).values(skipped=False)
        )


def _lost(scope: Scope, direction: str) -> Select[Any]:
    record = PROBLEM_RECORD.c.record_id
    if direction == TO_DATAVERSE:
        of_this_way = ~record.like("%: {%}")
        its = COUPLING.c.record_id == record
        watermark, its_table = TABLE_MAPPING.c.synched_until, TABLE_MAPPING.c.table_number
    else:
        of_this_way = record.like("%: {%}")
        row_id = func.lower(func.substr(record, func.length(record) - _ID_LENGTH, _ID_LENGTH))
        its = and_(
            COUPLING.c.dataverse_id == row_id,
            COUPLING.c.integration_table == PROBLEM_RECORD.c.table_number,
        )
        watermark, its_table = TABLE_MAPPING.c.dataverse_synched_until, TABLE_MAPPING.c.integration_table
    latest = and_(belongs(SYNC_ERROR, scope), SYNC_ERROR.c.number == PROBLEM_RECORD.c.last_number)
    # A run that broke off left the watermark where it was: the next one takes the record again.
    has_moved_on = or_(
        SYNC_JOB.c.id.is_(None), SYNC_JOB.c.finished_at.is_not(None), watermark >= SYNC_JOB.c.started_at
    )
    return (
        select(
            record,
            PROBLEM_RECORD.c.table_number,
            PROBLEM_RECORD.c.problem_id,
            PROBLEM_RECORD.c.last_number.label("number"),
            SYNC_ERROR.c.id.label("error_id"),
            SYNC_ERROR.c.gone_at.is_not(None).label("is_gone"),
            PROBLEM_RECORD.c.last_seen,
            TABLE_MAPPING.c.name.label("mapping"),
            TABLE_MAPPING.c.id.label("mapping_id"),
            SYNC_ERROR.c.direction,
        )
        .select_from(PROBLEM_RECORD)
        .join(SYNC_ERROR, latest)
        .join(
            TABLE_MAPPING, and_(belongs(TABLE_MAPPING, scope), TABLE_MAPPING.c.name == SYNC_ERROR.c.mapping)
        )
        .outerjoin(SYNC_JOB, and_(belongs(SYNC_JOB, scope), SYNC_JOB.c.id == SYNC_ERROR.c.job_id))
        .where(
            belongs(PROBLEM_RECORD, scope),
            record != "",
            USABLE,
            of_this_way,
            PROBLEM_RECORD.c.table_number.not_in(CHILD_TABLES),
            PROBLEM_RECORD.c.table_number == its_table,
            SYNC_ERROR.c.direction == direction,
            SYNC_ERROR.c.job_type == _SYNCHRONIZATION,
            watermark.is_not(None),
            has_moved_on,
            ~exists().where(belongs(COUPLING, scope), its),
        )
    )
