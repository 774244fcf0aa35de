"""Retries: the records of a run, the mappings that shall take them, and what became of each.

Written in the transaction of what they tell of: ``RetryBook(transaction, scope, run)``. What a step is about
to do in Business Central is written before it does it, so that whoever goes on after a crash knows where to
look before it does anything twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, Select, Table, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import ACTION_RUN
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.mentions import Somebody
from bot.store.pages import slices
from bot.store.retry_tables import RETRY_MAPPING, RETRY_RECORD
from bot.store.runs import Run, Runs
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.values import Scope


class RecordState(StrEnum):
    """What is known of a record of a run. The value is stored."""

    PENDING = "pending"
    RELEASING = "releasing"
    """About to be released, or released by an attempt that was cut off."""
    RELEASED = "released"
    """Nothing shows yet what came of it."""
    SYNCHRONIZED = "synchronized"
    """Its coupling's last result is Success, from a job that started after the run began."""
    FAILED = "failed"
    """The same, but Failure."""
    REFUSED = "refused"
    """Business Central did not let it be retried; ``why`` is a guard of the extension."""
    GONE = "gone"
    """Its coupling is not there any more."""

    @property
    def is_open(self) -> bool:
        """Something may still come of it."""
        return self in OPEN


OPEN: Final = (RecordState.PENDING, RecordState.RELEASING, RecordState.RELEASED)


class MappingState(StrEnum):
    """How far a mapping is. The value is stored."""

    PENDING = "pending"
    WAKING = "waking"
    """About to be woken, or woken by an attempt that was cut off."""
    WOKEN = "woken"
    REFUSED = "refused"
    """Its job cannot be started; ``why`` is a guard of the extension, or empty where the mapping is gone."""


@dataclass(frozen=True, slots=True)
class RetriedRecord:
    """A record of a run."""

    record_id: str
    problem_id: str
    mapping: str
    direction: str
    table_number: int
    number: int
    coupling_id: str
    dataverse_id: str | None
    is_option: bool = False
    state: RecordState = RecordState.PENDING
    why: str = ""
    job_id: str | None = None
    new_number: int = 0


@dataclass(frozen=True, slots=True)
class RetriedMapping:
    """A mapping of a run."""

    mapping: str
    mapping_id: str
    rank: int
    state: MappingState = MappingState.PENDING
    why: str = ""
    jobs_before: datetime | None = None
    log_status: str = ""
    log_text: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How the records of a run stand."""

    counts: Mapping[RecordState, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def synchronized(self) -> int:
        """With evidence."""
        return self.counts.get(RecordState.SYNCHRONIZED, 0)

    @property
    def failed(self) -> int:
        """Those that failed again."""
        return self.counts.get(RecordState.FAILED, 0)

    @property
    def refused(self) -> int:
        """Those that could not be retried after all."""
        return self.counts.get(RecordState.REFUSED, 0) + self.counts.get(RecordState.GONE, 0)

    @property
    def untouched(self) -> int:
        """Those that are not released yet."""
        return self.counts.get(RecordState.PENDING, 0) + self.counts.get(RecordState.RELEASING, 0)

    @property
    def open(self) -> int:
        """Those of which nothing is known yet."""
        return sum(self.counts.get(state, 0) for state in OPEN)


@dataclass(frozen=True, slots=True)
class RetryBook:
    """Writes what a run is about into a transaction that is under way."""

    transaction: AsyncConnection
    scope: Scope
    run: str

    async def choose(self, records: Sequence[RetriedRecord], mappings: Sequence[RetriedMapping]) -> None:
        """These are all that the run takes; chosen twice they are chosen once."""
        chosen: tuple[tuple[Table, Sequence[Any]], ...] = (
            (RETRY_RECORD, records),
            (RETRY_MAPPING, mappings),
        )
        for table, rows in chosen:
            for part in slices(rows):
                await self.transaction.execute(
                    insert_into(self.transaction, table).on_conflict_do_nothing(),
                    [{**self._key, **asdict(row)} for row in part],
                )

    async def turn(self, record_ids: Sequence[str], state: RecordState, **values: object) -> None:
        """What is known of these records now."""
        for part in slices([as_key(record_id) for record_id in record_ids]):
            await self.transaction.execute(
                update(RETRY_RECORD)
                .where(self._of(RETRY_RECORD), RETRY_RECORD.c.record_id.in_(part))
                .values(state=state, **values)
            )

    async def turn_mapping(self, mapping: str, **values: object) -> None:
        """What is known of a mapping now."""
        await self.transaction.execute(
            update(RETRY_MAPPING)
            .where(self._of(RETRY_MAPPING), RETRY_MAPPING.c.mapping == as_key(mapping))
            .values(**values)
        )

    async def tally(self) -> Tally:
        """How the records stand, as of this transaction."""
        return Tally(
            {
                RecordState(row.state): row.n
                for row in await self.transaction.execute(_counted(self.scope, self.run))
            }
        )

    async def tallies(self) -> Mapping[str, Tally]:
        """The same by problem."""
        query = (
            select(RETRY_RECORD.c.problem_id, RETRY_RECORD.c.state, func.count().label("n"))
            .where(self._of(RETRY_RECORD))
            .group_by(RETRY_RECORD.c.problem_id, RETRY_RECORD.c.state)
        )
        counts: dict[str, dict[RecordState, int]] = {}
        for row in await self.transaction.execute(query):
            counts.setdefault(row.problem_id, {})[RecordState(row.state)] = row.n
        return {problem: Tally(its) for problem, its in counts.items()}

    async def problems(self) -> tuple[str, ...]:
        """Whose records these are; a skipped record may have no stored error, and so no problem."""
        query = select(RETRY_RECORD.c.problem_id).where(self._of(RETRY_RECORD)).distinct()
        found = (await self.transaction.execute(query)).scalars()
        return tuple(sorted(problem for problem in found if problem))

    def _of(self, table: Any) -> Any:
        return and_(belongs(table, self.scope), table.c.run_id == self.run)

    @property
    def _key(self) -> dict[str, str]:
        return {
            "workspace": self.scope.workspace,
            "connection": self.scope.connection,
            "run_id": self.run,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest retry of a problem, as its card tells it."""

    run: Run
    tally: Tally


@dataclass(frozen=True, slots=True)
class Retries:
    """Reads what runs are about."""

    database: Database

    async def mappings(self, scope: Scope, run: str) -> tuple[RetriedMapping, ...]:
        """The mappings of a run, whose records come first first."""
        query = (
            select(RETRY_MAPPING)
            .where(belongs(RETRY_MAPPING, scope), RETRY_MAPPING.c.run_id == run)
            .order_by(RETRY_MAPPING.c.rank, RETRY_MAPPING.c.mapping)
        )
        async with self.database.reading() as connection:
            return tuple(_mapping(row) for row in await connection.execute(query))

    async def records(
        self,
        scope: Scope,
        run: str,
        states: Sequence[RecordState] = tuple(RecordState),
        mapping: str | None = None,
        limit: int | None = None,
    ) -> tuple[RetriedRecord, ...]:
        """Records of a run, by their ids; those in these states, of one mapping or of all."""
        query = (
            select(RETRY_RECORD)
            .where(belongs(RETRY_RECORD, scope), RETRY_RECORD.c.run_id == run)
            .where(RETRY_RECORD.c.state.in_(list(states)))
            .order_by(RETRY_RECORD.c.record_id)
            .limit(limit)
        )
        if mapping is not None:
            query = query.where(RETRY_RECORD.c.mapping == as_key(mapping))
        async with self.database.reading() as connection:
            return tuple(_record(row) for row in await connection.execute(query))

    async def of_couplings(
        self, scope: Scope, run: str, coupling_ids: Sequence[str]
    ) -> Mapping[str, RetriedRecord]:
        """Records of a run by the ids of their couplings."""
        found: dict[str, RetriedRecord] = {}
        async with self.database.reading() as connection:
            for part in slices(list(coupling_ids)):
                rows = await connection.execute(
                    select(RETRY_RECORD).where(
                        belongs(RETRY_RECORD, scope),
                        RETRY_RECORD.c.run_id == run,
                        RETRY_RECORD.c.coupling_id.in_(part),
                    )
                )
                found.update((row.coupling_id, _record(row)) for row in rows)
        return found

    async def tally(self, scope: Scope, run: str) -> Tally:
        """How the records of a run stand."""
        async with self.database.reading() as connection:
            return await RetryBook(connection, scope, run).tally()

    async def tallies(self, scope: Scope, run: str) -> Mapping[str, Tally]:
        """The same by problem."""
        async with self.database.reading() as connection:
            return await RetryBook(connection, scope, run).tallies()

    async def reasons(self, scope: Scope, run: str, state: RecordState) -> Mapping[str, int]:
        """How many records are in that state, by ``why``."""
        query = (
            select(RETRY_RECORD.c.why, func.count().label("n"))
            .where(belongs(RETRY_RECORD, scope), RETRY_RECORD.c.run_id == run, RETRY_RECORD.c.state == state)
            .group_by(RETRY_RECORD.c.why)
        )
        async with self.database.reading() as connection:
            return Counter({row.why: row.n for row in await connection.execute(query)})

    async def errors_of(
        self, scope: Scope, records: Sequence[RetriedRecord]
    ) -> Mapping[str, tuple[int, str]]:
        """No. and problem of the error that the job of each record wrote, by record, where it was read."""
        jobs = sorted({record.job_id for record in records if record.job_id})
        wanted = {as_key(record.record_id) for record in records}
        found: dict[str, tuple[int, str]] = {}
        async with self.database.reading() as connection:
            for part in slices(jobs):
                rows = await connection.execute(
                    select(
                        SYNC_ERROR.c.number,
                        SYNC_ERROR.c.problem_id,
                        SYNC_ERROR.c.source_record_id,
                        SYNC_ERROR.c.destination_record_id,
                    )
                    .where(
                        belongs(SYNC_ERROR, scope),
                        SYNC_ERROR.c.job_id.in_(part),
                        SYNC_ERROR.c.number > min(record.number for record in records),
                    )
                    .order_by(SYNC_ERROR.c.number)
                )
                for row in rows:
                    for key in map(as_key, (row.source_record_id, row.destination_record_id)):
                        if key in wanted:
                            found[key] = (row.number, row.problem_id)
        return found

    async def latest_of(self, scope: Scope, problem_id: str) -> Standing | None:
        """The latest retry that took records of a problem."""
        query = (
            select(ACTION_RUN.c.id)
            .join(
                RETRY_RECORD,
                and_(
                    RETRY_RECORD.c.workspace == ACTION_RUN.c.workspace,
                    RETRY_RECORD.c.connection == ACTION_RUN.c.connection,
                    RETRY_RECORD.c.run_id == ACTION_RUN.c.id,
                ),
            )
            .where(belongs(RETRY_RECORD, scope), RETRY_RECORD.c.problem_id == problem_id)
            .order_by(ACTION_RUN.c.asked_at.desc(), ACTION_RUN.c.id)
            .limit(1)
        )
        async with self.database.reading() as connection:
            run_id = (await connection.execute(query)).scalar_one_or_none()
            if run_id is None:
                return None
            tallies = await RetryBook(connection, scope, run_id).tallies()
        run = await Runs(self.database).get(scope, run_id)
        return Standing(run, tallies.get(problem_id, Tally({})))

    async def let_go(self, scope: Scope, until: datetime) -> None:
        """Remove the records of runs that were asked for before that time; the runs themselves stay."""
        old = select(ACTION_RUN.c.id).where(belongs(ACTION_RUN, scope), ACTION_RUN.c.asked_at < until)
        async with self.database.writing() as transaction:
            for table in (RETRY_RECORD, RETRY_MAPPING):
                await transaction.execute(delete(table).where(belongs(table, scope), table.c.run_id.in_(old)))


async def forget_records(transaction: AsyncConnection, scope: Scope, somebody: Somebody) -> None:
    """Remove somebody from all runs: their records, and what jobs said of them."""
    rows = await transaction.execute(
        select(RETRY_RECORD.c.record_id).where(belongs(RETRY_RECORD, scope)).distinct()
    )
    theirs = [record for record in rows.scalars() if somebody.is_in_record(record)]
    for part in slices(theirs):
        await transaction.execute(
            delete(RETRY_RECORD).where(belongs(RETRY_RECORD, scope), RETRY_RECORD.c.record_id.in_(part))
        )
    said = await transaction.execute(
        select(RETRY_MAPPING.c.run_id, RETRY_MAPPING.c.mapping, RETRY_MAPPING.c.log_text).where(
            belongs(RETRY_MAPPING, scope), RETRY_MAPPING.c.log_text != ""
        )
    )
    for row in said.all():
        if somebody.is_in_text(row.log_text):
            book = RetryBook(transaction, scope, row.run_id)
            await book.turn_mapping(row.mapping, log_text="")


def _counted(scope: Scope, run: str) -> Select[Any]:
    return (
        select(RETRY_RECORD.c.state, func.count().label("n"))
        .where(belongs(RETRY_RECORD, scope), RETRY_RECORD.c.run_id == run)
        .group_by(RETRY_RECORD.c.state)
    )


def _record(row: Row[Any]) -> RetriedRecord:
    values = {name: row._mapping[name] for name in RetriedRecord.__dataclass_fields__}
    return RetriedRecord(**{**values, "state": RecordState(row.state)})


def _mapping(row: Row[Any]) -> RetriedMapping:
    values = {name: row._mapping[name] for name in RetriedMapping.__dataclass_fields__}
    return RetriedMapping(**{**values, "state": MappingState(row.state)})
