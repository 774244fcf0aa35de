"""A page with all that can be worked out before its transaction: nobody waits for that, and on a server the
page before is being stored meanwhile.

It is worked out as if all errors of the page were new, and they nearly always are. Pure: no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.engine import Dialect

from bot.dataclass import dataclass
from bot.store.bulk import Bound, bound_rows
from bot.store.changes import Changes, changes_of
from bot.store.search_groups import Indexing
from bot.store.search_index import indexing_of
from bot.store.tables import SYNC_ERROR
from bot.store.values import ErrorToStore, PageToStore, Scope

SLICE = 2_500
"""Rows a statement: between two of them the event loop is free. SQLite takes 32,766 values a statement."""

ERROR_COLUMNS = (
    *("workspace", "connection", "number", "id", "logged_at", "message", "job_id"),
    *("source_record_id", "source_table", "destination_record_id", "destination_table"),
    *("mapping", "direction", "job_type", "modified_at"),
    *("problem_id", "language", "params", "rule", "topic", "catalogue_version"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Errors and their values of ``ERROR_COLUMNS``."""

    errors: Sequence[ErrorToStore]
    bound: Bound


@dataclass(frozen=True, slots=True)
class ReadyPage:
    page: PageToStore
    parts: Sequence[Part]
    indexing: Indexing
    changes: Changes


def ready_page(scope: Scope, page: PageToStore, dialect: Dialect) -> ReadyPage:
    """Work out what storing a page takes."""
    parts = parts_of(scope, page.errors, page.catalogue_version, dialect)
    return ReadyPage(page, parts, indexing_of(page.errors, dialect), changes_of(page.errors))


def ready_part(scope: Scope, ready: ReadyPage, errors: Sequence[ErrorToStore], dialect: Dialect) -> ReadyPage:
    """The same of those errors alone."""
    if len(errors) == len(ready.page.errors):
        return ready
    return ready_page(scope, replace(ready.page, errors=tuple(errors)), dialect)


def parts_of(
    scope: Scope, errors: Sequence[ErrorToStore], catalogue_version: str, dialect: Dialect
) -> Sequence[Part]:
    """The errors in parts of at most ``SLICE``."""
    return [
        Part(
            errors[start : start + SLICE],
            _bound(scope, errors[start : start + SLICE], catalogue_version, dialect),
        )
        for start in range(0, len(errors), SLICE)
    ]


def _bound(scope: Scope, errors: Sequence[ErrorToStore], catalogue_version: str, dialect: Dialect) -> Bound:
    """Values of ``ERROR_COLUMNS``; the other columns are null until something is known of them."""
    rows = [
        (
            scope.workspace,
            scope.connection,
            error.number,
            error.id,
            error.logged_at,
            error.message,
            error.job_id,
            error.source_record_id,
            error.source_table,
            error.destination_record_id,
            error.destination_table,
            error.mapping,
            error.direction,
            error.job_type,
            error.modified_at,
            error.problem.id,
            error.language,
            error.params,
            error.rule,
            error.topic,
            catalogue_version,
        )
        for error in errors
    ]
    return bound_rows(SYNC_ERROR, ERROR_COLUMNS, rows, dialect)
