"""What an admin sees who asks."""

from __future__ import annotations

import pytest

from bot.store.tables import PROBLEM
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    return stage


async def test_the_overview_counts_and_leads_with_the_most_pressing(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert "46" in shown
    assert "3 causes" in shown
    privilege, currency, deleted = (shown.index(word) for word in ("prvReadProject", "EUR", "20000"))
    assert privilege < currency
    assert deleted > 0


async def test_the_overview_is_for_the_person_who_asked_only(ordinary: Stage) -> None:
    message = await ordinary.kim.command("/syncerrors")
    assert message.ephemeral
    assert ordinary.sanne.messages == []


async def test_details_explain_and_list_the_records_by_page(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors")
    details = await ordinary.kim.click("Details", nth=1)
    shown = details.plain()
    assert "Currency Code EUR must be coupled to a record in Dataverse" in shown
    assert "10030" in shown
    assert "10000" not in shown
    while any(element.label == "Next" for element in details.elements()):
        details = await ordinary.kim.click("Next")
    assert "10000" in details.plain()
    back = await ordinary.kim.click("Back to overview")
    assert "3 causes" in back.plain()


async def test_the_remedy_links_to_pages_of_that_very_company(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors")
    shown = (await ordinary.kim.click("Details", nth=0)).plain()
    assert "https://businesscentral.dynamics.com/" in shown
    assert "company=CRONUS%20Demo" in shown


async def test_a_remedy_for_many_records_names_what_they_share_in_dutch(ordinary: Stage) -> None:
    await ordinary.sanne.command("/syncerrors class:coupling")
    details = (await ordinary.sanne.click("Details")).plain()
    step = details[details.index("1. Open Valuta EUR in Business Central: die record") :].partition("\n2. ")[
        0
    ]
    assert "page=495&filter=%27Code%27%20IS%20%27EUR%27" in step
    assert "2. Kies op de kaart" in details


async def test_steps_name_the_mapping_as_long_as_all_errors_come_from_one(stage: Stage) -> None:
    message = "The synchronization direction cannot be determined."
    stage.company.log_error(message=message, source="Customer: 10000", mapping="CUSTOMER")
    await stage.read()
    await stage.kim.command("/syncerrors")
    details = (await stage.kim.click("Details")).plain()
    assert "1. Open mapping CUSTOMER on page Integration Table Mappings" in details
    assert "page=5335&filter=%27Name%27%20IS%20%27CUSTOMER%27" in details

    second = stage.company.log_error(message=message, source="Vendor: 20000", mapping="VENDOR")
    await stage.read()
    await stage.kim.command("/syncerrors")
    details = (await stage.kim.click("Details")).plain()
    assert "1. Open the mapping concerned on page Integration Table Mappings" in details
    one = (await stage.kim.command(f"/syncerrors {second.number}")).plain()
    assert "1. Open mapping VENDOR on page Integration Table Mappings" in one


async def test_one_error_by_its_number(ordinary: Stage) -> None:
    number = ordinary.company.errors[-1].number
    for words in (f"{number}", f"#{number}", f"No. {number}", f"  {number} "):
        shown = (await ordinary.kim.command(f"/syncerrors {words}")).plain()
        assert "prvReadProject" in shown
        assert str(number) in shown


async def test_the_call_stack_comes_from_business_central_once(ordinary: Stage) -> None:
    number = ordinary.company.errors[-1].number
    await ordinary.kim.command(f"/syncerrors {number}")
    stack = await ordinary.kim.click("Show error call stack")
    assert "CodeUnit 50110 Acme Sync Hooks: OnBeforeModify line 7" in stack.plain()
    asked = len(ordinary.source.requests)
    ordinary.clock.advance(1)  # later than a double click
    again = await ordinary.kim.click("Show error call stack")
    assert "OnBeforeModify line 7" in again.plain()
    assert "Customer 30002" in again.plain()
    assert len(ordinary.source.requests) == asked


async def test_a_long_call_stack_comes_as_a_file_once(stage: Stage) -> None:
    stack = "\n".join(f'"Deep"(CodeUnit 50110).Call{depth} line {depth}' for depth in range(1, 13))
    stage.company.log_error(message="Something.", source="Customer: 1", call_stack=stack)
    await stage.read()
    number = stage.company.errors[-1].number
    await stage.kim.command(f"/syncerrors {number}")
    shown = (await stage.kim.click("Show error call stack")).plain()
    assert "8. CodeUnit 50110 Deep: Call8 line 8" in shown
    assert "Call9" not in shown
    assert "4 more calls" in shown
    stage.clock.advance(1)
    await stage.kim.click("Show error call stack")
    stage.kim.visit_bot()
    message = await stage.kim.until(lambda person: bool(person.messages and person.messages[-1].files))
    file = stage.slack.file(message.files[0])
    assert file.name == f"call-stack-{number}.txt"
    assert (file.content or b"").decode() == f"{stack}\n"
    assert len([one for one in stage.kim.messages if one.files]) == 1


async def test_an_error_without_call_stack_says_so(ordinary: Stage) -> None:
    await ordinary.kim.command(f"/syncerrors {ordinary.company.errors[0].number}")
    stack = await ordinary.kim.click("Show error call stack")
    assert "no call stack" in stack.plain()


async def test_a_number_that_is_not_there(ordinary: Stage) -> None:
    for number in ("999999", "0", "9" * 18):
        shown = (await ordinary.kim.command(f"/syncerrors {number}")).plain()
        assert f"There is no error No. {number}" in shown


async def test_help_lists_every_command(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors help")).plain()
    for words in ("/syncerrors", "/syncerrors 4711", "/syncerrors help"):
        assert words in shown


@pytest.mark.parametrize("typo", ["halp", "hlep", "HELPP"])
async def test_a_typo_gets_the_nearest_command_offered(ordinary: Stage, typo: str) -> None:
    shown = (await ordinary.kim.command(f"/syncerrors {typo}")).plain()
    assert typo in shown
    assert "Did you mean /syncerrors help?" in shown.replace("`", "")


async def test_nonsense_is_not_repeated_as_markup(ordinary: Stage) -> None:
    message = await ordinary.kim.command("/syncerrors <!channel> *bold* <https://evil.example|click>")
    assert "<!channel>" not in message.text
    assert all("<!channel>" not in str(block) for block in message.blocks)


async def test_a_dutch_colleague_reads_dutch(ordinary: Stage) -> None:
    shown = (await ordinary.sanne.command("/syncerrors")).plain()
    assert "oorzaken" in shown
    details = (await ordinary.sanne.click("Details", nth=1)).plain()
    assert "valuta" in details.lower()
    assert "Terug naar overzicht" in details


async def test_an_empty_store_says_that_nothing_was_read_yet(stage: Stage) -> None:
    shown = (await stage.kim.command("/syncerrors")).plain()
    assert "Refresh" in shown
    assert "0 errors" not in shown


async def test_a_company_without_errors_is_told_so(stage: Stage) -> None:
    await stage.read()
    message = await stage.kim.command("/syncerrors")
    assert "No sync errors" in message.plain()


async def test_a_class_that_an_older_catalogue_knew_is_still_shown(ordinary: Stage) -> None:
    async with ordinary.core.database.writing() as connection:
        await connection.execute(PROBLEM.update().values(class_code="class.of.the.past"))
    shown = (await ordinary.kim.command("/syncerrors")).plain()
    assert "46" in shown
    assert (await ordinary.kim.click("Details")).plain()
