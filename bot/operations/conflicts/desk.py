"""Looking at a conflict as it is now, and turning a choice into a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.businesscentral import (
    BusinessCentralClient,
    CoupledFields,
    Coupling,
    SynchResult,
    TableMapping,
    parse_record_id,
)
from bot.businesscentral.records import Direction
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient
from bot.failures import (
    ChoiceChanged,
    ConnectionGone,
    DataverseFailure,
    NotFound,
    NothingToDecide,
    SourceMissing,
)
from bot.operations.ask import Ask
from bot.operations.conflicts.values import (
    BOTH_CHANGED,
    ConflictChoice,
    ConflictRecord,
    ConflictView,
    LastChange,
    Side,
    Standing,
    differing,
    fingerprint,
)
from bot.operations.deciding import Decided, DecisionDesk, Plan, Step
from bot.operations.naming import Naming
from bot.operations.reading import FailureNote, note_of
from bot.operations.rights import Act
from bot.store import Database, Errors, Problems
from bot.store.record_names import Names, RecordName, RecordState
from bot.store.synchronization import Synchronization
from bot.store.synchronized import Synchronized
from bot.store.values import AffectedRecord, Scope, StoredError

MOST_RECORDS: Final = 100
"""To choose from: as many as a menu holds."""
MOST_LOOKED_AT: Final = 1_000
"""Of a problem's records, in search of one that is not settled."""
A_SECOND: Final = timedelta(seconds=1)
"""What the two systems' clocks cut off."""
_NO_RULE: Final = frozenset({"", "none", "_x0020_"})


@dataclass(frozen=True)
class Conflicts:
    """``clients`` and ``dataverse`` are keyed by ``Connection.key``; a connection without Dataverse's
    address has none of the latter."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    dataverse: Mapping[str, DataverseClient]
    deciding: DecisionDesk
    naming: Naming

    async def choice(self, scope: Scope, problem_id: str) -> ConflictChoice:
        """The records of a problem that are not settled, latest failure first; where all are, the latest.

        Raises NotFound for another kind of problem.
        """
        row = await Problems(self.database).living(scope, problem_id)
        if row.class_code != BOTH_CHANGED:
            raise NotFound(what="problem")
        latest = await Errors(self.database).latest_of(scope, row.id)
        mappings = {one.name: one for one in await Synchronization(self.database).mappings(scope)}
        mapping = mappings.get(latest.mapping)
        problems, over = Problems(self.database), 0
        latest_ones: Sequence[AffectedRecord] = ()
        left: list[AffectedRecord] = []
        for offset in range(0, max(1, min(row.records, MOST_LOOKED_AT)), MOST_RECORDS):
            looked = await problems.affected(scope, row.id, limit=MOST_RECORDS, offset=offset)
            ids = [one.record_id for one in looked]
            settled = await Synchronized(self.database).settled(scope, row.id, ids)
            over += len(settled)
            left += [one for one in looked if one.record_id not in settled]
            latest_ones = latest_ones or looked
            if len(left) >= MOST_RECORDS:
                break
        records = left[:MOST_RECORDS] or latest_ones
        return ConflictChoice(
            connection=await self.ask.connection(scope),
            problem_id=row.id,
            records=tuple(
                ConflictRecord(
                    one.record_id or one.other_record_id, one.table, one.last_number, one.last_seen
                )
                for one in records
            ),
            total=row.records,
            over=over,
            names=await self.naming.known(scope, [one.record_id or one.other_record_id for one in records]),
            mapping=latest.mapping,
            rule="" if mapping is None else _rule(mapping.update_conflict),
        )

    async def show(self, scope: Scope, number: int) -> ConflictView:
        """What the error with that No. is about, as both systems have it now.

        Raises NotFound for an error that is not stored or is no conflict, and what the client raises.
        """
        error = await Errors(self.database).by_number(scope, number)
        if error.class_code != BOTH_CHANGED:
            raise NotFound(what="error", number=str(number))
        client = self.clients.get(scope.connection)
        if client is None:
            raise ConnectionGone
        view = await self._empty(scope, error)
        view = replace(view, names=await self.naming.of_records(scope, error))
        if not view.record_id and not view.row_id:
            return replace(view, standing=Standing.NO_RECORD)
        coupling = await self._coupling(scope, client, view)
        if coupling is None or coupling.dataverse_id is None or coupling.local_system_id is None:
            return replace(view, standing=Standing.NOT_COUPLED)
        read = await client.coupled_fields(coupling.id)
        if read is None:
            return replace(view, standing=Standing.NOT_COUPLED)
        return await self._filled(scope, client, error, view, coupling, read)

    async def plan(self, scope: Scope, number: int, winner: Side, seen: str) -> Plan:
        """What letting that side win does. Looks again before.

        Raises ChoiceChanged where it is no longer what was shown; NothingToDecide where there is nothing to
        choose, or the mapping does not go that way.
        """
        view = await self.show(scope, number)
        if view.standing is not Standing.OPEN or winner not in view.sides:
            raise NothingToDecide
        if view.seen != seen:
            raise ChoiceChanged
        decided = Decided(
            step=Step.SYNCHRONIZE,
            mapping=view.mapping,
            mapping_id=view.mapping_id,
            direction=str(winner.direction),
            record_id=view.record_id,
            table_number=view.table,
            local_system_id=view.local_system_id,
            dataverse_id=view.dataverse_id,
            coupling_id=view.coupling_id,
            other_record=view.row_id,
            problem_id=view.problem_id,
            number=number,
        )
        return Plan(_what(view.coupling_id), (decided,), Act.SYNCHRONIZE, view.problem_id)

    async def _empty(self, scope: Scope, error: StoredError) -> ConflictView:
        """What the error itself tells."""
        sides = (
            (error.source_record_id, error.source_table),
            (error.destination_record_id, error.destination_table),
        )
        view = ConflictView(
            connection=await self.ask.connection(scope),
            number=error.number,
            standing=Standing.OPEN,
            record_id="",
            table=0,
            mapping=error.mapping,
            problem_id=error.problem_id,
            is_dataverse_known=scope.connection in self.dataverse,
        )
        for text, table in sides:
            parsed = parse_record_id(text, table)
            if parsed is None:
                continue
            if parsed.entity is None:
                view = replace(view, record_id=text, table=table)
            else:
                view = replace(view, row_id=text, row_table=table, dataverse_id=parsed.row_id or "")
        return view

    async def _coupling(
        self, scope: Scope, client: BusinessCentralClient, view: ConflictView
    ) -> Coupling | None:
        """The coupling of the error's record as it is now; of several that are known, the one still there."""
        store = Synchronization(self.database)
        known = await store.couplings_of(scope, [view.record_id]) if view.record_id else ()
        if not known and view.dataverse_id:
            known = await store.couplings_of_rows(scope, [view.dataverse_id])
        for one in sorted(known, key=lambda each: each.modified_at, reverse=True):
            try:
                coupling = await client.coupling(one.id)
            except SourceMissing as missing:
                if missing.facts.get("what") != "coupling":
                    raise
                continue
            if not view.row_table or coupling.integration_table in {0, view.row_table}:
                return coupling
        return None

    async def _filled(
        self,
        scope: Scope,
        client: BusinessCentralClient,
        error: StoredError,
        view: ConflictView,
        coupling: Coupling,
        read: CoupledFields,
    ) -> ConflictView:
        mapping = next((one for one in await client.table_mappings() if one.id == read.mapping_id), None)
        parsed = parse_record_id(view.row_id, view.row_table)
        entity = (parsed.entity if parsed is not None else None) or (
            mapping.entity_name if mapping is not None else ""
        )
        there, unread, called = await self._last_change(scope, entity, coupling.dataverse_id or "", read)
        fields = differing(read.fields)
        is_over = await _is_over(client, coupling, error)
        standing = Standing.OPEN if fields else Standing.ALIKE
        return replace(
            view,
            standing=Standing.SYNCHRONIZED if is_over else standing,
            record_id=coupling.record_id or view.record_id,
            table=coupling.table or view.table,
            mapping=mapping.name if mapping is not None else view.mapping,
            mapping_id=read.mapping_id,
            rule="" if mapping is None else _rule(mapping.update_conflict),
            coupling_id=coupling.id,
            local_system_id=coupling.local_system_id or "",
            dataverse_id=coupling.dataverse_id or "",
            fields=fields,
            alike=len(read.fields) - len(fields),
            here=LastChange(read.changed_at, read.changed_by),
            there=there,
            synchronized_at=read.synchronized_at,
            unread=unread,
            sides=_sides(mapping),
            allowance=await self.deciding.allowance(scope),
            running=await self.deciding.running(scope, _what(coupling.id)),
            seen=fingerprint(coupling.id, read),
            names=_with_row(view, called, self.naming.clock.now()),
        )

    async def _last_change(
        self, scope: Scope, entity: str, row_id: str, read: CoupledFields
    ) -> tuple[LastChange, FailureNote | None, str]:
        """Who changed the row, and what it is called, as far as Dataverse says; choosing goes on without.

        Its answers may be a minute old: who made an earlier change than Business Central saw is nobody here.
        """
        at = read.dataverse_changed_at
        asked = self.dataverse.get(scope.connection)
        if asked is None or not entity or not row_id:
            return LastChange(at), None, ""
        try:
            row = await asked.row(entity, row_id)
        except DataverseFailure as failure:
            return LastChange(at), note_of(failure), ""
        if row is None:
            return LastChange(at), None, ""
        if row.modified_at is None or (at and row.modified_at < at - A_SECOND):
            return LastChange(at), None, row.name
        return LastChange(row.modified_at, row.modified_by), None, row.name


def _with_row(view: ConflictView, name: str, at: datetime) -> Names:
    """The names known, and what Dataverse calls its row now."""
    if not name or not view.row_id:
        return view.names
    return {**view.names, view.row_id: RecordName(view.row_id, name, "", RecordState.FOUND, at)}


async def _is_over(client: BusinessCentralClient, coupling: Coupling, error: StoredError) -> bool:
    """Whether a job that started after the error has taken the record, in either direction."""
    if coupling.skipped:
        return False
    for direction in (Direction.TO_DATAVERSE, Direction.FROM_DATAVERSE):
        job_id = coupling.job(direction)
        if coupling.result(direction) is not SynchResult.SUCCESS or job_id is None or job_id == error.job_id:
            continue
        try:
            job = await client.sync_job(job_id)
        except SourceMissing as missing:
            if missing.facts.get("what") != "job":
                raise
            continue
        if job.started_at > error.logged_at:
            return True
    return False


def _sides(mapping: TableMapping | None) -> tuple[Side, ...]:
    """The sides that can win by the mapping's own direction."""
    if mapping is None:
        return ()
    return tuple(side for side in Side if mapping.direction in {side.direction, Direction.BIDIRECTIONAL})


def _rule(update_conflict: str) -> str:
    return "" if update_conflict.strip().casefold() in _NO_RULE else update_conflict


def _what(coupling_id: str) -> str:
    return f"conflict:{coupling_id}"
