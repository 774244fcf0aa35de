"""Sharing a problem: one card in a channel, which the team works on together."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis.model import Step
from bot.failures import NotFound
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.discreet import params_for_many
from bot.operations.masking import masked
from bot.operations.rights import Act
from bot.operations.views import ConnectionView, ProblemLine
from bot.store import Database, Problems
from bot.store.activity import Line, Subject, write_line
from bot.store.care import Care, care_of
from bot.store.outbox import Outbox, Place, PostingState, Told
from bot.store.postings import Postings, StoredPosting
from bot.store.retries import Retries, Standing
from bot.store.values import ProblemState, Scope


@dataclass(frozen=True, slots=True)
class SharedProblem:
    """A problem as everybody in a channel sees it: personal data masked."""

    connection: ConnectionView
    line: ProblemLine
    steps: tuple[Step, ...]
    care: Care
    records: int
    retry: Standing | None = None
    """Its latest retry, where nothing has happened since that contradicts it."""
    superseded: bool = False
    """Its errors belong to ``line`` now, which has a card of its own there."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What came of sharing."""

    posting: str
    known: bool
    """There was a card already."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Puts problems into channels."""

    database: Database
    ask: Ask
    clock: Clock

    async def share(self, scope: Scope, problem_id: str, place: Place, actor: Actor) -> Shared:
        """One card of the problem in that place; where there is one already, that one. Raises NotFound."""
        problem_id = (await Problems(self.database).living(scope, problem_id)).id
        known = await Postings(self.database).card_in(scope, problem_id, place.where)
        at = self.clock.now()
        async with self.database.writing() as transaction:
            posting = await Outbox(transaction, scope, at).show(Told.PROBLEM, problem_id, place)
            await write_line(
                transaction,
                scope,
                Line(
                    id=f"{Act.SHARE}:{posting}:{at.isoformat()}",
                    at=at,
                    actor=str(actor),
                    act=Act.SHARE,
                    subject_kind=Subject.PROBLEM,
                    subject=problem_id,
                ),
            )
        return Shared(posting, known is not None and known.state is PostingState.POSTED)

    async def delivered(self, scope: Scope, posting: str) -> StoredPosting | None:
        """The card once it is in the channel or refused; None while it is on its way."""
        postings = Postings(self.database)
        if await postings.wish(scope, posting) is not None:
            return None
        return await postings.get(scope, posting)

    async def view(self, scope: Scope, problem_id: str) -> SharedProblem | None:
        """The problem for its cards; None where it is not stored any more."""
        try:
            detail = await self.ask.problem(scope, problem_id)
        except NotFound:
            return None
        async with self.database.reading() as connection:
            care = await care_of(connection, scope, detail.line.id)
        line = line_for_many(detail.line)
        retry = await Retries(self.database).latest_of(scope, detail.line.id)
        if retry is not None and retry.run.state.is_over and retry.run.asked_at < detail.line.last_seen:
            retry = None if not retry.tally.failed else retry
        return SharedProblem(
            connection=detail.connection,
            line=line,
            steps=detail.steps,
            care=care or Care(ProblemState.OPEN, ""),
            records=detail.records_total,
            retry=retry,
            superseded=detail.line.id != problem_id,
        )


def line_for_many(line: ProblemLine) -> ProblemLine:
    """A problem as everybody may see it."""
    return replace(
        line,
        params=params_for_many(line),
        masked=masked(line.masked),
        example_record=masked(line.example_record),
    )
