"""What decisions are about: which records a run couples, uncouples, creates or forces, and what came of each.

What is about to be done is written before it is done, so whoever goes on after a crash knows where to look
before it does anything twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.store.action_tables import ACTION_RUN
from bot.store.columns import as_key
from bot.store.database import Database, insert_into
from bot.store.decision_tables import DECIDED_RECORD
from bot.store.mentions import Somebody
from bot.store.pages import slices
from bot.store.tables import SYNC_ERROR, belongs
from bot.store.values import Scope


class Step(StrEnum):
    """What is done with a record. The value is stored."""

    COUPLE = "couple"
    UNCOUPLE = "uncouple"
    CREATE = "create"
    """Forced creation of an uncoupled record in the other app."""
    SYNCHRONIZE = "synchronize"
    """Forced synchronization of a coupled record in one direction: the other side is overwritten."""


class DecidedState(StrEnum):
    """What is known of a record of a run. The value is stored."""

    PENDING = "pending"
    TRYING = "trying"
    """About to be done, or done by an attempt of which the answer was lost."""
    ASKED = "asked"
    """Business Central took it; nothing shows yet what came of it."""
    DONE = "done"
    """With evidence."""
    FAILED = "failed"
    """A job that started afterwards failed with it."""
    REFUSED = "refused"
    """Business Central did not let it be done; ``why`` is a guard of the extension."""
    GONE = "gone"
    """The record, or what it is about, is not there any more."""
    UNSURE = "unsure"
    """No answer came, twice, and nothing shows whether it was done."""

    @property
    def is_open(self) -> bool:
        """Something may still come of it."""
        return self in OPEN


OPEN: Final = (DecidedState.PENDING, DecidedState.TRYING, DecidedState.ASKED)
WATCHED: Final = (DecidedState.ASKED, DecidedState.UNSURE)
"""Evidence may still come of these."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A record, and what somebody decided about it."""

    step: Step
    mapping: str
    """Name."""
    mapping_id: str
    """SystemId of the mapping; only what is uncoupled needs none."""
    direction: str
    """Value of a direction for what is created or forced; else empty."""
    record_id: str
    """As text, as people see it: ``Customer: 10000``, ``CRM Account: {GUID}``."""
    table_number: int
    local_system_id: str | None = None
    """Of the record in Business Central; the run looks it up for what is created from there."""
    dataverse_id: str | None = None
    coupling_id: str | None = None
    other_record: str = ""
    """The other side as text, where it is known."""
    problem_id: str = ""
    number: int = 0
    """No. of its latest error; 0 where there is none."""
    error_id: str = ""
    """SystemId of that error, through which Business Central tells that of the record."""


@dataclass(frozen=True, slots=True)
class DecidedRecord:
    """The same as a run keeps it."""

    position: int
    decided: Decided
    state: DecidedState = DecidedState.PENDING
    why: str = ""
    tries: int = 0
    jobs_before: datetime | None = None
    tried_at: datetime | None = None
    job_id: str | None = None
    new_number: int = 0


@dataclass(frozen=True, slots=True)
class DecisionTally:
    """How the records of a run stand."""

    counts: Mapping[DecidedState, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """With evidence."""
        return self.counts.get(DecidedState.DONE, 0)

    @property
    def failed(self) -> int:
        """Those that a job failed with."""
        return self.counts.get(DecidedState.FAILED, 0)

    @property
    def refused(self) -> int:
        """Those that could not be done after all."""
        return self.counts.get(DecidedState.REFUSED, 0) + self.counts.get(DecidedState.GONE, 0)

    @property
    def untouched(self) -> int:
        """Those that nothing was done with."""
        return self.counts.get(DecidedState.PENDING, 0)

    @property
    def silent(self) -> int:
        """Those that were done, or may have been, and of which nothing shows."""
        return self.total - self.done - self.failed - self.refused - self.untouched

    @property
    def watched(self) -> int:
        """Those of which evidence may still come."""
        return sum(self.counts.get(state, 0) for state in WATCHED)


@dataclass(frozen=True, slots=True)
class DecisionBook:
    """Writes what a run is about into a transaction that is under way."""

    transaction: AsyncConnection
    scope: Scope
    run: str

    async def choose(self, records: Sequence[Decided]) -> None:
        """These are all that the run is about; chosen twice they are chosen once."""
        rows = [_values(DecidedRecord(position, one)) for position, one in enumerate(records)]
        for part in slices(rows):
            await self.transaction.execute(
                insert_into(self.transaction, DECIDED_RECORD).on_conflict_do_nothing(),
                [
                    {
                        "workspace": self.scope.workspace,
                        "connection": self.scope.connection,
                        "run_id": self.run,
                        **row,
                    }
                    for row in part
                ],
            )

    async def turn(self, positions: Sequence[int], state: DecidedState, **values: object) -> None:
        """What is known of these records now."""
        for part in slices(list(positions)):
            await self.transaction.execute(
                update(DECIDED_RECORD)
                .where(_of(self.scope, self.run), DECIDED_RECORD.c.position.in_(part))
                .values(state=state, **values)
            )

    async def tally(self, problem_id: str | None = None) -> DecisionTally:
        """How the records stand, as of this transaction; of one problem or all."""
        query = (
            select(DECIDED_RECORD.c.state, func.count().label("n"))
            .where(_of(self.scope, self.run))
            .group_by(DECIDED_RECORD.c.state)
        )
        if problem_id is not None:
            query = query.where(DECIDED_RECORD.c.problem_id == problem_id)
        return DecisionTally(
            {DecidedState(row.state): row.n for row in await self.transaction.execute(query)}
        )

    async def problems(self) -> tuple[str, ...]:
        """Whose records these are."""
        query = select(DECIDED_RECORD.c.problem_id).where(_of(self.scope, self.run)).distinct()
        found = (await self.transaction.execute(query)).scalars()
        return tuple(sorted(problem for problem in found if problem))


@dataclass(frozen=True, slots=True)
class Decisions:
    """Reads what runs are about."""

    database: Database

    async def records(
        self,
        scope: Scope,
        run: str,
        states: Sequence[DecidedState] = tuple(DecidedState),
        limit: int | None = None,
    ) -> tuple[DecidedRecord, ...]:
        """Records of a run in their order; those in these states."""
        query = (
            select(DECIDED_RECORD)
            .where(_of(scope, run), DECIDED_RECORD.c.state.in_(list(states)))
            .order_by(DECIDED_RECORD.c.position)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return tuple(_record(row) for row in await connection.execute(query))

    async def tally(self, scope: Scope, run: str, problem_id: str | None = None) -> DecisionTally:
        """How the records of a run stand; those of one problem or all."""
        async with self.database.reading() as connection:
            return await DecisionBook(connection, scope, run).tally(problem_id)

    async def reasons(self, scope: Scope, run: str) -> Mapping[str, int]:
        """How many records were refused, by ``why``; what is gone is under the guard of that."""
        query = (
            select(DECIDED_RECORD.c.why, func.count().label("n"))
            .where(
                _of(scope, run),
                DECIDED_RECORD.c.state.in_([DecidedState.REFUSED, DecidedState.GONE]),
            )
            .group_by(DECIDED_RECORD.c.why)
        )
        async with self.database.reading() as connection:
            return Counter({row.why: row.n for row in await connection.execute(query)})

    async def failures(
        self, scope: Scope, job_ids: Sequence[str], after: int
    ) -> Mapping[tuple[str, str], tuple[int, str]]:
        """No. and problem of the errors above that number which these jobs wrote, by job and record."""
        found: dict[tuple[str, str], tuple[int, str]] = {}
        async with self.database.reading() as connection:
            for part in slices(list(job_ids)):
                rows = await connection.execute(
                    select(
                        SYNC_ERROR.c.number,
                        SYNC_ERROR.c.job_id,
                        SYNC_ERROR.c.problem_id,
                        SYNC_ERROR.c.source_record_id,
                        SYNC_ERROR.c.destination_record_id,
                    )
                    .where(
                        belongs(SYNC_ERROR, scope),
                        SYNC_ERROR.c.number > after,
                        SYNC_ERROR.c.job_id.in_(part),
                    )
                    .order_by(SYNC_ERROR.c.number)
                )
                for row in rows:
                    for record in (row.source_record_id, row.destination_record_id):
                        if record:
                            found[row.job_id, as_key(record)] = (row.number, row.problem_id)
        return found

    async def latest_of(self, scope: Scope, problem_id: str) -> str | None:
        """Id of the latest run that was about records of a problem."""
        query = (
            select(ACTION_RUN.c.id)
            .join(
                DECIDED_RECORD,
                and_(
                    DECIDED_RECORD.c.workspace == ACTION_RUN.c.workspace,
                    DECIDED_RECORD.c.connection == ACTION_RUN.c.connection,
                    DECIDED_RECORD.c.run_id == ACTION_RUN.c.id,
                ),
            )
            .where(belongs(DECIDED_RECORD, scope), DECIDED_RECORD.c.problem_id == problem_id)
            .order_by(ACTION_RUN.c.asked_at.desc(), ACTION_RUN.c.id)
            .limit(1)
        )
        async with self.database.reading() as connection:
            run_id: str | None = (await connection.execute(query)).scalar_one_or_none()
        return run_id

    async def let_go(self, scope: Scope, until: datetime) -> None:
        """Remove the records of runs that were asked for before that time; the runs themselves stay."""
        old = select(ACTION_RUN.c.id).where(belongs(ACTION_RUN, scope), ACTION_RUN.c.asked_at < until)
        async with self.database.writing() as transaction:
            await transaction.execute(
                delete(DECIDED_RECORD).where(belongs(DECIDED_RECORD, scope), DECIDED_RECORD.c.run_id.in_(old))
            )


async def forget_decided(transaction: AsyncConnection, scope: Scope, somebody: Somebody) -> None:
    """Remove somebody's records from all runs."""
    rows = await transaction.execute(
        select(
            DECIDED_RECORD.c.run_id,
            DECIDED_RECORD.c.position,
            DECIDED_RECORD.c.record_id,
            DECIDED_RECORD.c.other_record,
        ).where(belongs(DECIDED_RECORD, scope))
    )
    for row in rows.all():
        if somebody.is_in_record(row.record_id) or somebody.is_in_record(row.other_record):
            await transaction.execute(
                delete(DECIDED_RECORD).where(
                    _of(scope, row.run_id), DECIDED_RECORD.c.position == row.position
                )
            )


def _of(scope: Scope, run: str) -> ColumnElement[bool]:
    return and_(belongs(DECIDED_RECORD, scope), DECIDED_RECORD.c.run_id == run)


def _values(record: DecidedRecord) -> dict[str, Any]:
    values = asdict(record)
    return {**values.pop("decided"), **values}


def _record(row: Row[Any]) -> DecidedRecord:
    values = row._mapping
    decided = {name: values[name] for name in Decided.__dataclass_fields__}
    others = {name: values[name] for name in DecidedRecord.__dataclass_fields__ if name != "decided"}
    return DecidedRecord(
        **{
            **others,
            "decided": Decided(**{**decided, "step": Step(row.step)}),
            "state": DecidedState(row.state),
        }
    )
