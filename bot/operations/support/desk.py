"""Before a support request: what it would hold, and starting it; while it runs: how far it is."""

from __future__ import annotations

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.failures import NotFound, StaleForm
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.durable.port import Durable
from bot.operations.support.values import EXAMPLES, Fetched, Offer, SupportReport, Wanted
from bot.operations.support.workflow import enqueue_support
from bot.store import Database, Errors, Problems
from bot.store.outbox import Place
from bot.store.postings import Postings
from bot.store.runs import Run, RunBook, RunKind, Runs
from bot.store.search_problems import NarrowedProblems
from bot.store.values import Scope


@dataclass(frozen=True)
class SupportDesk:
    """Offers and starts support requests. Knows nothing of who may."""

    database: Database
    ask: Ask
    clock: Clock

    async def offer(self, scope: Scope, problem_id: str | None, number: int | None) -> Offer:
        """What a request about that error, else about that problem would hold. Raises NotFound."""
        async with self.database.moment():
            if number is not None:
                error = await self.ask.error(scope, number)
                line, examples = error.line, 1 + (error.real_cause is not None)
            elif problem_id:
                problem = await self.ask.problem(scope, problem_id)
                line, examples = problem.line, max(1, min(problem.records_total, EXAMPLES))
            else:
                raise NotFound(what="problem")
            places = await Postings(self.database).places_of(scope, line.id)
            return Offer(await self.ask.connection(scope), line, number, examples, len(places))

    async def start(self, durable: Durable, scope: Scope, wanted: Wanted, actor: Actor, run_id: str) -> Run:
        """Have the request prepared and posted; started twice it is one. Raises NotFound, StaleForm."""
        if not wanted.parts:
            raise StaleForm
        problem_id = wanted.problem_id
        if wanted.number is not None:
            problem_id = (await Errors(self.database).by_number(scope, wanted.number)).problem_id
        problem_id = (await Problems(self.database).living(scope, problem_id)).id
        async with self.database.writing() as transaction:
            run = await RunBook(transaction, scope).enter(
                Run(
                    id=run_id,
                    kind=RunKind.SUPPORT,
                    what="problem" if wanted.number is None else "error",
                    problem_id=problem_id,
                    asked_by=str(actor),
                    asked_at=self.clock.now(),
                    bounds=wanted.stored(),
                )
            )
        if not run.state.is_over:
            await enqueue_support(durable, scope.connection, run.id)
        return run

    async def report(self, scope: Scope, run_id: str) -> SupportReport:
        """How far it is. Raises NotFound, also for a run of another kind."""
        async with self.database.moment():
            run = await Runs(self.database).get(scope, run_id)
            if run.kind is not RunKind.SUPPORT:
                raise NotFound(what="run")
            rows = await NarrowedProblems(self.database).by_id(scope, [run.problem_id])
            line = self.ask.line(rows[run.problem_id]) if rows else None
            connection = await self.ask.connection(scope)
        return SupportReport(connection, run, Wanted.of(run), Fetched.of(run), line)


def direct(person: str, language: str) -> Place:
    """A person's direct messages."""
    return Place(person, language, asked_by=person)
