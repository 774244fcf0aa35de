"""Filling a store: many errors in a fixed number of problems, on the way that a pull takes."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.businesscentral.records import Direction, ErrorPage, SyncErrorRecord
from bot.diagnosis import Classifier
from bot.operations.diagnosing import Diagnosing
from bot.store import Database, Pulls
from bot.store.values import Scope

PROBLEMS = 500
RARE_NAME = "ZWALUWHOEF"
"""Stands in one error of all."""
FREQUENT_WORD = "Salesperson"
"""Stands in one error of four."""

_PAGE = 5_000
_BEGIN = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
_HISTORY = timedelta(days=30)
FILLED_UNTIL = _BEGIN + _HISTORY
"""When the last error was logged, and read."""
_FIELDS = ("Salesperson Code", "Currency Code", "Payment Terms Code", "Shipment Method Code")
_RECORDS_A_PROBLEM = 200
"""A record that fails is tried again and again: the same ones make most of the rows."""


async def fill(database: Database, scope: Scope, classifier: Classifier, errors: int) -> None:
    """Store that many errors in ``PROBLEMS`` problems (fewer errors: as many problems as errors)."""
    diagnosing = Diagnosing(classifier)
    pulls = Pulls(database)
    for first in range(1, errors + 1, _PAGE):
        last = min(errors, first + _PAGE - 1)
        rows = tuple(_rows(first, last, errors))
        page = await diagnosing.page(scope, ErrorPage(rows, (), None), first)
        await pulls.store_page(scope, page, _BEGIN + _HISTORY)
    await pulls.finish(scope, _BEGIN + _HISTORY)


def _rows(first: int, last: int, errors: int) -> Iterator[SyncErrorRecord]:
    """Rows with these numbers; everything of them follows from the number."""
    rng = random.Random(first)  # noqa: S311 # no secret
    for number in range(first, last + 1):
        problem = (number - 1) % PROBLEMS
        record = (number - 1) // PROBLEMS % _RECORDS_A_PROBLEM
        no = RARE_NAME if number == errors // 2 + 1 else f"D{problem:03d}-{record:05d}"
        yield SyncErrorRecord(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            number=number,
            logged_at=_BEGIN + _HISTORY * (number / errors),
            message=_message(problem),
            job_id=str(uuid.UUID(int=problem, version=4)),
            source_record_id=f"Customer: {no}",
            source_table=18,
            destination_record_id=f"CRM Account: {{{uuid.UUID(int=problem * 1000 + record)}}}",
            destination_table=5341,
            mapping="CUSTOMER",
            direction=Direction.TO_DATAVERSE,
            job_type="Synchronization",
            modified_at=None,
        )


def _message(problem: int) -> str:
    field = _FIELDS[problem % len(_FIELDS)]
    return f"{field} C{problem:03d} must be coupled to a record in Dataverse."
