"""Without the extension: page 5339, published, read-only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.businesscentral import BusinessCentralClient
from bot.businesscentral.records import Direction
from bot.failures import ActionMissing, SourceGarbled, SourceMissing
from bot.settings import values
from tests.businesscentral.world import World, build_world

NOBODY = "12345678-0000-4000-8000-000000000000"


@pytest.fixture
async def published() -> World:
    """An environment without the extension, whose page is published as ``SyncErrors``."""
    it = build_world(error_page="SyncErrors")
    it.server.published_pages = frozenset({"SyncErrors"})
    it.server.faults.extension_missing()
    it.log_errors(25)
    return it


async def test_reads_number_time_and_text_page_by_page(published: World) -> None:
    expected = {row.number: row for row in published.company.rows(published.clock.now(), above=-1)}
    page = await published.client.error_page(0, 10)
    read = list(page.rows)
    while page.next_link is not None:
        page = await published.client.follow(page.next_link, 10)
        read += page.rows
    assert [row.number for row in read] == sorted(expected)
    for row in read:
        its = expected[row.number]
        assert (row.message, row.logged_at) == (its.text, its.logged_at)
        assert (row.source_record_id, row.mapping, row.job_id) == ("", "", None)
        assert row.direction is Direction.UNKNOWN
    again = await published.client.error_page(0, 25)
    assert [row.id for row in again.rows] == [row.id for row in read], "an id stays an id"
    assert len({row.id for row in read}) == len(read)
    assert not (await published.client.error_page(max(expected), 10)).rows


async def test_numbers_and_the_whole(published: World) -> None:
    numbers = await published.client.error_numbers(2, 12)
    there = {row.number for row in published.company.rows(published.clock.now(), above=-1)}
    assert set(numbers.ids) == there & set(range(3, 13))
    whole = await published.client.maintenance()
    assert (whole.error_count, whole.retention_enabled) == (25, False)
    assert whole.highest_number == max(there)


ACTIONS: dict[str, Callable[[BusinessCentralClient], Awaitable[object]]] = {
    "release": lambda client: client.release(NOBODY),
    "wake": lambda client: client.wake(NOBODY),
    "couple": lambda client: client.couple(NOBODY, NOBODY, NOBODY),
    "delete": lambda client: client.delete_error_rows([NOBODY]),
    "deleteErrors": lambda client: client.delete_errors(datetime(2026, 1, 1, tzinfo=UTC), 5),
}


@pytest.mark.parametrize("name", ACTIONS)
async def test_nothing_is_done_through_it(published: World, name: str) -> None:
    """Not even where the extension is there too: a row that was read has an id that the extension does not
    know, and a deletion that finds nothing counts as done."""
    published.server.faults.heal()
    before = len(published.server.requests)
    with pytest.raises(ActionMissing) as failed:
        await ACTIONS[name](published.client)
    assert failed.value.facts["what"] == "extension"
    assert len(published.server.requests) == before


async def test_what_the_page_has_not_is_missing(published: World) -> None:
    for ask in (published.client.table_mappings, published.client.couplings, published.client.sync_jobs):
        with pytest.raises(SourceMissing) as failed:
            await ask()
        assert failed.value.facts["what"] == "extension"
    with pytest.raises(SourceMissing):
        await published.client.details(NOBODY)


async def test_a_page_that_is_not_published_is_said(published: World) -> None:
    published.server.published_pages = frozenset({"Other"})
    with pytest.raises(SourceMissing) as failed:
        await published.client.error_page(0, 10)
    assert failed.value.facts["what"] == "page"


async def test_a_link_to_another_host_is_not_followed(published: World) -> None:
    published.server.faults.foreign_next_link(times=2)
    with pytest.raises(SourceGarbled):
        await published.client.error_page(0, 10)


@pytest.mark.parametrize("name", ["", "5339", "a/b", "a b", "x" * 241, "Page('1')"])
def test_a_service_name_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="service name"):
        values.service_name(name)


def test_the_connection_stays_the_same(published: World) -> None:
    """What was read through the page is there when the extension comes."""
    without = build_world()
    assert without.key == published.key
    assert replace(published.connections[published.key], error_page=None) == without.connections[without.key]
