"""*Refresh*: reading now, with Business Central well and unwell."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY, ordinary_day


async def test_refresh_reads_what_is_new(stage: Stage) -> None:
    await stage.kim.command("/syncerrors")
    ordinary_day(stage.company, stage.clock)
    await stage.kim.click("Refresh")
    message = await stage.kim.until("3 causes")
    assert "46" in message.plain()


async def test_two_refreshes_at_once_read_once(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.kim.command("/syncerrors")
    await stage.sanne.command("/syncerrors")
    await stage.kim.click("Refresh")
    await stage.sanne.click("Vernieuwen")
    await stage.kim.until("3 causes")
    await stage.sanne.until("3 oorzaken")
    overview = await stage.core.ask.overview(stage.scope)
    assert overview.errors == 46


async def test_a_source_that_is_down_leaves_what_is_known_and_says_why(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await stage.kim.command("/syncerrors")
    stage.source.faults.fail(503, times=100)
    await stage.kim.click("Refresh")
    message = await stage.kim.until("did not answer")
    assert "46" in message.plain()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("unauthorized", "does not let the bot read"),
        ("extension_missing", "extension is not installed"),
    ],
)
async def test_a_refusal_says_who_can_mend_it(stage: Stage, fault: str, words: str) -> None:
    await stage.read()
    getattr(stage.source.faults, fault)()
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    assert "dministrator" in (await stage.kim.until(words)).plain()


async def test_passing_trouble_is_ridden_out(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    stage.source.faults.fail(429, times=1, retry_after=2)
    stage.source.faults.broken_json(times=1)
    await stage.kim.command("/syncerrors")
    await stage.kim.click("Refresh")
    assert "46" in (await stage.kim.until("3 causes")).plain()


async def test_a_row_that_cannot_be_understood_is_kept_and_told(stage: Stage) -> None:
    row = stage.company.log_error(message=CURRENCY, source="Customer: 10000")
    stage.company.log_error(message=CURRENCY, source="Customer: 10001")
    stage.source.faults.garbled_row(row.number, {"loggedAt": "yesterday"})
    await stage.read()
    overview = await stage.core.ask.overview(stage.scope)
    assert (overview.errors, overview.unreadable) == (1, 1)
    assert "1 row" in (await stage.kim.command("/syncerrors")).plain()
    asked = (await stage.kim.command(f"/syncerrors {row.number}")).plain()
    assert f"No. {row.number} in a form that the bot cannot read" in asked


async def test_a_call_stack_while_the_source_is_down(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    await stage.kim.command(f"/syncerrors {stage.company.errors[-1].number}")
    stage.source.faults.fail(503, times=100)
    assert "did not answer" in (await stage.kim.click("Show error call stack")).plain()


async def test_a_call_stack_of_an_error_deleted_meanwhile(stage: Stage) -> None:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    error = stage.company.errors[-1]
    await stage.kim.command(f"/syncerrors {error.number}")
    stage.company.delete(error.id)
    shown = (await stage.kim.click("Show error call stack")).plain()
    assert "Business Central" in shown


async def test_a_pull_that_meets_a_defect_is_told_to_whoever_pressed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret")

    await stage.kim.command("/syncerrors")
    monkeypatch.setattr(type(stage.core.pull), "_page", broken)
    await stage.kim.click("Refresh")
    message = await stage.kim.until("broke off")
    assert "secret" not in message.plain()
