"""An HTTP answer of an OData service, read to its end: JSON, pages, and what an error body says.

Error bodies are ``{"error": {"code": ..., "message": ...}}`` (OData JSON Format 4.01, section 21). Gateways
answer 502, 503 and 504 without JSON. Messages are read for their kind and never passed on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from bot.dataclass import dataclass
from bot.failures import SourceGarbled

RETRIED = frozenset({408, 429, 502, 503, 504})
"""Statuses after which the same GET may succeed."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_LONGEST_INTEGER = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read to its end."""

    status: int
    body: bytes
    retry_after: str | None

    @property
    def succeeded(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Complaint:
    """The two parts of an error body; empty where there is none."""

    code: str
    message: str


def parse_json(body: bytes) -> Any:
    """JSON, with numbers that Python alone would accept made harmless.

    NaN and integers of absurd length arrive as floats that no field accepts, so they cost one row and not the
    page. Raises SourceGarbled.
    """
    try:
        return json.loads(body, parse_int=_bounded_integer)
    except (ValueError, RecursionError):
        raise SourceGarbled("not JSON") from None


def _bounded_integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else math.inf


def page_of(body: bytes) -> tuple[list[Any], str | None]:
    """The rows and the nextLink of a collection. Raises SourceGarbled."""
    document = parse_json(body)
    rows = document.get("value") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise SourceGarbled("no value")
    link = document.get("@odata.nextLink")
    if link is not None and not isinstance(link, str):
        raise SourceGarbled("nextLink: not a text")
    return rows, link or None


def complaint_of(answer: Answer) -> Complaint:
    """Code and message of an error body. Never raises: gateways send HTML or nothing."""
    try:
        document = parse_json(answer.body)
    except SourceGarbled:
        return Complaint("", "")
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, Mapping):
        return Complaint("", "")
    code, message = error.get("code"), error.get("message")
    return Complaint(
        code if isinstance(code, str) and _CODE.fullmatch(code) else "",
        message[:4_000] if isinstance(message, str) else "",
    )
