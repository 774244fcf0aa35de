"""Diagnosing stored errors anew: counters equal a recount, whatever is taught, undone and cut off between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.diagnosis import load_classifier
from bot.operations.actors import THE_BOT
from bot.operations.diagnosing import diagnosing_with
from bot.operations.durable.inline import InlineSteps
from bot.operations.knowledge import Knowledge
from bot.operations.rediagnose import Rediagnose
from bot.operations.teach import digest_of, new_id
from bot.store import Database, Problems, Pulls, rediagnosis
from bot.store.rediagnosis import Rediagnoses
from bot.store.runs import Run, RunBook, RunKind, Runs
from bot.store.tables import PROBLEM, PROBLEM_COUNTER, PROBLEM_RECORD, SYNC_ERROR, belongs
from bot.store.taught_rules import StoredRule, TaughtRules
from bot.store.values import PageToStore, ProblemState, Scope
from tests.databases import database_url as database_url
from tests.databases import migrated_postgresql as migrated_postgresql
from tests.databases import migrated_postgresql_url as migrated_postgresql_url
from tests.databases import migrated_sqlite as migrated_sqlite
from tests.databases import migrated_sqlite_url as migrated_sqlite_url
from tests.databases import migrated_url as migrated_url
from tests.store.pages_of_errors import START, error
from tests.store.whole_store import whole_store

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
TEXTS = (
    "KassaKoppeling kassa 1 weigert order WS-1",
    "KassaKoppeling kassa 2 weigert order WS-2 wegens tekort",
    "Webwinkel zegt nee tegen klant 7",
    "KassaKoppeling kassa 3 weigert order WS-3",
    "Currency Code EUR must be coupled to a record in Dataverse.",
    "Geen idee wat hier fout ging, vraag het de leverancier",
)
TEMPLATES = (
    "KassaKoppeling kassa 3 weigert order {value}",
    "KassaKoppeling kassa {_} weigert order {value}",
    "weigert order {value} wegens tekort",
    "Webwinkel zegt nee tegen klant {record}",
    "Geen idee wat hier fout ging, vraag het {_}",
)


class Bench:
    """A store with errors, and what diagnoses them anew."""

    def __init__(self, database: Database, scope: Scope) -> None:
        self.database = database
        self.scope = scope
        self.knowledge = Knowledge(scope.workspace, database, load_classifier())
        self.rediagnose = Rediagnose(
            scope.workspace, database, self.knowledge, (scope.connection,), ManualClock(NOW), slice=3
        )

    async def store(self, errors: list[tuple[int, str, str, int]]) -> None:
        """Errors as (number, text, record, hours)."""
        diagnosing = diagnosing_with(await self.knowledge.current())
        rows = []
        for number, text, record, hours in errors:
            meaning = diagnosing.meaning(self.scope, text)
            rows.append(
                error(
                    number,
                    meaning.problem,
                    message=text,
                    source_record_id=record,
                    logged_at=START + timedelta(hours=hours),
                    language=meaning.language,
                    params=meaning.params,
                    rule=meaning.rule,
                    topic=meaning.topic,
                    ties=meaning.ties,
                )
            )
        version = (await self.knowledge.current()).catalogue.version
        page = PageToStore(tuple(rows), (), max(row.number for row in rows), None, version)
        await Pulls(self.database).store_page(self.scope, page, NOW)

    async def teach(self, template: str, class_code: str = "data.validation") -> str:
        rule = StoredRule(
            new_id(), template, digest_of(template), class_code, "", "", "", "last", "und", str(THE_BOT), NOW
        )
        await TaughtRules(self.database).add(self.scope.workspace, [rule], 500)
        return rule.id

    async def undo(self, rule_id: str) -> None:
        await TaughtRules(self.database).remove(self.scope.workspace, rule_id)

    async def run(self) -> None:
        await self.rediagnose.take_over()
        report = await self.rediagnose.workflow(InlineSteps(), self.scope.connection)
        assert report.failure_key is None
        assert await self.rediagnose.due() == ()

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(table).where(belongs(table, self.scope)))).all())


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = Database.open(migrated_url)
    yield database
    await database.close()


async def check_counters(bench: Bench) -> None:
    """The model: the slow and obvious way to the same sums."""
    errors = await bench.rows(SYNC_ERROR)
    problems = {row.id: row for row in await bench.rows(PROBLEM) if row.state != ProblemState.SUPERSEDED}
    assert set(problems) == {row.problem_id for row in errors}
    diagnosing = diagnosing_with(await bench.knowledge.current())
    for row in errors:
        meaning = diagnosing.meaning(bench.scope, row.message)
        assert row.problem_id == meaning.problem.id
        assert (row.language, row.rule, row.topic) == (meaning.language, meaning.rule, meaning.topic)
        assert dict(row.params) == dict(meaning.params)
    for problem_id, problem in problems.items():
        mine = sorted(
            (row for row in errors if row.problem_id == problem_id),
            key=lambda row: (row.logged_at, row.number),
        )
        named = [row for row in mine if row.source_record_id or row.destination_record_id]
        records = {row.source_record_id or row.destination_record_id for row in named}
        assert (problem.errors, problem.records) == (len(mine), len(records))
        assert problem.gone == sum(row.gone_at is not None for row in mine)
        assert (problem.first_seen, problem.last_seen) == (mine[0].logged_at, mine[-1].logged_at)
        assert problem.example_number == mine[-1].number
        assert problem.unsettled == 0
        assert problem.successor == ""
        for record in await bench.rows(PROBLEM_RECORD):
            if record.problem_id == problem_id:
                his = [
                    row
                    for row in named
                    if record.record_id == (row.source_record_id or row.destination_record_id)
                ]
                assert (record.errors, record.last_number) == (len(his), his[-1].number)
                assert record.gone == sum(row.gone_at is not None for row in his)
    counters = await bench.rows(PROBLEM_COUNTER)
    assert sum(row.errors for row in counters) == len(errors)
    assert {row.problem_id for row in counters} == set(problems)
    for counter in counters:
        his = [
            row
            for row in errors
            if (row.problem_id, row.mapping, row.logged_at.date())
            == (counter.problem_id, counter.mapping, counter.day)
        ]
        assert (counter.errors, counter.gone) == (len(his), sum(row.gone_at is not None for row in his))


SCOPES = iter(range(10**9))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("teach"), st.sampled_from(TEMPLATES)),
        st.tuples(st.just("undo"), st.integers(0, 3)),
        st.tuples(st.just("gone"), st.integers(0, 20)),
        st.tuples(st.just("run"), st.none()),
        st.tuples(st.just("slice"), st.integers(1, 4)),
    ),
    max_size=7,
)
ERRORS = st.lists(
    st.tuples(
        st.sampled_from(TEXTS),
        st.sampled_from(["", "Customer: 1", "Customer: 2", "Item: 3"]),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(errors=ERRORS, steps=STEPS)
async def test_counters_equal_a_recount(
    database: Database, errors: list[tuple[str, str, int]], steps: list[tuple[str, Any]]
) -> None:
    number = next(SCOPES)
    bench = Bench(database, Scope(f"T{number}", "cronus"))
    await bench.store([(at, *one) for at, one in enumerate(errors, start=1)])
    rules: list[str] = []
    for what, value in steps:
        if what == "teach":
            rules.append(await bench.teach(value))
        elif what == "undo" and value < len(rules):
            await bench.undo(rules[value])
        elif what == "gone":
            await mark_gone(bench, value)
        elif what == "run":
            await bench.run()
        elif what == "slice":
            await some_slices(bench, value)
    await bench.run()
    await check_counters(bench)


async def test_what_is_left_of_a_problem_is_looked_up_again(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    left, going = TEXTS[0], TEXTS[3]
    await bench.store(
        [(1, going, "Customer: 1", 1), (2, left, "Customer: 1", 2), (3, going, "Customer: 1", 3)]
    )
    assert len(await bench.rows(PROBLEM)) == 1
    await bench.teach(TEMPLATES[0])
    await bench.run()
    await check_counters(bench)
    assert len(await bench.rows(PROBLEM)) == 2


async def mark_gone(bench: Bench, number: int) -> None:
    from bot.store.presence import Presence
    from bot.store.values import KnownRow, Verdict

    rows = {row.number: row for row in await bench.rows(SYNC_ERROR)}
    if number in rows:
        known = KnownRow(number, rows[number].id, gone=False)
        verdict = Verdict(number - 1, number, 0, missing=(known,), replaced=(), back=())
        await Presence(bench.database).judge(bench.scope, verdict, NOW)


async def some_slices(bench: Bench, count: int) -> None:
    """A run that is cut off: what comes after it is lost, as when the worker is killed."""
    for _ in range(count):
        await bench.rediagnose._slice(bench.scope, await bench.knowledge.current())


async def test_teaching_and_undoing_gives_everything_back(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(at, TEXTS[at % 6], f"Customer: {at % 4}", at) for at in range(1, 20)])
    await bench.run()
    before = await comparable(bench)
    rule = await bench.teach(TEMPLATES[1])
    await bench.run()
    assert await comparable(bench) != before
    await bench.undo(rule)
    await bench.run()
    assert await comparable(bench) == before


async def comparable(bench: Bench) -> dict[str, list[Any]]:
    """All that answers are made of."""
    tables = await whole_store(bench.database, bench.scope)
    names = ("sync_error", "problem_counter", "problem_record", "problem_tie", "problem_wait")
    living = [row for row in await bench.rows(PROBLEM) if row.state != ProblemState.SUPERSEDED]
    return {name: tables[name] for name in names} | {"problem": sorted(map(repr, living))}


async def test_a_successor_takes_over_who_looks_after_it(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1), (2, TEXTS[0], "Customer: 2", 2)])
    (former,) = await bench.rows(PROBLEM)
    async with database.writing() as connection:
        await connection.execute(update(PROBLEM).values(assignee="U1"))
    rule = await bench.teach(TEMPLATES[1])
    await bench.run()
    living = await Problems(database).living(bench.scope, former.id)
    assert living.id != former.id
    rows = {row.id: row for row in await bench.rows(PROBLEM)}
    assert rows[living.id].assignee == "U1"
    assert rows[former.id].state == ProblemState.SUPERSEDED
    assert (await Problems(database).totals(bench.scope)).problems == 1
    await bench.undo(rule)
    await bench.run()
    assert (await Problems(database).living(bench.scope, living.id)).id == former.id
    assert {row.id: row.assignee for row in await bench.rows(PROBLEM)}[former.id] == "U1"


async def test_what_was_done_about_a_problem_goes_along(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1), (2, TEXTS[4], "Customer: 2", 2)])
    former = next(row.id for row in await bench.rows(PROBLEM) if row.class_code == "unknown")
    run = Run("run-1", RunKind.PURGE, "problem", str(THE_BOT), NOW, {"problem_id": former}, former)
    async with database.writing() as transaction:
        await RunBook(transaction, bench.scope).start(run)
    rule = await bench.teach(TEMPLATES[1])
    await bench.run()
    living = (await Problems(database).living(bench.scope, former)).id
    assert living != former
    (found,) = await Runs(database).of_problem(bench.scope, living, 10)
    assert (found.id, found.bounds) == ("run-1", {"problem_id": former}), "what was confirmed stays"
    await bench.undo(rule)
    await bench.run()
    assert [one.id for one in await Runs(database).of_problem(bench.scope, former, 10)] == ["run-1"]


async def test_a_fixed_problem_stays_fixed_under_its_new_name(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1)])
    async with database.writing() as connection:
        await connection.execute(update(PROBLEM).values(state=ProblemState.FIXED, decided_at=NOW))
    await bench.teach(TEMPLATES[1])
    await bench.run()
    assert (await Problems(database).totals(bench.scope)).problems == 0
    states = sorted(row.state for row in await bench.rows(PROBLEM))
    assert states == [ProblemState.FIXED, ProblemState.SUPERSEDED]


async def test_the_search_finds_errors_by_their_new_class(database: Database) -> None:
    from bot.store.search import Kinds, Narrowing, Search

    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1), (2, TEXTS[2], "Customer: 1", 2)])
    rule = await bench.teach(TEMPLATES[1])
    await bench.run()
    kinds = Narrowing(kinds=Kinds(frozenset({("data.validation", f"taught.{rule}")})))
    found = await Search(database).find(bench.scope, "order", kinds)
    assert [match.number for match in found.errors] == [1]
    unknown = Narrowing(kinds=Kinds(frozenset({("unknown", "")})))
    assert (await Search(database).find(bench.scope, "order", unknown)).total == 0


async def test_another_catalogue_diagnoses_anew_and_an_older_worker_leaves_it_alone(
    database: Database,
) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1), (2, TEXTS[4], "Customer: 1", 2)])
    async with database.writing() as connection:
        await connection.execute(update(SYNC_ERROR).values(catalogue_version="older", rule="older"))
    await bench.rediagnose.take_over()
    assert await bench.rediagnose.due() == ("cronus",)
    await Rediagnoses(database).put_in_force("T1", "a worker that started later")
    assert await bench.rediagnose.due() == ()
    await bench.rediagnose.workflow(InlineSteps(), "cronus")
    assert {row.catalogue_version for row in await bench.rows(SYNC_ERROR)} == {"older"}
    await bench.run()
    await check_counters(bench)


async def test_what_means_the_same_is_not_written_again(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[4], "Customer: 1", 1), (2, TEXTS[0], "Customer: 1", 2)])
    await bench.run()
    first = {row.number: row.catalogue_version for row in await bench.rows(SYNC_ERROR)}
    await bench.teach(TEMPLATES[1])
    await bench.run()
    second = {row.number: row.catalogue_version for row in await bench.rows(SYNC_ERROR)}
    assert second[1] == first[1]
    assert second[2] != first[2]
    assert (await bench.rediagnose.state(bench.scope)).moved == 1


async def test_a_page_of_an_older_version_in_the_middle_of_a_run_is_looked_at_again(
    database: Database,
) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(at, TEXTS[4], "Customer: 1", at) for at in range(10, 20)])
    late = Bench(database, bench.scope)
    await late.knowledge.current()
    await bench.teach(TEMPLATES[1])
    await bench.rediagnose.take_over()
    await some_slices(bench, 3)
    assert (await bench.rediagnose.state(bench.scope)).above[0] > 5
    late.knowledge._revision = await database.revision()  # as a page that was diagnosed before
    await late.store([(5, TEXTS[0], "Customer: 2", 5)])
    await bench.run()
    await check_counters(bench)


async def test_errors_that_come_in_while_a_problem_is_looked_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    left, going = TEXTS[0], TEXTS[3]
    await bench.store([(1, going, "Customer: 1", 1), (2, left, "Customer: 1", 2), (3, going, "", 3)])
    await bench.teach(TEMPLATES[0])
    look_through, looks = rediagnosis.look_through, 0

    async def looking(*args: Any) -> Any:
        nonlocal looks
        found = await look_through(*args)
        looks += 1
        if looks == 1:
            await bench.store([(9, left, "Customer: 7", 9)])
        return found

    monkeypatch.setattr(rediagnosis, "look_through", looking)
    await bench.run()
    assert looks == 2, "what was found was out of date"
    await check_counters(bench)


async def test_what_a_pull_stores_by_an_older_version_is_noticed(database: Database) -> None:
    bench = Bench(database, Scope("T1", "cronus"))
    await bench.store([(1, TEXTS[0], "Customer: 1", 1)])
    await bench.teach(TEMPLATES[1])
    await bench.run()
    late = Bench(database, bench.scope)
    late.knowledge._revision = await database.revision()  # as a page that was diagnosed before
    await late.store([(2, TEXTS[0], "Customer: 1", 2)])
    assert await bench.rediagnose.due() == ("cronus",)
    await bench.run()
    await check_counters(bench)
