"""Every suite runs, at a tiny size, and says what it measured. How fast is no matter of tests."""

from __future__ import annotations

import json

import pytest

from bot.bench.suites import Suite, measure

NAMES = {
    Suite.ASK: {"ask.overhead", "ask.growth"},
    Suite.PULL: {
        *("pull.rate", "pull.idle", "pull.memory", "pull.loop"),
        *("rediagnosis.rate", "rediagnosis.loop"),
    },
    Suite.START: {"start.ready"},
    Suite.SOAK: {"soak.memory", "soak.tasks", "soak.unexplained"},
    Suite.DIAGNOSIS: {
        *("diagnosis.mix", "diagnosis.plain", "diagnosis.ahead", "diagnosis.ahead.masked"),
        *("diagnosis.length", "diagnosis.templates"),
        *("diagnosis.load", "diagnosis.memory", "diagnosis.classes", "diagnosis.values"),
        *("diagnosis.field", "diagnosis.noise"),
    },
    Suite.ACTIONS: {"purge.rate", "purge.memory", "purge.dialog"},
}
KEYS = ("name", "value", "unit", "baseline", "ratio", "goal", "met")


@pytest.mark.parametrize("suite", Suite)
async def test_a_suite_gives_its_figures(suite: Suite) -> None:
    figures = await measure(suite, "sqlite", scale=0.0005, minutes=0.03)

    assert NAMES[suite] <= {figure.name for figure in figures}
    for figure in figures:
        told = json.loads(json.dumps(figure.as_json()))
        assert tuple(told)[: len(KEYS)] == KEYS
        assert told["value"] >= 0
        assert told["scale"] == 0.0005
        assert told["database"] == ("none" if suite is Suite.DIAGNOSIS else "sqlite")
        if told["baseline"] is not None:
            assert told["ratio"] == pytest.approx(told["value"] / told["baseline"], rel=0.01)
        if "requests" in told["unit"] or "unexplained" in told["name"]:
            assert told["met"] is True, told


@pytest.mark.postgresql
async def test_asking_is_measured_on_postgresql_too() -> None:
    figures = await measure(Suite.ASK, "postgresql", scale=0.0005)

    assert {figure.database for figure in figures} == {"postgresql"}
