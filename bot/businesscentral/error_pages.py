"""A page of ``syncErrors``: JSON -> values, and quickly, for there may be a million rows to read.

Nearly all pages keep the contract in every row, so a page is decoded as what the contract says (msgspec).
Where anything in it is different, ``bot.businesscentral.rows`` looks at each row by itself and names what is
wrong: the values are the same either way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.businesscentral.fields import MAX_INTEGER, MAX_TEXT, Breach, clean, guid_of, option_of
from bot.businesscentral.records import Direction, ErrorPage, SyncErrorRecord, UnreadableRow
from bot.businesscentral.rows import DIRECTIONS, sync_error
from bot.odata.answers import page_of

_Text = Annotated[str, Meta(max_length=MAX_TEXT)]
_Integer = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Row(msgspec.Struct, rename="camel", gc=False):
    """The fields of ``bot.businesscentral.rows.LIGHT_FIELDS``."""

    id: _Text
    number: Annotated[int, Meta(ge=1, le=MAX_INTEGER)]
    logged_at: _Moment
    error_message: _Text
    job_id: _Text | None = None
    source_record_id: _Text | None = None
    source_table_number: _Integer | None = None
    destination_record_id: _Text | None = None
    destination_table_number: _Integer | None = None
    mapping_name: _Text | None = None
    direction: _Text | None = None
    job_type: _Text | None = None
    last_modified_date_time: _Moment | None = None


class _Page(msgspec.Struct):
    value: list[_Row]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)


_PAGE = msgspec.json.Decoder(_Page)


def error_page(body: bytes, own: Callable[[str], str]) -> ErrorPage:
    """The rows of a page, those that break the contract apart.

    ``own`` makes a nextLink absolute and refuses a foreign one. Raises SourceGarbled.
    """
    try:
        page = _PAGE.decode(body)
        rows = tuple([_record(row) for row in page.value])
    except (msgspec.DecodeError, Breach, ValueError, OverflowError, RecursionError):
        return _row_by_row(body, own)
    return ErrorPage(rows, (), own(page.next_link) if page.next_link else None)


def _row_by_row(body: bytes, own: Callable[[str], str]) -> ErrorPage:
    found, link = page_of(body)
    read = [sync_error(row) for row in found]
    return ErrorPage(
        rows=tuple(row for row in read if isinstance(row, SyncErrorRecord)),
        unreadable=tuple(row for row in read if isinstance(row, UnreadableRow)),
        next_link=None if link is None else own(link),
    )


def _record(row: _Row) -> SyncErrorRecord:
    row_id, logged_at = guid_of(row.id), _utc(row.logged_at)
    if row_id is None or logged_at is None:
        raise Breach("id or loggedAt: empty")
    return SyncErrorRecord(
        row_id,
        row.number,
        logged_at,
        clean(row.error_message),
        _job_id(row.job_id),
        clean(row.source_record_id) if row.source_record_id else "",
        row.source_table_number or 0,
        clean(row.destination_record_id) if row.destination_record_id else "",
        row.destination_table_number or 0,
        clean(row.mapping_name) if row.mapping_name else "",
        _direction(row.direction),
        _job_type(row.job_type),
        _utc(row.last_modified_date_time),
    )


_job_id = lru_cache(maxsize=1_000)(guid_of)
"""Errors of one job follow each other."""


@lru_cache(maxsize=100)
def _direction(value: str | None) -> Direction:
    return DIRECTIONS.get(option_of(value or ""), Direction.UNKNOWN)


@lru_cache(maxsize=100)
def _job_type(value: str | None) -> str:
    return option_of(value or "")


def _utc(moment: datetime | None) -> datetime | None:
    """None for the empty DateTime, which travels as year 1."""
    if moment is None or moment.year == 1:
        return None
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
