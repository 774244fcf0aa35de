"""One thing that a decision does in Business Central.

What is about to be done is written first. Whoever finds that written, and not what came of it, looks into
Business Central before doing it again: a forced run, a second time, is another run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from bot.businesscentral import BusinessCentralClient, Guard
from bot.businesscentral.acting import MOST_IDS
from bot.businesscentral.records import Direction
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    ActionRefused,
    ActionTargetGone,
    OutcomeUnknown,
    SourceFailure,
    SourceMissing,
    SourceRejected,
)
from bot.operations.deciding.evidence import Seen
from bot.operations.lookout import changed_since, jobs_after
from bot.store import Database
from bot.store.decisions import DecidedRecord, DecidedState, DecisionBook, Decisions, Step
from bot.store.outbox import Outbox, Told
from bot.store.values import Scope

GRACE: Final = timedelta(seconds=60)
"""So long after a lost answer a job that was enqueued may still not have started."""
LOOK: Final = 5.0
MOST_TRIES: Final = 2
AT_ONCE: Final = 20
"""Records that are looked up in one step, each written down before the next: *Stop* is read in between."""
NO_ERROR: Final = "ErrorGone"
"""Beside the extension's guards: nothing in Business Central tells of the record any more."""
_OF_ALL: Final = frozenset(
    {
        Guard.DIRECTION,
        Guard.NOT_DATAVERSE,
        Guard.OPTION_MAPPING,
        Guard.TEMPORARY_MAPPING,
        Guard.CONNECTION_OFF,
        Guard.NOT_ENQUEUED,
    }
)
"""Guards that refuse the mapping or the whole, not one record of it."""


@dataclass(frozen=True)
class Trying:
    """Does the steps of one run."""

    database: Database
    client: BusinessCentralClient
    clock: Clock
    scope: Scope
    run: str
    since: datetime
    """Start of the latest job before the run began, by Business Central's clock."""

    async def next(self) -> bool:
        """Do the next thing; False where there is nothing left to do. Raises what the client raises."""
        if begun := await self._records(DecidedState.TRYING):
            await self._look_again(_alike(begun))
            return True
        pending = _alike(await self._records(DecidedState.PENDING))
        if not pending:
            return False
        if pending[0].decided.step in (Step.COUPLE, Step.UNCOUPLE):
            for record in pending:
                await self._one(record)
            return True
        known = await self._looked_up(pending)
        if known:
            await self._force(known)
        return True

    async def _records(self, state: DecidedState) -> tuple[DecidedRecord, ...]:
        return await Decisions(self.database).records(self.scope, self.run, [state], MOST_IDS)

    # Couplings: done when it answers.

    async def _one(self, record: DecidedRecord) -> None:
        decided = record.decided
        await self._try([record], self.since)
        try:
            if decided.step is Step.UNCOUPLE:
                await self.client.uncouple(decided.coupling_id or "")
            else:
                await self.client.couple(
                    decided.mapping_id, decided.local_system_id or "", decided.dataverse_id or ""
                )
        except OutcomeUnknown:
            return
        except ActionTargetGone:
            # What was to be uncoupled is not coupled any more; nothing can be coupled without its mapping.
            is_done = decided.step is Step.UNCOUPLE
            await self._turn([record], DecidedState.ASKED if is_done else DecidedState.GONE)
        except ActionRefused as refused:
            await self._refuse([record], refused)
        except SourceFailure:
            await self._turn([record], DecidedState.PENDING, tries=record.tries)
            raise
        else:
            await self._turn([record], DecidedState.ASKED)

    # Forced runs: enqueued when it answers.

    async def _looked_up(self, records: Sequence[DecidedRecord]) -> list[DecidedRecord]:
        """Those whose SystemId in Business Central is known, or now is; the others are gone."""
        wanted = [record for record in records if self._lacks_id(record)]
        if not wanted:
            return list(records)
        for record in wanted[:AT_ONCE]:
            system_id, why = await self._system_id(record)
            if system_id is None:
                await self._turn([record], DecidedState.GONE, why=why)
            else:
                await self._turn([record], DecidedState.PENDING, local_system_id=system_id)
        return []  # read anew by the next step, with what is known now

    @staticmethod
    def _lacks_id(record: DecidedRecord) -> bool:
        decided = record.decided
        return decided.direction == Direction.TO_DATAVERSE and decided.local_system_id is None

    async def _system_id(self, record: DecidedRecord) -> tuple[str | None, str]:
        """That of a record in Business Central; or why it is not to be had.

        Its latest error tells it, and where that is deleted, the record itself by its key.
        """
        decided = record.decided
        try:
            if decided.error_id:
                details = await self.client.details(decided.error_id)
                return details.source_system_id, Guard.RECORD_GONE
        except SourceMissing as missing:
            if missing.facts.get("what") != "error":
                raise
        _, _, key = decided.record_id.partition(": ")
        try:
            found = await self.client.mapped_record(decided.mapping_id, key)
        except (SourceMissing, SourceRejected):
            return None, NO_ERROR
        return (None, Guard.RECORD_GONE) if found is None else (found.system_id, "")

    async def _force(self, records: Sequence[DecidedRecord]) -> None:
        jobs = await jobs_after(self.client, self.since)
        await self._try(records, max((job.started_at for job in jobs), default=self.since))
        try:
            await self._call(records)
        except OutcomeUnknown:
            return
        except (ActionRefused, ActionTargetGone) as refused:
            if len(records) == 1 or _is_of_all(refused):
                await self._refuse(records, refused)
                return
            # One of them is refused, and with it all: halves tell which.
            await self._turn(records, DecidedState.PENDING, tries=0)
            half = len(records) // 2
            await self._force(records[:half])
            await self._force(records[half:])
        except SourceFailure:
            await self._turn(records, DecidedState.PENDING, tries=records[0].tries)
            raise
        else:
            await self._turn(records, DecidedState.ASKED)

    async def _call(self, records: Sequence[DecidedRecord]) -> None:
        first = records[0].decided
        direction = Direction(first.direction)
        forced = self.client.create if first.step is Step.CREATE else self.client.synchronize
        if direction is Direction.TO_DATAVERSE:
            ids = [record.decided.local_system_id or "" for record in records]
            await forced(first.mapping_id, direction, local_system_ids=ids)
        else:
            ids = [record.decided.dataverse_id or "" for record in records]
            await forced(first.mapping_id, direction, dataverse_ids=ids)

    # After a lost answer, or a lost process.

    async def _look_again(self, records: Sequence[DecidedRecord]) -> None:
        match records[0].decided.step:
            case Step.UNCOUPLE:
                for record in records:
                    await self._again([record], was_done=await self._is_gone(record))
            case Step.COUPLE:
                seen = Seen(await changed_since(self.client, self.since), ())
                for record in records:
                    await self._again([record], was_done=seen.shown(record.decided) is not None)
            case Step.CREATE | Step.SYNCHRONIZE:
                if await self._began(records):
                    await self._turn(records, DecidedState.ASKED)
                elif self._may_still_begin(records[0]):
                    await self.clock.sleep(LOOK)
                else:
                    await self._again(records, was_done=False)

    async def _again(self, records: Sequence[DecidedRecord], *, was_done: bool) -> None:
        if was_done:
            await self._turn(records, DecidedState.ASKED)
        elif records[0].tries < MOST_TRIES:
            await self._turn(records, DecidedState.PENDING)
        else:
            await self._turn(records, DecidedState.UNSURE)

    async def _is_gone(self, record: DecidedRecord) -> bool:
        try:
            await self.client.coupling(record.decided.coupling_id or "")
        except SourceMissing as missing:
            if missing.facts.get("what") != "coupling":
                raise
            return True
        return False

    async def _began(self, records: Sequence[DecidedRecord]) -> bool:
        """Whether a job of that mapping and direction has started since, or took one of these records."""
        first = records[0]
        jobs = await jobs_after(self.client, first.jobs_before or self.since)
        if any(_is_its(job.mapping, job.direction, first) for job in jobs):
            return True
        seen = Seen(await changed_since(self.client, self.since), {job.id for job in jobs})
        return any(seen.shown(record.decided) is not None for record in records)

    def _may_still_begin(self, record: DecidedRecord) -> bool:
        return record.tried_at is not None and self.clock.now() - record.tried_at < GRACE

    # Writing it down.

    async def _try(self, records: Sequence[DecidedRecord], jobs_before: datetime) -> None:
        await self._turn(
            records,
            DecidedState.TRYING,
            jobs_before=jobs_before,
            tried_at=self.clock.now(),
            tries=records[0].tries + 1,
        )

    async def _refuse(
        self, records: Sequence[DecidedRecord], refused: ActionRefused | ActionTargetGone
    ) -> None:
        if isinstance(refused, ActionTargetGone):
            await self._turn(records, DecidedState.GONE)
        else:
            await self._turn(records, DecidedState.REFUSED, why=str(refused.facts.get("guard", "")))

    async def _turn(self, records: Sequence[DecidedRecord], state: DecidedState, **values: object) -> None:
        async with self.database.writing() as transaction:
            book = DecisionBook(transaction, self.scope, self.run)
            await book.turn([record.position for record in records], state, **values)
            await Outbox(transaction, self.scope, self.clock.now()).tell(Told.PROGRESS, self.run)


def _alike(records: Sequence[DecidedRecord]) -> list[DecidedRecord]:
    """The first ones that one call can take, of the same number of tries."""

    def kind(record: DecidedRecord) -> tuple[object, ...]:
        decided = record.decided
        return decided.step, decided.mapping_id, decided.direction, record.tries, record.tried_at

    return list(takewhile(lambda record: kind(record) == kind(records[0]), records))


def _is_of_all(refused: ActionRefused | ActionTargetGone) -> bool:
    return isinstance(refused, ActionTargetGone) or refused.facts.get("guard") in _OF_ALL


def _is_its(mapping: str, direction: Direction, record: DecidedRecord) -> bool:
    return mapping == record.decided.mapping and direction == record.decided.direction
