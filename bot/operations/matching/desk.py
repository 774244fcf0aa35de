"""Finding what an awaited record belongs to, and turning a choice into a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.businesscentral import BusinessCentralClient, TableMapping, parse_record_id
from bot.dataclass import dataclass
from bot.dataverse import DataverseClient
from bot.failures import ChoiceChanged, ConnectionGone, DataverseFailure, NothingToDecide
from bot.operations.ask import Ask
from bot.operations.causes.awaiting import awaited_by_row, awaited_records
from bot.operations.deciding import ACT_OF, Decided, DecisionDesk, Plan, Step
from bot.operations.matching.behind import Following
from bot.operations.matching.columns import OPTION_TABLES
from bot.operations.matching.looking import Looking
from bot.operations.matching.values import (
    MOST_CANDIDATES,
    Awaited,
    Choice,
    MatchTarget,
    MatchView,
    Obstacle,
    What,
)
from bot.operations.reading import FailureNote, note_of
from bot.store import Database, Errors, Problems
from bot.store.record_names import RecordNames
from bot.store.values import Scope


@dataclass(frozen=True)
class Matching:
    """``clients`` and ``dataverse`` are keyed by ``Connection.key``; a connection without Dataverse's
    address has none of the latter."""

    database: Database
    ask: Ask
    clients: Mapping[str, BusinessCentralClient]
    dataverse: Mapping[str, DataverseClient]
    deciding: DecisionDesk

    async def show(self, scope: Scope, target: MatchTarget) -> MatchView:
        """What is awaited and what it may belong to, as both systems have it now.

        Raises NotFound for what is not stored, and what the client raises.
        """
        problem_id, records = await self._awaited_ids(scope, target)
        view = MatchView(
            connection=await self.ask.connection(scope),
            target=target,
            record_id=records[0] if records else "",
            problem_id=problem_id,
            is_dataverse_known=scope.connection in self.dataverse,
        )
        if not records:
            return replace(view, obstacle=Obstacle.NOT_NAMED)
        client = self.clients.get(scope.connection)
        if client is None:
            raise ConnectionGone
        looking = Looking(self.database, client, self.dataverse.get(scope.connection), scope)
        view = await self._found(view, looking, records, await client.table_mappings())
        if view.obstacle is not None:
            return view
        view = await _with_candidates(view, looking)
        behind = await Following(self.database, self.ask).of(scope, problem_id, records)
        new = [one.record_id for one in behind.new[:MOST_CANDIDATES]]
        return replace(
            view,
            behind=behind,
            names=await RecordNames(self.database).known(scope, new),
            allowance=await self.deciding.allowance(scope),
            running=await self.deciding.running(scope, _what(view)),
        )

    async def plan(
        self, scope: Scope, target: MatchTarget, choice: Choice, seen: str, *, create_new: bool
    ) -> Plan:
        """What that choice does. Looks again before.

        ``create_new`` is whether new records that wait for it are created, too. Raises ChoiceChanged where
        it is no longer what was shown, NothingToDecide where it cannot be done any more.
        """
        view = await self.show(scope, target)
        if not view.allows(choice):
            raise NothingToDecide if view.obstacle is Obstacle.COUPLED else ChoiceChanged
        if view.seen(choice) != seen:
            raise ChoiceChanged
        awaited = view.of(choice.mapping_id)
        if awaited is None:
            raise ChoiceChanged
        first = _first(view, awaited, choice)
        behind = view.behind
        records = (first, *(behind.new if create_new else ()))
        return Plan(_what(view), records, ACT_OF[first.step], view.problem_id, behind.problems)

    async def _awaited_ids(self, scope: Scope, target: MatchTarget) -> tuple[str, tuple[str, ...]]:
        """The problem, and the records of which one is awaited."""
        await self.ask.knowledge.current()
        if target.number is not None:
            error = await Errors(self.database).by_number(scope, target.number)
            return error.problem_id, awaited_by_row(
                error.class_code, error.topic, error.params, error.source_record_id
            )
        row = await Problems(self.database).living(scope, target.problem_id)
        if records := awaited_records(row.class_code, row.topic, row.params):
            return row.id, records
        # It waits for nothing: then it may hold others up, with a record that was never coupled.
        held = (await self.ask.causes.graph(scope)).held_by(row.id)
        return row.id, (held,) if held else ()

    async def _found(
        self,
        view: MatchView,
        looking: Looking,
        records: Sequence[str],
        mappings: Sequence[TableMapping],
    ) -> MatchView:
        """Which of these records there are, each in the mappings of its table."""
        found: list[Awaited] = []
        coupled_to = ""
        is_option = False
        unread: FailureNote | None = None
        for text in records:
            parsed = parse_record_id(text)
            if parsed is None:
                continue
            is_option = is_option or (parsed.table is not None and parsed.table.number in OPTION_TABLES)
            try:
                its, coupled = await looking.awaited(parsed, mappings)
            except DataverseFailure as failure:
                unread = note_of(failure)
                continue
            found += its
            coupled_to = coupled_to or coupled
        obstacle = None
        if not found:
            obstacle = Obstacle.OPTION if is_option else Obstacle.NOT_FOUND
        if coupled_to:
            obstacle = Obstacle.COUPLED
        if unread is not None and obstacle is Obstacle.NOT_FOUND:
            # Nobody could look: that is no proof that there is none.
            return replace(view, obstacle=obstacle, unread=unread)
        return replace(
            view,
            awaited=tuple(found),
            record_id=found[0].record_id if found else view.record_id,
            obstacle=obstacle,
            coupled_to=coupled_to,
        )


async def _with_candidates(view: MatchView, looking: Looking) -> MatchView:
    try:
        looked = [await looking.candidates(awaited) for awaited in view.awaited]
    except DataverseFailure as failure:
        return replace(view, unread=note_of(failure))
    view = replace(view, awaited=tuple(awaited for awaited, _ in looked))
    found = [one for _, candidates in looked for one in candidates]
    ranked = sorted(found, key=lambda one: (bool(one.coupled_to), *one.strength))
    shown = tuple(ranked[:MOST_CANDIDATES])
    return replace(view, candidates=shown, left_out=len(ranked) - len(shown))


def _first(view: MatchView, awaited: Awaited, choice: Choice) -> Decided:
    """The record that is awaited, and what is done with it."""
    candidate = view.chosen(choice)
    is_couple = choice.what is What.COUPLE and candidate is not None
    other = candidate.id if candidate is not None else ""
    return Decided(
        step=Step.COUPLE if is_couple else Step.CREATE,
        mapping=awaited.mapping,
        mapping_id=awaited.mapping_id,
        direction="" if is_couple else str(awaited.direction),
        record_id=awaited.record_id,
        table_number=awaited.table,
        local_system_id=(other if awaited.is_row else awaited.local_system_id) or None,
        dataverse_id=(awaited.dataverse_id if awaited.is_row else other) or None,
        other_record=candidate.record_id if candidate is not None else "",
        problem_id=view.problem_id,
    )


def _what(view: MatchView) -> str:
    """Two people who decide about the same record decide once."""
    one = view.awaited[0] if view.awaited else None
    return f"match:{(one.local_system_id or one.dataverse_id) if one else view.problem_id}"
