"""Rows are strict per field, and nothing in them can make the client fall over."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.records import Direction, SyncErrorRecord, UnreadableRow
from bot.businesscentral.rows import LIGHT_FIELDS, error_details, sync_error
from bot.failures import SourceGarbled
from bot.odata.answers import parse_json

ROW: dict[str, Any] = {
    "@odata.etag": 'W/"JzE5OzEyMzQ1Njc4OTs="',
    "id": "{1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}",
    "number": 4711,
    "jobId": "00000000-0000-0000-0000-000000000000",
    "loggedAt": "2026-11-22T08:00:00.1234567+01:00",
    "errorMessage": "Currency Code EUR must be coupled.",
    "sourceRecordId": "Customer: 10000",
    "sourceTableNumber": 18,
    "destinationRecordId": "",
    "destinationTableNumber": 0,
    "mappingName": "CUSTOMER",
    "direction": "ToIntegrationTable",
    "jobType": "Synchronization",
    "lastModifiedDateTime": "0001-01-01T00:00:00Z",
    "aFieldOfTomorrow": [1],
}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _storable(value: object) -> bool:
    """As both databases demand: encodable, without NUL, finite, and JSON."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    return "\\u0000" not in text and bool(text.encode())


def test_a_good_row() -> None:
    assert sync_error(ROW) == SyncErrorRecord(
        id="1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10",
        number=4711,
        logged_at=datetime(2026, 11, 22, 7, 0, 0, 123456, tzinfo=UTC),
        message="Currency Code EUR must be coupled.",
        job_id=None,
        source_record_id="Customer: 10000",
        source_table=18,
        destination_record_id="",
        destination_table=0,
        mapping="CUSTOMER",
        direction=Direction.TO_DATAVERSE,
        job_type="Synchronization",
        modified_at=None,
    )


@pytest.mark.parametrize(
    "field", sorted(set(LIGHT_FIELDS) - {"id", "number", "loggedAt", "errorMessage"}), ids=str
)
def test_optional_fields_may_be_missing_or_null(field: str) -> None:
    assert isinstance(sync_error({key: ROW[key] for key in ROW if key != field}), SyncErrorRecord)
    assert isinstance(sync_error({**ROW, field: None}), SyncErrorRecord)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "no guid", "id: not a GUID"),
        ("id", "00000000-0000-0000-0000-000000000000", "id: missing"),
        ("number", "4711", "number: not an integer"),
        ("number", True, "number: not an integer"),
        ("number", 4711.0, "number: not an integer"),
        ("number", math.nan, "number: not an integer"),
        ("number", 0, "number: out of range"),
        ("number", 2**31, "number: out of range"),
        ("number", None, "number: missing"),
        ("loggedAt", "2026-11-22T08:00:00", "loggedAt: without a zone"),
        ("loggedAt", "22-11-2026", "loggedAt: not a date and time"),
        ("loggedAt", "0001-01-01T00:00:00Z", "loggedAt: missing"),
        ("loggedAt", "9999-12-31T23:59:59-14:00", "loggedAt: not a date and time"),
        ("loggedAt", 1700000000, "loggedAt: not a date and time"),
        ("errorMessage", None, "errorMessage: missing"),
        ("errorMessage", ["a"], "errorMessage: not a text"),
        ("errorMessage", "x" * 10_000, "errorMessage: too long"),
        ("sourceTableNumber", -1, "sourceTableNumber: out of range"),
        ("direction", 1, "direction: not a text"),
    ],
)
def test_a_bad_field_is_named_and_the_row_is_kept(field: str, value: object, reason: str) -> None:
    row = sync_error({**ROW, field: value})
    assert isinstance(row, UnreadableRow)
    assert row.reason == reason
    assert row.number == (None if field == "number" else 4711)
    assert row.raw["sourceRecordId"] == "Customer: 10000"


def test_what_no_database_takes_is_replaced() -> None:
    row = sync_error({**ROW, "errorMessage": "a\x00b\ud800c"})
    assert isinstance(row, SyncErrorRecord)
    assert row.message == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("text", ["_x0020_", "", "NewOption"])
def test_an_unknown_direction_is_unknown(text: str) -> None:
    row = sync_error({**ROW, "direction": text})
    assert isinstance(row, SyncErrorRecord)
    assert row.direction is Direction.UNKNOWN


@given(st.dictionaries(st.sampled_from(LIGHT_FIELDS), _JSON | st.integers(min_value=2**70)))
def test_nothing_raises_and_all_of_it_can_be_stored(changes: dict[str, Any]) -> None:
    row = sync_error({**ROW, **changes})
    if isinstance(row, UnreadableRow):
        assert _storable(row.raw)
    else:
        assert _storable([row.message, row.source_record_id, row.mapping, row.job_type])
        assert 1 <= row.number < 2**31
        assert row.logged_at.tzinfo is UTC


@given(_JSON)
def test_neither_does_anything_else_in_its_place(value: object) -> None:
    assert isinstance(sync_error(value), UnreadableRow)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_json_or_garbled(body: bytes) -> None:
    try:
        parse_json(body)
    except SourceGarbled:
        assert not _is_plain_json(body)


def _is_plain_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def test_call_stack_loses_the_nul_at_its_end_and_what_is_too_much() -> None:
    details = {"id": ROW["id"], "number": 1, "callStack": "line 1\nline 2\x00"}
    assert error_details(details).call_stack == "line 1\nline 2"
    assert len(error_details({**details, "callStack": "x" * 2_000_000}).call_stack) == 1_000_000
    assert error_details({**details, "callStack": None}).call_stack == ""


@pytest.mark.parametrize("answer", [None, [], {}, {"id": ROW["id"], "number": 1, "callStack": 7}])
def test_details_that_are_none(answer: object) -> None:
    with pytest.raises(SourceGarbled):
        error_details(answer)
