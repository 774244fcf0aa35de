"""Errors and pages for the store's tests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.store.values import ErrorToStore, PageToStore, ProblemIdentity, RawRow

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READ_AT = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


def problem(name: str = "uncoupled", **changes: Any) -> ProblemIdentity:
    values: dict[str, Any] = {
        "id": f"problem-{name}",
        "class_code": f"class.{name}",
        "topic": None,
        "params": {"name": name},
        "severity": 2,
        "masked": "",
    }
    return ProblemIdentity(**{**values, **changes})


def error(number: int, problem: ProblemIdentity = problem(), **changes: Any) -> ErrorToStore:  # noqa: B008
    """An error whose values all follow from its number."""
    values: dict[str, Any] = {
        "id": str(uuid.UUID(int=number)),
        "number": number,
        "logged_at": START + timedelta(minutes=number),
        "message": f"Salesperson Code {number} must be coupled to a record in Dataverse.",
        "job_id": str(uuid.UUID(int=1_000_000 + number)),
        "source_record_id": f"Customer: {10000 + number}",
        "source_table": 18,
        "destination_record_id": f"CRM Account: {uuid.UUID(int=number)}",
        "destination_table": 5341,
        "mapping": "CUSTOMER",
        "direction": "ToIntegrationTable",
        "job_type": "Synchronization",
        "modified_at": START,
        "problem": problem,
        "language": "en",
        "params": {"field": "Salesperson Code", "value": number},
        "rule": "dependency.1",
        "topic": None,
    }
    return ErrorToStore(**{**values, **changes})


def page(
    errors: Sequence[ErrorToStore] = (),
    unreadable: Sequence[RawRow] = (),
    cursor: int | None = None,
    next_link: str | None = None,
) -> PageToStore:
    return PageToStore(
        errors=tuple(errors),
        unreadable=tuple(unreadable),
        cursor=max((error.number for error in errors), default=0) if cursor is None else cursor,
        next_link=next_link,
        catalogue_version="2026.1",
    )
