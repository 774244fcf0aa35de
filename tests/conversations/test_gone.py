"""What the bot says of errors that Business Central no longer has, in English and in Dutch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.operations.durable.inline import InlineSteps
from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY, ordinary_day


async def night(stage: Stage) -> None:
    """Compare, as the schedule does at night."""
    stage.clock.advance(3600)
    report = await stage.core.reconcile.workflow(InlineSteps(), stage.connection)
    assert report.failure_key is None


def purge(stage: Stage, words: str) -> None:
    """Somebody deletes errors with these words in Business Central."""
    for row in list(stage.company.rows(stage.clock.now())):
        if words in row.text:
            stage.company.delete(row.id)


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    return stage


async def test_nothing_gone_is_not_worth_a_word(ordinary: Stage) -> None:
    await night(ordinary)
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert "no longer in Business Central" not in shown


async def test_a_cause_of_which_nothing_is_left_sinks_and_says_why(ordinary: Stage) -> None:
    before = (await ordinary.kim.command("/syncerrors")).plain()
    assert before.index("prvReadProject") < before.index("Currency Code EUR")
    purge(ordinary, "prvReadProject")
    await night(ordinary)

    shown = (await ordinary.kim.command("/syncerrors")).plain()

    assert "43 sync errors, 3 causes" in shown, "as many as the page of Business Central shows"
    assert "3 more are no longer in Business Central (retention or purged there)." in shown
    assert shown.index("Currency Code EUR") < shown.index("prvReadProject")
    line = shown[shown.index("prvReadProject") :]
    assert "no longer in Business Central (retention or purged there)" in line
    details = (await ordinary.kim.click("Details", nth=2)).plain()
    assert "prvReadProject" in details
    assert "no longer in Business Central" in details


async def test_a_colleague_reads_the_same_in_dutch(ordinary: Stage) -> None:
    purge(ordinary, "prvReadProject")
    await night(ordinary)
    shown = (await ordinary.sanne.command("/syncerrors")).plain()
    assert "43 synchronisatiefouten" in shown
    assert "Nog 3 staan niet meer in Business Central" in shown
    assert "niet meer in Business Central (bewaarbeleid of daar verwijderd)" in shown


async def test_when_all_are_gone_no_cause_has_ended_by_that(ordinary: Stage) -> None:
    purge(ordinary, "")
    await night(ordinary)
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert "No sync errors in Business Central any more" in shown
    assert "46 errors are gone (retention or purged there). That ended no cause" in shown
    assert "Clean up" not in shown
    assert "Geen synchronisatiefouten meer" in (await ordinary.sanne.command("/syncerrors")).plain()


async def test_a_cause_of_which_some_is_left_stays_where_it_is(ordinary: Stage) -> None:
    for row in list(ordinary.company.rows(ordinary.clock.now()))[:10]:
        ordinary.company.delete(row.id)
    await night(ordinary)
    assert "10 no longer in Business Central" in (await ordinary.kim.command("/syncerrors")).plain()
    assert "10 niet meer in Business Central" in (await ordinary.sanne.command("/syncerrors")).plain()


async def test_an_error_that_is_gone_is_still_shown_and_says_so(ordinary: Stage) -> None:
    number = ordinary.company.errors[-1].number
    purge(ordinary, "prvReadProject")
    await night(ordinary)

    shown = (await ordinary.kim.command(f"/syncerrors {number}")).plain()
    assert "prvReadProject" in shown
    assert "No longer in Business Central" in shown
    stack = (await ordinary.kim.click("Show error call stack")).plain()
    assert f"Error No. {number} is no longer in Business Central." in stack
    assert "before anybody looked at its call stack" in stack

    await ordinary.sanne.command(f"/syncerrors {number}")
    stack = (await ordinary.sanne.click("Foutaanroepstack weergeven")).plain()
    assert f"Fout nr. {number} staat niet meer in Business Central." in stack


async def test_a_call_stack_that_somebody_looked_at_is_kept(ordinary: Stage) -> None:
    number = ordinary.company.errors[-1].number
    await ordinary.kim.command(f"/syncerrors {number}")
    await ordinary.kim.click("Show error call stack")
    purge(ordinary, "prvReadProject")
    await night(ordinary)
    await ordinary.kim.command(f"/syncerrors {number}")
    assert "OnBeforeModify line 7" in (await ordinary.kim.click("Show error call stack")).plain()


async def test_new_errors_of_a_cause_bring_it_back(ordinary: Stage) -> None:
    purge(ordinary, "Currency Code EUR")
    await night(ordinary)
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert shown.index("deleted") < shown.index("Currency Code EUR")
    ordinary.company.log_error(message=CURRENCY, source="Customer: 10000")
    await ordinary.read()
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert "31 no longer in Business Central" in shown


async def test_the_newest_deleted_is_told_without_a_conclusion(ordinary: Stage) -> None:
    newest = ordinary.company.errors[-1]
    ordinary.company.delete(newest.id)
    await night(ordinary)
    english = (await ordinary.kim.command("/syncerrors")).plain()
    assert "somebody deleted them there, or an earlier state was restored" in english
    dutch = (await ordinary.sanne.command("/syncerrors")).plain()
    assert "iemand heeft ze daar verwijderd, of er is een eerdere stand teruggezet" in dutch


async def test_a_restored_environment_is_told(ordinary: Stage) -> None:
    ordinary.company.restore(ordinary.clock.now() - timedelta(hours=3))
    ordinary.company.log_error(message=CURRENCY, source="Customer: 10000")
    await night(ordinary)
    assert "was restored or copied" in (await ordinary.kim.command("/syncerrors")).plain()
    assert "teruggezet of gekopieerd" in (await ordinary.sanne.command("/syncerrors")).plain()
