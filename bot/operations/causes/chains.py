"""What waits for what, for the answers: the order of an overview, the chain of a problem, the row of the same
minute that holds the real cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.businesscentral.dependencies import rank_of
from bot.dataclass import dataclass
from bot.operations.causes.awaiting import STOPPING, awaited_by_row, awaited_records
from bot.operations.causes.graph import CauseGraph, Wait
from bot.operations.views import Chain, ChainLink, ProblemLine, RealCause
from bot.store import Database, Errors
from bot.store.problems import Precedence
from bot.store.search_problems import NarrowedProblems
from bot.store.values import ProblemRow, Scope, StoredError, Totals
from bot.store.waits import Waits

LEADS: Final = 3
"""Root causes at the top of an overview: two thirds of a page. The others stand where they would by
themselves, so that one with few errors does not push aside a problem with hundreds."""
LINKS: Final = 6
"""Causes of a chain that are shown, from the root on; Business Central's own mappings give chains of five."""
FOLLOWERS: Final = 3

NO_WAITS: Final = CauseGraph(())


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of the order of fixing, within one answer."""

    graph: CauseGraph = NO_WAITS
    stopping: str | None = None
    """The problem because of which nothing of the connection is synchronized now."""

    @property
    def precedence(self) -> Precedence:
        """Which problems an overview begins with, and which it puts behind all that can be fixed now."""
        first = () if self.stopping is None else (self.stopping,)
        leads = [root for root in self.graph.roots() if root != self.stopping]
        return Precedence((*first, *leads[:LEADS]), tuple(self.graph.waiting))


@dataclass(frozen=True, slots=True)
class Causes:
    """Answers which problem comes before which."""

    database: Database
    line: Callable[[ProblemRow], ProblemLine]
    """Makes a line of a problem."""

    async def order(self, scope: Scope, totals: Totals) -> Order:
        """The order of a connection's problems; asks for nothing where none waits."""
        graph = await self.graph(scope) if totals.has_waits else NO_WAITS
        stopped = totals.newest is not None and totals.newest.class_code in STOPPING
        return Order(graph, totals.newest.id if stopped and totals.newest is not None else None)

    async def graph(self, scope: Scope) -> CauseGraph:
        """All waits between open problems."""
        return CauseGraph(
            Wait(
                one.problem_id,
                one.waits_for,
                one.errors,
                one.certain,
                one.record_id,
                rank_of(one.record_id) if one.record_id else 0,
            )
            for one in await Waits(self.database).between_open(scope)
        )

    async def standing(
        self, scope: Scope, order: Order, lines: Sequence[ProblemLine]
    ) -> tuple[ProblemLine, ...]:
        """The lines, each with what it frees or the root cause that it waits for."""
        if not order.graph and order.stopping is None:
            return tuple(lines)
        chains = {line.id: order.graph.chain(line.id) for line in lines}
        roots = await self._lines(scope, (chain[0].waits_for for chain in chains.values() if chain))
        first = order.precedence.first
        return tuple(
            replace(
                line,
                frees=order.graph.freed_by(line.id),
                comes_first=line.id in first,
                stops_everything=line.id == order.stopping,
                waits_for=roots.get(chain[0].waits_for) if chain else None,
                waits_certainly=all(wait.certain for wait in chain),
            )
            for line in lines
            for chain in (chains[line.id],)
        )

    async def chain(
        self, scope: Scope, graph: CauseGraph, line: ProblemLine, real: RealCause | None
    ) -> Chain:
        """From the root cause to the problem, and what follows it."""
        waits = graph.chain(line.id)
        if not waits and real is not None and real.line.id != line.id:
            waits = (
                *graph.chain(real.line.id),
                Wait(line.id, real.line.id, line.count, certain=True, record=real.record),
            )
        followers = graph.waiting_for(line.id)
        shown = waits[:LINKS]
        ids = (*(wait.waits_for for wait in shown), *(wait.problem for wait in followers[:FOLLOWERS]))
        known = await self._lines(scope, ids)
        links = tuple(
            ChainLink(known[wait.waits_for], wait.record, wait.certain)
            for wait in shown
            if wait.waits_for in known
        )
        root = links[0].line if links else line
        return Chain(
            awaited=awaited_records(root.error_class.code, root.topic, root.params),
            links=links,
            left_out=len(waits) - len(shown),
            followers=tuple(known[one.problem] for one in followers[:FOLLOWERS] if one.problem in known),
            more_followers=max(0, len(followers) - FOLLOWERS),
            held=graph.held_by(line.id),
        )

    async def real_cause(self, scope: Scope, error: StoredError) -> RealCause | None:
        """The error of the same minute about the very record that this one waits for.

        Business Central synchronizes that record in a job of its own before it gives up on this one
        (``CRMIntTableSubscriber``), so both rows are of the same minute, whatever their jobs.
        """
        records = awaited_by_row(error.class_code, error.topic, error.params, error.source_record_id)
        if not records:
            return None
        found = await Errors(self.database).beside(scope, error, records)
        if found is None:
            return None
        line = (await self._lines(scope, (found.problem_id,))).get(found.problem_id)
        if line is None:
            return None
        return RealCause(found.number, found.logged_at, found.source_record_id, line)

    async def _lines(self, scope: Scope, ids: Iterable[str]) -> Mapping[str, ProblemLine]:
        """The problems with these ids; nobody is asked where there is no id."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        found = await NarrowedProblems(self.database).by_id(scope, wanted)
        return {problem_id: self.line(row) for problem_id, row in found.items()}
