"""One step of a retry in Business Central: releasing some records of a mapping, or waking its job.

What is about to be done is written first. Whoever finds that written, and not that it was done, looks into
Business Central before it does it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.businesscentral import BusinessCentralClient, Guard
from bot.businesscentral.acting import MOST_IDS
from bot.businesscentral.records import Direction
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ActionMissing, ActionRefused, ActionTargetGone, SourceMissing
from bot.operations.lookout import jobs_after
from bot.operations.retry.judging import shown_by
from bot.store import Database
from bot.store.outbox import Outbox, Told
from bot.store.retries import (
    MappingState,
    RecordState,
    RetriedMapping,
    RetriedRecord,
    Retries,
    RetryBook,
)
from bot.store.values import Scope


@dataclass(frozen=True)
class Releasing:
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
        for mapping in await self._store.mappings(self.scope, self.run):
            if rows := await self._records(mapping, RecordState.RELEASING):
                await self._release(mapping, await self._not_released_yet(rows))
                return True
            if rows := await self._records(mapping, RecordState.PENDING):
                await self._turn(rows, RecordState.RELEASING)
                await self._release(mapping, rows)
                return True
            if mapping.state is MappingState.WAKING:
                await self._wake_again(mapping)
                return True
            if mapping.state is MappingState.PENDING:
                await self._wake(mapping)
                return True
        return False

    async def _records(self, mapping: RetriedMapping, state: RecordState) -> tuple[RetriedRecord, ...]:
        return await self._store.records(self.scope, self.run, [state], mapping.mapping, MOST_IDS)

    async def _not_released_yet(self, rows: Sequence[RetriedRecord]) -> list[RetriedRecord]:
        """Those that an attempt that was cut off has not released, as their couplings show."""
        left: list[RetriedRecord] = []
        done: list[RetriedRecord] = []
        gone: list[RetriedRecord] = []
        jobs = {job.id for job in await jobs_after(self.client, self.since)}
        for row in rows:
            try:
                coupling = await self.client.coupling(row.coupling_id)
            except SourceMissing as missing:
                if missing.facts.get("what") != "coupling":
                    raise
                gone.append(row)
                continue
            taken = shown_by(coupling, Direction(row.direction), jobs) is not RecordState.RELEASED
            (done if taken or not coupling.skipped else left).append(row)
        await self._turn(gone, RecordState.GONE)
        await self._turn(done, RecordState.RELEASED)
        return left

    async def _release(self, mapping: RetriedMapping, rows: Sequence[RetriedRecord]) -> None:
        together = [row for row in rows if row.dataverse_id and not row.is_option]
        alone = [row for row in rows if not row.dataverse_id or row.is_option]
        if together:
            try:
                await self.client.release_all(
                    mapping.mapping_id, [row.dataverse_id or "" for row in together]
                )
            except (ActionRefused, ActionTargetGone, ActionMissing):
                # One of them is refused, and with it all: each by itself tells which.
                alone += together
            else:
                await self._turn(together, RecordState.RELEASED)
        for row in alone:
            await self._release_one(row)

    async def _release_one(self, row: RetriedRecord) -> None:
        try:
            await self.client.release(row.coupling_id)
        except ActionTargetGone:
            await self._turn([row], RecordState.GONE)
        except ActionRefused as refused:
            await self._turn([row], RecordState.REFUSED, why=str(refused.facts.get("guard", "")))
        else:
            await self._turn([row], RecordState.RELEASED)

    async def _wake(self, mapping: RetriedMapping) -> None:
        jobs = await jobs_after(self.client, self.since)
        latest = max((job.started_at for job in jobs), default=self.since)
        async with self.database.writing() as transaction:
            book = RetryBook(transaction, self.scope, self.run)
            await book.turn_mapping(mapping.mapping, state=MappingState.WAKING, jobs_before=latest)
        await self._wake_now(mapping)

    async def _wake_again(self, mapping: RetriedMapping) -> None:
        """After an attempt that was cut off: a run that came since is the one that was wanted."""
        before = mapping.jobs_before or self.since
        jobs = await jobs_after(self.client, before)
        if any(job.mapping == mapping.mapping for job in jobs):
            await self._turn_mapping(mapping, MappingState.WOKEN)
        else:
            await self._wake_now(mapping)

    async def _wake_now(self, mapping: RetriedMapping) -> None:
        try:
            await self.client.wake(mapping.mapping_id)
        except ActionTargetGone:
            await self._turn_mapping(mapping, MappingState.REFUSED, Guard.NO_JOB)
        except ActionRefused as refused:
            await self._turn_mapping(mapping, MappingState.REFUSED, str(refused.facts.get("guard", "")))
        else:
            await self._turn_mapping(mapping, MappingState.WOKEN)

    async def _turn(self, rows: Sequence[RetriedRecord], state: RecordState, **values: object) -> None:
        if not rows:
            return
        async with self.database.writing() as transaction:
            book = RetryBook(transaction, self.scope, self.run)
            await book.turn([row.record_id for row in rows], state, **values)
            await Outbox(transaction, self.scope, self.clock.now()).tell(Told.PROGRESS, self.run)

    async def _turn_mapping(self, mapping: RetriedMapping, state: MappingState, why: str = "") -> None:
        """Where its job cannot be started, no run takes its records."""
        left = [RecordState.RELEASED] if state is MappingState.REFUSED else []
        rows = await self._store.records(self.scope, self.run, left, mapping.mapping)
        async with self.database.writing() as transaction:
            book = RetryBook(transaction, self.scope, self.run)
            await book.turn_mapping(mapping.mapping, state=state, why=why)
            await book.turn([row.record_id for row in rows], RecordState.REFUSED, why=why)

    @property
    def _store(self) -> Retries:
        return Retries(self.database)
