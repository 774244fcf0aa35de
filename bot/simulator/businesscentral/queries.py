"""Query options, paging and the JSON values of an entity set.

Source: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/odata-client-performance.md``
(server-driven paging, ``odata.maxpagesize``) and ``dev-itpro/api-reference/v2.0/dynamics-current-limits.md``
(20,000 entities a page).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic

from starlette.datastructures import QueryParams

from bot.simulator.businesscentral.filters import (
    Field,
    Filter,
    Kind,
    Row,
    Value,
    not_stored,
    parse_filter,
    unknown_property,
)
from bot.simulator.businesscentral.refusal import Refusal, bad_request

PAGE_SIZE = 20_000
EMPTY_MOMENT = "0001-01-01T00:00:00Z"
EMPTY_GUID = "00000000-0000-0000-0000-000000000000"

_OPTIONS = frozenset({"$filter", "$select", "$orderby", "$top", "$count", "$skiptoken", "$schemaversion"})


@dataclass(frozen=True, slots=True)
class EntityType(Generic[Row]):
    """The controls of one API page; ``key`` is the control that addresses a row."""

    name: str
    fields: dict[str, Field[Row]]
    key: str = "id"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: the sort values of the last row sent, its key, and what ``$top`` leaves."""

    after: tuple[Value, ...]
    remaining: int | None


@dataclass(frozen=True, slots=True)
class Query(Generic[Row]):
    """Parsed query options of one request."""

    filter: Filter[Row] | None
    select: tuple[str, ...] | None
    order: tuple[tuple[Field[Row], bool], ...]
    """Fields with True for descending; the key comes last, so that the order is total."""
    top: int | None
    count: bool
    cursor: Cursor | None
    page_size: int
    digest: str
    """Of the options that a continuation must share."""


def parse_query(options: QueryParams, entity: EntityType[Row], prefer: str | None) -> Query[Row]:
    """Parse what comes behind the question mark and the header ``Prefer``.

    Raises Refusal: 400, or 413 for a page size over 20,000.
    """
    for name in options:
        if name not in _OPTIONS:
            raise bad_request(f"The query parameter '{name}' is not supported.")
        if len(options.getlist(name)) > 1:
            raise bad_request(
                f"Query option '{name}' was specified more than once, but it must be specified once."
            )
    if options.get("$schemaversion", "2.0") not in {"2.0", "2.1"}:
        raise bad_request("The schema version is not supported.")
    text = options.get("$filter")
    digest = _digest(options)
    return Query(
        filter=None if text is None else parse_filter(text, entity.fields, entity.name),
        select=_parse_select(options.get("$select"), entity),
        order=_parse_order(options.get("$orderby"), entity),
        top=_parse_natural(options.get("$top"), "$top"),
        count=_parse_count(options.get("$count")),
        cursor=_parse_token(options.get("$skiptoken"), digest),
        page_size=parse_page_size(prefer),
        digest=digest,
    )


def parse_page_size(prefer: str | None) -> int:
    """The page size that ``Prefer: odata.maxpagesize=N`` asks for. Raises Refusal (400, 413)."""
    match = re.search(r"(?:odata\.)?maxpagesize\s*=\s*([^,;\s]*)", prefer or "", re.IGNORECASE)
    if match is None:
        return PAGE_SIZE
    if not re.fullmatch(r"[1-9]\d{0,9}", match[1]):
        raise bad_request("The value of odata.maxpagesize must be a positive number.")
    if int(match[1]) > PAGE_SIZE:
        raise Refusal(413, "Unknown", f"The page size must not exceed {PAGE_SIZE} entities.")
    return int(match[1])


def make_token(cursor: Cursor, digest: str) -> str:
    """An opaque ``$skiptoken``; good for the very same query only."""
    after = [_json_of(value) for value in cursor.after]
    content = json.dumps([digest, after, cursor.remaining], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _parse_token(text: str | None, digest: str) -> Cursor | None:
    if text is None:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        issued_for, after, remaining = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        values = tuple(_value_of(value) for value in after)
    except (binascii.Error, ValueError, TypeError) as error:
        raise bad_request("The skip token is not valid.") from error
    if issued_for != digest:
        raise bad_request("The skip token does not belong to this query.")
    return Cursor(values, remaining)


def _json_of(value: Value) -> Value:
    return {"moment": value.isoformat()} if isinstance(value, datetime) else value


def _value_of(value: Value) -> Value:
    return datetime.fromisoformat(value["moment"]) if isinstance(value, dict) else value


def _digest(options: Mapping[str, str]) -> str:
    shared = sorted((name, value) for name, value in options.items() if name not in {"$skiptoken", "$count"})
    return hashlib.sha256(json.dumps(shared).encode()).hexdigest()[:16]


def _parse_select(text: str | None, entity: EntityType[Row]) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if name not in entity.fields:
            raise unknown_property(name, entity.name)
    return names


def _parse_order(text: str | None, entity: EntityType[Row]) -> tuple[tuple[Field[Row], bool], ...]:
    order: list[tuple[Field[Row], bool]] = []
    for part in [] if text is None else text.split(","):
        match = re.fullmatch(r"\s*(\w+)(?:\s+(asc|desc))?\s*", part)
        if match is None:
            raise bad_request(f"Syntax error at '{part}' in the sort order.")
        field = entity.fields.get(match[1])
        if field is None:
            raise unknown_property(match[1], entity.name)
        if field.stored is None:
            raise not_stored(field.name)
        order.append((field, match[2] == "desc"))
    if all(field.name != entity.key for field, _ in order):
        order.append((entity.fields[entity.key], False))
    return tuple(order)


def _parse_natural(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise bad_request(f"Invalid value '{text}' for {option} query option found.")
    return int(text)


def _parse_count(text: str | None) -> bool:
    if text not in {None, "true", "false"}:
        raise bad_request(f"Invalid value '{text}' for $count query option found.")
    return text == "true"


def moment_text(moment: datetime | None) -> str:
    """A DateTime as Business Central writes it: UTC, milliseconds without trailing zeros; year 1 for none."""
    if moment is None:
        return EMPTY_MOMENT
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond // 1000:03d}".rstrip("0").rstrip(".")
    return f"{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z"


__all__ = [
    "EMPTY_GUID",
    "EMPTY_MOMENT",
    "PAGE_SIZE",
    "Cursor",
    "EntityType",
    "Field",
    "Kind",
    "Query",
    "make_token",
    "moment_text",
    "parse_page_size",
    "parse_query",
]
