"""Reading what became of the records, after each pull of the errors, as a durable workflow.

Couplings that changed and jobs that started since the last time, all mappings, and how long Business Central
keeps its entries. It costs four small requests where nothing happened. What a failure cuts off is read the
next time; nothing else waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from bot.businesscentral import (
    BusinessCentralClient,
    Coupling,
    CouplingKind,
    Freshness,
    Page,
    SyncJob,
    TableMapping,
)
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import ConnectionGone, SourceFailure, SourceGarbled, SourceMissing, StoreUnavailable
from bot.operations.durable.port import Durable, Queue, Steps
from bot.operations.reading import FailureNote, note_of
from bot.store import Database, Pulls
from bot.store.given_up import GivenUp, no_longer_skipped
from bot.store.synchronization import (
    StoredCoupling,
    StoredJob,
    StoredMapping,
    Synchronization,
    drop_couplings,
)
from bot.store.values import Scope

SYNCHRONIZATION = "synchronization"
TICK = "synchronization.tick"

MOST_PAGES = 2_000
"""After that the nextLinks lead nowhere."""
RUNNING_AT_MOST = timedelta(hours=6)
"""A job that started longer ago and has not finished broke off; nobody waits for its end any more."""
LOOKED_UP = 100
"""Couplings that are looked up one by one after they were skipped; of more, only that they no longer are."""
AGAIN_AFTER = timedelta(minutes=5)
"""After a failure."""

_log = logging.getLogger("bot.synchronization")


@dataclass(frozen=True, slots=True)
class Read:
    """What one step brought."""

    rows: int = 0
    next_link: str | None = None
    failure: FailureNote | None = None


@dataclass(frozen=True)
class ReadSynchronization:
    """The use case. ``clients`` is keyed by ``Connection.key``."""

    workspace: str
    database: Database
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    def register(self, durable: Durable) -> None:
        """Make the workflow known; before ``durable.start``."""
        durable.register(SYNCHRONIZATION, self.workflow)

    def schedule(self, durable: Durable) -> None:
        """Have every connection read after its errors were; before ``durable.start``."""

        async def tick(steps: Steps) -> None:
            for connection in await steps.run("due", self.due):
                await enqueue_synchronization(durable, connection)

        durable.every_minute(TICK, tick)

    async def due(self) -> tuple[str, ...]:
        """Keys of the connections whose errors were read since their couplings were."""
        due = []
        for connection in self.clients:
            pulled = (await Pulls(self.database).state(self._scope(connection))).succeeded_at
            state = await self._store.read_so_far(self._scope(connection))
            waits = (
                state.failure_key is not None
                and state.attempted_at is not None
                and self.clock.now() - state.attempted_at < AGAIN_AFTER
            )
            if pulled is None or waits:
                continue
            if state.succeeded_at is None or state.succeeded_at < pulled:
                due.append(connection)
        return tuple(due)

    async def workflow(self, steps: Steps, connection: str) -> str | None:
        """Read what is new; gives the key of the failure that ended it, if any, and never raises one."""
        failure = await self._pages(steps, "couplings", connection)
        if failure is None:
            failure = await self._pages(steps, "jobs", connection)
        if failure is None and await steps.changed("looks at what is skipped"):
            failure = (await steps.run("skipped", self._skipped, connection)).failure
        if failure is None:
            failure = (await steps.run("rest", self._rest, connection)).failure
        if failure is not None:
            await steps.run("fail", self._fail, connection, failure)
            return failure.key
        return None

    async def _pages(self, steps: Steps, what: str, connection: str) -> FailureNote | None:
        link: str | None = None
        for _ in range(MOST_PAGES):
            page = await steps.run(what, self._page, what, connection, link)
            if page.failure is not None or page.next_link is None:
                return page.failure
            link = page.next_link
        return note_of(SourceGarbled("nextLinks without end", reason="pages stand still"))

    # Steps. Each is safe to repeat.

    async def _page(self, what: str, connection: str, link: str | None) -> Read:
        """One page, stored in one transaction."""
        client = self.clients.get(connection)
        if client is None:
            return Read(failure=note_of(ConnectionGone()))
        try:
            if what == "couplings":
                return await self._couplings(client, self._scope(connection), link)
            return await self._jobs(client, self._scope(connection), link)
        except (SourceFailure, StoreUnavailable) as failure:
            return Read(failure=note_of(failure))

    async def _couplings(self, client: BusinessCentralClient, scope: Scope, link: str | None) -> Read:
        page: Page[Coupling]
        if link is None:
            page = await client.couplings((await self._store.read_so_far(scope)).couplings_until)
        else:
            page = await client.follow_couplings(link)
        await self._store.store_couplings(scope, [stored_coupling(row) for row in page.rows])
        _tell_unreadable("couplings", page)
        return Read(len(page.rows), page.next_link)

    async def _jobs(self, client: BusinessCentralClient, scope: Scope, link: str | None) -> Read:
        """Jobs that run are read again until they have finished: their counts come at the end."""
        page: Page[SyncJob]
        if link is None:
            broke_off = self.clock.now() - RUNNING_AT_MOST
            page = await client.sync_jobs(await self._store.jobs_since(scope, broke_off))
        else:
            page = await client.follow_sync_jobs(link)
        await self._store.store_jobs(scope, [stored_job(row) for row in page.rows])
        _tell_unreadable("jobs", page)
        return Read(len(page.rows), page.next_link)

    async def _skipped(self, connection: str) -> Read:
        """What is stored as skipped and is not skipped any more: released, or uncoupled, of which no change
        tells. Nothing is asked where nothing is skipped."""
        client, scope = self.clients.get(connection), self._scope(connection)
        if client is None:
            return Read(failure=note_of(ConnectionGone()))
        try:
            stored = await GivenUp(self.database).skipped_ids(scope)
            if not stored:
                return Read()
            page = await client.skipped_couplings()
            there = {row.id for row in page.rows}
            for _ in range(MOST_PAGES):
                if page.next_link is None:
                    break
                page = await client.follow_couplings(page.next_link, freshness=Freshness.PRIMARY)
                there.update(row.id for row in page.rows)
            left = sorted(stored - there)
            gone = [one for one in left[:LOOKED_UP] if not await self._is_there(client, one)]
            async with self.database.writing() as transaction:
                await no_longer_skipped(transaction, scope, left)
                await drop_couplings(transaction, scope, gone)
        except (SourceFailure, StoreUnavailable) as failure:
            return Read(failure=note_of(failure))
        return Read(len(left))

    async def _is_there(self, client: BusinessCentralClient, coupling_id: str) -> bool:
        try:
            await client.coupling(coupling_id)
        except SourceMissing as missing:
            if missing.facts.get("what") != "coupling":
                raise
            return False
        return True

    async def _rest(self, connection: str) -> Read:
        client = self.clients.get(connection)
        if client is None:
            return Read(failure=note_of(ConnectionGone()))
        scope = self._scope(connection)
        try:
            mappings = await client.table_mappings()
            await self._store.replace_mappings(scope, [stored_mapping(row) for row in mappings])
            there = await client.maintenance()
            await self._store.succeed(
                scope,
                self.clock.now(),
                retention_enabled=there.retention_enabled,
                retention_period=there.retention_period,
            )
        except (SourceFailure, StoreUnavailable) as failure:
            return Read(failure=note_of(failure))
        return Read(len(mappings))

    async def _fail(self, connection: str, failure: FailureNote) -> None:
        _log.warning("reading couplings of %s ended by %s", connection, failure.key)
        try:
            await self._store.fail(self._scope(connection), self.clock.now(), failure.key)
        except StoreUnavailable:
            _log.warning("that could not be stored either")

    @property
    def _store(self) -> Synchronization:
        return Synchronization(self.database)

    def _scope(self, connection: str) -> Scope:
        return Scope(self.workspace, connection)


async def enqueue_synchronization(durable: Durable, connection: str) -> str:
    """Have couplings, jobs and mappings read; returns the workflow's id, that of the one under way if any."""
    return await durable.enqueue(
        SYNCHRONIZATION,
        connection,
        queue=Queue.PULL,
        partition=connection,
        deduplication=f"synchronization:{connection}",
    )


def stored_coupling(row: Coupling) -> StoredCoupling:
    """As the store keeps it."""
    return StoredCoupling(
        id=row.id,
        is_option=row.kind is CouplingKind.OPTION,
        table_number=row.table,
        record_id=row.record_id,
        local_system_id=row.local_system_id,
        dataverse_id=row.dataverse_id,
        integration_table=row.integration_table,
        last_result=row.last_result,
        last_dataverse_result=row.last_dataverse_result,
        last_job_id=row.last_job_id,
        last_dataverse_job_id=row.last_dataverse_job_id,
        last_modified_on=row.last_modified_on,
        last_dataverse_modified_on=row.last_dataverse_modified_on,
        skipped=row.skipped,
        modified_at=row.modified_at,
    )


def stored_job(row: SyncJob) -> StoredJob:
    """As the store keeps it."""
    return StoredJob(**{**asdict(row), "direction": str(row.direction)})


def stored_mapping(row: TableMapping) -> StoredMapping:
    """As the store keeps it."""
    values = asdict(row)
    values["table_number"] = values.pop("table")
    return StoredMapping(**{**values, "direction": str(row.direction)})


def _tell_unreadable(what: str, page: Page[Coupling] | Page[SyncJob]) -> None:
    if page.unreadable:
        _log.warning("%s %s could not be understood", len(page.unreadable), what)
