"""Pages of problems and of records: the last one is reached, and nothing lies beyond it."""

from __future__ import annotations

import pytest

from bot.cards.actions import Action, ButtonValue
from bot.operations.ask import PROBLEMS_A_PAGE, RECORDS_A_PAGE
from tests.conversations.conftest import Stage

CODES = [f"X{number}" for number in range(PROBLEMS_A_PAGE + 1)]


@pytest.fixture
async def long(stage: Stage) -> Stage:
    """One problem more than fits a page; the first of them with one record more than fits a page."""
    for code in CODES:
        stage.company.log_error(
            message=f"Currency Code {code} must be coupled to a record in Dataverse.",
            source=f"Customer: {code}",
        )
    for number in range(RECORDS_A_PAGE):
        stage.company.log_error(
            message="Currency Code X0 must be coupled to a record in Dataverse.", source=f"Vendor: {number}"
        )
    await stage.read()
    await stage.kim.command("/syncerrors")
    return stage


async def test_the_last_problem_stands_alone_on_the_last_page(long: Stage) -> None:
    assert "Page 1 of 2" in long.kim.messages[-1].plain()
    last = await long.kim.click("Next")
    assert "Page 2 of 2" in last.plain()
    assert [element.label for element in last.elements()].count("Details") == 1
    assert "Next" not in [element.label for element in last.elements()]


async def test_beyond_the_last_page_is_the_last_page(long: Stage) -> None:
    """Somebody fixed what stood there, and the button is still on the screen."""
    value = ButtonValue(connection=long.connection, page=9)
    shown = (await long.kim.forge_click(Action.OVERVIEW_NEXT, value.encoded())).plain()
    assert "Page 2 of 2" in shown


async def test_beyond_the_last_record_is_the_last_page(long: Stage) -> None:
    overview = await long.core.ask.overview(long.scope)
    longest = max(overview.lines, key=lambda line: line.count)
    value = ButtonValue(connection=long.connection, problem=longest.id, page=9)
    shown = (await long.kim.forge_click(Action.PROBLEM_NEXT, value.encoded())).plain()
    assert "6 records affected" in shown
    assert "Page 2 of 2" in shown


async def test_what_differs_between_the_records_of_a_problem_is_told_of_each_error_only(stage: Stage) -> None:
    errors = [
        stage.company.log_error(
            message="The field Country/Region Code of table Customer contains a value "
            f"({code}) that cannot be found in the related table (Country/Region).",
            source=f"Customer: {code}",
        )
        for code in ("NED", "BEL")
    ]
    await stage.read()
    (line,) = (await stage.core.ask.overview(stage.scope)).lines
    shared = (await stage.core.ask.problem(stage.scope, line.id)).line.params
    assert (shared.get("field"), shared.get("value")) == ("Country/Region Code", None)
    own = (await stage.core.ask.error(stage.scope, errors[0].number)).line.params
    assert (own.get("field"), own.get("value")) == ("Country/Region Code", "NED")
