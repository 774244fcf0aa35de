"""What became of the records: couplings, jobs and mappings of a connection, as last read.

Couplings and jobs are read from where the last reading ended; rows of that very moment come again and change
nothing. A row is the newest that was read of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import COUPLING, SYNC_JOB, SYNCHRONIZATION_STATE, TABLE_MAPPING
from bot.store.database import Database, insert_into
from bot.store.pages import slices
from bot.store.tables import belongs
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class StoredCoupling:
    """A coupling of a record, or of an option."""

    id: str
    is_option: bool
    table_number: int
    record_id: str
    local_system_id: str | None
    dataverse_id: str | None
    integration_table: int
    last_result: str
    """``Success``, ``Failure`` or empty: of the last run into Business Central."""
    last_dataverse_result: str
    """The same of the last run into Dataverse."""
    last_job_id: str | None
    last_dataverse_job_id: str | None
    last_modified_on: datetime | None
    last_dataverse_modified_on: datetime | None
    skipped: bool
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A synchronization job."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    message: str
    mapping: str
    direction: str
    type: str
    inserted: int
    modified: int
    deleted: int
    unchanged: int
    skipped: int
    failed: int
    coupled: int
    uncoupled: int
    job_queue_log_entry: int


@dataclass(frozen=True, slots=True)
class StoredMapping:
    """A table mapping."""

    name: str
    id: str
    table_number: int
    table_name: str
    integration_table: int
    entity_name: str
    direction: str
    only_coupled: bool
    dependency_filter: str
    deletion_conflict: str
    update_conflict: str
    table_filter: str
    integration_table_filter: str
    synched_until: datetime | None
    dataverse_synched_until: datetime | None
    failed: int
    skipped: int


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """How far reading is, how the last attempt went, and what Business Central keeps by itself."""

    couplings_until: datetime | None = None
    jobs_until: datetime | None = None
    attempted_at: datetime | None = None
    succeeded_at: datetime | None = None
    """None where nothing is known of any record."""
    failure_key: str | None = None
    retention_enabled: bool | None = None
    """None where it was never read."""
    retention_period: str | None = None


@dataclass(frozen=True, slots=True)
class Synchronization:
    """Couplings, jobs and mappings of a connection."""

    database: Database

    async def read_so_far(self, scope: Scope) -> ReadSoFar:
        """That of a beginner where nothing was ever read."""
        async with self.database.reading() as connection:
            row = (
                await connection.execute(
                    select(SYNCHRONIZATION_STATE).where(belongs(SYNCHRONIZATION_STATE, scope))
                )
            ).one_or_none()
        return ReadSoFar() if row is None else _value(ReadSoFar, row)

    async def store_couplings(self, scope: Scope, couplings: Sequence[StoredCoupling]) -> None:
        """Add a page of them, and go on behind its last one the next time."""
        async with self.database.writing() as connection:
            await _store(connection, scope, COUPLING, couplings)
            if couplings:
                until = max(one.modified_at for one in couplings)
                await _note(connection, scope, couplings_until=until)

    async def store_jobs(self, scope: Scope, jobs: Sequence[StoredJob]) -> None:
        """Add a page of them, and go on behind its last one the next time."""
        async with self.database.writing() as connection:
            await _store(connection, scope, SYNC_JOB, jobs)
            if jobs:
                await _note(connection, scope, jobs_until=max(one.started_at for one in jobs))

    async def add_jobs(self, scope: Scope, jobs: Sequence[StoredJob]) -> None:
        """Add jobs that somebody looked at; reading goes on from where it was."""
        async with self.database.writing() as connection:
            await _store(connection, scope, SYNC_JOB, jobs)

    async def latest_jobs(self, scope: Scope) -> tuple[StoredJob, ...]:
        """The latest synchronization of each mapping in each direction; by an index, however many there
        are."""
        latest = (
            select(SYNC_JOB.c.mapping, SYNC_JOB.c.direction, func.max(SYNC_JOB.c.started_at).label("at"))
            .where(belongs(SYNC_JOB, scope))
            .group_by(SYNC_JOB.c.mapping, SYNC_JOB.c.direction)
            .subquery()
        )
        query = (
            select(SYNC_JOB)
            .join(
                latest,
                (SYNC_JOB.c.mapping == latest.c.mapping)
                & (SYNC_JOB.c.direction == latest.c.direction)
                & (SYNC_JOB.c.started_at == latest.c.at),
            )
            .where(belongs(SYNC_JOB, scope))
            .order_by(SYNC_JOB.c.started_at.desc(), SYNC_JOB.c.id)
        )
        async with self.database.reading() as connection:
            return tuple(_value(StoredJob, row) for row in await connection.execute(query))

    async def jobs_of(self, scope: Scope, mapping: str, limit: int) -> tuple[StoredJob, ...]:
        """The latest jobs of a mapping of whatever type, latest first."""
        query = (
            select(SYNC_JOB)
            .where(belongs(SYNC_JOB, scope), SYNC_JOB.c.mapping == mapping)
            .order_by(SYNC_JOB.c.started_at.desc(), SYNC_JOB.c.id)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return tuple(_value(StoredJob, row) for row in await connection.execute(query))

    async def jobs_since(self, scope: Scope, broke_off: datetime) -> datetime | None:
        """From where to read jobs: the oldest that runs, unless it began before ``broke_off``; else the
        latest that is known."""
        oldest = select(func.min(SYNC_JOB.c.started_at)).where(
            belongs(SYNC_JOB, scope), SYNC_JOB.c.started_at > broke_off, SYNC_JOB.c.finished_at.is_(None)
        )
        async with self.database.reading() as connection:
            running: datetime | None = (await connection.execute(oldest)).scalar_one()
        return running or (await self.read_so_far(scope)).jobs_until

    async def replace_mappings(self, scope: Scope, mappings: Sequence[StoredMapping]) -> None:
        """These are all that there are."""
        async with self.database.writing() as connection:
            await connection.execute(delete(TABLE_MAPPING).where(belongs(TABLE_MAPPING, scope)))
            await _store(connection, scope, TABLE_MAPPING, mappings)

    async def succeed(
        self, scope: Scope, at: datetime, *, retention_enabled: bool, retention_period: str
    ) -> None:
        """Everything was read."""
        async with self.database.writing() as connection:
            await _note(
                connection,
                scope,
                attempted_at=at,
                succeeded_at=at,
                failure_key=None,
                retention_enabled=retention_enabled,
                retention_period=retention_period,
            )

    async def fail(self, scope: Scope, at: datetime, key: str) -> None:
        """The failure of that key ended the attempt; what was stored stays."""
        async with self.database.writing() as connection:
            await _note(connection, scope, attempted_at=at, failure_key=key)

    async def couplings_of(self, scope: Scope, record_ids: Sequence[str]) -> tuple[StoredCoupling, ...]:
        """The couplings of records of Business Central, by their ids as text."""
        return await self._couplings(scope, COUPLING.c.record_id, record_ids)

    async def couplings_of_rows(
        self, scope: Scope, dataverse_ids: Sequence[str]
    ) -> tuple[StoredCoupling, ...]:
        """The couplings of rows of Dataverse, by their GUIDs in lower case."""
        return await self._couplings(scope, COUPLING.c.dataverse_id, dataverse_ids)

    async def job(self, scope: Scope, job_id: str) -> StoredJob | None:
        """One job, where it was read."""
        query = select(SYNC_JOB).where(belongs(SYNC_JOB, scope), SYNC_JOB.c.id == job_id)
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _value(StoredJob, row)

    async def mappings(self, scope: Scope) -> tuple[StoredMapping, ...]:
        """All mappings, by name."""
        query = select(TABLE_MAPPING).where(belongs(TABLE_MAPPING, scope)).order_by(TABLE_MAPPING.c.name)
        async with self.database.reading() as connection:
            return tuple(_value(StoredMapping, row) for row in await connection.execute(query))

    async def coupling_count(self, scope: Scope) -> int:
        """How many couplings are known."""
        query = select(func.count()).select_from(COUPLING).where(belongs(COUPLING, scope))
        async with self.database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def _couplings(
        self, scope: Scope, column: Any, values: Sequence[str]
    ) -> tuple[StoredCoupling, ...]:
        found: list[StoredCoupling] = []
        async with self.database.reading() as connection:
            for part in slices(list(values)):
                rows = await connection.execute(
                    select(COUPLING).where(belongs(COUPLING, scope), column.in_(part)).order_by(COUPLING.c.id)
                )
                found += [_value(StoredCoupling, row) for row in rows]
        return tuple(found)


async def keep_couplings(
    transaction: AsyncConnection, scope: Scope, couplings: Sequence[StoredCoupling]
) -> None:
    """Add couplings that were seen by the way; reading goes on where it was."""
    await _store(transaction, scope, COUPLING, couplings)


async def drop_couplings(transaction: AsyncConnection, scope: Scope, coupling_ids: Sequence[str]) -> None:
    """Remove couplings that are there no more, of which no change tells."""
    for part in slices(list(coupling_ids)):
        await transaction.execute(delete(COUPLING).where(belongs(COUPLING, scope), COUPLING.c.id.in_(part)))


async def _store(connection: AsyncConnection, scope: Scope, table: Table, rows: Sequence[Any]) -> None:
    """Insert or replace, each by its key."""
    statement = insert_into(connection, table)
    others = [column.name for column in table.columns if not column.primary_key]
    upsert = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: statement.excluded[name] for name in others}
    )
    for part in slices(rows):
        await connection.execute(
            upsert,
            [{"workspace": scope.workspace, "connection": scope.connection, **asdict(row)} for row in part],
        )


async def _note(connection: AsyncConnection, scope: Scope, **values: object) -> None:
    await connection.execute(
        insert_into(connection, SYNCHRONIZATION_STATE)
        .values(workspace=scope.workspace, connection=scope.connection, **values)
        .on_conflict_do_update(index_elements=list(SYNCHRONIZATION_STATE.primary_key), set_=values)
    )


def _value(kind: type[Any], row: Row[Any]) -> Any:
    """The row as a value whose fields have the columns' names."""
    return kind(**{name: row._mapping[name] for name in kind.__dataclass_fields__})
