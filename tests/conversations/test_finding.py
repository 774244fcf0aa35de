"""Looking for something, as a person does."""

from __future__ import annotations

import json

import pytest

from bot.store import search
from tests.conversations.conftest import Stage
from tests.conversations.samples import ordinary_day


@pytest.fixture
async def ordinary(stage: Stage) -> Stage:
    ordinary_day(stage.company, stage.clock)
    await stage.read()
    return stage


async def test_a_record_is_found_with_its_cause_and_its_error(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors customer 10007")).plain()
    assert "1 sync error found, 1 cause" in shown
    assert "Searched for “customer 10007”." in shown
    assert "1 of 31 errors" in shown
    assert f"No. {ordinary.company.errors[7].number}" in shown


async def test_the_beginning_of_a_privilege_is_enough(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors prvRead")).plain()
    assert "3 sync errors found, 1 cause" in shown
    assert "prvReadProject" in shown


async def test_details_lead_back_to_the_results(ordinary: Stage) -> None:
    results = (await ordinary.kim.command("/syncerrors customer")).plain()
    details = await ordinary.kim.click("Details", nth=0)
    assert "What to do" in details.plain()
    assert (await ordinary.kim.click("Back to results")).plain() == results
    error = await ordinary.kim.click("Details", nth=3)
    assert "Error No." in error.plain()
    assert (await ordinary.kim.click("Back to results")).plain() == results
    assert "3 causes" in (await ordinary.kim.click("Overview")).plain()


async def test_details_keep_the_way_back_while_their_records_are_paged(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors currency")
    await ordinary.kim.click("Details", nth=0)
    await ordinary.kim.click("Next")
    assert "Searched for “currency”" in (await ordinary.kim.click("Back to results")).plain()


async def test_results_are_paged(stage: Stage) -> None:
    for index in range(7):
        stage.company.log_error(
            message=f"Currency Code X{index} must be coupled to a record in Dataverse.", source="Customer: 1"
        )
    await stage.read()
    first = await stage.kim.command("/syncerrors customer since:2d")
    assert "7 sync errors found, 7 causes" in first.plain()
    assert "Page 1 of 2" in first.plain()
    second = (await stage.kim.click("Next")).plain()
    assert "Page 2 of 2" in second
    assert "Best matches" not in second
    assert "filtered by" in second
    assert (await stage.kim.click("Previous")).plain() == first.plain()


async def test_filters_alone_narrow_the_overview(ordinary: Stage) -> None:
    narrowed = await ordinary.kim.command("/syncerrors fixer:admin")
    assert "3 sync errors, 1 cause" in narrowed.plain()
    assert "Filtered by" in narrowed.plain()
    assert "fixer:admin" in narrowed.plain()
    everything = await ordinary.kim.click("Without filters")
    assert "46 sync errors, 3 causes" in everything.plain()


async def test_filters_combine_with_each_other_and_with_text(ordinary: Stage) -> None:
    for typed, found in {
        "class:permission": "3 sync errors, 1 cause",
        "class:missing_privilege since:24h": "3 sync errors, 1 cause",
        "class:permission fixer:user": "No sync errors with this filter",
        "since:2026-03-04": "46 sync errors, 3 causes",
        "since:2026-03-05": "No sync errors with this filter",
        "customer class:permission": "3 sync errors found, 1 cause",
        "10007 class:permission": "Nothing found",
        "10007 fixer:user since:1d": "1 sync error found, 1 cause",
    }.items():
        shown = (await ordinary.kim.command(f"/syncerrors {typed}")).plain()
        assert shown.startswith(found), typed


async def test_a_mapping_by_its_name(ordinary: Stage) -> None:
    ordinary.company.log_error(message="EUR", source="Contact: 1", mapping="CONTACT")
    await ordinary.read()
    shown = (await ordinary.kim.command('/syncerrors mapping:"customer"')).plain()
    assert "46 sync errors, 3 causes" in shown
    assert "mapping:CUSTOMER" in shown


async def test_a_text_without_its_filters_is_one_press_away(ordinary: Stage) -> None:
    assert "Nothing found" in (await ordinary.kim.command("/syncerrors 10007 class:permission")).plain()
    assert "1 sync error found" in (await ordinary.kim.click("Without filters")).plain()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("sinse:7d", "There is no filter “sinse”. Did you mean since:?"),
        ("colour:red", "You can filter with class:, fixer:, mapping:, since:."),
        ("class:permision", "Did you mean class:permission?"),
        ("class:nothing_like_it", "It knows, for example: "),
        ("fixer:admn", "Did you mean fixer:admin?"),
        ("since:tomorrow", "It knows, for example: 24h, 7d, 2w, 2026-03-01."),
        ("since:", "needs a value"),
        ("mapping:nowhere", "does not know “nowhere”"),
    ],
)
async def test_a_mistake_is_corrected_kindly(ordinary: Stage, typed: str, answer: str) -> None:
    shown = (await ordinary.kim.command(f"/syncerrors {typed}")).plain()
    assert answer in shown.replace("`", "")


async def test_nothing_found_says_what_was_looked_for_and_how_to_widen_it(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors kwark since:7d")).plain()
    assert "Nothing found" in shown
    assert "Searched for “kwark”, filtered by" in shown
    assert "Try without filters." in shown
    assert "only how a word begins" in shown


async def test_signs_are_nothing_to_search_for(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors *** --")).plain()
    assert "no letter and no digit" in shown


async def test_an_empty_store_says_that_nothing_was_read(stage: Stage) -> None:
    assert "Nothing read from Business Central yet" in (await stage.kim.command("/syncerrors kwark")).plain()
    assert (
        "Nothing read from Business Central yet"
        in (await stage.kim.command("/syncerrors fixer:admin")).plain()
    )


async def test_some_of_the_words_are_better_than_nothing(ordinary: Stage) -> None:
    shown = (await ordinary.kim.command("/syncerrors kwark prvRead")).plain()
    assert "No error has all these words. These have some of them." in shown
    assert "prvReadProject" in shown


async def test_many_are_capped_and_it_says_so(ordinary: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 30)
    monkeypatch.setattr("bot.operations.find.MOST", 30)
    shown = (await ordinary.kim.command("/syncerrors customer")).plain()
    assert "More than 30 sync errors found" in shown
    assert "Here are the newest 30, by cause." in shown
    assert "at least" in shown


async def test_what_is_typed_stays_text(ordinary: Stage) -> None:
    for typed in ('"', "' OR 1=1 --", "NEAR(a b)", "a* AND (b", "<!channel> *bold*", "%_%", "\\", "é" * 300):
        message = await ordinary.kim.command(f"/syncerrors {typed}")
        assert "Something went wrong" not in message.plain()
        assert "<!channel>" not in str(message.blocks)


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("find.show", {"v": 1}),
        ("find.next", {"v": 1, "query": 7}),
        ("find.next", {"v": 1, "query": "x" * 300}),
        ("error.show", {"v": 1}),
    ],
)
async def test_a_stale_button_is_answered_kindly(
    ordinary: Stage, action_id: str, value: dict[str, object]
) -> None:
    await ordinary.kim.command("/syncerrors customer")
    message = await ordinary.kim.forge_click(
        action_id, json.dumps(value | {"connection": ordinary.connection})
    )
    assert "out of date" in message.plain()


async def test_a_button_survives_that_its_filter_means_nothing_any_more(ordinary: Stage) -> None:
    await ordinary.kim.command("/syncerrors customer")
    value = {"v": 1, "connection": ordinary.connection, "query": "mapping:GONE", "page": 9}
    assert "does not know “GONE”" in (await ordinary.kim.forge_click("find.next", json.dumps(value))).plain()
    value = {"v": 1, "connection": ordinary.connection, "query": "prvRead", "page": 9}
    assert "3 sync errors found" in (await ordinary.kim.forge_click("find.next", json.dumps(value))).plain()


async def test_a_dutch_colleague_searches_in_dutch(ordinary: Stage) -> None:
    shown = (await ordinary.sanne.command("/syncerrors customer oplosser:beheerder sinds:2d")).plain()
    assert "3 synchronisatiefouten gevonden, 1 oorzaak" in shown
    assert "Gezocht naar “customer”, gefilterd op" in shown
    assert "Beste treffers" in shown
    await ordinary.sanne.click("Details", nth=0)
    assert "Gezocht naar" in (await ordinary.sanne.click("Terug naar de resultaten")).plain()
    assert "Niets gevonden" in (await ordinary.sanne.command("/syncerrors kwark")).plain()
    assert "Er is geen filter “sinse”." in (await ordinary.sanne.command("/syncerrors sinse:7d")).plain()
    assert "Zoek in records en teksten" in (await ordinary.sanne.command("/syncerrors hulp")).plain()
