"""What a consultant sees who looks after several companies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.operations.durable.inline import InlineSteps
from tests.conversations.conftest import Stage
from tests.conversations.samples import CURRENCY, DELETED, PRIVILEGE
from tests.conversations.several import CLIENT, Practice, Several, practice_of


def trouble(several: Several) -> None:
    """Bakker: two harmless errors; Van Dijk: one severe; Zwart: none."""
    several.company("Bakker").log_error(message=CURRENCY, source="Customer: 10000")
    several.company("Bakker").log_error(message=DELETED, source="Customer: 10010")
    several.company("Van Dijk").log_error(message=PRIVILEGE, source="Customer: 20000")


@pytest.fixture
async def troubled(several: Several) -> Several:
    trouble(several)
    await several.read()
    return several


async def test_the_first_connection_is_shown_until_somebody_chooses(troubled: Several) -> None:
    shown = (await troubled.kim.command("/syncerrors")).plain()
    assert "Bakker B.V." in shown
    assert "2 sync errors" in shown
    assert "prvReadProject" not in shown


async def test_the_menu_offers_all_and_the_choice_sticks(troubled: Several) -> None:
    message = await troubled.kim.command("/syncerrors")
    menu = next(element for element in message.elements() if element.kind == "static_select")
    assert [option.label for option in menu.options] == ["Bakker", "Van Dijk", "Zwart"]
    assert menu.raw["initial_option"]["text"]["text"] == "Bakker"
    chosen = await troubled.kim.choose("Van Dijk")
    assert "prvReadProject" in chosen.plain()
    again = await troubled.kim.command("/syncerrors")
    assert "Van Dijk B.V." in again.plain()
    assert "prvReadProject" in again.plain()
    number = troubled.company("Van Dijk").errors[-1].number
    assert "prvReadProject" in (await troubled.kim.command(f"/syncerrors {number}")).plain()


async def test_a_choice_is_of_one_person_only(troubled: Several) -> None:
    await troubled.kim.command("/syncerrors")
    await troubled.kim.choose("Van Dijk")
    assert "Bakker B.V." in (await troubled.sanne.command("/syncerrors")).plain()


async def test_a_choice_outlives_the_process(practice: Practice) -> None:
    async with practice.bot() as several:
        await several.kim.command("/syncerrors")
        await several.kim.choose("Zwart")
        kim = several.kim.id
    async with practice.bot() as several:
        assert several.kim.id == kim
        assert several.core.selection.named("Zwart") == (await several.core.selection.of(kim)).connection


async def test_all_connections_most_pressing_first(troubled: Several) -> None:
    shown = (await troubled.kim.command("/syncerrors connections")).plain()
    assert "3 connections" in shown
    dijk, bakker, zwart = (shown.index(name) for name in ("Van Dijk", "Bakker", "Zwart"))
    assert dijk < bakker < zwart
    assert "1 sync error, 1 cause." in shown
    assert "2 sync errors, 2 causes." in shown
    assert "No sync errors." in shown


async def test_opening_from_the_list_shows_and_sticks(troubled: Several) -> None:
    await troubled.kim.command("/syncerrors connections")
    opened = await troubled.kim.click("Open", nth=0)
    assert "prvReadProject" in opened.plain()
    assert "prvReadProject" in (await troubled.kim.command("/syncerrors")).plain()
    back = await troubled.kim.click("All connections")
    assert "3 connections" in back.plain()


async def test_details_of_a_connection_stay_in_it(troubled: Several) -> None:
    await troubled.kim.command("/syncerrors connection:van")
    details = await troubled.kim.click("Details")
    assert "company=Van%20Dijk%20B.V." in details.plain() or "Van%20Dijk" in str(details.blocks)
    back = await troubled.kim.click("Back to overview")
    assert "Van Dijk B.V." in back.plain()
    assert "Bakker B.V." in (await troubled.kim.command("/syncerrors")).plain()


@pytest.mark.parametrize(
    "words",
    [
        "connection:Van Dijk",
        'connection:"van dijk"',
        "connection:“Van Dijk”",
        "CONNECTION:van",
        "verbinding:van dijk",
        "connection: Van Dijk",
    ],
)
async def test_a_connection_named_in_the_command(troubled: Several, words: str) -> None:
    assert "prvReadProject" in (await troubled.kim.command(f"/syncerrors {words}")).plain()
    assert "Bakker B.V." in (await troubled.kim.command("/syncerrors")).plain()


async def test_a_named_connection_goes_with_a_number(troubled: Several) -> None:
    number = troubled.company("Van Dijk").errors[-1].number
    for words in (f"{number} connection:Van Dijk", f"connection:Van Dijk {number}"):
        assert "prvReadProject" in (await troubled.kim.command(f"/syncerrors {words}")).plain()


async def test_a_typo_gets_the_nearest_name_offered(troubled: Several) -> None:
    shown = (await troubled.kim.command("/syncerrors connection:Bakkr")).plain()
    assert "There is no connection “Bakkr”" in shown
    assert "Did you mean Bakker?" in shown
    shown = (await troubled.kim.command("/syncerrors connection:<!channel>")).plain()
    assert "/syncerrors connections" in shown


async def test_a_connection_without_its_name_gets_the_list(troubled: Several) -> None:
    assert "3 connections" in (await troubled.kim.command("/syncerrors connection:")).plain()


async def test_help_tells_of_connections(troubled: Several) -> None:
    assert "/syncerrors connections" in (await troubled.kim.command("/syncerrors help")).plain()


async def test_the_schedule_pulls_all_and_one_that_fails_stops_no_other(several: Several) -> None:
    trouble(several)
    practice = several.practice
    practice.entra.register(practice.customers["Bakker"].tenant, CLIENT, "another secret")
    practice.customers["Zwart"].server.faults.fail(503, times=100)
    await several.tick()
    shown = (await several.kim.command("/syncerrors connections")).plain()
    assert "refused to sign the bot in (error AADSTS7000215)" in shown
    assert "Business Central did not answer" in shown
    assert shown.index("Van Dijk") < shown.index("Bakker") < shown.index("Zwart")
    assert "prvReadProject" in (await several.kim.command("/syncerrors connection:Van Dijk")).plain()
    assert "refused to sign" in (await several.kim.command("/syncerrors")).plain()


async def test_refresh_reads_the_connection_that_is_shown(several: Several) -> None:
    trouble(several)
    await several.kim.command("/syncerrors")
    await several.kim.choose("Van Dijk")
    await several.kim.click("Refresh")
    await several.kim.until("prvReadProject")
    assert (await several.core.ask.overview(several.scope("Bakker"))).errors == 0


async def test_a_dutch_colleague_reads_dutch(troubled: Several) -> None:
    shown = (await troubled.sanne.command("/syncerrors verbindingen")).plain()
    assert "3 verbindingen" in shown
    assert "Openen" in shown
    assert "1 synchronisatiefout, 1 oorzaak." in shown


# Connections that go, come and change their names


async def test_the_choice_of_a_removed_connection_is_answered_with_the_rest(practice: Practice) -> None:
    async with practice.bot() as several:
        await several.read()
        await several.kim.command("/syncerrors")
        await several.kim.choose("Van Dijk")
    practice.write("Bakker", "Zwart")
    async with practice.bot() as several:
        for words in ("/syncerrors", "/syncerrors 4711"):
            shown = (await several.kim.command(words)).plain()
            assert "Van Dijk B.V. is no longer set up in this bot." in shown
            assert "Zwart" in shown
        assert "What you can ask" in (await several.kim.command("/syncerrors help")).plain()
        await several.kim.command("/syncerrors")
        await several.kim.click("Open", nth=0)
        assert "no longer" not in (await several.kim.command("/syncerrors")).plain()


async def test_a_removed_connection_that_comes_back_is_chosen_still(practice: Practice) -> None:
    async with practice.bot() as several:
        await several.kim.command("/syncerrors")
        await several.kim.choose("Van Dijk")
    practice.write("Bakker")
    async with practice.bot() as several:
        shown = (await several.kim.command("/syncerrors")).plain()
        assert "Van Dijk" not in shown
        assert "no longer" not in shown
    practice.write("Bakker", "Van Dijk")
    async with practice.bot() as several:
        message = await several.kim.command("/syncerrors")
        menu = next(element for element in message.elements() if element.kind == "static_select")
        assert menu.raw["initial_option"]["text"]["text"] == "Van Dijk"


async def test_stale_buttons_of_a_removed_connection(practice: Practice) -> None:
    async with practice.bot() as several:
        await several.read()
        gone = several.scope("Van Dijk").connection
    practice.write("Bakker", "Zwart")
    async with practice.bot() as several:
        for action in ("overview.show", "overview.refresh", "connection.open", "connection.choose"):
            message = await several.kim.forge_click(action, json.dumps({"v": 1, "connection": gone}))
            assert "Van Dijk B.V. is no longer set up in this bot." in message.plain()
        assert "Bakker" in (await several.kim.command("/syncerrors")).plain()


async def test_work_enqueued_for_a_removed_connection_ends_quietly(practice: Practice) -> None:
    async with practice.bot() as several:
        gone = several.scope("Van Dijk").connection
    practice.write("Bakker", "Zwart")
    async with practice.bot() as several:
        report = await several.core.pull.workflow(InlineSteps(), gone)
        assert report.failure_key == "connection.gone"


@pytest.mark.parametrize("forged", ["forged", "", "0123456789abcdef", "a\x00b"])
async def test_a_forged_choice_is_refused(several: Several, forged: str) -> None:
    message = await several.kim.forge_click("connection.open", json.dumps({"v": 1, "connection": forged}))
    assert "out of date" in message.plain()
    assert (await several.core.selection.of(several.kim.id)).connection == several.core.selection.default


async def test_the_name_follows_a_renamed_company(troubled: Several) -> None:
    troubled.company("Bakker").name = "Bakker Groep"
    troubled.company("Bakker").display_name = "Bakker Groep N.V."
    troubled.practice.clock.advance(3601)
    await troubled.read("Bakker")
    shown = (await troubled.kim.command("/syncerrors")).plain()
    assert "Bakker Groep N.V." in shown


async def test_the_name_of_the_file_follows_too_and_the_choice_stays(practice: Practice) -> None:
    async with practice.bot() as several:
        trouble(several)
        await several.read()
        await several.kim.command("/syncerrors")
        await several.kim.choose("Van Dijk")
    practice.customers["Van Dijk"].name = "Dijkstra"
    practice.write("Bakker", "Van Dijk", "Zwart")
    async with practice.bot() as several:
        shown = (await several.kim.command("/syncerrors")).plain()
        assert "Dijkstra" in shown
        assert "prvReadProject" in shown


# How many


async def test_with_one_connection_nothing_of_this_is_shown(stage: Stage) -> None:
    await stage.read()
    message = await stage.kim.command("/syncerrors")
    assert all(element.kind == "button" for element in message.elements())
    assert "onnection" not in message.plain()
    assert "onnection" not in (await stage.kim.command("/syncerrors help")).plain()
    assert "No sync errors" in (await stage.kim.command("/syncerrors connections")).plain()


async def test_one_connection_from_a_file_is_one_connection(practice: Practice) -> None:
    practice.write("Zwart")
    async with practice.bot() as several:
        message = await several.kim.command("/syncerrors")
        assert all(element.kind == "button" for element in message.elements())


async def test_more_connections_than_a_menu_holds(tmp_path: Path) -> None:
    """Simulators for three, entries for many: nobody reads the others."""
    practice = practice_of(tmp_path, ["Bakker", "Van Dijk", "Zwart"])
    entries = [customer.entry() for customer in practice.customers.values()]
    entries += [
        practice.customers["Bakker"].entry(name=f"Customer {number:03d}", company_id=company(number))
        for number in range(120)
    ]
    (tmp_path / "connections.toml").write_text("\n".join(entries))
    async with practice.bot() as several:
        message = await several.kim.command("/syncerrors")
        assert all(element.kind == "button" for element in message.elements())
        listed = await several.kim.click("All connections")
        assert "123 connections" in listed.plain()
        assert "Page 1 of 13" in listed.plain()
        assert "Page 2 of 13" in (await several.kim.click("Next")).plain()
        assert "Page 1 of 13" in (await several.kim.click("Previous")).plain()
        assert "Customer 042" in (await several.kim.command("/syncerrors connection:customer 042")).plain()


def company(number: int) -> str:
    return f"{number:08d}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


async def test_who_may_not_look_at_a_company_does_not_see_how_it_stands(practice: Practice) -> None:
    practice.write("Bakker", "Zwart", "Van Dijk")
    file = practice.folder / "connections.toml"
    file.write_text(file.read_text() + '\nviewers = ["S0VANDIJK"]\nfixers = ["S0VANDIJK"]\n')
    async with practice.bot() as several:
        several.slack.user_group("van-dijk", several.kim, group_id="S0VANDIJK")
        trouble(several)
        await several.read()
        seen = (await several.kim.command("/syncerrors connections")).plain()
        assert "Van Dijk" in seen
        hidden = (await several.sanne.command("/syncerrors connections")).plain()
        assert "Van Dijk" not in hidden
        assert "Bakker" in hidden
        refused = await several.sanne.command("/syncerrors connection:dijk")
        assert "Dat mag je hier niet" not in refused.plain()  # no connection begins like that
        refused = await several.sanne.command('/syncerrors connection:"Van Dijk"')
        assert "Dat mag je hier niet: fouten bekijken." in refused.plain()
        await several.sanne.command("/syncerrors")
        assert "Dat mag je hier niet" in (await several.sanne.choose("Van Dijk")).plain()
