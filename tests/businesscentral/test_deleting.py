"""Deleting chosen errors in batches: each row has its own outcome, whatever happens to the batch."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.businesscentral import Deletion
from bot.clock import ManualClock
from bot.failures import (
    ActionMissing,
    ActionNotPermitted,
    SourceGarbled,
    SourceMissing,
    SourceThrottled,
    SourceUnreachable,
)
from bot.simulator.businesscentral import Limits, PermissionSet, SimulatedCompany
from tests.businesscentral.world import START, World, build_world, client_on

NOBODY = "12345678-0000-4000-8000-000000000000"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = build_world()
    yield world
    await world.aclose()


async def ids_of(world: World, count: int) -> list[str]:
    """Log that many errors; their ids by rising number."""
    world.log_errors(count)
    return [row.id for row in (await world.client.error_page(0, 1000)).rows]


async def numbers(world: World) -> list[int]:
    return [row.number for row in (await world.client.error_page(0, 1000)).rows]


def batches(world: World) -> int:
    return sum(request.path.endswith("/$batch") for request in world.server.requests)


async def test_deletes_exactly_these_in_one_request(world: World) -> None:
    ids = await ids_of(world, 120)
    outcomes = await world.client.delete_error_rows(ids[:100])
    assert list(outcomes) == ids[:100]
    assert set(outcomes.values()) == {Deletion.DELETED}
    assert await numbers(world) == list(range(101, 121))
    assert batches(world) == 1


async def test_what_is_not_there_counts_as_deleted(world: World) -> None:
    (first, second) = await ids_of(world, 2)
    world.company.delete(first)
    outcomes = await world.client.delete_error_rows([first, second, NOBODY])
    assert outcomes == {first: Deletion.GONE, second: Deletion.DELETED, NOBODY: Deletion.GONE}
    assert all(outcome.is_away for outcome in outcomes.values())


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_asks_again_only_for_the_parts_that_failed(world: World, status: int) -> None:
    ids = await ids_of(world, 10)
    world.server.faults.fail_parts(status, times=5, after=1, every=2)
    outcomes = await world.client.delete_error_rows(ids)
    assert set(outcomes.values()) == {Deletion.DELETED}
    assert (batches(world), world.clock.slept) == (2, [1.0])
    assert await numbers(world) == []


async def test_waits_as_long_as_a_part_asks(world: World) -> None:
    ids = await ids_of(world, 3)
    world.server.faults.fail_parts(429, retry_after=17)
    await world.client.delete_error_rows(ids)
    assert world.clock.slept == [17.0]


async def test_a_part_that_was_done_and_answered_otherwise_is_gone(world: World) -> None:
    ids = await ids_of(world, 3)
    world.server.faults.fail_parts(503, times=2, is_after=True)
    outcomes = await world.client.delete_error_rows(ids)
    assert list(outcomes.values()) == [Deletion.GONE, Deletion.GONE, Deletion.DELETED]


async def test_tells_the_parts_that_are_not_done_when_it_gives_up(world: World) -> None:
    ids = await ids_of(world, 2)
    world.server.faults.fail_parts(503, every=2)
    world.server.faults.fail_parts(503, times=4)
    outcomes = await world.client.delete_error_rows(ids)
    assert outcomes[ids[0]] is Deletion.NOT_NOW
    assert outcomes[ids[1]] is Deletion.DELETED
    assert await numbers(world) == [1]


async def test_keeps_what_it_knows_when_the_rest_is_throttled_as_a_whole(world: World) -> None:
    world.server._door._limits = Limits(requests=2)  # the errors' page and one batch
    ids = await ids_of(world, 2)
    world.server.faults.fail_parts(503, every=2)
    outcomes = await world.client.delete_error_rows(ids)
    assert list(outcomes.values()) == [Deletion.NOT_NOW, Deletion.DELETED]


async def test_what_may_have_been_done_is_not_told_as_undone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a batch is carried out, and its answer is lost, again and again."""
    ids = await ids_of(world, 2)
    world.server.faults.fail_parts(503, every=2)
    batch = world.client._batch

    async def losing(left: Sequence[str]) -> Mapping[str, Any]:
        if len(left) < len(ids):
            world.server.faults.timeout(times=50)
        return await batch(left)

    monkeypatch.setattr(world.client, "_batch", losing)
    with pytest.raises(SourceUnreachable):
        await world.client.delete_error_rows(ids)
    assert list(world.company.rows(world.clock.now())) == [], "both are gone there"


async def test_a_refused_part_is_not_asked_for_again(world: World) -> None:
    ids = await ids_of(world, 2)
    world.server.faults.fail_parts(400)
    outcomes = await world.client.delete_error_rows(ids)
    assert list(outcomes.values()) == [Deletion.REFUSED, Deletion.DELETED]
    assert batches(world) == 1


async def test_a_connection_cut_half_way_is_made_up_for(world: World) -> None:
    ids = await ids_of(world, 10)
    world.server.faults.cut_batch(after=4)
    outcomes = await world.client.delete_error_rows(ids)
    assert list(outcomes.values()) == [Deletion.GONE] * 4 + [Deletion.DELETED] * 6


@pytest.mark.parametrize("fault", ["timeout", "drop", "broken_json"])
async def test_a_lost_answer_is_made_up_for(world: World, fault: str) -> None:
    ids = await ids_of(world, 3)
    getattr(world.server.faults, fault)()
    outcomes = await world.client.delete_error_rows(ids)
    assert set(outcomes.values()) == {Deletion.GONE}
    assert await numbers(world) == []


async def test_a_whole_batch_that_is_throttled_raises_in_the_end(world: World) -> None:
    ids = await ids_of(world, 3)
    world.server.faults.fail(429, times=50)
    with pytest.raises(SourceThrottled):
        await world.client.delete_error_rows(ids)


async def test_a_company_that_is_gone_is_no_deletion(world: World) -> None:
    ids = await ids_of(world, 3)
    stranger = SimulatedCompany(clock=world.clock, name="Somebody else")
    world.server._companies = {stranger.id: stranger}
    with pytest.raises(SourceMissing) as caught:
        await world.client.delete_error_rows(ids)
    assert caught.value.facts["what"] == "company"


async def test_without_the_extension_nothing_is_deleted(world: World) -> None:
    ids = await ids_of(world, 3)
    world.server.faults.extension_missing()
    with pytest.raises(ActionMissing) as caught:
        await world.client.delete_error_rows(ids)
    assert caught.value.facts["what"] == "extension"


async def test_without_the_permission_set_nothing_is_deleted(world: World) -> None:
    ids = await ids_of(world, 3)
    world.server.permission_sets = frozenset[PermissionSet]()
    outcomes = await world.client.delete_error_rows(ids)
    assert set(outcomes.values()) == {Deletion.REFUSED}
    world.server.faults.fail(403)
    with pytest.raises(ActionNotPermitted) as caught:
        await world.client.delete_error_rows(ids)
    assert caught.value.facts["permission_set"] == "SYNCERRORS READ"


async def test_learns_that_parts_count(world: World) -> None:
    """Microsoft's pages do not say; after a part was told that there are too many, each part costs one."""
    world.server._door._limits = Limits(requests=45, parts_count=True)
    left = await ids_of(world, 60)
    limit = world.client._exchange._limit
    assert not limit.counts_parts
    for _ in range(3):
        outcomes = await world.client.delete_error_rows(left)
        left = [row_id for row_id, outcome in outcomes.items() if outcome is Deletion.NOT_NOW]
        if not left:
            break
        world.clock.advance(300)
    assert await numbers(world) == []
    assert limit.counts_parts


@pytest.mark.parametrize("ids", [[], [NOBODY, NOBODY], [NOBODY] * 101])
async def test_a_batch_is_between_one_and_a_hundred_different_rows(world: World, ids: Sequence[str]) -> None:
    with pytest.raises(ValueError, match="1 to 100 different ids"):
        await world.client.delete_error_rows(ids)


responses = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=3)
    | st.sampled_from(["0", "1", "responses"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["responses", "id", "status", "headers", "Retry-After", "body", "error", "code"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.fixed_dictionaries({"responses": responses}) | responses)
@settings(deadline=None)  # the first example makes a client
async def test_an_answer_of_any_shape_is_an_outcome_or_a_failure(answer: object) -> None:
    body = json.dumps(answer).encode()
    client = client_on(httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    with contextlib.suppress(SourceGarbled, SourceMissing):
        assert set(await client.delete_error_rows([NOBODY, NOBODY[::-1]])) == {NOBODY, NOBODY[::-1]}


async def test_an_answer_to_another_question_is_not_believed() -> None:
    clock = ManualClock(START)
    body = {"responses": [{"id": "7", "status": 204, "headers": {}}]}
    client = client_on(httpx.MockTransport(lambda _: httpx.Response(200, json=body)), clock=clock)
    with pytest.raises(SourceGarbled):
        await client.delete_error_rows([NOBODY])
