"""Server-driven paging and its links."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.simulator.businesscentral import API_HOST, NextLinkForm
from bot.simulator.businesscentral.pages import Source, take_page
from bot.simulator.businesscentral.queries import Cursor, EntityType, Field, Kind, Query
from tests.simulator.businesscentral.wire import Wire, error_of


async def walk(wire: Wire, options: str, size: int) -> list[list[int]]:
    """Follow nextLink to the end, as given."""
    address, pages = wire.companion(f"syncErrors?{options}"), []
    while address:
        response = await wire.http.get(address, headers={"Prefer": f"odata.maxpagesize={size}"})
        assert response.status_code == 200, response.text
        body = response.json()
        pages.append([row["number"] for row in body["value"]])
        address = urljoin(address, body["@odata.nextLink"]) if "@odata.nextLink" in body else ""
    return pages


@pytest.mark.parametrize("form", NextLinkForm)
async def test_pages_follow_each_other(wire: Wire, form: NextLinkForm) -> None:
    wire.log(7)
    wire.simulator.faults.relative_next_link(form)
    assert await walk(wire, "$orderby=number&$filter=number%20gt%201", 3) == [[2, 3, 4], [5, 6, 7]]
    assert await walk(wire, "$orderby=number", 3) == [[1, 2, 3], [4, 5, 6], [7]]


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (NextLinkForm.ABSOLUTE, f"https://{API_HOST}/v2.0/"),
        (NextLinkForm.PATH, "/v2.0/"),
        (NextLinkForm.SEGMENT, "syncErrors?"),
    ],
)
async def test_links_are_written_in_the_chosen_form(wire: Wire, form: NextLinkForm, start: str) -> None:
    wire.log(2)
    wire.simulator.faults.relative_next_link(form)
    body = await wire.page("$orderby=number", Prefer="odata.maxpagesize=1")
    assert body["@odata.nextLink"].startswith(start)


async def test_top_over_several_pages(wire: Wire) -> None:
    wire.log(9)
    assert await walk(wire, "$orderby=number%20desc&$top=5", 2) == [[9, 8], [7, 6], [5]]


async def test_rows_that_share_a_time_are_not_lost_between_pages(wire: Wire) -> None:
    wire.log(7)
    pages = await walk(wire, "$orderby=loggedAt", 2)
    assert sorted(number for page in pages for number in page) == [1, 2, 3, 4, 5, 6, 7]


async def test_the_link_is_absolute_and_carries_the_options(wire: Wire) -> None:
    wire.log(3)
    body = await wire.page("$orderby=number&$select=number", Prefer="odata.maxpagesize=2")
    link = urlsplit(body["@odata.nextLink"])
    assert (link.scheme, link.hostname) == ("https", API_HOST)
    assert parse_qs(link.query)["$select"] == ["number"]


async def test_the_page_size_is_confirmed(wire: Wire) -> None:
    response = await wire.get("syncErrors", Prefer="odata.maxpagesize=7")
    assert response.headers["Preference-Applied"] == "odata.maxpagesize=7"
    assert "Preference-Applied" not in (await wire.get("syncErrors")).headers


async def test_a_page_holds_at_most_20000_rows(wire: Wire) -> None:
    wire.log(20_001)
    body = await wire.page("$orderby=number&$select=number")
    assert len(body["value"]) == 20_000
    assert "@odata.nextLink" in body
    error_of(await wire.get("syncErrors", Prefer="odata.maxpagesize=20001"), 413)


@pytest.mark.parametrize("size", ["0", "-1", "many", ""])
async def test_a_page_size_must_be_a_positive_number(wire: Wire, size: str) -> None:
    error_of(await wire.get("syncErrors", Prefer=f"odata.maxpagesize={size}"), 400)


async def test_a_token_belongs_to_its_query(wire: Wire) -> None:
    wire.log(5)
    body = await wire.page("$orderby=number", Prefer="odata.maxpagesize=2")
    other = httpx.URL(body["@odata.nextLink"]).copy_merge_params({"$filter": "number gt 4"})
    error_of(await wire.http.get(other), 400)


async def test_a_foreign_link_leads_nowhere(wire: Wire) -> None:
    wire.log(3)
    wire.simulator.faults.foreign_next_link()
    options = ("$orderby=number", "odata.maxpagesize=1")
    foreign = (await wire.page(options[0], Prefer=options[1]))["@odata.nextLink"]
    assert urlsplit(foreign).hostname != API_HOST
    with pytest.raises(httpx.ConnectError):
        await wire.http.get(foreign)
    own = (await wire.page(options[0], Prefer=options[1]))["@odata.nextLink"]
    assert urlsplit(own).hostname == API_HOST


async def test_rows_that_appear_while_paging_are_found_behind_the_position(wire: Wire) -> None:
    wire.log(4)
    wire.company.skip_numbers(1)
    first = await wire.page("$orderby=number", Prefer="odata.maxpagesize=3")
    wire.log(1)
    wire.company.delete(wire.company.errors[3].id)
    second = (await wire.http.get(first["@odata.nextLink"])).json()
    assert [row["number"] for row in second["value"]] == [6]


PAIR: EntityType[tuple[int, int]] = EntityType(
    "pair",
    {
        "id": Field("id", Kind.NUMBER, lambda row: row[0]),
        "group": Field("group", Kind.NUMBER, lambda row: row[1]),
    },
)


@settings(max_examples=60)
@given(
    groups=st.lists(st.integers(0, 3), max_size=25),
    size=st.integers(1, 6),
    descending=st.booleans(),
    top=st.none() | st.integers(0, 30),
)
def test_paging_equals_sorting(groups: list[int], size: int, descending: bool, top: int | None) -> None:
    rows = list(enumerate(groups))
    order = ((PAIR.fields["group"], descending), (PAIR.fields["id"], False))
    found: list[Any] = []
    cursor: Cursor | None = None
    while True:
        query = Query(None, None, order, top, False, cursor, size, "")
        page = take_page(Source(lambda _: rows), query)
        found.extend(page.rows)
        cursor = page.following
        if cursor is None:
            break
        assert len(page.rows) == size
    expected = sorted(rows, key=lambda row: (-row[1] if descending else row[1], row[0]))
    assert found == expected[:top]
