"""The inline twin keeps the engine's rules."""

from __future__ import annotations

import asyncio

import pytest

from bot.failures import NotFound
from bot.operations.durable import OutcomeState, Queue, Steps
from bot.operations.durable.inline import InlineDurable


async def test_outcomes_and_time_limits() -> None:
    durable = InlineDurable()
    release = asyncio.Event()

    async def double(number: int) -> int:
        await release.wait()
        return 2 * number

    async def body(steps: Steps, number: int) -> int:
        return await steps.run("double", double, number)

    async def broken(steps: Steps) -> None:
        raise LookupError("something personal")

    durable.register("body", body)
    durable.register("broken", broken)
    first = await durable.enqueue("body", 21, queue=Queue.PULL, partition="a", deduplication="pull:a")
    again = await durable.enqueue("body", 21, queue=Queue.PULL, partition="a", deduplication="pull:a")
    assert first == again
    assert await durable.wait(first, timeout=0) is None
    release.set()
    outcome = await durable.wait(first, timeout=5)
    assert outcome is not None
    assert (outcome.state, outcome.value) == (OutcomeState.SUCCEEDED, 42)
    assert await durable.enqueue("body", 1, queue=Queue.PULL, partition="a", deduplication="pull:a") != first
    failed = await durable.wait(await durable.enqueue("broken", queue=Queue.ACT, partition="p"), timeout=5)
    assert failed is not None
    assert (failed.state, failed.error) == (OutcomeState.FAILED, "LookupError")
    await durable.stop()


async def test_one_at_a_time_in_a_partition() -> None:
    durable = InlineDurable()
    inside: dict[str, int] = {"a": 0, "b": 0}
    together: list[tuple[int, int]] = []

    async def body(steps: Steps, partition: str) -> None:
        inside[partition] += 1
        together.append((inside["a"], inside["b"]))
        await asyncio.sleep(0)
        inside[partition] -= 1

    durable.register("body", body)
    ids = [await durable.enqueue("body", name, queue=Queue.ACT, partition=name) for name in "aabb"]
    for workflow in ids:
        await durable.wait(workflow, timeout=5)
    assert max(a for a, _ in together) == max(b for _, b in together) == 1
    assert (1, 1) in together


async def test_stopping_cancels() -> None:
    durable = InlineDurable()

    async def body(steps: Steps) -> None:
        await asyncio.Event().wait()

    durable.register("body", body)
    workflow = await durable.enqueue("body", queue=Queue.ACT, partition="p")
    await durable.stop()
    outcome = await durable.wait(workflow, timeout=1)
    assert outcome is not None
    assert outcome.error == "CancelledError"


async def test_what_no_engine_can_do_is_refused() -> None:
    durable = InlineDurable()

    async def body(steps: Steps) -> object:
        return await steps.run("unpicklable", unpicklable)

    async def unpicklable() -> object:
        return lambda: None

    durable.register("body", body)
    with pytest.raises(ValueError, match="twice"):
        durable.register("body", body)
    with pytest.raises(ValueError, match="deduplication"):
        await durable.enqueue("body", queue=Queue.ACT, partition="p", deduplication="x")
    with pytest.raises(ValueError, match="deduplication"):
        await durable.enqueue("body", queue=Queue.PULL, partition="p")
    with pytest.raises(NotFound):
        await durable.wait("nobody", timeout=0)
    outcome = await durable.wait(await durable.enqueue("body", queue=Queue.ACT, partition="p"), timeout=5)
    assert outcome is not None
    assert outcome.state is OutcomeState.FAILED
