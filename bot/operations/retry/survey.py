"""Looking at what a retry would take, just before it: what is stored, overruled by what is so now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.businesscentral import BusinessCentralClient, Coupling, Freshness, JobQueueEntry, parse_record_id
from bot.businesscentral.dependencies import rank_of
from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import (
    ActionMissing,
    ActionRefused,
    ConnectionGone,
    SourceFailure,
    SourceMissing,
)
from bot.operations.ask import Ask
from bot.operations.causes.awaiting import awaited_records
from bot.operations.given_up import MOST_SKIPPED, SkippedRecord, SkippedRecords, by_tables_of
from bot.operations.reading import FailureNote, note_of
from bot.operations.retry.judging import direction_of, hope_of, result_of, ways_of
from bot.operations.retry.known import Known
from bot.operations.retry.values import MOST_PROBLEMS, MOST_RECORDS, Hope, JobNote, Skipped, Target
from bot.operations.synchronization import stored_coupling, stored_mapping
from bot.store import Database, Errors, Problems
from bot.store.columns import as_key
from bot.store.given_up import GivenUp
from bot.store.resolution import FAILURE
from bot.store.retries import RetriedMapping, RetriedRecord
from bot.store.retry_candidates import Candidate, Candidates
from bot.store.synchronization import StoredCoupling, StoredMapping, Synchronization
from bot.store.values import Scope

PAGES: Final = 5
"""Of couplings that changed since they were last read; where more did, the stored ones must do."""
_LONG_AGO: Final = datetime(1753, 1, 1, tzinfo=UTC)
_TROUBLED: Final = frozenset({"Error", "On Hold"})


@dataclass(frozen=True, slots=True)
class Now:
    """What Business Central says at this moment."""

    couplings: tuple[StoredCoupling, ...] = ()
    mappings: Mapping[str, StoredMapping] = field(default_factory=dict)
    jobs: Mapping[str, JobQueueEntry] | None = None
    """The mappings' own jobs, by mapping; None where the bot may not look."""
    job_starts: Mapping[str, datetime] = field(default_factory=dict)
    hopeless: FailureNote | None = None
    reason: str = ""
    unread: FailureNote | None = None


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a retry would take, and what of it is known."""

    records: tuple[RetriedRecord, ...]
    mappings: tuple[RetriedMapping, ...]
    hopes: Mapping[Hope, int]
    examples: Mapping[Hope, str]
    now: Now
    first: tuple[str, ...] = ()
    left_over: int = 0
    problems: tuple[str, ...] = ()

    @property
    def jobs(self) -> tuple[JobNote, ...]:
        """The mappings' jobs that are in trouble."""
        wanted = [one.mapping for one in self.mappings]
        return tuple(
            JobNote(name, entry.status, entry.error_message)
            for name in wanted
            if (entry := (self.now.jobs or {}).get(name)) is not None and entry.status in _TROUBLED
        )

    def bounds(self) -> dict[str, object]:
        """What is confirmed by whoever starts it, as a run keeps it: the records are in a table of their
        own."""
        return {
            "chosen": True,
            "left_out": {hope.value: n for hope, n in self.hopes.items() if not hope.is_retried},
            "left_over": self.left_over,
        }


@dataclass(frozen=True)
class Survey:
    """Takes a look. ``clients`` is keyed by ``Connection.key``."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    clock: Clock

    async def take(self, scope: Scope, target: Target) -> Surveyed:
        """What retrying that would take. Raises NotFound for an error or a problem that is not stored."""
        now = await self.now(scope)
        async with self.database.moment():
            candidates, first, problems, total = await self._candidates(scope, target, now)
            known = await self._known(scope, candidates, now)
            mappings = dict(now.mappings) or {
                one.name: one for one in await Synchronization(self.database).mappings(scope)
            }
        of_tables = by_tables_of(mappings.values())
        candidates = tuple(
            _with_mapping(one, coupling, of_tables)
            for one in candidates
            if not _is_done(one, coupling := known.coupling(one.record_id, one.table_number), first)
        )
        records, hopes, examples = _judged(candidates, known, mappings, now)
        return Surveyed(
            records=tuple(records.values()),
            mappings=_in_order(records.values(), mappings),
            hopes=hopes,
            examples=examples,
            now=now,
            first=tuple(record for record in first if record in records),
            left_over=max(0, total - MOST_RECORDS),
            problems=problems,
        )

    async def now(self, scope: Scope) -> Now:
        """What Business Central says of what retrying needs; as far as it answers."""
        client = self.clients.get(scope.connection)
        if client is None:
            return Now(hopeless=note_of(ConnectionGone()))
        try:
            states = await client.connection_states()
            mappings = await client.table_mappings()
            changed = await self._changed(scope, client)
            starts = await self._started(scope, client)
        except SourceMissing as missing:
            what = str(missing.facts.get("what", ""))
            if what == "extension":
                return Now(hopeless=note_of(ActionMissing("", action="release", what=what)))
            return Now(hopeless=note_of(missing))
        except SourceFailure as failure:
            note = note_of(failure)
            return Now(unread=note) if failure.retry_helps else Now(hopeless=note)
        off = next((state for state in states if not state.enabled), None)
        hopeless = None
        if not any(state.enabled for state in states):
            hopeless = note_of(ActionRefused("", action="wake", guard="ConnectionOff"))
        return Now(
            couplings=tuple(stored_coupling(row) for row in changed),
            mappings={row.name: stored_mapping(row) for row in mappings},
            jobs=await _jobs(client),
            job_starts=starts,
            hopeless=hopeless,
            reason=off.disable_reason if off is not None and hopeless is not None else "",
        )

    async def _changed(self, scope: Scope, client: BusinessCentralClient) -> list[Coupling]:
        since = (await Synchronization(self.database).read_so_far(scope)).couplings_until
        page = await client.couplings(since, freshness=Freshness.PRIMARY)
        rows = list(page.rows)
        for _ in range(PAGES - 1):
            if page.next_link is None:
                break
            page = await client.follow_couplings(page.next_link, freshness=Freshness.PRIMARY)
            rows += page.rows
        return rows

    async def _started(self, scope: Scope, client: BusinessCentralClient) -> Mapping[str, datetime]:
        """When the jobs started that nobody has read yet."""
        day = self.clock.now() - timedelta(days=1)
        since = (await Synchronization(self.database).read_so_far(scope)).jobs_until
        page = await client.sync_jobs(max(since or day, day), freshness=Freshness.PRIMARY)
        return {job.id: job.started_at for job in page.rows}

    async def _candidates(
        self, scope: Scope, target: Target, now: Now
    ) -> tuple[tuple[Candidate, ...], tuple[str, ...], tuple[str, ...], int]:
        """The records, those of them that come first, whose they are, and how many there are in all."""
        store = Candidates(self.database)
        if target.skipped is not None:
            skipped = await self._skipped(scope, target.skipped, now)
            return skipped[:MOST_RECORDS], (), (), len(skipped)
        if target.number is not None:
            error = await Errors(self.database).by_number(scope, target.number)
            record = error.source_record_id or error.destination_record_id
            found = await store.of_records(scope, [(error.problem_id, record)])
            return found, (), (error.problem_id,), len(found)
        if not target.problem_id:
            problems = await store.marked_fixed(scope, MOST_PROBLEMS)
            found = await store.of_problems(scope, problems, MOST_RECORDS)
            return found, (), problems, await store.records_of(scope, problems)
        problem = (await Problems(self.database).living(scope, target.problem_id)).id
        found = await store.of_problems(scope, (problem,), MOST_RECORDS)
        graph = await self.ask.causes.graph(scope)
        waits = [(wait.waits_for, wait.record) for wait in graph.chain(problem) if wait.record]
        awaited = await store.of_records(scope, waits)
        known = {one.record_id for one in found}
        before = tuple(one for one in awaited if one.record_id not in known)
        total = await store.records_of(scope, (problem,))
        return (*before, *found), tuple(one.record_id for one in before), (problem,), total

    async def _skipped(self, scope: Scope, wanted: Skipped, now: Now) -> tuple[Candidate, ...]:
        """Records that are skipped now, each with its latest error where one is stored."""
        stored = await GivenUp(self.database).skipped(scope, MOST_SKIPPED)
        newest = {one.id: one for one in (*stored, *now.couplings)}
        couplings = [one for one in newest.values() if one.skipped]
        mappings = dict(now.mappings) or {
            one.name: one for one in await Synchronization(self.database).mappings(scope)
        }
        found = [
            one
            for one in await SkippedRecords(self.database).of(scope, couplings, mappings)
            if wanted.takes(one.coupling.id, one.mapping, one.problem_id)
        ]
        pairs = [(one.problem_id, one.failing) for one in found if one.latest is not None]
        known = {one.record_id: one for one in await Candidates(self.database).of_records(scope, pairs)}
        return tuple(_candidate(one, known.get(as_key(one.failing))) for one in found)

    async def _known(self, scope: Scope, candidates: Iterable[Candidate], now: Now) -> Known:
        """The couplings of these records and of what they wait for, and when their jobs started."""
        records, rows = set[str](), set[str]()
        for one in candidates:
            records.add(one.record_id)
            records.update(awaited_records(one.class_code, one.topic, one.params))
        for text in records:
            parsed = parse_record_id(text)
            if parsed is not None and parsed.row_id is not None:
                rows.add(parsed.row_id)
        store = Synchronization(self.database)
        stored = (
            *await store.couplings_of(scope, sorted(records)),
            *await store.couplings_of_rows(scope, sorted(rows)),
        )
        couplings = {one.id: one for one in (*stored, *now.couplings)}
        jobs = {job for one in couplings.values() for job in (one.last_job_id, one.last_dataverse_job_id)}
        starts = await Candidates(self.database).job_starts(scope, [job for job in jobs if job])
        return Known(couplings.values(), {**starts, **now.job_starts})


def _candidate(skipped: SkippedRecord, failed: Candidate | None) -> Candidate:
    """A skipped record as a retry takes it; its own direction and mapping count, not those of an error."""
    if failed is None:
        failed = Candidate("", "", None, {}, skipped.failing, 0, _LONG_AGO, 0, "", "")
    return replace(
        failed,
        record_id=skipped.failing or skipped.record_id,
        table_number=skipped.failing_table,
        mapping=skipped.mapping,
        direction=skipped.direction,
    )


def _is_done(candidate: Candidate, coupling: StoredCoupling | None, first: Sequence[str]) -> bool:
    """What others wait for need only be coupled: one that is, and does not fail, no run would take again."""
    if candidate.record_id not in first or coupling is None or coupling.skipped:
        return False
    return result_of(coupling, direction_of(candidate))[0] != FAILURE


def _with_mapping(
    candidate: Candidate, coupling: StoredCoupling | None, of_tables: Mapping[tuple[int, int], str]
) -> Candidate:
    """The mapping of an error whose job was deleted: that of its two tables, if there is one alone."""
    if candidate.mapping or coupling is None:
        return candidate
    return replace(candidate, mapping=of_tables.get((coupling.table_number, coupling.integration_table), ""))


def _judged(
    candidates: Sequence[Candidate], known: Known, mappings: Mapping[str, StoredMapping], now: Now
) -> tuple[Mapping[str, RetriedRecord], Mapping[Hope, int], Mapping[Hope, str]]:
    """What is retried, by record; and how many are what, with an example of each."""
    hopes: Counter[Hope] = Counter()
    examples: dict[Hope, str] = {}
    records: dict[str, RetriedRecord] = {}
    for one in candidates:
        if one.record_id in records:
            continue
        coupling = known.coupling(one.record_id, one.table_number)
        hope = hope_of(
            one,
            coupling,
            mappings.get(one.mapping),
            succeeded_at=known.succeeded_at(coupling, ways_of(one)),
            waits=known.waits(one),
        )
        if hope.is_retried and now.jobs is not None and one.mapping not in now.jobs:
            hope = Hope.NO_JOB
        hopes[hope] += 1
        examples.setdefault(hope, one.record_id)
        if hope.is_retried and coupling is not None:
            records[one.record_id] = RetriedRecord(
                record_id=one.record_id,
                problem_id=one.problem_id,
                mapping=one.mapping,
                direction=direction_of(one),
                table_number=one.table_number,
                number=one.number,
                coupling_id=coupling.id,
                dataverse_id=coupling.dataverse_id,
                is_option=coupling.is_option,
            )
    return records, hopes, examples


def _in_order(
    records: Iterable[RetriedRecord], mappings: Mapping[str, StoredMapping]
) -> tuple[RetriedMapping, ...]:
    """Whose records others need comes first."""
    ranks: dict[str, int] = {}
    for record in records:
        rank = rank_of(record.record_id)
        ranks[record.mapping] = min(ranks.get(record.mapping, rank), rank)
    order = sorted(ranks.items(), key=lambda one: (one[1], one[0]))
    return tuple(RetriedMapping(name, mappings[name].id, rank) for name, rank in order)


async def _jobs(client: BusinessCentralClient) -> Mapping[str, JobQueueEntry] | None:
    """The mappings' own jobs by mapping; None where the bot may not look."""
    try:
        entries = await client.job_queue_entries()
    except SourceFailure:
        return None
    return {entry.mapping: entry for entry in entries if entry.mapping is not None and entry.recurring}
