"""A support request as a workflow: killed behind each thing that it does, and without Business Central."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.failures import SourceUnreachable, StaleForm, StoreUnavailable
from bot.operations.actors import slack_user
from bot.operations.call_stack import CallStacks
from bot.operations.durable.inline import InlineSteps
from bot.operations.support import Gathering, Part, PrepareSupport, SupportDesk, Wanted, Whither
from bot.operations.support.values import EXAMPLES
from bot.operations.support.workflow import LEFT_BEHIND, WAITS
from bot.store.activity import Outcome
from bot.store.outbox import Place
from bot.store.problem_errors import ProblemErrors
from bot.store.runs import Runs, RunState
from bot.store.tables import SYNC_ERROR
from tests.operations.dying import Journal, Killed, NotYet
from tests.operations.purge_yard import KIM, Yard, open_yard


class Support:
    """A yard with support requests."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.clients = dict(yard.world.clients)
        stacks = CallStacks(yard.database, self.clients, yard.world.connections, yard.world.clock)
        ask, clock = yard.desk.ask, yard.world.clock
        self.desk = SupportDesk(yard.database, ask, clock)
        self.work = PrepareSupport("main", yard.database, ask, stacks, yard.purge.activity, clock)
        self.gathering = Gathering(yard.database, ask)

    async def begun(self, count: int = 5, run: str = "request") -> str:
        """Errors with one cause, and a request about them that nobody works on yet."""
        self.yard.fail(count, causes=1)
        await self.yard.read()
        (problem,) = (await self.yard.desk.ask.overview(self.yard.scope)).lines
        place = Place(KIM.id, asked_by=KIM.id)
        wanted = Wanted(problem.id, None, frozenset(Part), False, "en", Whither.PERSON, place)
        await self.desk.start(NotYet(), self.yard.scope, wanted, KIM, run)
        return problem.id

    async def prepared(self) -> str:
        return await self.work.workflow(InlineSteps(), self.yard.world.key, "request")

    async def asked(self) -> int:
        """How often Business Central was asked for a call stack."""
        return sum("syncErrorDetails" in one.path for one in self.yard.world.server.requests)


@pytest.fixture
async def support(migrated_url: str) -> AsyncIterator[Support]:
    async with open_yard(migrated_url) as yard:
        yield Support(yard)


async def test_killed_behind_each_effect_it_is_told_once(
    support: Support, monkeypatch: pytest.MonkeyPatch
) -> None:
    await support.begun()
    journal, kills = Journal(), 0
    writing = support.yard.database.writing
    deadly = 0

    @contextlib.asynccontextmanager
    async def perilous() -> AsyncIterator[AsyncConnection]:
        nonlocal deadly
        async with writing() as connection:
            yield connection
        deadly -= 1
        if deadly == 0:
            raise Killed

    monkeypatch.setattr(support.yard.database, "writing", perilous)
    while True:
        deadly = 1 + kills % 2
        try:
            state = await support.work.workflow(journal.again(), support.yard.world.key, "request")
            break
        except Killed:
            kills += 1
        assert kills < 100
    assert kills >= 6
    assert state == RunState.DONE
    assert [kind for kind, _ in await support.yard.postings()] == ["progress", "support_request"]
    (line,) = await support.yard.lines()
    assert (line.id, line.outcome, line.count) == ("support:request", Outcome.DONE, 5)
    assert await support.asked() == 5, "what was kept is not fetched again"


async def test_started_twice_and_enqueued_twice_it_is_one(support: Support) -> None:
    await support.begun()
    assert await support.prepared() == RunState.DONE
    assert await support.prepared() == "over"
    assert len(await support.yard.lines()) == 1


async def test_what_nobody_enqueued_is_found(support: Support) -> None:
    await support.begun()
    assert await support.work.left_behind() == ()
    support.yard.world.clock.advance(LEFT_BEHIND.total_seconds())
    assert await support.work.left_behind() == ((support.yard.world.key, "request"),)


async def test_business_central_down_in_the_middle(support: Support, monkeypatch: pytest.MonkeyPatch) -> None:
    await support.begun()
    client = support.yard.world.client
    details, asked = client.details, 0

    async def failing(error_id: str) -> Any:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise SourceUnreachable
        return await details(error_id)

    monkeypatch.setattr(client, "details", failing)
    assert await support.prepared() == RunState.DONE
    assert asked == 3 + len(WAITS), "what holds for one holds for the others: they are not waited for"
    dossier = await support.gathering.dossier(support.yard.scope, "request")
    assert dossier is not None
    assert len(dossier.fetched.without) == 3
    assert dossier.fetched.failure_key == SourceUnreachable.key
    assert [example.call_stack is None for example in dossier.examples] == [False, False, True, True, True]
    (line,) = await support.yard.lines()
    assert line.outcome is Outcome.PARTLY


async def test_without_its_connection_the_store_is_told(support: Support) -> None:
    await support.begun()
    support.clients.clear()
    assert await support.prepared() == RunState.DONE
    dossier = await support.gathering.dossier(support.yard.scope, "request")
    assert dossier is not None
    assert dossier.fetched.versions_failure == "connection.gone"
    assert len(dossier.rows) == 5


async def test_a_store_that_is_away_for_a_moment_loses_nothing(
    support: Support, monkeypatch: pytest.MonkeyPatch
) -> None:
    await support.begun()
    writing, left = support.yard.database.writing, 3

    @contextlib.asynccontextmanager
    async def flaky() -> AsyncIterator[AsyncConnection]:
        nonlocal left
        left -= 1
        if left >= 0:
            raise StoreUnavailable
        async with writing() as connection:
            yield connection

    monkeypatch.setattr(support.yard.database, "writing", flaky)
    assert await support.prepared() == RunState.DONE
    assert len(await support.yard.lines()) == 1


async def test_many_errors_are_told_by_some(support: Support) -> None:
    await support.begun(EXAMPLES + 7)
    assert await support.prepared() == RunState.DONE
    dossier = await support.gathering.dossier(support.yard.scope, "request")
    assert dossier is not None
    assert len(dossier.examples) == EXAMPLES
    assert len({example.error.source_record_id for example in dossier.examples}) == EXAMPLES
    assert len(dossier.rows) == EXAMPLES + 7
    assert await support.asked() == EXAMPLES


async def test_a_purge_in_between_loses_nothing_that_was_stored(support: Support) -> None:
    problem = await support.begun()
    support.yard.world.clock.advance(timedelta(minutes=30).total_seconds())
    await support.yard.read()
    await support.yard.purged()
    assert await support.prepared() == RunState.DONE
    dossier = await support.gathering.dossier(support.yard.scope, "request")
    assert dossier is not None
    assert dossier.line.id == problem
    assert {error.gone_at is not None for error in dossier.rows} == {True}
    assert set(dossier.deleted_by.values()) == {str(KIM)}
    assert dossier.fetched.failure_key == "error.gone"
    assert "purge.all" in {line.act for line in dossier.lines}


async def test_errors_of_a_rare_problem_are_found_behind_many_others(
    support: Support, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = await support.begun(3)
    support.yard.world.company.log_error(message="Something else entirely happened here.", source="Item: 1")
    support.yard.fail(30, causes=3, first=50000)
    await support.yard.read()
    monkeypatch.setattr("bot.store.problem_errors.SLICE", 7)
    store = ProblemErrors(support.yard.database)
    found = await store.newest(support.yard.scope, problem, 100, 13)
    assert len(found) == 13
    assert [error.number for error in found] == sorted((error.number for error in found), reverse=True)
    assert len(await store.newest(support.yard.scope, problem, 4, 13)) == 4


async def test_what_another_version_wrote_is_told_to_nobody(support: Support) -> None:
    await support.begun()
    run = await Runs(support.yard.database).get(support.yard.scope, "request")
    with pytest.raises(StaleForm):
        Wanted.of(replace(run, bounds={"parts": ["poems"]}))
    assert Wanted.of(run).problem_id == run.problem_id


async def test_a_request_for_nothing_is_refused(support: Support) -> None:
    problem = await support.begun()
    wanted = Wanted(problem, None, frozenset(), False, "en", Whither.PERSON, Place("U1"))
    with pytest.raises(StaleForm):
        await support.desk.start(NotYet(), support.yard.scope, wanted, slack_user("U1"), "other")


async def test_what_was_forgotten_is_not_told(support: Support) -> None:
    """The files are made from the store at the moment of delivery, and of nothing else."""
    await support.begun()
    await support.prepared()
    async with support.yard.database.writing() as connection:
        await connection.execute(update(SYNC_ERROR).values(message="", source_record_id=""))
    dossier = await support.gathering.dossier(support.yard.scope, "request")
    assert dossier is not None
    assert {error.message for error in dossier.rows} == {""}
