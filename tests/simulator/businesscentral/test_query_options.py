"""What may stand behind the question mark, and what is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import ManualClock
from bot.simulator.businesscentral.entities import SYNC_ERROR
from bot.simulator.businesscentral.filters import parse_filter
from bot.simulator.businesscentral.refusal import Refusal
from tests.simulator.businesscentral.wire import Wire, error_of


def options(**values: str) -> str:
    return "&".join(f"${name}={quote(value)}" for name, value in values.items())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("number eq 3", [3]),
        ("number ne 3", [1, 2, 4, 5]),
        ("number gt 3", [4, 5]),
        ("number ge 3", [3, 4, 5]),
        ("number lt 3", [1, 2]),
        ("number le 3", [1, 2, 3]),
        ("number gt 1 and number lt 4", [2, 3]),
        ("(number gt 1) and (number lt 4 and number ne 2)", [3]),
        ("number eq 1 or number eq 5", [1, 5]),
        ("number eq 1 or number gt 3 and number lt 5", [1, 4]),
        ("loggedAt ge 2026-11-20T09:32:00Z", [3, 4, 5]),
        ("loggedAt lt 2026-11-20T10:32:00.000+01:00", [1, 2]),
        ("lastModifiedDateTime gt 2026-11-20T09:33:59.999Z", [5]),
    ],
)
async def test_filters_on_real_fields(
    wire: Wire, clock: ManualClock, condition: str, expected: list[int]
) -> None:
    for _ in range(5):
        wire.log()
        clock.advance(60)
    assert await wire.numbers(options(filter=condition, orderby="number")) == expected


async def test_filters_on_ids(wire: Wire) -> None:
    wire.log(3)
    second = wire.company.errors[1]
    assert await wire.numbers(options(filter=f"id eq {second.id.upper()}")) == [2]
    assert sorted(await wire.numbers(options(filter=f"jobId eq {second.job_id}"))) == [1, 2, 3]


VARIABLES = (
    "errorMessage", "sourceRecordId", "sourceTableNumber", "destinationRecordId", "destinationTableNumber",
    "mappingName", "direction", "jobType",
)  # fmt: skip


@pytest.mark.parametrize("field", VARIABLES)
async def test_controls_bound_to_variables_cannot_be_filtered_or_sorted(wire: Wire, field: str) -> None:
    for option in (options(filter=f"{field} eq 'x'"), options(orderby=field)):
        code, text = error_of(await wire.get(f"syncErrors?{option}"), 400)
        assert code == "BadRequest_InvalidOperation"
        assert field in text


async def test_or_on_distinct_fields_is_refused(wire: Wire) -> None:
    condition = "number eq 1 or loggedAt gt 2026-11-20T09:32:00Z"
    _, text = error_of(await wire.get(f"syncErrors?{options(filter=condition)}"), 400)
    assert text == "The 'OR' operator is not supported on distinct fields on an OData filter."


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "number",
        "number eq",
        "number eq 1 and",
        "number eq '1'",
        "number eq 1.5",
        "id eq 'd9b6c0b8-9f3c-4a56-8f0a-111111111111'",
        "loggedAt ge 2026-11-20",
        "loggedAt ge 2026-13-40T00:00:00Z",
        "loggedAt ge '2026-11-20T00:00:00Z'",
        "loggedAt ge 2026-11-20T10:00:00 01:00",
        "(number eq 1",
        "number eq 1)",
        "number EQ 1",
        "not number eq 1",
        "number in (1,2)",
        "contains(errorMessage,'x')",
        "No_ eq 1",
        "number eq null",
        "number eq 1 number eq 2",
        "number eq 'x",
        "(" * 60 + "number eq 1" + ")" * 60,
    ],
)
async def test_other_filters_are_refused(wire: Wire, condition: str) -> None:
    error_of(await wire.get(f"syncErrors?{options(filter=condition)}"), 400)


@pytest.mark.parametrize(
    "option",
    [
        "$select=id,nmae",
        "$orderby=nmae",
        "$orderby=number%20up",
        "$top=-1",
        "$top=x",
        "$count=yes",
        "$skip=5",
        "$expand=job",
        "$search=x",
        "$skiptoken=garbage",
        "$skiptoken=aGVsbG8",
        "filter=number%20gt%201",
        "company=CRONUS",
        "$top=1&$top=2",
        "$schemaversion=9.9",
    ],
)
async def test_other_options_are_refused(wire: Wire, option: str) -> None:
    wire.log(3)
    error_of(await wire.get(f"syncErrors?{option}"), 400)


async def test_select_sends_only_these_fields(wire: Wire) -> None:
    wire.log()
    (row,) = (await wire.page("$select=number,id"))["value"]
    assert set(row) == {"@odata.etag", "number", "id"}


async def test_an_unknown_field_is_named(wire: Wire) -> None:
    _, text = error_of(await wire.get("syncErrors?$select=nmae"), 400)
    assert text == "Could not find a property named 'nmae' on type 'Microsoft.NAV.syncError'."


async def test_order_both_ways_and_by_two_fields(wire: Wire, clock: ManualClock) -> None:
    wire.log(2)
    clock.advance(1)
    wire.log(2)
    assert await wire.numbers("$orderby=number%20desc") == [4, 3, 2, 1]
    assert await wire.numbers("$orderby=loggedAt%20desc,number") == [3, 4, 1, 2]


async def test_without_an_order_rows_come_by_id_and_not_by_number(wire: Wire) -> None:
    wire.log(30)
    rows = (await wire.page())["value"]
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert [row["number"] for row in rows] != sorted(row["number"] for row in rows)


async def test_top_and_count(wire: Wire) -> None:
    wire.log(5)
    body = await wire.page("$orderby=number&$top=2&$count=true&$filter=number%20gt%201")
    assert [row["number"] for row in body["value"]] == [2, 3]
    assert body["@odata.count"] == 4
    assert "@odata.nextLink" not in body
    assert await wire.numbers("$top=0") == []


def refusal_of(condition: str) -> int | None:
    try:
        parse_filter(condition, SYNC_ERROR.fields, SYNC_ERROR.name)
    except Refusal as refusal:
        return refusal.status
    return None


@given(st.text(max_size=60))
def test_no_filter_text_breaks_the_parser(text: str) -> None:
    assert refusal_of(text) in {None, 400}


@given(st.lists(st.sampled_from(["number", "eq", "gt", "1", "and", "or", "(", ")", "id", "'x'", " "])))
def test_no_row_of_tokens_breaks_the_parser(tokens: list[str]) -> None:
    assert refusal_of(" ".join(tokens)) in {None, 400}
