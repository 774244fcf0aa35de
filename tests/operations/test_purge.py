"""Purging: exactly what was confirmed, whatever happens around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import pytest

from bot.businesscentral.client import BusinessCentralClient
from bot.businesscentral.deleting import Deletion
from bot.failures import NothingToPurge, PurgeChanged, PurgeOutOfBounds
from bot.operations.durable.inline import InlineSteps
from bot.operations.purging import batches
from bot.store.purging import Purged
from bot.store.runs import RunState
from tests.operations.purge_yard import KIM, SANNE, Yard, open_yard


@pytest.fixture
async def yard(migrated_sqlite_url: str) -> AsyncIterator[Yard]:
    async with open_yard(migrated_sqlite_url) as yard:
        yield yard


async def test_everything_goes_and_stays_here(yard: Yard) -> None:
    await yard.settled(12)
    bounds = await yard.offer()
    assert bounds.entries == 12

    run = await yard.purged()

    assert yard.now_there == set()
    assert await yard.stored() == (12, 12, 12)
    assert (run.state, run.done, run.failed) == (RunState.DONE, 12, 0)
    assert run.result == {"left": 0, "foreign": 0}
    [line] = await yard.lines()
    assert (line.actor, line.act, line.count) == (str(KIM), "purge.all", 12)
    assert await yard.postings() == [("progress", "U0KIM"), ("result", "U0KIM")]
    assert yard.asked("deleteErrors") == 3, "12 entries in windows of 5"


async def test_once_all_that_was_confirmed_is_deleted_no_window_looks_for_more(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    run = InlineSteps.run

    async def noted(
        self: InlineSteps, name: str, step: Callable[..., Awaitable[object]], /, *args: object
    ) -> object:
        steps.append(name)
        return await run(self, name, step, *args)

    await yard.settled(10)
    monkeypatch.setattr(InlineSteps, "run", noted)
    await yard.purged()
    assert steps == ["begin", "window", "window", "end"], "10 entries in windows of 5"


async def test_older_than_seven_days_goes_up_to_this_very_moment_a_week_ago(yard: Yard) -> None:
    clock = yard.world.clock
    yard.fail(3)
    clock.advance(1)
    yard.fail(4)
    clock.advance(timedelta(days=7).total_seconds() - 1)
    await yard.read()
    clock.advance(0.5)

    run = await yard.purged(Purged.OLD)

    assert run.done == 3
    assert len(yard.now_there) == 4


async def test_young_entries_are_left_alone(yard: Yard) -> None:
    await yard.settled(6)
    yard.fail(2)
    await yard.read()

    run = await yard.purged()

    assert run.done == 6
    assert len(yard.now_there) == 2


async def test_errors_that_come_meanwhile_stay(yard: Yard) -> None:
    await yard.settled(6)
    bounds = await yard.offer()
    yard.world.clock.advance(3600)
    yard.fail(5)
    yard.world.clock.advance(3600)
    await yard.read()

    await yard.start(bounds)

    assert (await yard.ended()).done == 6
    assert len(yard.now_there) == 5


async def test_a_late_number_that_is_not_stored_stays(yard: Yard) -> None:
    """Its number was taken before others', its transaction ended after they were read."""
    yard.world.company.skip_numbers(1)
    await yard.settled(8)
    bounds = await yard.offer()
    logged = yard.world.clock.now() - timedelta(minutes=25)
    yard.world.company.log_error(
        message="late", source="Customer: 1", number=1, logged_at=logged, visible_at=yard.world.clock.now()
    )

    await yard.start(bounds)
    run = await yard.ended()

    assert run.done == 8
    assert yard.now_there == {1}
    assert yard.asked("deleteErrors") == 0, "by number it would have gone, too"


async def test_more_than_was_confirmed_is_refused(yard: Yard) -> None:
    yard.world.company.skip_numbers(1)
    await yard.settled(4)
    bounds = await yard.offer()
    yard.world.company.log_error(
        message="late", source="Customer: 1", number=1, logged_at=yard.world.clock.now() - timedelta(hours=1)
    )
    await yard.read()

    with pytest.raises(PurgeChanged) as refused:
        await yard.start(bounds)

    assert refused.value.facts == {"entries": 5, "confirmed": 4}
    assert len(yard.now_there) == 5


async def test_bounds_that_nobody_was_shown_are_refused(yard: Yard) -> None:
    await yard.settled(4)
    bounds = await yard.offer()
    from dataclasses import replace

    for forged in (
        replace(bounds, logged_until=yard.world.clock.now()),
        replace(bounds, entries=0),
        replace(bounds, what=Purged.PROBLEM),
        replace(bounds, what=Purged.OLD),
        replace(bounds, problem_id="1"),
        replace(bounds, evidence_until=yard.world.clock.now() + timedelta(days=1)),
    ):
        with pytest.raises(PurgeOutOfBounds):
            await yard.start(forged)


async def test_nothing_left_is_said(yard: Yard) -> None:
    await yard.settled(4)
    bounds = await yard.offer()
    await yard.purged()
    with pytest.raises(NothingToPurge):
        await yard.start(bounds, run="run-2")


async def test_one_problems_entries(yard: Yard) -> None:
    await yard.settled(12, causes=3)
    offer = await yard.desk.offer(yard.scope)
    problem = offer.choices[-1].causes[0].line.id
    assert (await yard.offer(Purged.PROBLEM, problem)).entries == 4

    run = await yard.purged(Purged.PROBLEM, problem)

    assert run.done == 4
    assert len(yard.now_there) == 8
    assert yard.asked("$batch") == 1
    assert yard.asked("deleteErrors") == 0


async def test_two_people_at_once_get_one_purge_and_are_both_told(yard: Yard) -> None:
    await yard.settled(12)
    bounds = await yard.offer()
    first = await yard.start(bounds, KIM, "run-1")
    second = await yard.start(bounds, SANNE, "run-2")

    assert second.id == first.id
    await yard.ended()
    assert await yard.postings() == [
        ("progress", "U0KIM"),
        ("progress", "U0SANNE"),
        ("result", "U0KIM"),
        ("result", "U0SANNE"),
    ]
    assert len(await yard.lines()) == 1


async def test_stop_ends_it_between_windows(yard: Yard) -> None:
    await yard.settled(12)
    await yard.start(await yard.offer())
    await yard.desk.stop(yard.scope, "run-1", SANNE)

    run = await yard.ended()

    assert run.state is RunState.STOPPED
    assert run.stop_asked_by == str(SANNE)
    assert run.done < 12
    await yard.desk.stop(yard.scope, "run-1", KIM)  # too late: she is not the one who stopped it
    lines = {(line.act, line.actor, line.outcome) for line in await yard.lines()}
    assert lines == {("purge.all", str(KIM), "stopped"), ("stop", str(SANNE), "done")}


async def test_stop_ends_it_in_the_middle_of_the_last_window(
    migrated_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows are chosen by then: those not sent are left, and the run is not said to be done."""
    monkeypatch.setattr(batches, "LARGEST_BATCH", 5)
    async with open_yard(migrated_sqlite_url, rows_by_id=1_000) as yard:
        await yard.settled(300, causes=1)
        problem = (await yard.desk.offer(yard.scope)).choices[-1].causes[0].line.id
        delete = BusinessCentralClient.delete_error_rows

        async def delete_and_stop(
            client: BusinessCentralClient, ids: Sequence[str]
        ) -> Mapping[str, Deletion]:
            await yard.desk.stop(yard.scope, "run-1", SANNE)
            return await delete(client, ids)

        monkeypatch.setattr(BusinessCentralClient, "delete_error_rows", delete_and_stop)
        run = await yard.purged(Purged.PROBLEM, problem)

        assert run.state is RunState.STOPPED
        assert 0 < run.done < 300
        assert len(yard.now_there) == 300 - run.done


async def test_somebody_deletes_in_business_central_at_the_same_time(yard: Yard) -> None:
    await yard.settled(12)
    bounds = await yard.offer()
    for row in list(yard.world.company.rows(yard.world.clock.now()))[:5]:
        yard.world.company.delete(row.id)

    await yard.start(bounds)
    run = await yard.ended()

    assert (run.done, run.state) == (7, RunState.DONE)
    assert await yard.stored() == (12, 12, 7), "what others deleted is archived, and not ours"


async def test_an_environment_that_was_restored_loses_nothing_unknown(yard: Yard) -> None:
    company = yard.world.company
    yard.fail(6)
    yard.world.clock.advance(60)
    restore_to = yard.world.clock.now()
    yard.world.clock.advance(60)
    yard.fail(6, first=20000)
    yard.world.clock.advance(3600)
    await yard.read()
    bounds = await yard.offer()
    company.restore(restore_to)
    for index in range(3):
        company.log_error(
            message="new under an old number",
            source=f"Customer: {30000 + index}",
            logged_at=yard.world.clock.now() - timedelta(hours=1),
        )

    await yard.start(bounds)
    run = await yard.ended()

    assert run.done == 6
    assert run.result is not None
    assert run.result["foreign"] == 3
    assert yard.now_there == {7, 8, 9}


async def test_half_a_batch_fails(yard: Yard) -> None:
    await yard.settled(12, causes=1)
    problem = (await yard.desk.offer(yard.scope)).choices[-1].causes[0].line.id
    yard.world.server.faults.fail_parts(403, times=2, every=2)

    run = await yard.purged(Purged.PROBLEM, problem)

    assert (run.done, run.failed, run.state) == (10, 2, RunState.DONE)
    assert len(yard.now_there) == 2
    assert (await yard.lines())[0].outcome == "partly"


async def test_business_central_is_down_for_some_minutes(yard: Yard) -> None:
    await yard.settled(12)
    bounds = await yard.offer()
    yard.world.server.faults.fail(503, times=8)

    await yard.start(bounds)
    run = await yard.ended()

    assert (run.state, run.done, run.failure_key) == (RunState.DONE, 12, None)


async def test_business_central_stays_down(yard: Yard) -> None:
    await yard.settled(12)
    bounds = await yard.offer()
    yard.world.server.faults.fail(429, times=1000, retry_after=30)

    await yard.start(bounds)
    run = await yard.ended()

    assert (run.state, run.done, run.failure_key) == (RunState.FAILED, 0, "source.throttled")
    assert (await yard.lines())[0].outcome == "failed"
    yard.world.server.faults.heal()
    await yard.start(await yard.offer(), run="run-2")
    assert (await yard.ended("run-2")).done == 12, "a run that failed is in nobody's way"


async def test_an_extension_without_the_action_says_so(yard: Yard) -> None:
    await yard.settled(4)
    bounds = await yard.offer()
    yard.world.server.faults.action_missing("deleteErrors")

    await yard.start(bounds)
    run = await yard.ended()

    assert run.state is RunState.FAILED
    assert run.failure_key == "action.missing"
    [line] = await yard.lines()
    assert (line.outcome, line.facts["failure"]) == ("refused", "action.missing")
    assert len(yard.now_there) == 4
    assert (await yard.stored())[1] == 0


async def test_a_connection_that_was_removed_meanwhile(yard: Yard) -> None:
    await yard.settled(4)
    bounds = await yard.offer()
    clients = dict(yard.purge.clients)
    object.__setattr__(yard.purge, "clients", {})

    await yard.start(bounds)
    run = await yard.ended()

    assert (run.state, run.failure_key) == (RunState.FAILED, "connection.gone")
    object.__setattr__(yard.purge, "clients", clients)


async def test_a_run_that_nobody_enqueued_is_enqueued_by_the_tick(yard: Yard) -> None:
    await yard.settled(4)
    bounds = await yard.offer()
    enqueue, yard.durable.enqueue = yard.durable.enqueue, _lost  # type: ignore[method-assign]
    await yard.start(bounds)
    yard.durable.enqueue = enqueue  # type: ignore[method-assign]
    assert await yard.purge.left_behind() == ()
    yard.world.clock.advance(60)
    assert await yard.purge.left_behind() == ((yard.world.key, "run-1"),)


async def _lost(*_args: object, **_options: object) -> str:
    return "never"
