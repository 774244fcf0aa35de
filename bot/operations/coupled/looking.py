"""Looking at what Business Central has given up on, and planning what somebody decides about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.businesscentral import parse_record_id
from bot.businesscentral.synchronized_tables import OPTION_TABLES
from bot.dataclass import dataclass
from bot.failures import NotFound
from bot.operations.ask import Ask
from bot.operations.causes.awaiting import awaited_records
from bot.operations.coupled.values import (
    CoupledView,
    CreateOffer,
    Lost,
    LostGroup,
    RecordLine,
    RecordsView,
    SkippedGroup,
    UncoupleOffer,
)
from bot.operations.deciding import MOST_RECORDS, Decided, DecisionDesk, Plan, Step
from bot.operations.given_up import MOST_SKIPPED, SkippedRecord, SkippedRecords
from bot.operations.naming import Naming
from bot.operations.retry import Skipped
from bot.operations.retry.values import MOST_CHOICES
from bot.operations.rights import Act
from bot.operations.views import ProblemLine
from bot.store import Database
from bot.store.columns import as_key
from bot.store.given_up import FROM_DATAVERSE, GivenUp, LostCreation
from bot.store.record_names import Names
from bot.store.search_problems import NarrowedProblems
from bot.store.synchronization import Synchronization
from bot.store.values import Scope

GROUPS_A_PAGE: Final = 8
RECORDS_A_PAGE: Final = 6
_EXAMPLES: Final = 3
_CAUSES: Final = 3
_OPTIONS_IN_BUSINESS_CENTRAL: Final = frozenset({3, 10, 291})
"""Payment terms, shipment methods, shipping agents: options, which are not created like records."""


@dataclass(frozen=True)
class CoupledData:
    """Answers from the store; Business Central is asked when something is decided."""

    database: Database
    ask: Ask
    deciding: DecisionDesk
    naming: Naming

    async def groups(self, scope: Scope, page: int = 0) -> CoupledView:
        """A page of it all: skipped records by mapping and cause, most first, then lost creations."""
        await self.ask.knowledge.current()
        async with self.database.moment():
            read = await Synchronization(self.database).read_so_far(scope)
            known = read.succeeded_at is not None
            skipped = await self._skipped(scope) if known else ()
            lost = await self._lost(scope) if known else ()
            total = await GivenUp(self.database).skipped_count(scope) if known else 0
            of_skipped = _skipped_groups(skipped)
            groups: list[_Skipped | _Lost] = [*of_skipped, *_lost_groups(lost)]
            pages = max(1, -(-len(groups) // GROUPS_A_PAGE))
            page = max(0, min(page, pages - 1))
            shown = groups[page * GROUPS_A_PAGE : (page + 1) * GROUPS_A_PAGE]
            lines = await self._lines(scope, [problem for group in shown for problem in group.problems])
            mappings = Counter(one.mapping for one in skipped)
            examples = [one.record_id for group in shown for one in group.records[:_EXAMPLES]]
            return CoupledView(
                connection=await self.ask.connection(scope),
                skipped=total,
                lost=len(lost),
                mappings=tuple(sorted(mappings.items(), key=lambda one: (-one[1], one[0]))),
                groups=tuple(group.view(lines) for group in shown),
                page=page,
                pages=pages,
                read_at=read.succeeded_at,
                is_cut=total > MOST_SKIPPED or len(lost) >= MOST_SKIPPED,
                lost_page=len(of_skipped) // GROUPS_A_PAGE,
                names=await self.naming.known(scope, examples),
            )

    async def records(self, scope: Scope, which: Skipped | Lost, page: int = 0) -> RecordsView:
        """A page of the records of a group."""
        await self.ask.knowledge.current()
        async with self.database.moment():
            if isinstance(which, Skipped):
                found = [_skipped_line(one) for one in await self._skipped(scope, which)]
                problem = which.problem_id or ""
            else:
                found = [_lost_line(one) for one in await self._lost(scope, which)]
                problem = ""
            pages = max(1, -(-len(found) // RECORDS_A_PAGE))
            page = max(0, min(page, pages - 1))
            view = RecordsView(
                connection=await self.ask.connection(scope),
                which=which,
                line=(await self._lines(scope, [problem])).get(problem),
                records=tuple(found[page * RECORDS_A_PAGE : (page + 1) * RECORDS_A_PAGE]),
                count=len(found),
                page=page,
                pages=pages,
            )
        return replace(view, names=await self._names(scope, view.records))

    async def offer_to_create(self, scope: Scope, which: Lost, numbers: Sequence[str] = ()) -> CreateOffer:
        """What creating lost records would do; only those whose errors have these numbers, or all."""
        found = await self._lost(scope, which)
        chosen = [one for one in found if not numbers or str(one.number) in numbers]
        what = f"create:{which.direction}:{which.mapping}"
        records = tuple(_to_create(one) for one in chosen[:MOST_RECORDS])
        causes = Counter(one.problem_id for one in chosen)
        lines = await self._lines(scope, [problem for problem, _ in causes.most_common(_CAUSES)])
        named = [_lost_line(one) for one in chosen[:MOST_CHOICES]]
        return CreateOffer(
            connection=await self.ask.connection(scope),
            which=which,
            plan=Plan(what, records, Act.CREATE),
            allowance=await self.deciding.allowance(scope),
            choices=tuple((str(one.number), one.record_id) for one in chosen[:MOST_CHOICES]),
            left_over=max(0, len(chosen) - MOST_RECORDS),
            running=await self.deciding.running(scope, what),
            causes=tuple((line, causes[problem]) for problem, line in lines.items()),
            waiting=sum(causes[problem] for problem in await self._waiting(scope, causes)),
            names=await self._names(scope, named),
        )

    async def offer_to_uncouple(self, scope: Scope, coupling_id: str) -> UncoupleOffer:
        """What uncoupling a skipped record would do. Raises NotFound for one that is not skipped."""
        found = await self._skipped(scope, Skipped(coupling_ids=(coupling_id,)))
        if not found:
            raise NotFound(what="coupling")
        (record,) = found
        mappings = {one.name: one.id for one in await Synchronization(self.database).mappings(scope)}
        plan = Plan(
            f"uncouple:{coupling_id}",
            (_to_uncouple(record, mappings),),
            Act.UNCOUPLE,
            record.problem_id,
        )
        coupling = record.coupling
        return UncoupleOffer(
            connection=await self.ask.connection(scope),
            plan=plan,
            allowance=await self.deciding.allowance(scope),
            record=_skipped_line(record),
            can_be_undone=bool(
                coupling.local_system_id and coupling.dataverse_id and mappings.get(record.mapping)
            ),
            running=await self.deciding.running(scope, plan.what),
            names=await self._names(scope, [_skipped_line(record)]),
        )

    async def _names(self, scope: Scope, lines: Sequence[RecordLine]) -> Names:
        """Asked for the first ones; of the others those that are known."""
        records = {one.record_id: one.number for one in lines}
        records |= {one.other_record: one.number for one in lines if one.other_record}
        return await self.naming.of_numbers(scope, records)

    async def _waiting(self, scope: Scope, problem_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of the problems that wait for a record of which no coupling is known."""
        rows = await NarrowedProblems(self.database).by_id(scope, sorted(problem_ids))
        awaited = {key: awaited_records(row.class_code, row.topic, row.params) for key, row in rows.items()}
        texts = sorted({text for records in awaited.values() for text in records})
        parsed = {text: parse_record_id(text) for text in texts}
        row_ids = {text: one.row_id for text, one in parsed.items() if one is not None and one.row_id}
        store = Synchronization(self.database)
        here = {as_key(one.record_id) for one in await store.couplings_of(scope, texts)}
        there = {
            one.dataverse_id for one in await store.couplings_of_rows(scope, sorted(set(row_ids.values())))
        }
        coupled = {text for text in texts if as_key(text) in here or row_ids.get(text, "") in there}
        return tuple(key for key, records in awaited.items() if records and not coupled & set(records))

    async def _skipped(self, scope: Scope, which: Skipped | None = None) -> tuple[SkippedRecord, ...]:
        stored = await GivenUp(self.database).skipped(scope, MOST_SKIPPED)
        if which is not None and which.coupling_ids:
            stored = tuple(one for one in stored if one.id in which.coupling_ids)
        mappings = {one.name: one for one in await Synchronization(self.database).mappings(scope)}
        found = await SkippedRecords(self.database).of(scope, stored, mappings)
        if which is None:
            return found
        return tuple(one for one in found if which.takes(one.coupling.id, one.mapping, one.problem_id))

    async def _lost(self, scope: Scope, which: Lost | None = None) -> tuple[LostCreation, ...]:
        found = [one for one in await GivenUp(self.database).lost(scope, MOST_SKIPPED) if _is_new(one)]
        if which is None:
            return tuple(found)
        return tuple(
            one
            for one in found
            if (one.mapping, one.direction) == (which.mapping, which.direction)
            and which.number in (None, one.number)
        )

    async def _lines(self, scope: Scope, problem_ids: Iterable[str]) -> Mapping[str, ProblemLine]:
        wanted = sorted({problem for problem in problem_ids if problem})
        rows = await NarrowedProblems(self.database).by_id(scope, wanted)
        return {problem: self.ask.line(row) for problem, row in rows.items()}


@dataclass(frozen=True, slots=True)
class _Skipped:
    """A group before its cause is looked up."""

    which: Skipped
    records: tuple[SkippedRecord, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        return (self.which.problem_id or "",)

    def view(self, lines: Mapping[str, ProblemLine]) -> SkippedGroup:
        examples = tuple(one.record_id for one in self.records[:_EXAMPLES])
        line = lines.get(self.which.problem_id or "")
        return SkippedGroup(self.which, line, len(self.records), examples)


@dataclass(frozen=True, slots=True)
class _Lost:
    """The same of lost creations."""

    which: Lost
    records: tuple[LostCreation, ...]

    @property
    def _counts(self) -> list[tuple[str, int]]:
        return Counter(one.problem_id for one in self.records).most_common(_CAUSES)

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(problem for problem, _ in self._counts)

    def view(self, lines: Mapping[str, ProblemLine]) -> LostGroup:
        examples = tuple(one.record_id for one in self.records[:_EXAMPLES])
        causes = tuple((lines[problem], n) for problem, n in self._counts if problem in lines)
        return LostGroup(self.which, len(self.records), examples, causes)


def _skipped_groups(records: Iterable[SkippedRecord]) -> list[_Skipped]:
    """Mapping by mapping, the one with most records first; in each the most frequent cause first."""
    groups: dict[Skipped, list[SkippedRecord]] = {}
    for one in records:
        groups.setdefault(Skipped(one.mapping, one.problem_id), []).append(one)
    of_mapping: Counter[str] = Counter()
    for which, its in groups.items():
        of_mapping[which.mapping] += len(its)
    order = sorted(
        groups.items(),
        key=lambda one: (-of_mapping[one[0].mapping], one[0].mapping, -len(one[1]), one[0].what),
    )
    return [_Skipped(which, tuple(its)) for which, its in order]


def _lost_groups(records: Iterable[LostCreation]) -> list[_Lost]:
    groups: dict[Lost, list[LostCreation]] = {}
    for one in records:
        groups.setdefault(Lost(one.mapping, one.direction), []).append(one)
    order = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0].what))
    return [_Lost(which, tuple(its)) for which, its in order]


def _is_new(lost: LostCreation) -> bool:
    """A record that could be created: it is named, and no option."""
    record = parse_record_id(lost.record_id, lost.table_number)
    if record is None or record.blank or record.option is not None:
        return False
    return lost.table_number not in OPTION_TABLES and lost.table_number not in _OPTIONS_IN_BUSINESS_CENTRAL


def _skipped_line(record: SkippedRecord) -> RecordLine:
    return RecordLine(
        record_id=record.record_id,
        other_record=record.other_record,
        number=0 if record.latest is None else record.latest.number,
        failed_at=record.failed_at,
        is_gone=record.is_gone,
        coupling_id=record.coupling.id,
    )


def _lost_line(lost: LostCreation) -> RecordLine:
    return RecordLine(lost.record_id, "", lost.number, lost.last_seen)


def _to_create(lost: LostCreation) -> Decided:
    row_id = None
    if lost.direction == FROM_DATAVERSE:
        record = parse_record_id(lost.record_id, lost.table_number)
        row_id = None if record is None else record.row_id
    return Decided(
        step=Step.CREATE,
        mapping=lost.mapping,
        mapping_id=lost.mapping_id,
        direction=lost.direction,
        record_id=lost.record_id,
        table_number=lost.table_number,
        dataverse_id=row_id,
        problem_id=lost.problem_id,
        number=lost.number,
        error_id="" if lost.is_gone else lost.error_id,
    )


def _to_uncouple(record: SkippedRecord, mappings: Mapping[str, str]) -> Decided:
    coupling = record.coupling
    decided = Decided(
        step=Step.UNCOUPLE,
        mapping=record.mapping,
        mapping_id=mappings.get(record.mapping, ""),
        direction="",
        record_id=record.record_id,
        table_number=coupling.table_number,
        local_system_id=coupling.local_system_id,
        dataverse_id=coupling.dataverse_id,
        coupling_id=coupling.id,
        other_record=record.other_record,
        problem_id=record.problem_id,
    )
    number = 0 if record.latest is None else record.latest.number
    return replace(decided, number=number)
