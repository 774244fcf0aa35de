"""What is read ahead is taken once, given up quietly, and never taken for something else."""

from __future__ import annotations

import asyncio

import pytest

from bot.failures import SourceThrottled
from bot.operations.reading_ahead import ReadAhead


class Reads:
    """Counts what is read."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.held = asyncio.Event()

    async def page(self, name: str) -> str:
        self.begun.append(name)
        return name

    async def throttled(self) -> str:
        self.begun.append("throttled")
        raise SourceThrottled("")

    async def hanging(self) -> str:
        self.begun.append("hanging")
        await self.held.wait()
        return "hanging"


async def test_what_was_read_ahead_is_not_read_again() -> None:
    ahead, reads = ReadAhead[str](), Reads()
    ahead.begin("cronus", 2, lambda: reads.page("two"))

    assert await ahead.take("cronus", 2, lambda: reads.page("again")) == "two"
    assert await ahead.take("cronus", 2, lambda: reads.page("later")) == "later"
    assert reads.begun == ["two", "later"]


async def test_another_place_or_connection_is_read_for_itself() -> None:
    ahead, reads = ReadAhead[str](), Reads()
    ahead.begin("cronus", 2, reads.hanging)
    await asyncio.sleep(0)

    assert await ahead.take("kleiweg", 2, lambda: reads.page("theirs")) == "theirs"
    assert await ahead.take("cronus", 3, lambda: reads.page("three")) == "three"
    assert reads.begun == ["hanging", "theirs", "three"]
    assert [task.get_name() for task in asyncio.all_tasks() if "read-ahead" in task.get_name()] == []


async def test_a_failure_comes_to_whoever_takes_it() -> None:
    ahead, reads = ReadAhead[str](), Reads()
    ahead.begin("cronus", 2, reads.throttled)

    with pytest.raises(SourceThrottled):
        await ahead.take("cronus", 2, lambda: reads.page("again"))
    assert reads.begun == ["throttled"]


async def test_what_nobody_takes_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    ahead, reads = ReadAhead[str](), Reads()
    ahead.begin("cronus", 2, reads.throttled)
    await asyncio.sleep(0)
    await ahead.drop("cronus")
    ahead.begin("cronus", 2, reads.hanging)
    await ahead.drop("cronus")
    await ahead.drop("cronus")

    assert caplog.messages == []
    assert [task.get_name() for task in asyncio.all_tasks() if "read-ahead" in task.get_name()] == []
