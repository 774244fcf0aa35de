"""A page of errors is the same whether it is decoded at once or looked at row by row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.error_pages import error_page
from bot.businesscentral.records import ErrorPage, SyncErrorRecord, UnreadableRow
from bot.businesscentral.rows import LIGHT_FIELDS, sync_error
from bot.failures import SourceGarbled
from bot.odata.answers import parse_json
from tests.businesscentral.test_rows import ROW as _ROW

ROW = {**_ROW, "loggedAt": "2026-11-22T08:00:00.123+01:00"}
"""Times of Business Central have milliseconds. A seventh digit of a second is cut off by one way, rounded by
the other."""

_MOMENTS = st.sampled_from(
    ["2026-11-22T08:00:00.123Z", "2026-11-22T08:00:00+05:30", "0001-01-01T00:00:00Z", "", "yesterday"]
)
_HOSTILE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**32),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    _MOMENTS,
    st.sampled_from(
        ["_x0020_", "Bidirectional", "{1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}", "\x00", "x" * 9_000]
    ),
    st.lists(st.integers(), max_size=2),
)
_ROWS = st.lists(st.dictionaries(st.sampled_from(LIGHT_FIELDS), _HOSTILE, max_size=3), max_size=4)


def _page(body: object) -> ErrorPage:
    return error_page(json.dumps(body).encode(), lambda link: link)


@given(_ROWS)
def test_at_once_as_row_by_row(changes: list[dict[str, Any]]) -> None:
    rows = [{**ROW, "number": number, **change} for number, change in enumerate(changes, start=1)]
    alone = [sync_error(row) for row in parse_json(json.dumps(rows).encode())]

    page = _page({"value": rows})

    assert page.rows == tuple(row for row in alone if isinstance(row, SyncErrorRecord))
    assert page.unreadable == tuple(row for row in alone if isinstance(row, UnreadableRow))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_survives(message: str, record: str) -> None:
    row = {**ROW, "errorMessage": message, "sourceRecordId": record}
    assert _page({"value": [row]}).rows == (sync_error(row),)


def test_one_bad_row_costs_no_other() -> None:
    page = _page(
        {"value": [ROW, {**ROW, "number": "no"}, {**ROW, "number": 4712}], "@odata.nextLink": "next"}
    )

    assert [row.number for row in page.rows] == [4711, 4712]
    assert [row.reason for row in page.unreadable] == ["number: not an integer"]
    assert page.next_link == "next"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"value": 1}',
        b'{"value": []',
        b"\xff",
        b'{"value": [], "@odata.nextLink": 1}',
    ],
)
def test_what_is_no_page_is_garbled(body: bytes) -> None:
    with pytest.raises(SourceGarbled):
        error_page(body, lambda link: link)


def test_an_empty_page_has_neither_rows_nor_a_link() -> None:
    assert _page({"value": [], "@odata.nextLink": ""}) == ErrorPage((), (), None)


def test_numbers_that_only_python_takes_cost_one_row() -> None:
    bad = json.dumps({**ROW, "number": 1, "sourceTableNumber": float("nan")})
    page = error_page(f'{{"value": [{bad}, {json.dumps(ROW)}]}}'.encode(), lambda link: link)

    assert [row.number for row in page.rows] == [4711]
    assert [row.number for row in page.unreadable] == [1]
