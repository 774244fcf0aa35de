"""Both records of an error by name and number, asked of Business Central once and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.operations.durable.inline import InlineSteps
from bot.simulator.businesscentral.tables import record
from bot.store.record_names import RecordNames
from tests.conversations.conftest import Stage

ACCOUNT = "CRM Account: {1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}"
LOCAL = "5a0e1b1f-0000-4c8e-9a51-0d6f0a3f9a10"


@pytest.fixture
async def named(stage: Stage) -> Stage:
    """Six customers with names, coupled to one account, and one error without any record."""
    for number in range(10_000, 10_006):
        stage.company.log_error(
            message="Something is wrong with it.",
            source=record(f"Customer: {number}", system_id=LOCAL, description=f"Adatum {number} <!channel>"),
            destination=record(ACCOUNT, description="Adatum"),
        )
    stage.company.log_error(message="The Customer 10001 is blocked.", mapping="CUSTOMER")
    await stage.read()
    return stage


def looks(stage: Stage) -> int:
    return sum("syncErrorDetails" in request.path for request in stage.source.requests)


def number(stage: Stage, place: int = 0) -> int:
    return stage.company.errors[place].number


async def test_an_error_names_both_records_with_a_link_each(named: Stage) -> None:
    shown = await named.kim.command(f"/syncerrors {number(named)}")
    assert "Source: Customer 10000 <https://businesscentral.dynamics.com/" in shown.plain()
    assert "· Adatum 10000 <!channel>" in shown.plain()
    assert "Destination: Account Adatum <https://cronus.crm4.dynamics.com/main.aspx?" in shown.plain()
    assert "<!channel>" not in str(shown.blocks)
    dutch = (await named.sanne.command(f"/syncerrors {number(named)}")).plain()
    assert "Bron: Klant 10000 <" in dutch


async def test_names_are_asked_for_once_in_their_lifetime(named: Stage) -> None:
    for _ in range(3):
        await named.kim.command(f"/syncerrors {number(named)}")
        await named.sanne.command(f"/syncerrors #{number(named)}")
    assert looks(named) == 1
    named.clock.advance(timedelta(hours=23).total_seconds())
    await named.kim.command(f"/syncerrors {number(named)}")
    assert looks(named) == 1
    named.clock.advance(timedelta(hours=2).total_seconds())
    await named.kim.command(f"/syncerrors {number(named)}")
    assert looks(named) > 1


async def test_the_records_of_a_problem_are_named_a_page_at_a_time(named: Stage) -> None:
    await named.kim.command("/syncerrors")
    first = (await named.kim.click("Details", nth=1)).plain()
    assert first.count("· Adatum 1000") == 5
    assert looks(named) <= 5
    asked = looks(named)
    await named.kim.click("Next")
    assert looks(named) == asked + 1
    await named.kim.click("Previous")
    assert looks(named) == asked + 1


async def test_a_search_and_the_archive_show_the_names_that_are_known_and_ask_for_none(named: Stage) -> None:
    await named.kim.command(f"/syncerrors {number(named)}")
    asked = looks(named)
    found = (await named.kim.command("/syncerrors customer 10000")).plain()
    assert "Customer 10000 <" in found
    assert "· Adatum 10000 <!channel> ·" in found
    named.company.delete(named.company.errors[0].id)
    named.company.delete(named.company.errors[1].id)
    named.clock.advance(3600)
    await named.core.reconcile.workflow(InlineSteps(), named.connection)
    archived = (await named.kim.command("/syncerrors archive")).plain()
    assert archived.count("Customer 1000") == 2
    assert archived.count("Adatum") == 1
    assert looks(named) == asked


async def test_the_call_stack_brings_the_names_along(named: Stage) -> None:
    await named.kim.command(f"/syncerrors {number(named, 6)}")
    names = await RecordNames(named.core.database).known(named.scope, ["Customer: 10002"])
    assert names == {}
    view = await named.core.call_stacks.show(named.scope, number(named, 2))
    assert view.names["Customer: 10002"].name == "Adatum 10002 <!channel>"
    await named.kim.command(f"/syncerrors {number(named, 2)}")
    assert looks(named) == 1


async def test_without_record_ids_the_text_must_do(named: Stage) -> None:
    before = looks(named)
    shown = (await named.kim.command(f"/syncerrors {number(named, 6)}")).plain()
    assert "Destination" not in shown
    assert looks(named) == before, "there is nothing to ask about"


async def test_a_deleted_record_says_so(named: Stage) -> None:
    named.company.synchronization.gone.add(LOCAL)
    shown = (await named.kim.command(f"/syncerrors {number(named)}")).plain()
    assert "Adatum 10000 <!channel> · no longer there" in shown


@pytest.mark.parametrize("status", [429, 403, 404, 503])
async def test_a_card_goes_without_names_where_business_central_gives_none(named: Stage, status: int) -> None:
    named.source.faults.fail(status, times=500, path="syncErrorDetails")
    for _ in range(2):
        shown = (await named.kim.command(f"/syncerrors {number(named)}")).plain()
        assert "Source: Customer 10000 <" in shown
        assert "Adatum" not in shown
    asked = looks(named)
    await named.sanne.command(f"/syncerrors {number(named, 1)}")
    assert looks(named) <= asked + 1, "nobody waits again for what failed a moment ago"


async def test_one_slow_answer_does_not_take_the_names_from_the_next_minutes(
    named: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as slow:
        slow.setattr("bot.operations.naming.PATIENCE", 0.0)
        assert "Adatum" not in (await named.kim.command(f"/syncerrors {number(named)}")).plain()
    named.clock.advance(5)
    assert "Adatum" not in (await named.kim.command(f"/syncerrors {number(named)}")).plain()
    named.clock.advance(6)
    assert "Adatum 10000" in (await named.kim.command(f"/syncerrors {number(named)}")).plain()


async def test_without_the_extension_the_ids_are_shown(named: Stage) -> None:
    named.source.faults.extension_missing()
    shown = (await named.kim.command(f"/syncerrors {number(named)}")).plain()
    assert "Destination: Account in Dataverse (1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10)" in shown
    asked = len(named.source.requests)
    named.clock.advance(1800)
    await named.kim.command(f"/syncerrors {number(named, 1)}")
    assert len(named.source.requests) == asked


async def test_who_is_forgotten_has_no_name_left(named: Stage) -> None:
    await named.kim.command(f"/syncerrors {number(named)}")
    await named.kim.command("/syncerrors forget 'Customer: 10000'")
    await named.kim.click("Remove for good")
    assert await RecordNames(named.core.database).known(named.scope, ["Customer: 10000"]) == {}
    assert await RecordNames(named.core.database).known(named.scope, [ACCOUNT]) != {}
